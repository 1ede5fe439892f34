"""Signing in and out, the role one acts in, and the `Page` that every handler gets.

The law of this file: a session gets a new token at each sign-in; a wrong password and an unknown address look and take
the same; a cookie is Secure in production and never readable by script.
"""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.services import Services
from sip.edges.web.shell import csrf
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import HttpRequest, Page, Visitor, form_values, with_cookies
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.throttle import Throttle, client_of
from sip.edges.web.views import RoleView
from sip.store import users
from sip.store.seen import listings
from sip.store.users import GrantRecord
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ForbiddenError, NotFoundError

LANGUAGE_COOKIE = "sip_language"
_YEAR = 365 * 24 * 3600


def session_cookie(services: Services) -> str:
    """The cookie's name; `__Host-` keeps other hosts of the domain from setting it (RFC 6265bis)."""
    return "__Host-sip" if services.settings.is_production else "sip_session"


def _cookie(services: Services, name: str, value: str, age: int | None) -> Cookie:
    secure = services.settings.is_production
    return Cookie(key=name, value=value, path="/", max_age=age, httponly=True, secure=secure, samesite="lax")


# -- who asks


async def provide_page(request: HttpRequest, services: NamedDependency[Services]) -> Page:
    """The request with its visitor, language and time."""
    now = await services.clock.now()
    token = request.cookies.get(session_cookie(services), "")
    visitor, secret, own = None, "", None
    if token:
        async with services.db.transaction() as conn:
            found = await users.session(conn, token, local_day(now))
            if found is not None and found.grant is not None:
                visitor = await _visitor(conn, found, token, services)
                secret, own = found.csrf_secret, found.user.language
    visit, cookies = _visit(request, services)
    return Page(services, request, Phrases(language(request, own)), now, secret or visit, visitor, cookies)


async def _visitor(conn: AsyncConnection, found: users.Session, token: str, services: Services) -> Visitor:
    grant = found.grant
    assert grant is not None
    grants = await users.grants_of(conn, found.user.id, local_day(await services.clock.now()))
    names = await listings.place_names(conn, [place for one in grants if (place := _place(one)) is not None])

    def named(one: GrantRecord) -> str | None:
        place = _place(one)
        return names.get(place) if place is not None else None

    actor = Actor(
        ActorKind.USER, str(found.user.id), found.user.name, grant.unit_id, grant.role, grant.organisation_id,
        grant.principal_id,
    )  # fmt: skip
    roles = tuple(RoleView(str(one.id), one.role, named(one), one.id == grant.id) for one in grants)
    return Visitor(actor, found.user.name, found.user.email, named(grant), roles, token)


def _place(grant: GrantRecord) -> UUID | None:
    return grant.unit_id or grant.organisation_id or grant.principal_id


def _visit(request: HttpRequest, services: Services) -> tuple[str, tuple[Cookie, ...]]:
    """The visit that forms before sign-in are bound to, and the cookies that this answer gives."""
    given = []
    visit = request.cookies.get(csrf.VISIT_COOKIE, "")
    if not visit:
        visit = csrf.new_visit()
        given.append(_cookie(services, csrf.VISIT_COOKIE, visit, None))
    chosen = request.query_params.get("lang")
    if chosen in tuple(Language):
        given.append(_cookie(services, LANGUAGE_COOKIE, str(chosen), _YEAR))
    return visit, tuple(given)


def language(request: HttpRequest, own: Language | None) -> str:
    """The language that was asked for, else chosen before, else the user's own, else the browser's."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in tuple(Language):
        return str(asked)
    if own is not None:
        return own
    for part in request.headers.get("accept-language", "").split(","):
        code = part.strip()[:2].lower()
        if code in tuple(Language):
            return code
    return Language.SV


async def check_form(request: HttpRequest) -> None:
    """Before every handler of the pages: a POST must carry the token of our own form. Raises PermissionDenied."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    services: Services = request.app.state.services
    bound = request.cookies.get(csrf.VISIT_COOKIE, "")
    token = request.cookies.get(session_cookie(services), "")
    if token:
        async with services.db.transaction() as conn:
            found = await users.session(conn, token, local_day(await services.clock.now()))
        if found is not None and found.grant is not None:
            bound = found.csrf_secret
    expected = csrf.token(services.settings.secret_key.get_secret_value(), bound) if bound else ""
    headers = {name.lower(): value for name, value in request.headers.items()}
    values = await form_values(request)
    if not expected or not csrf.sent_by_us(values, headers, request.headers.get("host", ""), expected):
        raise PermissionDeniedException("csrf")


def signed_in(page: Page) -> Visitor:
    """The visitor. Raises NotAuthorized, which becomes the sign-in page."""
    if page.visitor is None:
        raise NotAuthorizedException("sign in")
    return page.visitor


# -- handlers


@get("/sign-in")
async def sign_in_page(page: NamedDependency[Page]) -> Response[Any]:
    """The form."""
    if page.visitor is not None:
        return page.to("/")
    return page.html("sign_in.html", form=FormState(), next=_next(page.request.query_params.get("next")))


def _next(wanted: str | None) -> str:
    """Where to go after signing in: a path of ours, else the start."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted:
        return wanted
    return "/"


@post("/sign-in", status_code=200)
async def sign_in(page: NamedDependency[Page]) -> Response[Any]:
    """Signs in, in the first of the user's roles."""
    services, reader = page.services, await page.reader()
    email, password = reader.text("email", required=True, most=254), reader.state.value("password")
    following = _next(reader.state.value("next"))
    throttle: Throttle = page.request.app.state.throttle
    address = client_of(page.request)
    if throttle.full(address):
        return _again(page, reader.state, following, "page.sign_in.too_many", 429)
    async with services.db.transaction() as conn:
        found = await users.for_sign_in(conn, email)
    right = await asyncio.to_thread(users.check_password, found.password_hash if found else None, password)
    if found is None or not right or found.locked:
        throttle.wrong(address)
        if found is not None and not right:
            async with services.db.transaction() as conn:
                await users.note_sign_in(conn, found.user.id, False)
        key = "page.sign_in.too_many" if found is not None and found.locked else "page.sign_in.wrong"
        return _again(page, reader.state, following, key, 422)
    async with services.db.transaction() as conn:
        await users.note_sign_in(conn, found.user.id, True)
        grants = await users.grants_of(conn, found.user.id, local_day(page.now))
        if not grants:
            raise ForbiddenError(())
        if page.visitor is not None:
            await users.end_session(conn, page.visitor.session)
        lives = timedelta(hours=services.settings.session_hours)
        token, _ = await users.begin_session(conn, found.user.id, grants[0].id, lives)
    return with_cookies(page.to(following), _cookie(services, session_cookie(services), token, None))


def _again(page: Page, state: FormState, following: str, key: str, status: int) -> Response[Any]:
    kept = FormState({"email": state.value("email")}, {"": page.t(key)})
    return page.html("sign_in.html", status=status, form=kept, next=following)


@post("/sign-out", status_code=303)
async def sign_out(page: NamedDependency[Page]) -> Response[Any]:
    """Ends the session."""
    if page.visitor is not None:
        async with page.services.db.transaction() as conn:
            await users.end_session(conn, page.visitor.session)
    gone = _cookie(page.services, session_cookie(page.services), "", 0)
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
    async with page.services.db.transaction() as conn:
        await users.choose_role(conn, visitor.session, wanted)
    return page.to("/")
