"""Who asks: the visitor of a session, and the `Page` that every handler gets.

The law of this file: a cookie is Secure in production and never readable by script; a POST carries the token
of our own form.
"""

from uuid import UUID

from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.services import Services
from sip.edges.web.shell import csrf
from sip.edges.web.shell.language import LANGUAGE_COOKIE, language
from sip.edges.web.shell.page import HttpRequest, Page, Visitor, form_values
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.views import RoleView
from sip.store import users
from sip.store.seen import listings
from sip.store.users import GrantRecord
from sip.usecases.actor import Actor, ActorKind, ServicePart

_YEAR = 365 * 24 * 3600


def session_cookie(services: Services) -> str:
    """The cookie's name; `__Host-` keeps other hosts of the domain from setting it (RFC 6265bis)."""
    return "__Host-sip" if services.settings.is_production else "sip_session"


def own_cookie(services: Services, name: str, value: str, age: int | None) -> Cookie:
    secure = services.settings.is_production
    return Cookie(key=name, value=value, path="/", max_age=age, httponly=True, secure=secure, samesite="lax")


async def provide_page(request: HttpRequest, services: NamedDependency[Services]) -> Page:
    """The request with its visitor, language and time."""
    now = await services.clock.now()
    token = request.cookies.get(session_cookie(services), "")
    visitor, secret, own = None, "", None
    if token:
        async with services.db.transaction(ServicePart.SESSIONS) as conn:
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
        given.append(own_cookie(services, csrf.VISIT_COOKIE, visit, None))
    chosen = request.query_params.get("lang")
    if chosen in tuple(Language):
        given.append(own_cookie(services, LANGUAGE_COOKIE, str(chosen), _YEAR))
    return visit, tuple(given)


async def check_form(request: HttpRequest) -> None:
    """Before every handler of the pages: a POST must carry the token of our own form. Raises PermissionDenied."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    services: Services = request.app.state.services
    bound = request.cookies.get(csrf.VISIT_COOKIE, "")
    token = request.cookies.get(session_cookie(services), "")
    if token:
        async with services.db.transaction(ServicePart.SESSIONS) as conn:
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
