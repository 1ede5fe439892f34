"""Once a quarter the units that were good examples are thanked (rules, section 8 D11).

The law of this file: who thanked whom, and nothing else: no count, no order but the alphabet's, no word that somebody
wrote, nothing of a protected matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Address
from sip.domain.worktime import OPENS, at_hour

WITHIN = 30
"""Days into the next quarter in which the thanks for the last one may still go."""


@dataclass(frozen=True, slots=True)
class Praised:
    """A unit was a good example to another, by its name."""

    unit_id: UUID
    unit: str
    by: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months, from their first day to their last."""

    first: date
    last: date

    @property
    def name(self) -> str:
        return f"{self.first.year}-{self.first.month // 3 + 1}"


def quarter_before(today: date) -> Quarter:
    """The quarter that is over."""
    begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last = begins - timedelta(days=1)
    return Quarter(date(last.year, last.month - 2, 1), last)


def may_go(today: date) -> bool:
    """Whether it is early enough in the quarter to thank for the last one."""
    return (today - quarter_before(today).last).days <= WITHIN


def thanks(quarter: Quarter, to: Address, praised: Iterable[Praised], now: datetime) -> Notice:
    """One mail to one address, of all its units: by name, and who thanked each."""
    units: dict[str, set[str]] = {}
    found = sorted(praised, key=lambda one: (one.unit.casefold(), one.unit_id))
    for one in found:
        units.setdefault(one.unit, set()).add(one.by)
    detail = {name: "\n".join(sorted(by, key=str.casefold)) for name, by in units.items()}
    start = at_hour(quarter.first, OPENS)
    return Notice(
        f"thanks/{quarter.name}/{to.email.casefold()}", NoticeKind.THANKS, to, found[0].unit_id, found[0].unit, now,
        start, at_hour(quarter.last, OPENS), detail=detail,
    )  # fmt: skip
