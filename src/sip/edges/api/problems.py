"""Errors as problem documents (RFC 9457), in Swedish or English, each with a stable code and no word of our insides."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    ValidationException,
)

from sip.edges import refusals
from sip.edges.api.said import READ, field_problem, names_a_field
from sip.edges.api.schemas.common import FieldError, Problem
from sip.edges.web.shell.errors import where_of
from sip.edges.words import has_word, word
from sip.store.clock import ClockBackwards
from sip.store.db import DatabaseAway, is_unkeepable
from sip.usecases.problems import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "10"}, 503: {"Retry-After": "60"}}
_TITLES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    413: "too_large",
    415: "unsupported",
    422: "invalid",
    429: "too_many",
    500: "internal",
    503: "away",
}
log = structlog.get_logger(__name__)


class ApiProblem(Exception):  # noqa: N818 - a document that is sent, not a fault
    """A problem an edge of the API says itself. `values` are for its words."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: str | None = None,
        errors: tuple[FieldProblem, ...] = (),
        version: int | None = None,
        present: object = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.version = version
        self.present = present
        self.headers = {**HEADERS.get(status, {}), **(headers or {})}
        self.values = values


def language_of(accepts: str) -> str:
    """Swedish or English, by Accept-Language: the one named first; English when neither is."""
    for part in accepts.lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("sv", "en"):
            return tag
    return "en"


def problem_of(error: Exception, method: str) -> ApiProblem:
    """What is said of an error; an unknown one says nothing of itself."""
    match error:
        case ApiProblem():
            return error
        case NotFoundError() | NotFoundException():
            return ApiProblem(404, "not_found")
        case ForbiddenError():
            return ApiProblem(403, "forbidden", roles=", ".join(error.needs))
        case InvalidError():
            return ApiProblem(422, "invalid", errors=error.problems)
        case ConflictError():
            return ApiProblem(409, error.code, version=error.version)
        case ClockBackwards():
            return ApiProblem(409, "clock_backwards")
        case DatabaseAway():
            return ApiProblem(503, "away")
        case MethodNotAllowedException():
            return ApiProblem(405, "method_not_allowed", method=method, headers=error.headers)
        case NotAuthorizedException():
            return ApiProblem(401, "unauthorized")
        case ValidationException() | ClientException() if error.status_code == 400:
            found = tuple(_validation(error))
            kept = found and all(one.code != READ for one in found)
            return ApiProblem(422, "invalid", errors=found) if kept else ApiProblem(400, "bad_request", errors=found)
        case HTTPException() if error.status_code in _TITLES and error.status_code != 500:
            return ApiProblem(error.status_code, _TITLES[error.status_code], most="", roles="", method=method)
        case _:
            return ApiProblem(400, "bad_request") if is_unkeepable(error) else ApiProblem(500, "internal")


def _validation(error: HTTPException) -> list[FieldProblem]:
    """What msgspec and Litestar found, as fields: names and expectations only, never what was sent."""
    extra: Any = error.extra
    if isinstance(extra, list):
        told = [one for one in extra if isinstance(one, dict) and "message" in one]
        return [field_problem(str(one["message"]), one.get("key") or one.get("source")) for one in told]
    text = str(error.detail or "")
    return [field_problem(text)] if names_a_field(text) else []


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of everything under /api/."""
    return response(faulted(request, error), language_of(request.headers.get("accept-language", "")))


def faulted(request: Request[Any, Any, Any], error: Exception) -> ApiProblem:
    """The problem that an error is to whoever asked, noted for the log."""
    problem = problem_of(error, request.method)
    note(request.scope["state"], error, problem)
    if problem.status == 500:
        # Neither its text nor its values, nor a path that may hold one: they may be somebody's.
        template = request.scope.get("path_template", "")
        log.error("api request failed", path=template, error=type(error).__name__, where=where_of(error))
    return problem


def note(state: dict[str, Any], error: Exception, problem: ApiProblem) -> None:
    """Why it was refused, for the log: a word of ours, and the act."""
    act = error.act if isinstance(error, ForbiddenError) else str(problem.values.get("scope", ""))
    refusals.because(state, problem.code, act)


def response(problem: ApiProblem, language: str) -> Response[bytes]:
    """The document, ready to send."""
    return Response(
        msgspec.json.encode(document(problem, language)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def document(problem: ApiProblem, language: str) -> Problem:
    """The problem in words."""
    title = "gone_elsewhere" if problem.code == "stale_version" else _TITLES.get(problem.status, "internal")
    return Problem(
        type=f"urn:sip:problem:{problem.code}",
        title=word(language, f"problem.title.{title}"),
        status=problem.status,
        detail=problem.detail or _sentence(problem, language),
        code=problem.code,
        errors=[_field(one, language) for one in problem.errors],
        version=problem.version,
        present=None if problem.present is None else msgspec.to_builtins(problem.present),
    )


def _sentence(problem: ApiProblem, language: str) -> str:
    for prefix in ("problem.", "reason."):
        if has_word(language, f"{prefix}{problem.code}"):
            return word(language, f"{prefix}{problem.code}", **problem.values)
    return word(language, f"problem.title.{_TITLES.get(problem.status, 'internal')}")


def _field(one: FieldProblem, language: str) -> FieldError:
    values = dict(one.detail)
    for key in (values.pop("word", one.code), f"problem.field.{one.code}", f"reason.{one.code}"):
        if has_word(language, key):
            return FieldError(field=one.field, code=one.code, detail=word(language, key, **values))
    return FieldError(field=one.field, code=one.code, detail=word(language, "problem.field.unusable"))
