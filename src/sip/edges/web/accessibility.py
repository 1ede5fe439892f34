"""The accessibility statement (law 2018:1937) with its form: who could not use something tells it, without sign-in."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.shell.throttle import Throttle, client_of, give_back, take
from sip.store.barriers import Barrier
from sip.usecases import barriers
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import InvalidError

TOLD = Throttle("barrier", 5, timedelta(hours=1))
"""How often one client may tell something."""


@get("/accessibility")
async def statement(page: NamedDependency[Page]) -> Response[Any]:
    """The statement, and the form."""
    return await _page(page, FormState())


async def _page(page: Page, state: FormState, status: int = 200) -> Response[Any]:
    visitor = page.visitor
    waiting = await barriers.waiting(page.services.db, actor=visitor.actor, now=page.now) if visitor else 0
    told = "told" in page.request.query_params
    return page.html("accessibility.html", status=status, f=state, told=told, waiting=waiting)


@post("/accessibility", status_code=200)
async def tell(page: NamedDependency[Page]) -> Response[Any]:
    """What could not be used is kept, for who keeps the service to see to."""
    reader = await page.reader()
    whom = client_of(page.request)
    if not await take(page.services, (TOLD, whom)):
        reader.state.errors[""] = page.t("page.error.too_many_more")
        return await _page(page, reader.state, 429)
    said, place = reader.text("said", required=True), reader.text("place", most=300)
    email = reader.email("email")
    if reader.right:
        nonce = reader.state.value("nonce")[:64] or str(page.now)
        barrier = Barrier(uuid5(NAMESPACE, f"barrier/{whom}/{nonce}"), said, place or None, email, page.now)
        try:
            await barriers.tell(page.services.db, barrier)
            return page.to("/accessibility?told=yes#told")
        except InvalidError as error:
            page.say_problems(error, reader.state)
            return await _page(page, reader.state, 422)
    await give_back(page.services, (TOLD, whom))  # nothing was told
    return await _page(page, reader.state, 422)


@get("/accessibility/told")
async def told(page: NamedDependency[Page]) -> Response[Any]:
    """What was told, for who keeps the service."""
    found = await barriers.listed(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html("barriers.html", barriers=found)


@post("/accessibility/told/{barrier_id:uuid}", status_code=303)
async def handled(page: NamedDependency[Page], barrier_id: FromPath[UUID]) -> Response[Any]:
    """Somebody has seen to it."""
    await barriers.handle(page.services.db, barrier_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/accessibility/told")
