"""A county's week in figures (rules, section 20). Pure.

The law of this file: counts alone, each with what it is of; no unit and no meeting is named. What is small is hidden
from every reader alike, so that a picture that is handed on says what it says here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.figures import Figure
from sip.domain.masking import Row, Tally, mask
from sip.domain.week import WEEK, monday_of
from sip.domain.worktime import local_day

LEAST_MONDAY = date(2026, 1, 5)
"""No week before is asked for."""


class SituationPart(StrEnum):
    """What is counted together: meetings of the week, units called to them, asks that wait, meetings to come, and
    mailboxes."""

    MEETINGS = "meetings"
    CALLED = "called"
    ASKED = "asked"
    PLANNED = "planned"
    MAILBOXES = "mailboxes"


PARTS: Mapping[SituationPart, tuple[Figure, ...]] = {
    SituationPart.MEETINGS: (Figure("meetings"), Figure("cancelled", "meetings", "meetings")),
    SituationPart.CALLED: (
        Figure("called"), Figure("wanted", "called", "called"), Figure("found", "wanted", "wanted"),
        Figure("recorded", "called", "called"), Figure("no_show", "recorded", "recorded"),
    ),
    SituationPart.ASKED: (Figure("asked"), Figure("unanswered", "asked", "asked")),
    SituationPart.PLANNED: (Figure("planned"), Figure("paused", "planned", "planned")),
    SituationPart.MAILBOXES: (Figure("mailboxes"), Figure("unverified", "mailboxes", "mailboxes")),
}  # fmt: skip
"""`recorded`: units with a duty to come, of meetings whose attendance is taken; `no_show`: those that stayed away."""

OF_NOBODY = frozenset({SituationPart.MAILBOXES})
"""What says nothing of anybody's meeting is never hidden."""

Counts = Mapping[SituationPart, Row]
Told = Mapping[SituationPart, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Situation:
    """What was counted of a county's week, once, at `counted_at`. `monday`: its first day."""

    county_id: UUID
    monday: date
    counted_at: datetime
    counts: Counts


def week_over(now: datetime) -> date:
    """The Monday of the week that is over, which is counted now."""
    return monday_of(local_day(now)) - WEEK


def week_named(text: str) -> date | None:
    """The Monday of a week as ISO 8601 writes it ("2026-W48"); None for what is none."""
    year, separator, week = text.partition("-W")
    if not (separator and len(text) == 8 and (year + week).isascii() and (year + week).isdigit()):
        return None
    try:
        found = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return None
    return found if found >= LEAST_MONDAY else None


def name_of(monday: date) -> str:
    """The week as ISO 8601 writes it."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def sunday_of(monday: date) -> date:
    return monday + timedelta(days=6)


def place_of(part: SituationPart, name: str | None) -> int | None:
    """The number of a figure among those of its part."""
    return None if name is None else [one.name for one in PARTS[part]].index(name)


def told(counts: Counts, small: int) -> Told:
    """The counts as anybody is shown them: None is hidden, for it is under `small`, or would tell what is."""
    return {part: _told(part, row, small) for part, row in counts.items()}


def _told(part: SituationPart, row: Row, small: int) -> tuple[int | None, ...]:
    if part in OF_NOBODY:
        return row
    tallies = tuple(Tally(one.name, place_of(part, one.base)) for one in PARTS[part])
    return mask(tallies, row, {}, small).whole
