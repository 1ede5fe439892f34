"""When a unit says that it is open, day by day of a week. Pure.

The law of this file: it is told to who chooses a time, and moves no clock. Office time is the county's, the same for
all (rules, section 4 T1); what a unit is spared is its closed days (section 11).
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sip.domain.worktime import STOCKHOLM


@dataclass(frozen=True, slots=True, order=True)
class OpenDay:
    """Open on this weekday (0 is Monday) from and to these times in Stockholm."""

    weekday: int
    opens: time
    closes: time


OpeningHours = tuple[OpenDay, ...]
"""The weekdays on which the unit is open, in order; empty: it has said nothing, and nothing is said of it."""


def usable(hours: OpeningHours) -> bool:
    """Whether each weekday stands once and closes after it opens."""
    days = [one.weekday for one in hours]
    return len(set(days)) == len(days) and all(0 <= one.weekday <= 6 and one.opens < one.closes for one in hours)


def open_on(hours: OpeningHours, day: date) -> OpenDay | None:
    """When the unit is open on this day; None where it is not, or has said nothing."""
    return next((one for one in hours if one.weekday == day.weekday()), None)


def within(hours: OpeningHours, start: datetime, end: datetime) -> bool:
    """Whether a meeting lies in the unit's own hours; true of a unit that has said nothing."""
    if not hours:
        return True
    first, last = start.astimezone(STOCKHOLM), end.astimezone(STOCKHOLM)
    that = open_on(hours, first.date())
    return (
        that is not None and first.date() == last.date() and that.opens <= first.time() and last.time() <= that.closes
    )
