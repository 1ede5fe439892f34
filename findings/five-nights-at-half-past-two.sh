#!/usr/bin/env bash
# Five nights at 02:30, over the change to summer time: three readers, three different lists, one a night longer.
#
# Seen with recurring-ical-events 3.8.2 (on icalendar 7.3.0), ical.js 2.2.1 and node-ical 0.27.2, 2026-11-28.
# FREQ=DAILY;COUNT=5 from 27 March 2026, 02:30 in Stockholm. On the 29th there is no 02:30. RFC 5545 (3.3.10) says
# such a time is left out and not counted: node-ical does so, and the series ends a day later, on 1 April. The other
# two keep the 29th and end on 31 March, and do not agree when it is: 00:30 or 01:30 UTC.
#
# Why it surprises: the rule for DTSTART alone (3.3.5) takes a skipped time an hour later, and the rule in a series is
# another; the readers differ in the last meeting, days after the night that made them differ.
#
# What it means: a series that counts ends on another day for some. Close series by UNTIL rather than COUNT, and put
# nothing between two and three at night, machines' own jobs included.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 recurring-ical-events==3.8.2 python-dateutil==2.9.0.post0 tzdata==2026.6
npm_packages ical.js@2.2.1 node-ical@0.27.2

sed 's/$/\r/' >"$dir/series.ics" <<'ICS'
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
DTSTAMP:20260301T000000Z
DTSTART;TZID=Europe/Stockholm:20260327T023000
DTEND;TZID=Europe/Stockholm:20260327T033000
RRULE:FREQ=DAILY;COUNT=5
END:VEVENT
END:VCALENDAR
ICS
{
  py - "$dir/series.ics" <<'PY'
import pathlib
import sys
from datetime import UTC

import recurring_ical_events
from icalendar import Calendar

events = recurring_ical_events.of(Calendar.from_ical(pathlib.Path(sys.argv[1]).read_bytes())).all()
print("recurring-ical-events:", *(f"{event.start.astimezone(UTC):%m-%dT%H:%M}" for event in events))
PY
  js "$dir/series.ics" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const raw = fs.readFileSync(process.argv[2], "utf8");
const show = (date) => date.toISOString().slice(5, 16);
const dates = new ICAL.Event(new ICAL.Component(ICAL.parse(raw)).getFirstSubcomponent("vevent")).iterator();
const nights = [];
for (let next = dates.next(); next; next = dates.next()) nights.push(show(next.toJSDate()));
console.log("ical.js:", ...nights);
const year = { from: new Date("2026-01-01"), to: new Date("2026-12-31") };
const expanded = ical.expandRecurringEvent(ical.sync.parseICS(raw)["1@sip.example"], year);
console.log("node-ical:", ...expanded.map((one) => show(one.start)));
JS
} | seen
still '^recurring-ical-events: 03-27T01:30 03-28T01:30 03-29T01:30 03-30T00:30 03-31T00:30$' "recurring-ical-events expands otherwise."
still '^ical.js: 03-27T01:30 03-28T01:30 03-29T00:30 03-30T00:30 03-31T00:30$' "ical.js expands otherwise."
still '^node-ical: 03-27T01:30 03-28T01:30 03-30T00:30 03-31T00:30 04-01T00:30$' "node-ical expands otherwise."
