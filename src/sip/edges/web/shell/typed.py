"""What was typed into a form that came without a session: it goes round by the sign-in page, and is shown again.

The law of this file: nothing of it is stored, put in a cookie or logged, and a password goes nowhere: what was typed
stands in hidden fields of the page that answers, for whoever sent it. It does nothing by itself: after signing in the
form is shown, filled, with a token and names of its own, and is sent by a press.
"""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from litestar.types import Message, Scope

from sip.edges.web.shell.csrf import FIELD
from sip.edges.web.shell.page import HttpRequest

TYPED = "sip_typed"
"""Where a request keeps what its form said, when nobody was signed in."""

PREFIX, PATH = "typed.", "typed_path"
_OURS = frozenset({FIELD, "nonce", "version", "sequence"})
_SECRET = frozenset({"password", "current"})
_TICKED = ("radio", "checkbox")


def has_words(values: Mapping[str, str]) -> bool:
    """Whether there is anything to lose."""
    return any(value.strip() for name, value in values.items() if name not in _OURS | _SECRET)


def carried(path: str, values: Mapping[str, str]) -> dict[str, str]:
    """The hidden fields of the sign-in form."""
    return {PATH: path} | {f"{PREFIX}{name}": value for name, value in values.items() if name not in {FIELD, *_SECRET}}


def carried_on(values: Mapping[str, str]) -> dict[str, str]:
    """The same of a sign-in form that is shown once more."""
    return {name: value for name, value in values.items() if name == PATH or name.startswith(PREFIX)}


def typed_in(values: Mapping[str, str]) -> dict[str, str]:
    """What had been typed, by the names of its own form."""
    return {name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)}


async def fetched(request: HttpRequest, path: str, cookie: tuple[str, str]) -> tuple[int, str]:
    """This page as the same visitor is shown it with this cookie beside her own: status and text."""
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
        "state": shared, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [*own, (b"cookie", said.encode("latin-1"))], "extensions": {},
    }  # fmt: skip
    status, parts = 500, []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(bytes(message.get("body", b"")))

    inner: Scope = scope  # type: ignore[assignment]  # made here, with all that a GET has
    await request.state.application(inner, receive, send)
    return status, b"".join(parts).decode("utf-8", "replace")


def _of_a_body(name: bytes) -> bool:
    """Headers that are the form's, or that would have the page come back packed."""
    return name.lower() in (
        b"cookie", b"content-type", b"content-length", b"transfer-encoding", b"origin", b"accept-encoding",
    )  # fmt: skip


def refilled(page: str, action: str, values: Mapping[str, str], note: str) -> str:
    """The page with the first form that is sent to `action` filled with these values, and a note at its head."""
    filler = _Filler(action, values, note)
    filler.feed(page)
    filler.close()
    return "".join(filler.out)


class _Filler(HTMLParser):
    """Writes the page out as it came, but for the fields of one form."""

    def __init__(self, action: str, values: Mapping[str, str], note: str) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._action, self._values, self._note = action, values, note
        self._inside, self._done = False, False
        self._select: str | None = None
        self._skips = False
        self._around: list[int] = []  # where in `out` the boxes begin that are not closed yet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        text = self.get_starttag_text() or ""
        if tag == "form" and known.get("action") == self._action and not self._done:
            self._inside = True
            for at in self._around:  # a form that nobody sees cannot be sent again
                self.out[at] = re.sub(r"( open)?>$", " open>", self.out[at])
            text += f'<p class="note" role="status">{html.escape(self._note)}</p>'
        elif self._inside:
            text = self._field(tag, known, attrs, text)
        elif tag == "details":
            self._around.append(len(self.out))
        self.out.append(text)

    def _field(self, tag: str, known: dict[str, str], attrs: list[tuple[str, str | None]], text: str) -> str:
        name, kind = known.get("name", ""), known.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None and self._select in self._values:
            return _tag(tag, attrs, "selected", known.get("value", "") == self._values[self._select])
        elif tag == "textarea" and name in self._values:
            self._skips = True
            return text + html.escape(self._values[name], quote=False)
        elif tag == "input" and kind in _TICKED:
            return _tag(tag, attrs, "checked", self._values.get(name) == (known.get("value") or "on"))
        elif tag == "input" and name in self._values and (kind != "hidden" or name == "version"):
            return _tag(tag, [(n, v) for n, v in attrs if n != "value"] + [("value", self._values[name])])
        elif tag == "details":
            return _tag(tag, attrs, "open", True)
        return text

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside, self._done = False, True
        if tag == "details" and self._around and not self._inside:
            self._around.pop()
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._skips = False
        self.out.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")


def _tag(tag: str, attrs: list[tuple[str, str | None]], flag: str = "", holds: bool = False) -> str:
    """A start tag of these attributes, with the flag or without it."""
    kept = [(name, value) for name, value in attrs if name != flag] + ([(flag, None)] if holds else [])
    said = "".join(f" {name}" if value is None else f' {name}="{html.escape(value)}"' for name, value in kept)
    return f"<{tag}{said}>"
