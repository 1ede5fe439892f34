"""A convener's bookings, as she completes them: read, and taken when a draft has come of one (rules, section 10)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain import booking as rules
from sip.domain.booking import Booking, BookingState
from sip.store import bookings
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class BookingRead:
    """A booking, and the names of its units."""

    booking: Booking
    units: tuple[tuple[UUID, str], ...]


async def get(db: Database, booking_id: UUID, *, actor: Actor, now: datetime) -> BookingRead:
    """Her own. Raises NotFoundError, ForbiddenError."""
    require_role(actor, Act.CONVENE)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "booking", booking_id)
        found = await bookings.get(conn, booking_id, _user(actor))
        if found is None:
            raise NotFoundError("booking")
        known = await rosters(conn, found.units, now)
        names = tuple((unit, known[unit].name) for unit in found.units if unit in known)
        return BookingRead(found, names)


async def take(db: Database, booking_id: UUID, meeting_id: UUID, *, actor: Actor) -> None:
    """A draft was made of it: from now on her calendar changes nothing by itself. What is not hers is left alone."""
    async with db.transaction(actor) as conn:
        found = await bookings.get(conn, booking_id, _user(actor), lock=True)
        if found is not None and found.state is not BookingState.TAKEN:
            await bookings.save(conn, rules.taken(found, meeting_id))


def _user(actor: Actor) -> UUID:
    """Raises NotFoundError for who is no user: bookings are people's."""
    if actor.kind is not ActorKind.USER or actor.id is None:
        raise NotFoundError("booking")
    return UUID(actor.id)
