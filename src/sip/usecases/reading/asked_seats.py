"""What is asked of the mailbox of a body that appoints, whoever holds its link (rules, section 18 U4).

The law of this file: a seat that has been answered, or is another's to fill, is not there; nor is anybody's name.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.asking import is_asked
from sip.domain.group import GroupSeat, GroupState, StandingGroup
from sip.store.aggregates import groups
from sip.store.post.tokens import LinkRef
from sip.store.seen import groups as seen


@dataclass(frozen=True, slots=True)
class AskedSeat:
    """A seat that is asked of a mailbox now."""

    group: StandingGroup
    version: int
    seat: GroupSeat


@dataclass(frozen=True, slots=True)
class OpenedSeats:
    """What the link of a body opens: the seats that are asked of its mailbox now, of every group."""

    ref: LinkRef
    asked: tuple[AskedSeat, ...]


async def asked(conn: AsyncConnection, ref: LinkRef) -> OpenedSeats:
    """What is asked of the mailbox that the link was mailed to, in groups that stand."""
    found = await groups.load_many(conn, await seen.asked_of(conn, ref.address))
    seats = [
        AskedSeat(there.state, there.version, seat)
        for there in found.values()
        for seat in there.state.seats
        if there.state.state is GroupState.STANDING and is_asked(seat) and _is_of(seat, ref.address)
    ]
    return OpenedSeats(ref, tuple(sorted(seats, key=lambda one: (one.group.name, one.seat.number))))


def _is_of(seat: GroupSeat, email: str) -> bool:
    return seat.asks is not None and folded(seat.asks.email) == folded(email)
