#!/usr/bin/env bash
# A moment in UTC, taken to local time and back, is another moment: for an hour after each change of summer time.
#
# Seen with ical.js 2.2.1 (the calendar library of Thunderbird and Nextcloud), 2026-11-28. The zone is a plain
# VTIMEZONE with two yearly rules, as Google writes it for Stockholm. 01:00 UTC on the night in March is shown as
# 02:00, an hour that does not exist, and is 00:00 UTC when taken back. In October 01:00 UTC is shown as 03:00 instead
# of 02:00. Written as local time with TZID, every time outside those hours is right; libical reads all of them
# rightly.
#
# Why it surprises: in UTC nothing is ambiguous; an expert advises to write UTC because no reader can get it wrong.
#
# What it means: for these hours, say the local time in the mail's own words too; and never compare an answer's start
# that was taken to local time and back with what was sent.
set -euo pipefail
. "$(dirname "$0")/form.bash"
npm_packages ical.js@2.2.1

js <<'JS' | seen
import ICAL from "ical.js";
const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(`BEGIN:VTIMEZONE
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
END:VTIMEZONE`.replaceAll("\n", "\r\n"))));
const clock = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Stockholm", hour: "2-digit", minute: "2-digit" });
for (const day of ["2026-03-29", "2026-10-25"]) {
  for (const hour of ["00:30", "01:00", "01:30", "02:00"]) {
    const utc = ICAL.Time.fromDateTimeString(`${day}T${hour}:00Z`);
    utc.zone = ICAL.Timezone.utcTimezone;
    const local = utc.convertToZone(zone);
    const back = local.convertToZone(ICAL.Timezone.utcTimezone);
    const right = clock.format(new Date(`${day}T${hour}:00Z`));
    const [shown, again] = [local, back].map((time) => time.toString().slice(11, 16));
    console.log(`${day} ${hour} UTC: ical.js ${shown}, Node ${right}, and back ${again} UTC`);
  }
}
JS
still '^2026-03-29 00:30 UTC: ical.js 01:30, Node 01:30, and back 00:30' "the hour before the change is no longer right."
still '^2026-03-29 01:00 UTC: ical.js 02:00, Node 03:00, and back 00:00' "the hour after the change in March is read otherwise."
still '^2026-10-25 01:30 UTC: ical.js 03:30, Node 02:30, and back 02:30' "the hour after the change in October is read otherwise."
still '^2026-10-25 02:00 UTC: ical.js 03:00, Node 03:00, and back 02:00' "the hour after that is no longer right."
