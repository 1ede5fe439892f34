#!/usr/bin/env bash
# Over the autumn night a meeting of four hours lasts five in most readers; none of four tells a day from 24 hours.
#
# Seen with icalendar 7.3.0, ical.js 2.2.1, node-ical 0.27.2 and libical 3.0.16 (Debian), 2026-11-28. RFC 5545 (3.3.6)
# has two kinds of duration: P1D is the same time tomorrow, PT24H is 24 hours, and they differ by an hour when the
# clocks change. From 12:00 on 24 October 2026 in Stockholm P1D ends 11:00 UTC and PT24H 10:00 UTC. icalendar, ical.js
# and libical say 11:00 for both, node-ical 10:00 for both: each is right for one, and no two kinds of reader agree on
# either.
#
# Why it surprises: the end is what everybody thinks is safe once the start is; the same file with DTEND is read alike
# by all. icalendar's own `duration` says four hours where its end minus start in UTC is five.
#
# What it means: always write DTEND, never DURATION; and plan what must happen "24 hours before" from the moment in
# UTC. An alarm of -P1D and one of -PT24H ring together.
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
event = Calendar.from_ical(raw).events[0]
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
end = call("icaltime_convert_to_zone", Time, call("icalcomponent_get_dtend", Time, first), utc)
print(f"icalendar {event.end.astimezone(UTC):%H:%M}, libical {end.hour:02}:{end.minute:02}", end=", ")
PY
for case in 20261025T003000/DURATION:PT4H 20261024T120000/DURATION:P1D 20261024T120000/DURATION:PT24H \
  '20261024T120000/DTEND;TZID=Europe/Stockholm:20261025T120000'; do
  sed 's/$/\r/' >"$dir/one.ics" <<ICS
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//sip.example//EN
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@sip.example
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Stockholm:${case%%/*}
${case#*/}
END:VEVENT
END:VCALENDAR
ICS
  printf '%s %s ends (UTC): ' "${case%%/*}" "${case#*/}"
  py "$dir/read.py" "$dir/one.ics"
  js "$dir/one.ics" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const raw = fs.readFileSync(process.argv[2], "utf8");
const event = new ICAL.Event(new ICAL.Component(ICAL.parse(raw)).getFirstSubcomponent("vevent"));
const at = (date) => date.toISOString().slice(11, 16);
console.log(`ical.js ${at(event.endDate.toJSDate())}, node-ical ${at(ical.sync.parseICS(raw)["1@sip.example"].end)}`);
JS
done | seen
still 'PT4H ends .*: icalendar 03:30, libical 03:30, ical.js 03:30, node-ical 02:30' "four hours are read otherwise (02:30 is right)."
still 'P1D ends .*: icalendar 11:00, libical 11:00, ical.js 11:00, node-ical 10:00' "a day is read otherwise (11:00 is right)."
still 'PT24H ends .*: icalendar 11:00, libical 11:00, ical.js 11:00, node-ical 10:00' "24 hours are read otherwise (10:00 is right)."
still 'DTEND.* ends .*: icalendar 11:00, libical 11:00, ical.js 11:00, node-ical 11:00' "DTEND is no longer read alike."
