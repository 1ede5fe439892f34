"""Seats as pages show them: how each is, who sits, and what waits for whom."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sip.domain.asking import SeatStanding, followed, standing_of, wanted_from
from sip.domain.group import GroupSeat, GroupState, SeatTerm, StandingGroup, StandingKind
from sip.domain.worktime import local_day
from sip.edges.web.shell.phrases import Phrases, sort_key
from sip.store.directory import PrincipalRecord
from sip.store.sitters import SitterRecord

TONES: Mapping[str, str] = {
    SeatStanding.FILLED: "good", SeatStanding.ENDING: "wait", SeatStanding.ASKED: "wait", SeatStanding.PUT_OFF: "quiet",
    SeatStanding.VACANT: "bad", SeatStanding.TAKEN_OUT: "quiet",
}  # fmt: skip
SHOWN = (SeatStanding.FILLED, SeatStanding.ENDING, SeatStanding.ASKED, SeatStanding.PUT_OFF, SeatStanding.VACANT)


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term with its names; None where a name is gone."""

    term: SeatTerm
    representative: SitterRecord | None
    substitute: SitterRecord | None


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One seat as it is today. `own` is the seat itself, `standing` that of whoever sits there, also of the level above
    (`follows`: that group's name). `asked_from`: the day it will be asked.
    """

    own: GroupSeat
    name: str
    standing: SeatStanding
    tone: str
    now: TermLine | None
    later: tuple[TermLine, ...]
    before: tuple[TermLine, ...]
    follows: str | None
    asked_from: date | None

    @property
    def principals(self) -> frozenset[UUID]:
        """Whose seat it is: who sits there now, and whose turn it is."""
        body = self.own.asks
        mine = set() if body is None else {body.principal_id}
        return frozenset(mine | (set() if self.now is None else {self.now.term.principal_id}))


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group with its seats, counted by how they are."""

    group: StandingGroup
    seats: list[SeatLine]
    counts: list[tuple[SeatStanding, int]]


@dataclass(frozen=True, slots=True)
class PrincipalLine:
    """What a principal has appointed, and which seats wait for it: group and seat."""

    name: str
    filled: int
    waits: list[tuple[StandingGroup, SeatLine]]


def seat_name(phrases: Phrases, seat: GroupSeat) -> str:
    """`rektor, på deltid`."""
    word = phrases.t(f"seat_function.{seat.function}")
    return f"{word}, {seat.wanted}" if seat.wanted else word


def seat_line(
    phrases: Phrases, group: StandingGroup, seat: GroupSeat, known: Mapping[UUID, StandingGroup],
    names: Mapping[UUID, SitterRecord], today: date,
) -> SeatLine:  # fmt: skip
    """One seat of a group today."""
    there = followed(known, group, seat)
    terms = () if there is None else there.terms
    standing = SeatStanding.VACANT if there is None else standing_of(there, today)
    if seat.closed_on is not None:
        standing = SeatStanding.TAKEN_OUT
    lines = [_term(one, names) for one in terms if one.last is None or one.last >= one.first]
    above = known.get(group.above.id) if seat.above is not None and group.above is not None else None
    waits = wanted_from(seat) if seat.asked == 0 and group.state is GroupState.STANDING else None
    return SeatLine(
        seat, seat_name(phrases, seat), standing, TONES[standing],
        next((one for one in lines if one.term.covers(today)), None),
        tuple(one for one in lines if one.term.first > today),
        tuple(one for one in reversed(lines) if one.term.last is not None and one.term.last < today),
        None if seat.above is None else "" if above is None else above.name,
        None if waits is None else max(local_day(waits), today),
    )  # fmt: skip


def _term(term: SeatTerm, names: Mapping[UUID, SitterRecord]) -> TermLine:
    beside = None if term.substitute is None else names.get(term.substitute.id)
    return TermLine(term, names.get(term.representative.id), beside)


def group_lines(
    phrases: Phrases, groups: Iterable[StandingGroup], known: Mapping[UUID, StandingGroup],
    names: Mapping[UUID, SitterRecord], today: date,
) -> list[GroupLine]:  # fmt: skip
    """Groups that stand, level by level, each with the seats that it has."""
    made = []
    levels = list(StandingKind)
    for group in groups:
        if group.state is GroupState.CLOSED:
            continue
        seats = [seat_line(phrases, group, one, known, names, today) for one in group.seats if one.closed_on is None]
        made.append(GroupLine(group, seats, counted(seats)))
    return sorted(made, key=lambda one: (levels.index(one.group.kind), sort_key(one.group.name)))


def counted(seats: Iterable[SeatLine]) -> list[tuple[SeatStanding, int]]:
    """How many are how; nothing of which there is none."""
    found = Counter(one.standing for one in seats)
    return [(one, found[one]) for one in SHOWN if found[one]]


def only(lines: Iterable[GroupLine], state: str, principal: UUID | None) -> list[GroupLine]:
    """The seats that are so, and are this principal's; groups without any are left out where something was chosen."""
    if not state and principal is None:
        return list(lines)
    made = []
    for line in lines:
        seats = [
            one
            for one in line.seats
            if (not state or one.standing == state) and (principal is None or principal in one.principals)
        ]
        if seats:
            made.append(GroupLine(line.group, seats, counted(seats)))
    return made


def by_principal(lines: Iterable[GroupLine], principals: Iterable[PrincipalRecord]) -> list[PrincipalLine]:
    """Every principal: how many seats it has filled, and which wait for it."""
    every = [(line.group, seat) for line in lines for seat in line.seats if seat.follows is None]
    waiting = (SeatStanding.VACANT, SeatStanding.ASKED, SeatStanding.ENDING, SeatStanding.PUT_OFF)
    made = []
    for one in principals:
        filled = sum(seat.now is not None and seat.now.term.principal_id == one.id for _, seat in every)
        waits = [
            (group, seat)
            for group, seat in every
            if seat.standing in waiting and seat.own.asks is not None and seat.own.asks.principal_id == one.id
        ]
        if filled or waits:
            made.append(PrincipalLine(one.name, filled, waits))
    return made
