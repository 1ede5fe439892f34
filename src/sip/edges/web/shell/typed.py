"""What was typed into a form that came without a session: it goes round by the sign-in page, and is shown again.

The law of this file: nothing of it is stored, put in a cookie or logged, and a password goes nowhere: what was typed
stands in hidden fields of the page that answers, for whoever sent it. It does nothing by itself: after signing in the
form is shown, filled, with a token and names of its own, and is sent by a press.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from litestar.types import Message, Scope

from sip.edges.web.shell.csrf import FIELD
from sip.edges.web.shell.page import HttpRequest

TYPED = "sip_typed"
"""Where a request keeps what its form said, when nobody was signed in."""

PREFIX, PATH, PAGE = "typed.", "typed_path", "typed_page"
_OURS = frozenset({FIELD, "nonce", "version", "sequence", "in_language"})
_SECRET = frozenset({"password", "current"})
_NOT_CARRIED = frozenset({FIELD, "in_language"}) | _SECRET


def has_words(values: Mapping[str, str]) -> bool:
    """Whether there is anything to lose."""
    return any(value.strip() for name, value in values.items() if name not in _OURS | _SECRET)


def carried(path: str, page: str, values: Mapping[str, str]) -> dict[str, str]:
    """The hidden fields of the sign-in form: what was sent to `path` from `page`."""
    said = {f"{PREFIX}{name}": value for name, value in values.items() if name not in _NOT_CARRIED}
    return {PATH: path, PAGE: page} | said


def carried_on(values: Mapping[str, str]) -> dict[str, str]:
    """The same of a sign-in form that is shown once more."""
    return {name: value for name, value in values.items() if name in (PATH, PAGE) or name.startswith(PREFIX)}


def typed_in(values: Mapping[str, str]) -> dict[str, str]:
    """What had been typed, by the names of its own form."""
    return {name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)}


async def fetched(request: HttpRequest, address: str, cookie: tuple[str, str]) -> tuple[int, str, str]:
    """This page (a path of ours with its query) as the same visitor is shown it with this cookie beside her own:
    status, text, and where it leads instead.
    """
    path, _, query = address.partition("#")[0].partition("?")
    cookies = {**request.cookies, cookie[0]: cookie[1]}
    own = [(name, value) for name, value in request.scope["headers"] if not _of_a_body(name)]
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    scope: dict[str, Any] = {
        key: request.scope.get(key)
        for key in ("type", "asgi", "http_version", "root_path", "scheme", "client", "server")
    }
    # What the run has of its own, and nothing of this request (whose keys have our name).
    shared = {name: value for name, value in request.scope["state"].items() if not name.startswith(("sip_", "_"))}
    scope |= {
        "state": shared, "method": "GET", "path": unquote(path), "raw_path": path.encode(),
        "query_string": query.encode(), "headers": [*own, (b"cookie", said.encode("latin-1"))], "extensions": {},
    }  # fmt: skip
    status, parts, leads = 500, [], ""

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, leads
        if message["type"] == "http.response.start":
            status = message["status"]
            leads = next((value.decode() for name, value in message["headers"] if name == b"location"), "")
        elif message["type"] == "http.response.body":
            parts.append(bytes(message.get("body", b"")))

    inner: Scope = scope  # type: ignore[assignment]  # made here, with all that a GET has
    await request.state.application(inner, receive, send)
    return status, b"".join(parts).decode("utf-8", "replace"), leads


def _of_a_body(name: bytes) -> bool:
    """Headers that are the form's, or that would have the page come back packed."""
    return name.lower() in (
        b"cookie", b"content-type", b"content-length", b"transfer-encoding", b"origin", b"accept-encoding",
    )  # fmt: skip
