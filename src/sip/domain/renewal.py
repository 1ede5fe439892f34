"""When an agreement ends for a principal, and when it is asked whether it renews (rules, section 17 J2). Pure.

The law of this file: what was missed is not made up for; who has answered is not asked again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import Agreement
from sip.domain.effects import Notice, NoticeKind
from sip.domain.people import Address

_DAY = timedelta(days=1)


class RenewalAnswer(StrEnum):
    """What a principal says of its renewal; neither changes its joining."""

    RENEWS = "renews"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Renewal:
    """How often a principal has been asked about a version, when it last was, and what it has said."""

    agreement_id: UUID
    version: int
    principal_id: UUID
    asked: int = 0
    asked_at: datetime | None = None
    answer: RenewalAnswer | None = None
    answered_at: datetime | None = None

    @property
    def key(self) -> tuple[UUID, int, UUID]:
        """Which joining it is of."""
        return self.agreement_id, self.version, self.principal_id


@dataclass(frozen=True, slots=True)
class Ending:
    """A version that ends for a principal with nothing that follows it."""

    agreement: Agreement
    principal: UUID
    last: date

    @property
    def key(self) -> tuple[UUID, int, UUID]:
        """Which joining ends."""
        return self.agreement.id, self.agreement.version, self.principal

    def reached(self, today: date) -> int:
        """How many of the three moments have come."""
        return sum(today >= self.last - timedelta(days=days) for days in self.agreement.renewal)


def endings(versions: Iterable[Agreement], today: date) -> list[Ending]:
    """What ends, today or later, and is not followed; a principal of several versions once for each that ends last."""
    every = list(versions)
    found = []
    for one in every:
        for principal in sorted(one.principals):
            days = one.days_of(principal)
            if days is None or days[1] is None or days[1] < today:
                continue
            if not _followed(every, one, principal, days[1]):
                found.append(Ending(one, principal, days[1]))
    return found


def _followed(versions: Sequence[Agreement], ended: Agreement, principal: UUID, last: date) -> bool:
    """Whether another version of the agreement holds for the principal on the day after."""
    return any(
        other.id == ended.id and other.version != ended.version and principal in other.joined_on(last + _DAY)
        for other in versions
    )


def to_ask(found: Iterable[Ending], known: Iterable[Renewal], today: date) -> list[Ending]:
    """Of these endings those of which something is due that has not been asked."""
    said = {one.key: one for one in known}
    due = []
    for one in found:
        before = said.get(one.key)
        asked, answer = (before.asked, before.answer) if before else (0, None)
        if answer is None and one.reached(today) > asked:
            due.append(one)
    return due


def ask(ending: Ending, times: int, to: Address, user_id: UUID | None, principal: str, now: datetime) -> Notice:
    """To one who answers for the principal, named in the words: the mail that asks for the `times`th time."""
    one = ending.agreement
    key = f"renewal/{one.id}/{one.version}/{ending.principal}/{times}/{to.email.lower()}"
    detail = {
        "agreement": one.name, "version": str(one.version), "principal": principal, "last": ending.last.isoformat(),
        "times": str(times), "page": f"/agreements/{one.id}/{one.version}",
    }  # fmt: skip
    return Notice(key, NoticeKind.RENEWAL, to, None, "", now, now, now, user_id=user_id, detail=detail)
