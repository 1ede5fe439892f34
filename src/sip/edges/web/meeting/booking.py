"""A meeting from a convener's own calendar: what was understood of it, and the press that begins to complete it.

The law of this file: looking changes nothing, and nobody sees a booking but who made it.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.sketch import SketchStep
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import bookings


@get("/bookings/{booking_id:uuid}")
async def booking_page(page: NamedDependency[Page], booking_id: FromPath[UUID]) -> Response[Any]:
    """What was understood, and the way on."""
    read = await bookings.get(page.services.db, booking_id, actor=signed_in(page).actor, now=page.now)
    return page.html("booking.html", booking=read.booking, units=page.phrases.names(read.units))


@post("/bookings/{booking_id:uuid}", status_code=200)
async def begin_booking(page: NamedDependency[Page], booking_id: FromPath[UUID]) -> Response[Any]:
    """On to the steps of a new meeting, filled in."""
    visitor = signed_in(page)
    await page.reader()
    await bookings.begin(
        page.services.db, booking_id, name=visitor.name, email=visitor.email, actor=visitor.actor, now=page.now
    )
    return page.to(f"/meetings/new/{booking_id}/{SketchStep.WHO}")
