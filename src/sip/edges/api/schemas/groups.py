"""Standing groups: their seats, who sits, their sittings, and who came (rules, section 18 U10).

The law of this file: of who sits there is a name and a function here, never an address.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from sip.domain import presence
from sip.domain.agenda import group_of
from sip.domain.asking import SeatStanding, followed, standing_of
from sip.domain.group import GroupSeat, GroupState, SeatFunction, SeatTerm, StandingGroup, StandingKind
from sip.domain.presence import PrincipalYear, SeatYear
from sip.domain.sitting import (
    GroupSitting,
    SeatAnswer,
    SeatCover,
    SeatPresence,
    SittingRole,
    SittingSeat,
    SittingState,
    cover_of,
)
from sip.edges.api.schemas.boards import ItemOut
from sip.edges.api.schemas.common import CommandBody, In, Ordinal, Out
from sip.store.sitters import SitterRecord
from sip.usecases.reading.groups import GroupRead
from sip.usecases.reading.sittings import AttendanceYear, GroupSittingRead

Known = Mapping[UUID, StandingGroup]
Names = Mapping[UUID, SitterRecord]


class GroupLineOut(Out, frozen=True, kw_only=True):
    """A standing group. Without a county it is of several. `agenda_id` is where its agenda is, under `/boards`;
    `vacant` is how many of its seats nobody sits on today.
    """

    id: UUID
    kind: StandingKind
    name: str
    state: GroupState
    county_id: UUID | None
    area: str | None
    above_id: UUID | None
    agenda_id: UUID
    seats: int
    vacant: int
    ends_on: date | None
    report_on: date | None

    @classmethod
    def of(cls, one: StandingGroup, known: Known, today: date) -> "GroupLineOut":
        seats = [seat for seat in one.seats if seat.closed_on is None]
        return cls(
            id=one.id, kind=one.kind, name=one.name, state=one.state, county_id=one.county_id, area=one.area,
            above_id=None if one.above is None else one.above.id, agenda_id=group_of(one).id, seats=len(seats),
            vacant=sum(_sits(one, seat, known, today) is None for seat in seats), ends_on=one.mandate.ends_on,
            report_on=one.mandate.report_on,
        )  # fmt: skip


def _sits(group: StandingGroup, seat: GroupSeat, known: Known, today: date) -> SeatTerm | None:
    there = followed(known, group, seat)
    return None if there is None else there.term_on(today)


class TermOut(Out, frozen=True, kw_only=True):
    """One appointment: who sits, from which day to which (null: until further notice), and who decided it. A name that
    has given way to the function is null.
    """

    first: date
    last: date | None
    principal_id: UUID
    principal: str
    decided_by: str
    decided_on: date | None
    registration_number: str | None
    representative: str | None
    function: str | None
    substitute: str | None
    substitute_function: str | None

    @classmethod
    def of(cls, one: SeatTerm, names: Names) -> "TermOut":
        sits = names.get(one.representative.id)
        beside = None if one.substitute is None else names.get(one.substitute.id)
        return cls(
            first=one.first, last=one.last, principal_id=one.principal_id, principal=one.principal,
            decided_by=one.decided_by, decided_on=one.decided_on, registration_number=one.registration_number,
            representative=None if sits is None else sits.name, function=None if sits is None else sits.function,
            substitute=None if beside is None else beside.name,
            substitute_function=None if beside is None else beside.function,
        )  # fmt: skip


class SeatOut(Out, frozen=True, kw_only=True):
    """One seat today. `term` is who sits, null: nobody; `next_term` who is appointed for later. `appoints` is the body
    whose turn it is, for `principal`; `follows` is the seat of the group above whose person sits here too.
    """

    number: int
    function: SeatFunction
    wanted: str
    standing: SeatStanding
    term: TermOut | None
    next_term: TermOut | None
    appoints: str | None
    principal_id: UUID | None
    principal: str | None
    follows: int | None
    asked: int
    asked_at: datetime | None
    put_off_until: date | None
    put_off_because: str | None
    taken_out_on: date | None

    @classmethod
    def of(cls, group: StandingGroup, seat: GroupSeat, known: Known, names: Names, today: date) -> "SeatOut":
        there, body = followed(known, group, seat), seat.asks
        terms = () if there is None else there.terms
        standing = SeatStanding.VACANT if there is None else standing_of(there, today)
        now = None if there is None else there.term_on(today)
        later = min((one for one in terms if one.first > today), key=lambda one: one.first, default=None)
        return cls(
            number=seat.number, function=seat.function, wanted=seat.wanted,
            standing=SeatStanding.TAKEN_OUT if seat.closed_on is not None else standing,
            term=None if now is None else TermOut.of(now, names),
            next_term=None if later is None else TermOut.of(later, names),
            appoints=None if body is None else body.name, principal_id=None if body is None else body.principal_id,
            principal=None if body is None else body.principal, follows=seat.above, asked=seat.asked,
            asked_at=seat.asked_at, put_off_until=seat.deferred_until, put_off_because=seat.deferred_because,
            taken_out_on=seat.closed_on,
        )  # fmt: skip


class GroupOut(Out, frozen=True, kw_only=True):
    """One standing group with its mandate and its seats. `below`: groups that it is above."""

    id: UUID
    version: int
    kind: StandingKind
    name: str
    state: GroupState
    county_id: UUID | None
    county: str | None
    area: str | None
    above_id: UUID | None
    below: list[UUID]
    agenda_id: UUID
    mandate: str
    goal: str | None
    ends_on: date | None
    report_on: date | None
    founded_at: datetime
    closed_at: datetime | None
    closed_because: str | None
    vacant: int
    seats: list[SeatOut]

    @classmethod
    def of(cls, read: GroupRead, today: date) -> "GroupOut":
        one = read.group
        seats = [SeatOut.of(one, seat, read.known, read.names, today) for seat in one.seats]
        return cls(
            id=one.id, version=read.version, kind=one.kind, name=one.name, state=one.state, county_id=one.county_id,
            county=None if read.county is None else read.county.name, area=one.area,
            above_id=None if one.above is None else one.above.id, below=[each.id for each in read.below],
            agenda_id=group_of(one).id, mandate=one.mandate.text, goal=one.mandate.goal, ends_on=one.mandate.ends_on,
            report_on=one.mandate.report_on, founded_at=one.founded_at, closed_at=one.closed_at,
            closed_because=one.closed_because,
            vacant=sum(seat.term is None and seat.taken_out_on is None for seat in seats), seats=seats,
        )  # fmt: skip


# -- sittings


class GroupSittingLineOut(Out, frozen=True, kw_only=True):
    """A date of a group. `covers`: how many seats are covered in which way; `came`, `of`: for how many of the seats of
    which something is recorded somebody came, null before anything is.
    """

    id: UUID
    version: int
    group_id: UUID
    group: str
    state: SittingState
    start: datetime
    end: datetime
    place: str
    video_url: str | None
    cancelled_because: str | None
    covers: dict[SeatCover, int]
    came: int | None
    of: int | None

    @classmethod
    def told(cls, one: GroupSitting, version: int) -> "GroupSittingLineOut":
        covers = [cover_of(one, seat) for seat in one.seats]
        marks = [seat.came for seat in one.seats if seat.came is not None]
        return cls(
            id=one.id, version=version, group_id=one.group_id, group=one.group_name, state=one.state, start=one.start,
            end=one.end, place=one.place.text, video_url=one.place.video_url, cancelled_because=one.cancelled_because,
            covers={cover: covers.count(cover) for cover in SeatCover if cover in covers},
            came=len(marks) - marks.count(SeatPresence.NOBODY) if marks else None, of=len(marks) or None,
        )  # fmt: skip


class SeatAnswerOut(Out, frozen=True, kw_only=True):
    """One who is called for a seat, and what she has answered; `unreached`: the mail did not arrive."""

    role: SittingRole
    name: str | None
    answer: SeatAnswer | None
    answered_at: datetime | None
    unreached: bool


class SittingSeatOut(Out, frozen=True, kw_only=True):
    """One seat at one sitting: who comes for it, who is called, and who came."""

    number: int
    function: SeatFunction
    wanted: str
    principal: str
    cover: SeatCover
    called: list[SeatAnswerOut]
    came: SeatPresence | None

    @classmethod
    def of(cls, read: GroupSittingRead, seat: SittingSeat) -> "SittingSeatOut":
        found = (read.sitting.invitation(seat.number, role) for role in SittingRole)
        called = [
            SeatAnswerOut(
                role=one.role, name=None if (who := read.names.get(one.sitter)) is None else who.name,
                answer=one.answer, answered_at=one.answered_at, unreached=one.id in read.unreached,
            )
            for one in found if one is not None
        ]  # fmt: skip
        return cls(
            number=seat.number, function=seat.function, wanted=seat.wanted, principal=seat.principal,
            cover=cover_of(read.sitting, seat), called=called, came=seat.came,
        )  # fmt: skip


class GroupSittingOut(Out, frozen=True, kw_only=True):
    """One sitting with its seats; `items` is what it takes up, null of a key that reads no agendas."""

    sitting: GroupSittingLineOut
    seats: list[SittingSeatOut]
    items: list[ItemOut] | None

    @classmethod
    def of(cls, read: GroupSittingRead) -> "GroupSittingOut":
        return cls(
            sitting=GroupSittingLineOut.told(read.sitting, read.version),
            seats=[SittingSeatOut.of(read, seat) for seat in read.sitting.seats],
            items=None if read.items is None else [ItemOut.of(one) for one in read.items],
        )  # fmt: skip


class SeatAnswerIn(CommandBody, frozen=True, kw_only=True):
    """What was told to who keeps the group: for the seat's representative, or for its substitute."""

    role: SittingRole = SittingRole.REPRESENTATIVE
    answer: SeatAnswer


class SeatMarkIn(In, frozen=True, kw_only=True):
    """Who came for this seat."""

    seat: Ordinal
    came: SeatPresence


class SittingAttendanceIn(CommandBody, frozen=True, kw_only=True):
    """Who came, seat by seat; a seat that is left out stays as it was."""

    marks: Annotated[list[SeatMarkIn], Meta(min_length=1, max_length=60)]


# -- a year


class SeatYearOut(Out, frozen=True, kw_only=True):
    """One seat in one year: `of` how many sittings something is recorded, and who came."""

    number: int
    function: SeatFunction
    wanted: str
    principal: str
    of: int
    representative: int
    substitute: int
    nobody: int

    @classmethod
    def told(cls, one: SeatYear) -> "SeatYearOut":
        return cls(
            number=one.seat.number, function=one.seat.function, wanted=one.seat.wanted, principal=one.seat.principal,
            of=one.of, representative=one.representative, substitute=one.substitute, nobody=one.nobody,
        )  # fmt: skip


class PrincipalYearOut(Out, frozen=True, kw_only=True):
    """What a principal's seats came to: `came` times of `of`, and the minutes of those sittings."""

    principal: str
    of: int
    came: int
    minutes: int

    @classmethod
    def told(cls, one: PrincipalYear) -> "PrincipalYearOut":
        return cls(principal=one.principal, of=one.of, came=one.came, minutes=int(one.time.total_seconds()) // 60)


class AttendanceYearOut(Out, frozen=True, kw_only=True):
    """Who came to a group's sittings of a year, by seats and by principals, without a name."""

    group_id: UUID
    year: int
    sittings: int
    seats: list[SeatYearOut]
    principals: list[PrincipalYearOut]

    @classmethod
    def of(cls, found: AttendanceYear) -> "AttendanceYearOut":
        return cls(
            group_id=found.group.id, year=found.year, sittings=len(found.sittings),
            seats=[SeatYearOut.told(one) for one in presence.counted(found.sittings)],
            principals=[PrincipalYearOut.told(one) for one in presence.by_principal(found.sittings)],
        )  # fmt: skip
