#!/usr/bin/env bash
# Two readings of the same moment are not equal, not less and not more, yet "less or equal", for an hour every autumn.
#
# Seen with Python 3.11 to 3.13 and icalendar 7.3.0, 2026-11-28. One calendar says 2026-10-25 02:30 in Stockholm,
# another the same in UTC. Their difference is zero, their timestamps and hashes are equal, `<=` and `>=` hold, and
# `==` is false; a dict that holds one does not find the other. Python does so on purpose (PEP 495): a local time that
# comes twice equals nothing in another zone. The hour that is skipped in spring is the same.
#
# Why it surprises: aware datetimes are told to compare by instant, and do in the other 8,758 hours. a <= b and a >= b
# without a == b is an order that sorting, bisecting and removing doubles were not made for.
#
# What it means: "is this answer about the time we called?" is false for a right answer, and a second copy of a mail
# is no copy. Calendars write the same start in UTC and with a zone as they like: compare in UTC only.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages icalendar==7.3.0 python-dateutil==2.9.0.post0 tzdata==2026.6

py - <<'PY' | seen
import platform
from datetime import UTC

from icalendar import Calendar


def start(value):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sip.example//EN", "BEGIN:VEVENT", "UID:1@sip.example"]
    lines += ["DTSTAMP:20260101T000000Z", f"DTSTART{value}", "END:VEVENT", "END:VCALENDAR", ""]
    return Calendar.from_ical("\r\n".join(lines).encode()).events[0].start


print("Python", platform.python_version())
for night, in_zone, in_utc in (
    ("an ordinary night", ";TZID=Europe/Stockholm:20261018T023000", ":20261018T003000Z"),
    ("the autumn night", ";TZID=Europe/Stockholm:20261025T023000", ":20261025T003000Z"),
):
    a, b = start(in_zone), start(in_utc)
    print(f"{night}: {a} and {b}, apart {a - b}, in a dict {b in {a: 1}}, both in UTC {a.astimezone(UTC) == b}")
    print(f"{night}: == {a == b}  < {a < b}  > {a > b}  <= {a <= b}  >= {a >= b}  same hash {hash(a) == hash(b)}")
PY
still '^an ordinary night: == True ' "an ordinary night is no longer equal."
still '^the autumn night: .* apart 0:00:00, in a dict False, both in UTC True' "the moments differ, or the dict finds them."
still '^the autumn night: == False  < False  > False  <= True  >= True  same hash True' "the order is now one of instants."
