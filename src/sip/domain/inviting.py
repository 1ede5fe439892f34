"""Whom a sitting is called of, and the mails to them: calendar entries, and the reminder (rules, section 18 U7)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sip.domain.asking import followed
from sip.domain.effects import Link, Method, Notice, NoticeKind
from sip.domain.group import GroupSeat, StandingGroup
from sip.domain.people import Address
from sip.domain.sitting import (
    GroupSitting,
    SeatInvitation,
    SittingCalled,
    SittingMoved,
    SittingRole,
    SittingSeat,
    SittingSeatsChanged,
)


def called_seats(known: Mapping[UUID, StandingGroup], group: StandingGroup, day: date) -> tuple[SittingSeat, ...]:
    """The group's seats as they are filled on this day; `known` has the groups above, which some of them follow."""
    return tuple(_called(known, group, seat, day) for seat in group.seats if seat.closed_on is None)


def _called(known: Mapping[UUID, StandingGroup], group: StandingGroup, seat: GroupSeat, day: date) -> SittingSeat:
    there = followed(known, group, seat)
    term = None if there is None else there.term_on(day)
    if term is None:
        body = seat.asks if there is None else there.asks
        return SittingSeat(seat.number, seat.function, seat.wanted, "" if body is None else body.principal)
    beside = None if term.substitute is None else term.substitute.id
    return SittingSeat(seat.number, seat.function, seat.wanted, term.principal, term.representative.id, beside)


def sitters_of(state: object, event: object) -> frozenset[UUID]:
    """Those whose addresses a decision of this event may need."""
    seats = state.seats if isinstance(state, GroupSitting) else ()
    if isinstance(event, SittingCalled | SittingMoved | SittingSeatsChanged):
        seats += event.seats
    found = {one for seat in seats for one in (seat.representative, seat.substitute) if one is not None}
    if isinstance(state, GroupSitting):
        found |= {one.sitter for one in state.invitations if one.active}
    return frozenset(found)


def entry(sitting: GroupSitting, one: SeatInvitation, kind: NoticeKind, to: Address, now: datetime) -> Notice:
    """The calendar mail of one invitation: a CANCEL of what is taken back, else a REQUEST."""
    method = Method.REQUEST if one.active else Method.CANCEL
    key = f"sitting/{one.id}/{one.sequence}/{method}"
    return Notice(
        key, kind, to, None, "", now, sitting.start, sitting.end, method=method, sequence=one.sequence,
        entry_id=one.id, link=Link.SITTING if one.active else None, detail=_told(sitting, one),
    )  # fmt: skip


def reminder(sitting: GroupSitting, one: SeatInvitation, to: Address, now: datetime) -> Notice:
    """The one mail that asks again: an ordinary one, gathered with others to the same address."""
    return Notice(
        f"sitting-reminder/{one.id}/{one.sequence}", NoticeKind.SITTING_REMINDER, to, None, "", now, sitting.start,
        sitting.end, entry_id=one.id, link=Link.SITTING, detail=_told(sitting, one),
    )  # fmt: skip


def _told(sitting: GroupSitting, one: SeatInvitation) -> dict[str, str]:
    seat = sitting.seat(one.seat)
    said = {
        "group": sitting.group_name, "role": str(one.role), "place": sitting.place.text,
        "substitute": "yes" if one.role is SittingRole.REPRESENTATIVE and seat and seat.substitute else "",
        "start": sitting.start.isoformat(), "end": sitting.end.isoformat(),
    }  # fmt: skip
    if sitting.place.video_url:
        said["video"] = sitting.place.video_url
    if sitting.cancelled_because:
        said["reason"] = sitting.cancelled_because
    return said
