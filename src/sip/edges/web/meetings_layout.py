"""Meetings laid out by day, week, month or unit: pure, from the lines that were read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.terms import Obligation
from sip.domain.worktime import local_day
from sip.edges.web.shell.phrases import Phrases, sort_key
from sip.store.seen.dashboard import MeetingLine


class Layout(StrEnum):
    """How the list is laid out."""

    LIST = "list"
    WEEK = "week"
    MONTH = "month"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines under a heading; `day` where it is a day's, `today` where that is today; `unit` where it is that of one
    within the reader's scope.
    """

    title: str
    lines: tuple[MeetingLine, ...]
    day: date | None = None
    today: bool = False
    unit: UUID | None = None


def laid_out(
    layout: Layout, lines: Sequence[MeetingLine], first: date, final: date, phrases: Phrases, now: datetime
) -> list[LineGroup]:
    """The groups in their order. A week shows its working days and a month all of them, also where nothing is."""
    if layout is Layout.UNIT:
        return list(_by_unit(lines))
    found: dict[date, list[MeetingLine]] = {}
    if layout is not Layout.LIST:
        days = [first + timedelta(days=n) for n in range((final - first).days + 1)]
        found = {day: [] for day in days if layout is Layout.MONTH or day.weekday() < 5}
    for line in lines:
        found.setdefault(local_day(line.start), []).append(line)
    ordered = found.items() if layout is Layout.LIST else sorted(found.items())
    today = local_day(now)
    return [LineGroup(phrases.long_day(day), tuple(there), day, day == today) for day, there in ordered]


def _by_unit(lines: Sequence[MeetingLine]) -> Iterator[LineGroup]:
    """A meeting stands under each unit that is called to it; units that are called alike stand each for itself."""
    units: dict[tuple[str, UUID], list[MeetingLine]] = {}
    own: set[UUID] = set()
    for line in lines:
        called = [p for p in line.parties if p.obligation is not Obligation.CONVENING]
        own.update(p.unit_id for p in called if p.ours)
        for name, unit in dict.fromkeys((p.unit, p.unit_id) for p in called):
            units.setdefault((name, unit), []).append(line)
    for (name, unit), there in sorted(units.items(), key=lambda one: (sort_key(one[0][0]), one[0][1])):
        yield LineGroup(name, tuple(there), unit=unit if unit in own else None)
