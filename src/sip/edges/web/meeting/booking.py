"""A meeting from a convener's own calendar: what was understood of it, and the form of a new meeting filled in with it.

The law of this file: looking changes nothing, and nobody sees a booking but who made it.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.booking import Booking
from sip.domain.terms import Form, Obligation, PlaceKind
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import bookings
from sip.usecases.bookings import BookingRead
from sip.usecases.problems import NotFoundError


@get("/bookings/{booking_id:uuid}")
async def booking_page(page: NamedDependency[Page], booking_id: FromPath[UUID]) -> Response[Any]:
    """What was understood, and the way on."""
    read = await bookings.get(page.services.db, booking_id, actor=signed_in(page).actor, now=page.now)
    return page.html("booking.html", booking=read.booking, units=[name for _, name in read.units])


async def filled(page: Page, asked: str) -> tuple[dict[str, str], int]:
    """The fields of a new meeting that the booking of this id says, and how many parties it has; nothing for what is
    no booking of hers."""
    try:
        read = await bookings.get(page.services.db, UUID(asked), actor=signed_in(page).actor, now=page.now)
    except (ValueError, NotFoundError):
        return {}, 0
    return {**_schedule(page, read.booking), **_parties(read), "booking": str(read.booking.id)}, len(read.units)


def _schedule(page: Page, booking: Booking) -> dict[str, str]:
    found: dict[str, str] = {}
    if booking.start is not None and booking.end is not None:
        start, end = page.phrases.local(booking.start), page.phrases.local(booking.end)
        found |= {"day": start.date().isoformat(), "from": start.strftime("%H:%M"), "to": end.strftime("%H:%M")}
    if booking.place_unit is not None:
        form = Form.HYBRID if booking.video_url else Form.PHYSICAL
        found |= {"form": form, "place_kind": PlaceKind.ROOM, "place_unit": booking.place_unit}
    elif booking.video_url is not None:
        found |= {"form": Form.VIDEO, "place_kind": PlaceKind.VIDEO}
    return found | ({"place_video": booking.video_url} if booking.video_url else {})


def _parties(read: BookingRead) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, (unit, _) in enumerate(read.units, 1):
        found |= {f"party_{n}_unit": str(unit), f"party_{n}_obligation": Obligation.SUMMONED}
    return found
