#!/usr/bin/env bash
# One sender's time zone is used for the next sender's mail.
#
# Seen with icalendar 7.3.0, 2026-11-28. A calendar brings its own VTIMEZONE, and RFC 5545 (3.2.19) makes its TZID a
# name inside that one object. icalendar keeps a zone it does not know by name for the life of the process: the second
# object that uses the same name for another zone is read with the first one's offsets.
#
# Why it surprises: both files are complete and valid, parsing looks like a pure function, and each file alone is read
# rightly. A test that parses one file per process never sees it.
#
# What it means: Exchange writes the name "Customized Time Zone" for whatever zone an organisation made up. In a
# service that reads mail from many, a proposed time is an hour off because of somebody else's mail an hour ago. Read
# the zone from the message's own VTIMEZONE.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 python-dateutil==2.9.0.post0 tzdata==2026.6

cat >"$dir/read.py" <<'PY'
import sys

from icalendar import Calendar

MAIL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//ward.example//EN
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:{offset}@ward.example
DTSTAMP:20261128T080000Z
DTSTART;TZID=Customized Time Zone:20261202T090000
END:VEVENT
END:VCALENDAR
"""
for offset in sys.argv[1:]:
    start = Calendar.from_ical(MAIL.format(offset=offset).replace("\n", "\r\n").encode()).events[0].start
    print(f"the mail says {offset}, icalendar reads {start}")
PY
{
  echo "A process that reads one mail:"
  py "$dir/read.py" +0100
  echo "A process that has read another before:"
  py "$dir/read.py" +0200 +0100
} | seen
[ "$(grep -c '+0100, icalendar reads 2026-12-02 09:00:00+01:00' "$dir/seen")" = 1 ] ||
  changed "icalendar reads a zone alike whatever it has read before."
still '\+0100, icalendar reads 2026-12-02 09:00:00\+02:00' "icalendar no longer lends one object's zone to the next."
