#!/usr/bin/env bash
# A series is moved "from this one on". Some readers move the rest, others that one meeting only.
#
# Seen with recurring-ical-events 3.8.2 (on icalendar 7.3.0), ical.js 2.2.1 and node-ical 0.27.2, 2026-11-28. A weekly
# series of five, with RECURRENCE-ID;RANGE=THISANDFUTURE on the third: other day, other hour, twice as long. The first
# two libraries move three meetings, node-ical one. An extra meeting (RDATE) is shown by the first two, and by
# node-ical not at all.
#
# Why it surprises: all three expand rules, exceptions and moved single meetings alike, so a test on those says they
# agree. RANGE and RDATE are in RFC 5545 and its predecessor since 1998, and nothing is logged when they are left out.
#
# What it means: a standing group that moves its afternoons by one mail has people in the room on the old day, for
# good, and from the third week on. Send each meeting as its own event with its own UID, or end the series and begin a
# new one.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 recurring-ical-events==3.8.2 python-dateutil==2.9.0.post0 tzdata==2026.6
npm_packages ical.js@2.2.1 node-ical@0.27.2

sed 's/$/\r/' >"$dir/series.ics" <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//sip.example//EN
BEGIN:VEVENT
UID:1@sip.example
DTSTAMP:20261101T000000Z
DTSTART:20261103T080000Z
DTEND:20261103T090000Z
RRULE:FREQ=WEEKLY;COUNT=5
RDATE:20261106T080000Z
END:VEVENT
BEGIN:VEVENT
UID:1@sip.example
DTSTAMP:20261102T000000Z
RECURRENCE-ID;RANGE=THISANDFUTURE:20261117T080000Z
DTSTART:20261118T130000Z
DTEND:20261118T150000Z
END:VEVENT
END:VCALENDAR
ICS
{
  py - "$dir/series.ics" <<'PY'
import pathlib
import sys

import recurring_ical_events
from icalendar import Calendar

events = recurring_ical_events.of(Calendar.from_ical(pathlib.Path(sys.argv[1]).read_bytes())).all()
print("recurring-ical-events:", *sorted(f"{event.start:%m-%dT%H}-{event.end:%H}" for event in events))
PY
  js "$dir/series.ics" <<'JS'
import fs from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";
const raw = fs.readFileSync(process.argv[2], "utf8");
const show = (start, end) => `${start.toISOString().slice(5, 13)}-${end.toISOString().slice(11, 13)}`;
const all = new ICAL.Component(ICAL.parse(raw)).getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
const series = all.find((one) => !one.isRecurrenceException());
for (const one of all) if (one.isRecurrenceException()) series.relateException(one);
const dates = series.iterator();
const meetings = [];
for (let next = dates.next(); next; next = dates.next()) {
  const { startDate, endDate } = series.getOccurrenceDetails(next);
  meetings.push(show(startDate.toJSDate(), endDate.toJSDate()));
}
console.log("ical.js:", ...meetings.sort());
const year = { from: new Date("2026-01-01"), to: new Date("2026-12-31") };
const expanded = ical.expandRecurringEvent(ical.sync.parseICS(raw)["1@sip.example"], year);
console.log("node-ical:", ...expanded.map((one) => show(one.start, one.end)).sort());
JS
} | seen
right='11-03T08-09 11-06T08-09 11-10T08-09 11-18T13-15 11-25T13-15 12-02T13-15'
still "^recurring-ical-events: $right$" "recurring-ical-events no longer moves the rest, or forgets the extra meeting."
still "^ical.js: $right$" "ical.js no longer moves the rest, or forgets the extra meeting."
still '^node-ical: 11-03T08-09 11-10T08-09 11-18T13-15 11-24T08-09 12-01T08-09$' "node-ical reads RANGE or RDATE otherwise."
