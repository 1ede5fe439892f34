"""The way to a sign-in provider and back, and its word that somebody has signed out there.

The law of this file: what comes back is taken once, in the browser that went (its cookie holds the try, sealed), from
the provider that it went to (RFC 9700, section 4.4), and believed as `domain.identity` says. The way back is a GET that
begins a session: the exception to law 10 of the house. In a browser that did not ask it does nothing (decision 0089).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from sip.domain.identity import Disbelief, judge, judge_log_out
from sip.edges import refusals
from sip.edges.services import Services
from sip.edges.web.providers.provider import NotSignedError, Provider, ProviderAwayError, WayThere, new_way
from sip.edges.web.shell.page import HttpRequest, Page, with_cookies
from sip.edges.web.shell.places import local_path
from sip.edges.web.shell.session import own_cookie, session_given, signed_in
from sip.edges.web.shell.sign_in import device_of
from sip.store.vault import WrongKey
from sip.usecases import identities, sessions
from sip.usecases.identities import TRY_LIVES, OtherCommissionError, Provided, UnknownIdentityError
from sip.usecases.problems import ForbiddenError, NotFoundError

log = structlog.get_logger("sip.web.providers")


class NotBelievedError(Exception):
    """What came back is not taken; `why` is the word of its sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Try(msgspec.Struct, frozen=True, array_like=True):
    """What the browser carries, sealed, while somebody is at a provider's pages; `at` is machine time."""

    provider: str
    state: str
    nonce: str
    verifier: str
    at: datetime
    following: str
    confirms: bool


def _provider(page: Page, name: str) -> Provider:
    """Raises NotFoundError."""
    found: Provider | None = page.request.state.providers.get(name)
    if found is None:
        raise NotFoundError("provider")
    return found


def _cookie_name(services: Services, state: str) -> str:
    """One for each try, so that two tabs do not stand in each other's way."""
    name = f"sip_try_{state[:8]}"
    return f"__Host-{name}" if services.settings.is_production else name


@get("/sign-in/with/{provider:str}")
async def start(page: NamedDependency[Page], provider: FromPath[str]) -> Response[Any]:
    """On to the provider. Nothing is kept here: the browser carries the try."""
    there, asked = _provider(page, provider), page.request.query_params
    confirms = "confirm" in asked
    if confirms:
        signed_in(page)
        if not there.known.confirming_acr:
            raise NotFoundError("provider")
    way, services = new_way(provider), page.services
    at = await identities.machine_time(services.db)
    acr = there.known.confirming_acr if confirms else there.known.acr
    try:
        address = await there.way_to(way, acr, anew=confirms, language=page.phrases.language)
    except ProviderAwayError:
        return _sentence(page, there, "away", 503)
    kept = Try(provider, way.state, way.nonce, way.verifier, at, local_path(asked.get("next")), confirms)
    sealed = services.vault.hide(msgspec.json.encode(kept), f"try/{way.state}".encode())
    value = base64.urlsafe_b64encode(sealed).decode()
    cookie = own_cookie(services, _cookie_name(services, way.state), value, int(TRY_LIVES.total_seconds()))
    return with_cookies(Redirect(address, status_code=303), cookie)


@get("/sign-in/with/{provider:str}/back")
async def back(page: NamedDependency[Page], provider: FromPath[str]) -> Response[Any]:
    """Back from the provider: a session begins, or she has confirmed who she is."""
    there, services = _provider(page, provider), page.services
    asked: Mapping[str, str] = page.request.query_params
    gone = own_cookie(services, _cookie_name(services, asked.get("state", "")), "", 0)
    try:
        kept = _carried(page, asked.get("state", ""))
        word = await _believed(page, there, kept, asked)
        token = await _let_in(page, word, kept)
    except NotBelievedError as error:
        refusals.not_signed_in(page.request.scope, services, str(error.why), provider)
        return with_cookies(_sentence(page, there, error.why, 403), gone)
    except ProviderAwayError:
        return with_cookies(_sentence(page, there, "away", 503), gone)
    refusals.signed_in(page.request.scope, await sessions.user_of(services.db, token), provider)
    return with_cookies(page.to(kept.following), gone, session_given(services, token))


def _carried(page: Page, state: str) -> Try:
    """The try that this browser carries. Raises NotBelievedError."""
    name = _cookie_name(page.services, state)
    try:
        sealed = base64.urlsafe_b64decode(page.request.cookies.get(name, ""))
        return msgspec.json.decode(page.services.vault.show(sealed, f"try/{state}".encode()), type=Try)
    except (WrongKey, binascii.Error, ValueError):
        raise NotBelievedError("other_browser") from None


async def _believed(page: Page, there: Provider, kept: Try, asked: Mapping[str, str]) -> Provided:
    """Whom the provider names. Raises NotBelievedError and ProviderAwayError."""
    if kept.provider != there.known.name or not await there.comes_from_it(asked.get("iss")):
        raise NotBelievedError(Disbelief.ISSUER)
    now = await identities.take_state(page.services.db, kept.state)
    if now is None:
        raise NotBelievedError("used")
    if now > kept.at + TRY_LIVES:
        raise NotBelievedError("late")
    code = asked.get("code", "")
    if "error" in asked or not code:
        raise NotBelievedError("declined")
    try:
        token, claims = await there.redeem(code, WayThere(kept.provider, kept.state, kept.nonce, kept.verifier))
    except NotSignedError:
        raise NotBelievedError("not_signed") from None
    known = there.known
    expected = there.expected(known.confirming_acr if kept.confirms else known.acr)
    if kept.confirms:
        expected = replace(expected, fresh=timedelta(minutes=5))
    found = judge(claims, expected, kept.nonce, await identities.machine_time(page.services.db))
    if isinstance(found, Disbelief):
        raise NotBelievedError(found)
    return Provided(known.name, found, token, found.acr in known.confirming_acr)


async def _let_in(page: Page, word: Provided, kept: Try) -> str:
    """The token of the session that begins or goes on. Raises NotBelievedError."""
    services, visitor = page.services, page.visitor
    try:
        if kept.confirms:
            if visitor is None:
                raise NotBelievedError("unknown")
            return await identities.confirm(services.db, word, visitor.session, actor=visitor.actor)
        return await identities.sign_in(
            services.db, services.vault, word, timedelta(hours=services.settings.session_hours),
            ends=visitor.session if visitor is not None else None, now=page.now, device=device_of(page.request),
        )  # fmt: skip
    except UnknownIdentityError:
        raise NotBelievedError("unknown") from None
    except OtherCommissionError:
        raise NotBelievedError("commission") from None
    except ForbiddenError:
        raise NotBelievedError("no_role") from None


def _sentence(page: Page, there: Provider, why: str, status: int) -> Response[Any]:
    name = there.known.label[page.phrases.language]
    title, sentence = page.t("page.provider.title"), page.t(f"page.provider.{why}", provider=name)
    return page.message(status, title, sentence, back="/sign-in")


@post("/sign-in/with/{provider:str}/ended", status_code=200, include_in_schema=False)
async def ended(request: HttpRequest, provider: FromPath[str]) -> Response[Any]:
    """The provider says that somebody has signed out there (Back-Channel Logout 1.0, section 2.5)."""
    services: Services = request.state.services
    there: Provider | None = request.state.providers.get(provider)
    token = (await request.form()).get("logout_token")
    if there is None or not isinstance(token, str):
        return _refused()
    try:
        claims = await there.claims(token)
    except (NotSignedError, ProviderAwayError):
        return _refused()
    word = judge_log_out(claims, there.expected(()), await identities.machine_time(services.db))
    if isinstance(word, Disbelief):
        return _refused()
    number = await identities.logged_out(services.db, provider, word)
    log.info("signed out at the provider", provider=provider, sessions=number)
    return Response(b"", headers={"cache-control": "no-store"})


def _refused() -> Response[Any]:
    return Response({"error": "invalid_request"}, status_code=400, headers={"cache-control": "no-store"})


def way(name: str, following: str, *, confirm: bool = False) -> str:
    """The link that leads to a provider."""
    return f"/sign-in/with/{name}?{'confirm=1&' if confirm else ''}next={quote(following, safe='/')}"
