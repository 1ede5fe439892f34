"""A convener's bookings, as she completes them: read, and made a meeting in the making of (rules, section 10).

The law of this file: a booking and the meeting in the making that comes of it have one id. So both know of the meeting
that came of them without being told.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import booking as rules
from sip.domain.booking import Booking, BookingState
from sip.domain.sketch import Sketch
from sip.domain.values import replace
from sip.store import bookings, sketches
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database, beyond
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.commands import meeting_of
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import InvalidError, NotFoundError, refuse_numbers
from sip.usecases.recorded import recorded

_OWN = "her own booking, which nobody else reads"


@dataclass(frozen=True, slots=True)
class BookingRead:
    """A booking, and the names of its units."""

    booking: Booking
    units: tuple[str, ...]


async def get(db: Database, booking_id: UUID, *, actor: Actor, now: datetime) -> BookingRead:
    """Her own. Raises NotFoundError, ForbiddenError."""
    user = _user(actor)
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        found = await bookings.get(conn, booking_id, user)
        if found is None:
            raise NotFoundError("booking")
        known = await rosters(conn, found.units, now)
        return BookingRead(await as_it_is(conn, found), tuple(roster.name for roster in known.values()))


async def begin(db: Database, booking_id: UUID, *, name: str, email: str, actor: Actor, now: datetime) -> None:
    """She begins to complete it: a meeting in the making, filled in as far as it goes; the same again finds it.

    Raises NotFoundError, ForbiddenError.
    """
    user, unit = _user(actor), actor.unit_id
    async with recorded(db, actor, now, nothing=_OWN) as (conn, _):
        found = await bookings.get(conn, booking_id, user, lock=True)
        if found is None or (await as_it_is(conn, found)).state is not BookingState.WAITING:
            raise NotFoundError("booking")
        if await sketches.get(conn, booking_id, user) is not None:
            return
        roster = (await rosters(conn, [unit], now)).get(unit) if unit is not None else None
        phone = (roster.phone or "") if roster is not None else ""
        empty = Sketch(convener_unit_id=unit, convener_person=name, convener_email=email, convener_phone=phone)
        await sketches.save(conn, booking_id, user, _kept(rules.sketch_of(found, empty)), now)


async def follow(conn: AsyncConnection, before: Booking, after: Booking, now: datetime) -> None:
    """What she has begun follows her calendar, but for what she has changed herself."""
    begun = await sketches.get(conn, after.id, after.user_id, lock=True)
    if begun is not None:
        await sketches.save(conn, after.id, after.user_id, _kept(rules.followed(begun, before, after)), now)


async def as_it_is(conn: AsyncConnection, booking: Booking) -> Booking:
    """With the meeting that was made of it, where there is one by now."""
    if booking.state is BookingState.TAKEN:
        return booking
    made = uuid5(NAMESPACE, f"meeting/sketch/{booking.id}")
    async with beyond(conn):  # whether there is one, wherever it has been handed over to; nothing of it is shown
        found = await meeting_of(conn, made)
    return booking if found is None else rules.taken(booking, made)


def _kept(sketch: Sketch) -> Sketch:
    """A link in which a number of a person seems to stand is not kept."""
    try:
        refuse_numbers(sketch)
    except InvalidError:
        return replace(sketch, form=None, place=None)
    return sketch


def _user(actor: Actor) -> UUID:
    """Raises NotFoundError for who is no user: bookings are people's. ForbiddenError for who may not convene."""
    require_role(actor, Act.CONVENE)
    if actor.kind is not ActorKind.USER or actor.id is None:
        raise NotFoundError("booking")
    try:
        return UUID(actor.id)
    except ValueError:
        raise NotFoundError("booking") from None
