"""When a body is asked to appoint, reminded, and lifted; whom it is asked of (rules, section 18 U3-U4). Pure.

The law of this file: a seat is asked of one body at a time, the one whose turn it is; a seat that is filled is not
asked until its term nears its end; who was lifted is not asked again before something has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.address import folded
from sip.domain.effects import Link, Notice, NoticeKind
from sip.domain.events import TimePassed
from sip.domain.group import GroupSeat, GroupState, SeatBody, StandingGroup, StandingKind
from sip.domain.machine import bounded
from sip.domain.people import Address, Answerer
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

ENDING_DAYS = 60
"""Calendar days before a term's last day from which the next is asked for."""
ASK_AGAIN = 10
"""Working days between the mails that ask, and from the last of them to the lift."""
ASKS_MOST = 3
"""Mails to one body about one seat, before it is lifted once to who answers for its principal."""


def ends_within(seat: GroupSeat, today: date) -> bool:
    """Whether somebody sits, or is to, and the last term nears its end."""
    last = seat.ahead(today)
    return last is not None and last.last is not None and last.last - timedelta(days=ENDING_DAYS) <= today


def is_vacant(seat: GroupSeat, today: date) -> bool:
    """Whether nobody sits, nor is to."""
    return seat.ahead(today) is None


def wanted_from(seat: GroupSeat) -> datetime | None:
    """The opening at which it is first asked, of a seat that nobody has been asked about; None: never as it is.

    What changes in the course of a day is asked on the next, so that one mail holds it all.
    """
    if seat.asks is None:
        return None
    time = office_time()
    begins = time.opening_after(seat.since)
    if local_day(begins) == local_day(seat.since):
        begins = time.opening_after(begins)
    held = [one.last for one in seat.terms if one.last is None or one.last >= one.first]
    if None in held:
        return None
    last = max((day for day in held if day is not None), default=None)
    if last is not None:
        begins = max(begins, time.opening_from(at_hour(last - timedelta(days=ENDING_DAYS), OPENS)))
    if seat.deferred_until is not None:
        begins = max(begins, time.opening_from(at_hour(seat.deferred_until, OPENS)))
    return begins


def seat_due(seat: GroupSeat) -> datetime | None:
    """When the next mail about the seat leaves: asked, reminded, lifted; None after that."""
    if seat.asks is None or seat.lifted_at is not None:
        return None
    if seat.asked_at is None:
        return wanted_from(seat)
    time = office_time()
    return time.opening_from(time.plus_days(seat.asked_at, ASK_AGAIN))


def group_due(group: StandingGroup) -> datetime | None:
    """When the group next needs a tick."""
    if group.state is GroupState.CLOSED:
        return None
    found = min((due for due in map(seat_due, group.seats) if due is not None), default=None)
    return found if found is None or group.not_before is None else max(found, group.not_before)


def is_asked(seat: GroupSeat) -> bool:
    """Whether somebody has been asked, and nobody has been appointed since."""
    return seat.asks is not None and seat.asked > 0


# -- the mails: one for each body, and for each who answers for a principal


def asking(group: StandingGroup, seats: Sequence[GroupSeat], now: datetime) -> list[Notice]:
    """To each body, of all the seats of the group that it is asked about now."""
    by_body: dict[str, list[GroupSeat]] = defaultdict(list)
    for seat in seats:
        assert seat.asks is not None
        by_body[folded(seat.asks.email)].append(seat)
    made = []
    for email, theirs in by_body.items():
        body = theirs[0].asks
        assert body is not None
        times = max(seat.asked for seat in theirs) + 1
        key = f"seats/{group.id}/{email}/{now.isoformat()}"
        opened = now + timedelta(days=ENDING_DAYS)
        made.append(
            Notice(
                key, NoticeKind.SEATS_ASKED, Address(body.email, body.name), None, "", now, now, opened,
                link=Link.APPOINT, detail=_told(group, theirs, body, times),
            )
        )  # fmt: skip
    return made


def lifting(
    group: StandingGroup, seats: Sequence[GroupSeat], answerers: Mapping[UUID, Sequence[Answerer]], now: datetime
) -> list[Notice]:
    """To each who answers for a principal, of all its seats that a body has not answered about."""
    by_principal: dict[UUID, list[GroupSeat]] = defaultdict(list)
    for seat in seats:
        assert seat.asks is not None
        by_principal[seat.asks.principal_id].append(seat)
    made = []
    for principal, theirs in by_principal.items():
        body = theirs[0].asks
        assert body is not None
        for who in answerers.get(principal, ()):
            key = f"seats-lifted/{group.id}/{principal}/{folded(who.to.email)}/{now.isoformat()}"
            detail = _told(group, theirs, body, 1)
            made.append(
                Notice(
                    key, NoticeKind.SEATS_LIFTED, who.to, None, "", now, now, now, user_id=who.user_id, detail=detail
                )
            )
    return made


def _told(group: StandingGroup, seats: Iterable[GroupSeat], body: SeatBody, times: int) -> dict[str, str]:
    """What the mail says: each seat in a line of its own, its function's word, what is wanted, the last day if any."""
    lines = []
    for seat in seats:
        last = max((one.last for one in seat.terms if one.last is not None), default=None)
        lines.append(f"{seat.function}|{last.isoformat() if last else ''}|{' '.join(seat.wanted.split())}")
    return {
        "group": group.name, "id": str(group.id), "body": body.name, "principal": body.principal,
        "times": str(times), "seats": "\n".join(lines),
    }  # fmt: skip


def principals_of(state: object, event: object) -> tuple[UUID, ...]:
    """The principals for whom somebody may be mailed by a decision of this event."""
    if not isinstance(state, StandingGroup) or not isinstance(event, TimePassed):
        return ()
    return tuple(seat.asks.principal_id for seat in state.seats if seat.asks is not None)


class SeatStanding(StrEnum):
    """How a seat is, as people see it at once."""

    FILLED = "filled"
    ENDING = "ending"
    ASKED = "asked"
    PUT_OFF = "put_off"
    VACANT = "vacant"
    TAKEN_OUT = "taken_out"


def standing_of(seat: GroupSeat, today: date) -> SeatStanding:
    """How the seat is today. What is asked says so, whether it is vacant or ends."""
    if seat.closed_on is not None:
        return SeatStanding.TAKEN_OUT
    if not is_vacant(seat, today) and not ends_within(seat, today):
        return SeatStanding.FILLED
    if seat.deferred_until is not None and seat.deferred_until > today:
        return SeatStanding.PUT_OFF
    if is_asked(seat):
        return SeatStanding.ASKED
    return SeatStanding.VACANT if is_vacant(seat, today) else SeatStanding.ENDING


def followed(known: Mapping[UUID, StandingGroup], group: StandingGroup, seat: GroupSeat) -> GroupSeat | None:
    """The seat whose person sits here: itself, or that of the level above, as far up as it follows; None where the
    level above has no such seat.
    """
    for _ in bounded(len(StandingKind) + 1, "levels of groups"):
        if seat.above is None or seat.closed_on is not None:
            return seat
        above = None if group.above is None else known.get(group.above.id)
        found = None if above is None else above.seat(seat.above)
        if above is None or found is None or found.closed_on is not None:
            return None
        group, seat = above, found
    return None
