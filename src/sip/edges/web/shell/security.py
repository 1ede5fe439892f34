"""Headers of every answer, and a line in the log for each request: method, path without query, status, milliseconds.
What is refused has another (`refusals`).

The law of this file: what somebody sent is never logged: no body, no query, and of a path only its route with ids and
small numbers; a page loads nothing from elsewhere.
"""

import re
from time import monotonic
from uuid import UUID, uuid4

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from sip.edges import refusals

log = structlog.get_logger("sip.web")

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_PART = re.compile(r"\{(\w+)\}")
_LARGEST_LOGGED = 10**6


def logged_path(scope: Scope) -> str:
    """The path as it may stand in a log: its route, with ids and small numbers filled in; "-" where no route is.

    A text in it is left out: a mailed token or a calendar's secret opens what it names, and where no page is, anything
    may have been typed.
    """
    given = scope.get("path_params") or {}

    def filled(found: re.Match[str]) -> str:
        value = given.get(found[1])
        ours = isinstance(value, UUID) or (isinstance(value, int) and 0 <= value < _LARGEST_LOGGED)
        return str(value) if ours else found[0]

    return _PART.sub(filled, scope.get("path_template") or "-")


def _meeting(scope: Scope) -> dict[str, str]:
    """The meeting that the path names by its id."""
    found = (scope.get("path_params") or {}).get("meeting_id")
    return {"meeting": str(found)} if isinstance(found, UUID) else {}


def with_headers(app: ASGIApp, *, https: bool) -> ASGIApp:
    """Sets the headers unless a handler has set its own; `https` adds HSTS. Errors get them too."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if https:
                    headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await app(scope, receive, sending)

    return guarded


def logged(app: ASGIApp) -> ASGIApp:
    """One line per request, whose number all lines about it carry, and the answer (decision 0185). Health and static
    files are not worth one, and of the form without a name none tells when somebody was there (rules, section 8 A8).
    """

    async def watching(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != ScopeType.HTTP or path.startswith(("/static/", "/health/", "/metrics", "/tyck/")):
            await app(scope, receive, send)
            return
        began, status, number = monotonic(), 500, uuid4().hex[:16]

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)["x-request-id"] = number
            await send(message)

        with bound_contextvars(request=number):
            try:
                await app(scope, receive, sending)
            finally:
                took, path = round((monotonic() - began) * 1000), logged_path(scope)
                log.info("request", method=scope.get("method"), path=path, status=status, ms=took, **_meeting(scope))
                refusals.told(scope, status, path)

    return watching
