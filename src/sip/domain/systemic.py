"""When failures look like more than one failure: a unit against its own year before (rules, section 16 G1-G2).

The law of this file: a unit is compared with itself and with no other. A signal suggests; people decide.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp
from uuid import UUID

from sip.domain.deviation import Category, Cause

LATELY, BEFORE = 3, 12
"""Months: those that are looked at, this one included, and those before them, which they are compared with."""
LEAST = 3
CHANCE = 0.05
_RARE = 0.5
"""What a unit is taken to have had in three months at the least: one in half a year."""


class SignalKind(StrEnum):
    """What is the same in the reports."""

    CAUSE = "cause"
    PAIR = "pair"
    CATEGORY = "category"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Reported:
    """One counted report: its month, the unit that it is about, the unit that wrote it, and what it was."""

    report_id: UUID
    month: date
    unit_id: UUID
    reporting_unit_id: UUID
    cause: Cause | None
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """So many reports in the latest three months, and so many in the twelve before them, of one unit.

    `word` is the cause or the category; `other_unit_id` the reporting unit of a pair. `since` is the first day of the
    three months.
    """

    kind: SignalKind
    unit_id: UUID
    count: int
    before: int
    since: date
    word: str | None = None
    other_unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A signal with the reports of it."""

    signal: Signal
    reports: tuple[UUID, ...]


def months_before(month: date, months: int) -> date:
    """The first day of the month so many months before this one."""
    n = month.year * 12 + month.month - 1 - months
    return date(n // 12, n % 12 + 1, 1)


def looked_at(today: date) -> tuple[date, date]:
    """The first month that is compared with, and the first of those that are looked at."""
    since = months_before(today, LATELY - 1)
    return months_before(since, BEFORE), since


def signals(reports: Iterable[Reported], today: date) -> list[Suggestion]:
    """What stands out, by unit: at least three, and so many as would come by chance in one of twenty cases at most if
    all were as in the year before. In the order of the units' ids: it is no list of the worst.
    """
    first, since = looked_at(today)
    latest = months_before(today, 0)
    lately: dict[tuple[UUID, str, str], list[Reported]] = {}
    before: Counter[tuple[UUID, str, str]] = Counter()
    for one in reports:
        for key in _keys(one):
            if since <= one.month <= latest:
                lately.setdefault(key, []).append(one)
            elif first <= one.month < since:
                before[key] += 1
    found = [
        Suggestion(_signal(key, mine, before[key], since), tuple(sorted(one.report_id for one in mine)))
        for key, mine in lately.items()
        if stands_out(len(mine), before[key])
    ]
    found.sort(key=lambda one: (one.signal.unit_id, _ORDER[one.signal.kind], one.signal.word or ""))
    return list({(one.signal.unit_id, one.reports): one for one in reversed(found)}.values())[::-1]


_ORDER = {kind: n for n, kind in enumerate(SignalKind)}
"""The same reports are one signal: of what they have in common, the first of these."""


def stands_out(count: int, before: int) -> bool:
    """Whether so many in three months are more than the year before gives reason to expect."""
    expected = max(before * LATELY / BEFORE, _RARE)
    return count >= LEAST and by_chance(count, expected) <= CHANCE


def by_chance(count: int, expected: float) -> float:
    """How likely at least so many are, of events that come one by one and `expected` times on the average (Poisson)."""
    term, below = exp(-expected), 0.0
    for n in range(count):
        below += term
        term *= expected / (n + 1)
    return max(0.0, 1.0 - below)


def _keys(one: Reported) -> Iterator[tuple[UUID, str, str]]:
    if one.cause is not None:
        yield one.unit_id, SignalKind.CAUSE, one.cause
    yield one.unit_id, SignalKind.PAIR, str(one.reporting_unit_id)
    for category in dict.fromkeys(one.categories):
        yield one.unit_id, SignalKind.CATEGORY, category
    yield one.unit_id, SignalKind.PERIOD, ""


def _signal(key: tuple[UUID, str, str], mine: list[Reported], before: int, since: date) -> Signal:
    kind, said = SignalKind(key[1]), key[2]
    if kind is SignalKind.PAIR:
        return Signal(kind, key[0], len(mine), before, since, other_unit_id=UUID(said))
    return Signal(kind, key[0], len(mine), before, since, word=said or None)


# -- rundgång

YEAR_DAYS = 365
REDIRECTS, PLANS = 2, 3


@dataclass(frozen=True, slots=True)
class Roundabout:
    """One case within a year: how often a call was redirected, and how many plans were begun anew."""

    case_id: UUID
    reference: str
    redirects: int
    plans: int

    @property
    def goes_round(self) -> bool:
        """The case is sent on and on, or begun again and again (rules, section 16 G2)."""
        return self.redirects >= REDIRECTS or self.plans >= PLANS
