"""Who asks: the visitor of a session, and the `Page` that every handler gets.

The law of this file: a cookie is Secure in production and never readable by script; a POST carries the token
of our own form.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException, TooManyRequestsException

from sip.domain.people import Language
from sip.edges import refusals
from sip.edges.services import Services
from sip.edges.web.shell import csrf, typed
from sip.edges.web.shell.filling import refilled
from sip.edges.web.shell.language import language
from sip.edges.web.shell.page import (
    LANGUAGE_COOKIE,
    YEAR,
    HttpRequest,
    Page,
    Visitor,
    cookie_name,
    cookie_of,
    form_values,
    with_cookies,
)
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.places import ELSEWHERE, LANGUAGE, page_before, sent_to
from sip.edges.web.views import RoleView
from sip.usecases import sessions
from sip.usecases.sessions import SignedIn

_ASKS = "sip_asks"
FELL_IDLE = "sip_fell_idle"
"""Whether who asks was signed in until a while ago, and did nothing: the sign-in page says so."""
_BY_THEMSELVES = frozenset({"/events", "/hands/rows", "/meetings/{meeting_id}/changes"})
"""What open pages ask for without anybody's hand: it does not count as use."""
_FOR_ANYBODY = (
    "/sign-in", "/sign-out", "/svar/", "/kod", "/narvaro/", "/tyck/", "/password", "/accessibility", "/open-groups/",
)  # fmt: skip
"""Forms that need no sign-in: they are held to the visit's cookie."""


def session_cookie(services: Services) -> str:
    """The cookie's name."""
    return "__Host-sip" if services.settings.is_production else "sip_session"


def own_cookie(services: Services, name: str, value: str, age: int | None) -> Cookie:
    """A cookie that no script reads; Secure and named so in production."""
    secure = services.settings.is_production
    key = name if name.startswith("__Host-") else cookie_name(services, name)
    return Cookie(key=key, value=value, path="/", max_age=age, httponly=True, secure=secure, samesite="lax")


def session_given(services: Services, token: str) -> Cookie:
    """The cookie of a session that begins, or goes on under another token."""
    return own_cookie(services, session_cookie(services), token, services.settings.session_hours * 3600)


async def provide_page(request: HttpRequest, services: NamedDependency[Services]) -> Page:
    """The request with its visitor, language and time."""
    now, found = await asks(request, services)
    visit, cookies = visit_of(request, services)
    if found is None:
        return Page(services, request, Phrases(language(request, None)), now, visit, None, cookies)
    visitor = _visitor(found, request.cookies[session_cookie(services)])
    own, secret = found.session.user.language, found.session.csrf_secret
    return Page(services, request, Phrases(language(request, own)), now, secret, visitor, cookies)


async def asks(request: HttpRequest, services: Services) -> tuple[datetime, SignedIn | None]:
    """When this request is answered, and for whom: looked up once, whether its form or its page asks first.

    Raises TooManyRequestsException for who has asked too much of late.
    """
    known = request.scope["state"].get(_ASKS)
    if known is None:
        now = await services.clock.now()
        token = request.cookies.get(session_cookie(services), "")
        idle = timedelta(minutes=services.settings.session_idle_minutes)
        by_itself = request.scope["path_template"] in _BY_THEMSELVES
        found = await sessions.signed_in(services.db, token, now, idle, used=not by_itself) if token else None
        if token and found is None:
            request.scope["state"][FELL_IDLE] = await sessions.fell_idle(services.db, token)
        if found is not None:
            refusals.asks(request.scope["state"], found.actor)
            if not request.state.pace.takes(str(found.session.user.id)):
                raise TooManyRequestsException("pace")
        known = now, found
        request.scope["state"][_ASKS] = known
    asked: tuple[datetime, SignedIn | None] = known
    return asked


def idle_minutes(request: HttpRequest, services: Services) -> int:
    """After how many idle minutes the session of who asks ended; 0 where it did not end so."""
    return services.settings.session_idle_minutes if request.scope["state"].get(FELL_IDLE) else 0


def _visitor(found: SignedIn, token: str) -> Visitor:
    grant, user = found.session.grant, found.session.user
    assert grant is not None
    roles = tuple(RoleView(str(one.id), one.role, found.place(one), one.id == grant.id) for one in found.grants)
    units = tuple(one.unit_id for one in found.grants if one.unit_id is not None)
    return Visitor(found.actor, user.name, user.email, found.place(grant), roles, units, token)


def visit_of(request: HttpRequest, services: Services) -> tuple[str, tuple[Cookie, ...]]:
    """The visit that forms before sign-in are bound to, and the cookies that this answer gives."""
    given = []
    visit = cookie_of(request, csrf.VISIT_COOKIE)
    if not visit:
        visit = csrf.new_visit()
        given.append(own_cookie(services, csrf.VISIT_COOKIE, visit, None))
    chosen = request.query_params.get("lang")
    if chosen in tuple(Language):
        given.append(own_cookie(services, LANGUAGE_COOKIE, str(chosen), YEAR))
    return visit, tuple(given)


async def check_form(request: HttpRequest) -> Response[Any] | None:
    """Before every handler of the pages: a POST must carry the token of our own form. A form of ours whose session or
    visit is another by now comes back filled, and nothing is done. Raises PermissionDenied.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    services: Services = request.state.services
    bound = cookie_of(request, csrf.VISIT_COOKIE)
    _, found = await asks(request, services)
    if found is not None:
        bound = found.session.csrf_secret
    elif not sent_to(request).startswith(_FOR_ANYBODY):
        request.scope["state"][typed.TYPED] = await form_values(request)
        raise NotAuthorizedException("sign in")  # nothing is done, and what was typed comes with her
    expected = csrf.token(services.settings.secret_key.get_secret_value(), bound) if bound else ""
    headers = {name.lower(): value for name, value in request.headers.items()}
    values = await form_values(request)
    host = request.headers.get("host", "")
    if expected and csrf.sent_by_us(values, headers, host, expected):
        return None
    if request.url.path == ELSEWHERE and csrf.named_by_the_browser(headers, host):
        return None  # the form is of before she signed in, and nothing is done but that it is shown
    again = await _filled_again(request, values, found) if csrf.named_by_the_browser(headers, host) else None
    if again is None:
        raise PermissionDeniedException("csrf")
    return again


async def _filled_again(
    request: HttpRequest, values: Mapping[str, str], found: SignedIn | None
) -> Response[Any] | None:
    """The page of this form as whoever asks is shown it now, filled with what was sent; None where nothing of it would
    come back.
    """
    if not typed.has_words(values) or request.url.path == LANGUAGE or request.headers.get("hx-request"):
        return None
    services: Services = request.state.services
    visit, cookies = visit_of(request, services)
    of_visit = cookie_name(services, csrf.VISIT_COOKIE), visit
    status, text, _ = await typed.fetched(request, page_before(request), of_visit)
    own = None if found is None else found.session.user.language
    said = Phrases(language(request, own)).t("form_words.kept")
    again = refilled(text, request.url.path, values, said) if status == 200 else text
    if again == text:
        return None
    refusals.because(request.scope["state"], "form_not_ours")
    return with_cookies(Response(again, media_type="text/html", status_code=403), *cookies)


def signed_in(page: Page) -> Visitor:
    """The visitor. Raises NotAuthorized, which becomes the sign-in page."""
    if page.visitor is None:
        raise NotAuthorizedException("sign in")
    return page.visitor
