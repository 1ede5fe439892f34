#!/usr/bin/env bash
# When a zone's last change to summer time is the one that UNTIL names, Python readers leave that whole summer out.
#
# Seen with icalendar 7.3.0, python-dateutil 2.9.0.post0 and ical.js 2.2.1, 2026-11-28; libical 3.0.16 agrees with
# ical.js. A VTIMEZONE whose yearly rule ends UNTIL=20260329T010000Z, the moment of its last onset: RFC 5545 wants
# UNTIL in UTC here and counts it in, and the tools that make VTIMEZONEs write exactly the last onset. icalendar and
# dateutil hold the UTC time against the local onset, 02:00, find it past the end, and read July 2026 as winter time.
#
# Why it surprises: with UNTIL in the middle of a winter, as people write it in tests, all agree, and west of
# Greenwich they agree too. Known names (Europe/Stockholm) are not read from the file at all.
#
# What it means: every zone that gave summer time up has such a last rule, and the EU's would have one. A time that is
# proposed for that summer is an hour off. Where a VTIMEZONE is written by hand, let UNTIL lie some days after the
# onset.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 python-dateutil==2.9.0.post0 tzdata==2026.6
npm_packages ical.js@2.2.1

# 2026-03-29 01:00 UTC is the last change to summer time; the year after, that hour passes unnoticed.
calendar() {
  cat <<ICS
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//sip.example//EN
BEGIN:VTIMEZONE
TZID:Ward
BEGIN:DAYLIGHT
DTSTART:20200329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=$1
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20201025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@sip.example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Ward:$2T090000
END:VEVENT
END:VCALENDAR
ICS
}
for until in 20260329T010000Z 20260401T000000Z; do
  for day in 20250701 20260701; do
    calendar $until $day | sed 's/$/\r/' >"$dir/one.ics"
    py - "$dir/one.ics" <<'PY'
import io
import pathlib
import sys
from datetime import UTC

from dateutil.tz import tzical
from icalendar import Calendar

raw = pathlib.Path(sys.argv[1]).read_bytes()
start = Calendar.from_ical(raw).events[0].start
by_dateutil = start.replace(tzinfo=tzical(io.StringIO(raw.decode())).get("Ward"))
print(f"{start.date()} 09:00: icalendar {start.astimezone(UTC):%H:%M}, dateutil {by_dateutil.astimezone(UTC):%H:%M}", end=", ")
PY
    js "$dir/one.ics" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
const event = new ICAL.Component(ICAL.parse(fs.readFileSync(process.argv[2], "utf8"))).getFirstSubcomponent("vevent");
console.log("ical.js", new ICAL.Event(event).startDate.toJSDate().toISOString().slice(11, 16), "UTC");
JS
  done | sed "s/^/until $until, /"
done | seen
still '010000Z, 2025-07-01 09:00: icalendar 07:00, dateutil 07:00, ical.js 07:00' "the summer before is no longer read alike."
still '010000Z, 2026-07-01 09:00: icalendar 08:00, dateutil 08:00, ical.js 07:00' "the last summer is now read alike."
still '000000Z, 2026-07-01 09:00: icalendar 07:00, dateutil 07:00, ical.js 07:00' "a later UNTIL is no longer read alike."
