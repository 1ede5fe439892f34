"""Who came to a group's sittings, seat by seat, and what a year of them adds up to (rules, section 18 U8).

The law of this file: a seat that was vacant cannot be absent, and a sitting of which nothing was recorded for a seat is
not counted for it (house, law 9).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain.change import Refusal
from sip.domain.decision import Reason
from sip.domain.sitting import (
    GroupSitting,
    SeatCover,
    SeatPresence,
    SeatsAttended,
    SittingSeat,
    SittingState,
    cover_of,
)
from sip.domain.values import replace
from sip.domain.worktime import local_day

_EXPECTED = {
    SeatCover.REPRESENTATIVE: SeatPresence.REPRESENTATIVE,
    SeatCover.SUBSTITUTE: SeatPresence.SUBSTITUTE,
    SeatCover.NOBODY: SeatPresence.NOBODY,
}


def attended(sitting: GroupSitting, event: SeatsAttended, now: datetime) -> tuple[SittingSeat, ...]:
    """The seats with who came. Raises Refusal before the start, and for a seat that nobody sits on."""
    if now < sitting.start:
        raise Refusal(Reason.SITTING_NOT_BEGUN)
    marks = {one.seat: one.came for one in event.marks}
    filled = {one.number for one in sitting.seats if one.representative is not None}
    if not marks or not marks.keys() <= filled:
        raise Refusal(Reason.NOT_FOUND, what="seat")
    return tuple(replace(one, came=marks.get(one.number, one.came)) for one in sitting.seats)


def expected_presence(sitting: GroupSitting, seat: SittingSeat) -> SeatPresence | None:
    """Who comes for the seat by what was answered; None where that is not known, or the seat is vacant."""
    return _EXPECTED.get(cover_of(sitting, seat))


def unrecorded(sitting: GroupSitting, now: datetime) -> int:
    """How many seats of a sitting that has begun have somebody who sits, and no mark."""
    if sitting.state is not SittingState.CALLED or now < sitting.start:
        return 0
    return sum(1 for one in sitting.seats if one.representative is not None and one.came is None)


@dataclass(frozen=True, slots=True)
class SeatYear:
    """One seat in one year: how many sittings were recorded for it, and who came. `seat` as it was at the latest."""

    seat: SittingSeat
    of: int
    representative: int
    substitute: int
    nobody: int


def years(sittings: Iterable[GroupSitting]) -> list[int]:
    """The years in which something is recorded, counted in Sweden, the latest first."""
    found = {local_day(one.start).year for one in sittings if any(seat.came for seat in one.seats)}
    return sorted(found, reverse=True)


def of_year(sittings: Iterable[GroupSitting], year: int) -> list[GroupSitting]:
    """Sittings of that year of which something is recorded, in the order in which they were held."""
    found = [
        one for one in sittings
        if local_day(one.start).year == year and any(seat.came for seat in one.seats)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.start, one.id))


def counted(sittings: Sequence[GroupSitting]) -> list[SeatYear]:
    """Each seat with what these sittings have of it, by number; none for which nothing is recorded."""
    there: dict[int, list[SittingSeat]] = {}
    for one in sorted(sittings, key=lambda at: at.start):
        for seat in one.seats:
            if seat.came is not None:
                there.setdefault(seat.number, []).append(seat)
    return [_seat_year(seats) for _, seats in sorted(there.items())]


def _seat_year(seats: Sequence[SittingSeat]) -> SeatYear:
    came = [one.came for one in seats]
    return SeatYear(seats[-1], len(came), *(came.count(each) for each in SeatPresence))


@dataclass(frozen=True, slots=True)
class PrincipalYear:
    """What one principal's seats came to: how often somebody came for one of them, of how often, and the time."""

    principal: str
    of: int
    came: int
    time: timedelta


def by_principal(sittings: Iterable[GroupSitting]) -> list[PrincipalYear]:
    """Each principal's seats together, in the order of their names."""
    found: dict[str, list[tuple[bool, timedelta]]] = {}
    for one in sittings:
        for seat in one.seats:
            if seat.came is not None:
                here = seat.came is not SeatPresence.NOBODY
                found.setdefault(seat.principal, []).append((here, one.end - one.start if here else timedelta()))
    return [
        PrincipalYear(name, len(each), sum(here for here, _ in each), sum((time for _, time in each), timedelta()))
        for name, each in sorted(found.items(), key=lambda pair: pair[0].casefold())
    ]
