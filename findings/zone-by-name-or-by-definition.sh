#!/usr/bin/env bash
# The file says what its zone is. Two readers follow that, one follows the zone's name, and one now this, now that.
#
# Seen with icalendar 7.3.0, ical.js 2.2.1, node-ical 0.27.2 and libical 3.0.16 (Debian), 2026-11-28. A zone is
# defined as UTC+3 and has a name. RFC 5545 (3.6.5): the definition in the object is what counts. ical.js and libical
# follow it. icalendar does unless the name is a known one, such as Europe/Stockholm: then the name. node-ical never
# does, here: it knows Windows' names and reads GMT+0200 as a zone, and for a name that says nothing to it takes the
# computer's own time.
#
# Why it surprises: as long as name and definition agree, as in nearly every test file, the four cannot be told apart.
# In RFC 5545 a name is only a label, so nobody thinks twice about it.
#
# What it means: in what is sent, name and definition must agree, under a name the world knows (Europe/Stockholm). In
# what is received, decide once which of them counts, and show a proposed time in words before it is taken.
set -euo pipefail
. "$(dirname "$0")/form.bash"
debian_packages libical3=3.0.16-1+b1 libicu72=72.1-3+deb12u1
pip_packages icalendar==7.3.0 python-dateutil==2.9.0.post0 tzdata==2026.6
npm_packages ical.js@2.2.1 node-ical@0.27.2

cat >"$dir/read.py" <<'PY'
import ctypes
import pathlib
import sys
from datetime import UTC

from icalendar import Calendar

raw = pathlib.Path(sys.argv[1]).read_bytes()
names = ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")
Time = type("Time", (ctypes.Structure,), {"_fields_": [*((n, ctypes.c_int) for n in names), ("zone", ctypes.c_void_p)]})
libical = ctypes.CDLL("libical.so.3")


def call(name, result, *values):
    function = getattr(libical, name)
    function.restype = result
    return function(*values)


pointer = ctypes.c_void_p
calendar = pointer(call("icalparser_parse_string", pointer, raw))
kind = call("icalcomponent_string_to_kind", ctypes.c_int, b"VEVENT")
first = pointer(call("icalcomponent_get_first_component", pointer, calendar, kind))
utc = pointer(call("icaltimezone_get_utc_timezone", pointer))
start = call("icaltime_convert_to_zone", Time, call("icalcomponent_get_dtstart", Time, first), utc)
print(f"icalendar {Calendar.from_ical(raw).events[0].start.astimezone(UTC):%H:%M}, libical {start.hour:02}:{start.minute:02}", end=", ")
PY
for name in "Ward Time" "Europe/Stockholm" "W. Europe Standard Time" "GMT+0200"; do
  sed 's/$/\r/' >"$dir/one.ics" <<ICS
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//ward.example//EN
BEGIN:VTIMEZONE
TZID:$name
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@ward.example
DTSTAMP:20261128T080000Z
DTSTART;TZID=$name:20261202T090000
END:VEVENT
END:VCALENDAR
ICS
  printf '09:00 in %-25s (UTC): ' "\"$name\""
  py "$dir/read.py" "$dir/one.ics"
  TZ=UTC js "$dir/one.ics" 2>/dev/null <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const raw = fs.readFileSync(process.argv[2], "utf8");
const event = new ICAL.Event(new ICAL.Component(ICAL.parse(raw)).getFirstSubcomponent("vevent"));
const at = (date) => date.toISOString().slice(11, 16);
console.log(`ical.js ${at(event.startDate.toJSDate())}, node-ical ${at(ical.sync.parseICS(raw)["1@ward.example"].start)}`);
JS
done | seen
still 'Ward Time" .*: icalendar 06:00, libical 06:00, ical.js 06:00, node-ical 09:00' "an unknown name is read otherwise."
still 'Europe/Stockholm" .*: icalendar 08:00, libical 06:00, ical.js 06:00, node-ical 08:00' "a known name is read otherwise."
still 'W. Europe Standard Time" .*: icalendar 06:00, libical 06:00, ical.js 06:00, node-ical 08:00' "Windows' name is read otherwise."
still 'GMT\+0200" .*: icalendar 06:00, libical 06:00, ical.js 06:00, node-ical 07:00' "a name with an offset is read otherwise."
