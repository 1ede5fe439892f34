"""What a date, a period, a length, a figure and a name may be: one answer for every door.

The doors are mail, pages, API, CSV and agreement files. The law of this file: what passes here can be reckoned with,
kept, shown and mailed. Beyond it lie the ends of calendars (date.min, year 9999, where adding a day or changing the
zone overflows), periods that become tens of thousands of rows, and figures that put a deadline where no calendar
reaches. A door asks; the sentence is its own.
"""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days that anything here can be about; no end is told by leaving it out, not by the year 9999."""

FARTHEST = timedelta(days=731)
"""How far ahead a meeting may be called, moved to or proposed."""

LONGEST_MEETING = timedelta(days=1)

LONGEST_CLOSED = 366
"""Days of one period in which a unit is closed; a unit that is closed for longer is archived."""

MOST_CLOSED_DAYS = 1500
"""Closed days of one unit in all."""

NAME_MOST, TEXT_MOST, EMAIL_MOST = 200, 4000, 254
"""Characters of a name or another line, of a text, of an address (RFC 5321, 4.5.3.1.3)."""

_NO_LETTERS = {"Cc", "Cs", "Zl", "Zp"}
# The figures of an agreement: the least and the most. Working days, but for the days and months that say so there.
FIGURES: Mapping[str, tuple[int, int]] = {
    "minimum_notice": (0, 60),
    "gaps": (1, 60),
    "no_answer_bound": (0, 60),
    "still_none_bound": (0, 60),
    "deadline_bound": (0, 60),
    "question_bound": (0, 60),
    "proposal_pause": (0, 30),
    "identity_pause": (0, 30),
    "contest_pause": (0, 30),
    "redirect_pause": (0, 30),
    "redirect_hops": (0, 5),
    "substitutes_most": (0, 20),
    "hearing": (0, 120),
    "answer_days": (1, 730),
    "answer_reminders": (1, 730),
    "head_after": (0, 120),
    "half_day_closes": (9, 16),
    "verified_months": (0, 120),
}


def day_fits(day: date) -> bool:
    """Whether a day lies where days may."""
    return FIRST_DAY <= day <= LAST_DAY


def in_utc(moment: datetime) -> datetime | None:
    """An aware time in UTC, None when it has no zone or lies where no day may."""
    try:
        utc = moment.astimezone(UTC) if moment.tzinfo is not None else None
    except OverflowError:
        return None
    return utc if utc is not None and day_fits(utc.date()) else None


def closed_fits(first: date, last: date) -> bool:
    """Whether a unit may be closed from one day to another."""
    return day_fits(first) and day_fits(last) and (last - first).days < LONGEST_CLOSED


def name_fits(text: str) -> bool:
    """One line without control characters, not too long: a name, a function, a place, a key."""
    return len(text) <= NAME_MOST and not any(unicodedata.category(c) in _NO_LETTERS for c in text)
