"""What went wrong, as a page with one sentence that says what to do; under /api/ as the API says it.

The law of this file: what a visitor may not see is not there (404); an error of ours says nothing of our insides, and
is logged with its kind and place, never with what was sent.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)
from litestar.response import Redirect

from sip.domain.people import Language
from sip.edges import refusals
from sip.edges.services import Services
from sip.edges.web.shell import confirmation, typed
from sip.edges.web.shell.confirmation import ConfirmationWanted
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.language import language
from sip.edges.web.shell.page import HttpRequest, Page
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.places import local_path, page_before, sent_to
from sip.edges.web.shell.security import logged_path
from sip.edges.web.shell.session import idle_minutes, visit_of
from sip.store.db import DatabaseAway, is_unkeepable
from sip.usecases.problems import ConflictError, ForbiddenError, InvalidError, NotFoundError

log = structlog.get_logger("sip.web")

AGAIN_SECONDS = "60"
"""When a machine may ask again while the database is away (RFC 9110, section 10.2.3); the API says the same."""

ApiErrors = Callable[[Request[Any, Any, Any], Exception], Response[Any]]


def handler(beside: Mapping[str, ApiErrors]) -> Callable[[HttpRequest, Exception], Response[Any]]:
    """The one exception handler of the application; `beside`: what answers under the addresses that begin so."""

    def handle(request: HttpRequest, error: Exception) -> Response[Any]:
        for prefix, answers in beside.items():
            if request.url.path.startswith(prefix):
                return answers(request, error)
        if isinstance(error, NotAuthorizedException):
            return _to_sign_in(request)
        if isinstance(error, ConfirmationWanted):
            refusals.because(request.scope["state"], "confirmation_wanted")
            return _to_confirm(request, error)
        status, kind = _kind(error)
        if isinstance(error, PermissionDeniedException):
            refusals.because(request.scope["state"], "form_not_ours")
        elif isinstance(error, ForbiddenError):
            refusals.because(request.scope["state"], "role", error.act)
        if status >= 500 and not isinstance(error, DatabaseAway):
            log.error("fault", path=logged_path(request.scope), kind=type(error).__name__, where=where_of(error))
        answer = _page(request, status, kind)
        if status == 503:
            answer.headers["retry-after"] = AGAIN_SECONDS
        if status == 405 and isinstance(error, HTTPException):
            answer.headers.update(error.headers or {})  # which methods there are (RFC 9110, section 15.5.6)
        return answer

    return handle


def where_of(error: BaseException) -> list[str]:
    """The last places the error came through. Its text and its values stay out of the log: they may be somebody's."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _to_sign_in(request: HttpRequest) -> Response[Any]:
    said = request.scope["state"].get(typed.TYPED, {})
    if typed.has_words(said) and not request.headers.get("hx-request"):
        return _sign_in_with(request, said)
    wanted = request.url.path if request.method == "GET" else page_before(request)
    if request.headers.get("hx-request"):
        return Response(b"", status_code=401, headers={"hx-redirect": f"/sign-in?next={quote(_stands(request))}"})
    return Redirect(f"/sign-in?next={quote(wanted, safe='/')}", status_code=303)


def _stands(request: HttpRequest) -> str:
    """The page that a part of it was asked for."""
    return local_path(urlsplit(request.headers.get("hx-current-url", "")).path)


def _sign_in_with(request: HttpRequest, said: Mapping[str, str]) -> Response[Any]:
    """The sign-in page, with what was typed in hidden fields: without script it would be lost otherwise."""
    services: Services = request.state.services
    visit, cookies = visit_of(request, services)
    path, before = sent_to(request), page_before(request)
    at = f"/sign-in?next={quote(before, safe='/')}"
    page = Page(services, request, Phrases(language(request, None)), services.clock(), visit, None, cookies, at)
    return page.html(
        "sign_in.html", status=401, form=FormState(), next=before, carried=typed.carried(path, before, said),
        chosen=False, idle=idle_minutes(request, services), providers=services.settings.sign_in_providers,
    )  # fmt: skip


def _to_confirm(request: HttpRequest, wanted: ConfirmationWanted) -> Response[Any]:
    said, path = request.scope["state"].get(typed.TYPED, {}), sent_to(request)
    following = path if request.method == "GET" else page_before(request)
    if request.headers.get("hx-request"):
        return Response(b"", status_code=401, headers={"hx-redirect": f"/confirm?next={quote(following, safe='/')}"})
    if not typed.has_words(said):
        return Redirect(f"/confirm?next={quote(following, safe='/')}", status_code=303)
    services: Services = request.state.services
    phrases, at = Phrases(language(request, Language(wanted.language))), f"/confirm?next={quote(following, safe='/')}"
    page = Page(services, request, phrases, services.clock(), wanted.bound_to, at=at)
    return confirmation.form(page, wanted.ways, FormState(), following, typed.carried(path, following, said), 401)


def _kind(error: Exception) -> tuple[int, str]:
    match error:
        case NotFoundError() | NotFoundException():
            return 404, "not_found"
        case ForbiddenError():
            return 403, "forbidden"
        case PermissionDeniedException():
            return 403, "expired"
        case ConflictError():
            return 409, "refused"
        case InvalidError():
            return 422, "bad_request"
        case DatabaseAway():
            return 503, "away"
        case HTTPException(status_code=405):
            return 405, "not_found"
        case HTTPException(status_code=429):
            return 429, "too_many"
        case HTTPException(status_code=status) if status < 500:
            return status, "bad_request"
    return (400, "bad_request") if is_unkeepable(error) else (500, "broken")


def _page(request: HttpRequest, status: int, kind: str) -> Response[Any]:
    """A page without its reader: finding out who asks could fail in the same way."""
    services: Services = request.state.services
    page = Page(services, request, Phrases(language(request, None)), services.clock(), "")
    return page.message(status, page.t(f"page.error.{kind}"), page.t(f"page.error.{kind}_more"), back="/")
