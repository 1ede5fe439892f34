"""Signing in and out, and the role one acts in.

The law of this file: a wrong password and an unknown address look the same: each is counted before the password is
looked at, by the client's address and by the one signed in with, and the answers follow from those counts alone.
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page, local_path, with_cookies
from sip.edges.web.shell.session import own_cookie, session_cookie, signed_in
from sip.edges.web.shell.throttle import client_of
from sip.usecases import sessions
from sip.usecases.problems import NotFoundError
from sip.usecases.sessions import NotLetIn, PasswordDesk


@get("/sign-in")
async def sign_in_page(page: NamedDependency[Page]) -> Response[Any]:
    """The form."""
    if page.visitor is not None:
        return page.to("/")
    return page.html("sign_in.html", form=FormState(), next=local_path(page.request.query_params.get("next")))


ADDRESS_THROTTLE = "sign_in_addresses"
"""Where the application keeps the tries by address that is signed in with: known or not, they are counted alike."""


@post("/sign-in", status_code=200)
async def sign_in(page: NamedDependency[Page]) -> Response[Any]:
    """Signs in, in the first of the user's roles. Counted before the password is looked at. Raises ForbiddenError."""
    services, reader = page.services, await page.reader()
    email, password = reader.text("email", required=True, most=254), reader.state.value("password")
    following = local_path(reader.state.value("next"))
    state = page.request.app.state
    counts = ((state.throttle, client_of(page.request)), (state[ADDRESS_THROTTLE], email.lower()))
    desk: PasswordDesk = state.passwords
    if desk.full or any(throttle.full(whom) for throttle, whom in counts):
        return _again(page, reader.state, following, "page.sign_in.too_many", 429)
    for throttle, whom in counts:
        throttle.wrong(whom)
    ends = page.visitor.session if page.visitor is not None else None
    lives = timedelta(hours=services.settings.session_hours)
    try:
        token = await sessions.sign_in(services.db, desk, email, password, lives, ends=ends, now=page.now)
    except NotLetIn:
        return _again(page, reader.state, following, "page.sign_in.wrong", 422)
    for throttle, whom in counts:
        throttle.right(whom)
    return with_cookies(
        page.to(following), own_cookie(services, session_cookie(services), token, int(lives.total_seconds()))
    )


def _again(page: Page, state: FormState, following: str, key: str, status: int) -> Response[Any]:
    kept = FormState({"email": state.value("email")}, {"email": page.t(key)})
    return page.html("sign_in.html", status=status, form=kept, next=following)


@post("/sign-out", status_code=303)
async def sign_out(page: NamedDependency[Page]) -> Response[Any]:
    """Ends the session."""
    if page.visitor is not None:
        await sessions.sign_out(page.services.db, page.visitor.session, actor=page.visitor.actor)
    gone = own_cookie(page.services, session_cookie(page.services), "", 0)
    return with_cookies(page.to("/sign-in"), gone)


@get("/roles")
async def roles_page(page: NamedDependency[Page]) -> Response[Any]:
    """The roles one may act in."""
    return page.html("roles.html", roles=signed_in(page).roles)


@post("/roles", status_code=303)
async def choose_role(page: NamedDependency[Page]) -> Response[Any]:
    """Acts in another of one's roles from now on."""
    visitor, reader = signed_in(page), await page.reader()
    wanted = reader.uuid("role", required=True)
    if wanted is None or str(wanted) not in {role.id for role in visitor.roles}:
        raise NotFoundError("role")
    await sessions.choose_role(page.services.db, visitor.session, wanted, actor=visitor.actor)
    return page.to("/")
