#!/usr/bin/env bash
# A subscribed calendar of three meetings arrives as one, because the calendar itself has a UID.
#
# Seen with icalendar 7.3.0 and vdirsyncer 0.21.0, 2026-11-28. RFC 7986 (5.3) lets a VCALENDAR have a UID, and
# icalendar's `Calendar.new()` gives each a random one. vdirsyncer cuts a calendar into items, copies the calendar's
# own properties into each, and names an item by the first UID in it: all items have the same name, and one is kept.
# It says nothing of the others and ends with success. Where the calendar is a file it may write to, the others are
# gone from there too.
#
# Why it surprises: each side does what its standard allows; every other reader tried shows all three; the file is
# valid.
#
# What it means: whoever reads the unit's meetings through vdirsyncer (khal, todoman and others stand on it) sees one
# of them, another after each fetch, for the UID is random too. Take the UID away: `del calendar["UID"]`.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 python-dateutil==2.9.0.post0 tzdata==2026.6 vdirsyncer==0.21.0

cat >"$dir/feed.py" <<'PY'
import sys
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

calendar = Calendar.new(prodid="-//sip.example//EN")
for day in (1, 2, 3):
    start = datetime(2026, 12, day, 9, tzinfo=UTC)
    calendar.add_component(Event.new(uid=f"{day}@sip.example", start=start, end=start + timedelta(hours=1)))
if sys.argv[1] == "without":
    del calendar["UID"]
sys.stdout.buffer.write(calendar.to_ical())
PY
for uid in with without; do
  mkdir "$dir/$uid"
  py "$dir/feed.py" "$uid" >"$dir/$uid.ics"
  sent=$(grep -c BEGIN:VEVENT "$dir/$uid.ics")
  cat >"$dir/$uid.conf" <<CONF
[general]
status_path = "$dir/$uid.status"
[pair p]
a = "feed"
b = "mine"
collections = null
[storage feed]
type = "singlefile"
path = "$dir/$uid.ics"
[storage mine]
type = "filesystem"
path = "$dir/$uid"
fileext = ".ics"
CONF
  (yes || true) | "$dir/env/bin/vdirsyncer" -c "$dir/$uid.conf" discover >"$dir/$uid.log" 2>&1
  "$dir/env/bin/vdirsyncer" -c "$dir/$uid.conf" sync >>"$dir/$uid.log" 2>&1 && said=success || said=failure
  echo "$uid a UID of the calendar: $sent meetings, $(find "$dir/$uid" -name '*.ics' | wc -l) arrived," \
    "$(grep -c BEGIN:VEVENT "$dir/$uid.ics") left in the file they came from, vdirsyncer ends with $said"
done | seen
still '^with a UID .* 3 meetings, 1 arrived, 1 left .* success' "all arrive, or vdirsyncer says that they do not."
still '^without a UID .* 3 meetings, 3 arrived, 3 left' "without the UID they do not arrive either."
