"""What each principal bears of an agreement's costs in a year, and what it is to pay or receive (rules, section 17 J4).

Pure, in whole öre: the parts make up the costs exactly, and what is to be paid is what is to be received.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from sip.domain.agreement import Agreement
from sip.domain.people import PrincipalKind


@dataclass(frozen=True, slots=True)
class Cost:
    """What a principal has paid for all, in öre."""

    id: UUID
    agreement_id: UUID
    year: int
    principal_id: UUID
    what: str
    ore: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """A principal that had joined in the year: its side, on how many days, and the sum of its weight over them.
    One that has paid and had not joined bears nothing: both are nil."""

    principal: UUID
    name: str
    kind: PrincipalKind
    days: int
    weighed: int


@dataclass(frozen=True, slots=True)
class SettledPart:
    """One principal's line, in öre; `balance` is what it is to pay, or receive where it is below nil."""

    bearer: Bearer
    share: Fraction
    bears: int
    paid: int

    @property
    def balance(self) -> int:
        """What it is to pay; below nil, to receive."""
        return self.bears - self.paid


def bearers(
    versions: Sequence[Agreement], year: int, principals: Mapping[UUID, tuple[str, PrincipalKind]],
    paid: Iterable[UUID] = (),
) -> list[Bearer]:  # fmt: skip
    """Who had joined an agreement in a year, by any of its versions, and those of `paid` beside; by name. A day on
    which several versions hold has the weight of the one that binds (`shared_by`).
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    weights: dict[UUID, dict[date, int]] = {one: {} for one in paid}
    for one in sorted(versions, key=lambda version: (version.local, version.valid_from, version.version)):
        for principal in one.principals:
            held = one.days_of(principal)
            if held is None or held[0] > last or (held[1] is not None and held[1] < first):
                continue
            begin, end = max(held[0], first), min(held[1] or last, last)
            joined = one.joining(principal)
            weight = joined.weight if joined else 1
            weights.setdefault(principal, {}).update(dict.fromkeys(_between(begin, end), weight))
    found = [Bearer(key, *principals[key], len(theirs), sum(theirs.values())) for key, theirs in weights.items()]
    return sorted(found, key=lambda one: (one.kind is not PrincipalKind.REGION, one.name.casefold(), one.principal))


def _between(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def settle(costs: Iterable[Cost], among: Sequence[Bearer], region_share: int) -> list[SettledPart]:
    """A line for each of them, also for who bears nothing and has paid; nothing where nobody bears."""
    paid: dict[UUID, int] = {}
    for cost in costs:
        paid[cost.principal_id] = paid.get(cost.principal_id, 0) + cost.ore
    total, shares = sum(paid.values()), _shares(among, region_share)
    if not shares:
        return []
    exact = [total * share for share in shares]
    bears = [int(part) for part in exact]
    order = sorted(range(len(among)), key=lambda n: (bears[n] - exact[n], n))  # the largest remainder first
    for n in order[: total - sum(bears)]:
        bears[n] += 1
    return [
        SettledPart(one, share, part, paid.get(one.principal, 0))
        for one, share, part in zip(among, shares, bears, strict=True)
    ]


def _shares(among: Sequence[Bearer], region_share: int) -> list[Fraction]:
    """Each one's part of the whole; they make up one."""
    sides: dict[bool, int] = {}
    for one in among:
        if one.weighed:
            region = one.kind is PrincipalKind.REGION
            sides[region] = sides.get(region, 0) + one.weighed
    if not sides:
        return []
    parts = {True: Fraction(region_share, 100), False: Fraction(100 - region_share, 100)}
    if len(sides) == 1:
        parts = dict.fromkeys(sides, Fraction(1))
    return [
        parts[one.kind is PrincipalKind.REGION] * one.weighed / sides[one.kind is PrincipalKind.REGION]
        if one.weighed
        else Fraction(0)
        for one in among
    ]
