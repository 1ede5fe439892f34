"""Which page has the form that was sent to an address.

The law of this file: what it names can be asked for: a page that there is, never an address that only takes forms.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException

HttpRequest = Request[Any, Any, State]

LANGUAGE = "/language"
"""Where a form is sent that is to come back in the other language (`translated`)."""

CONFIRM = "/confirm"
ELSEWHERE = "/sign-in/again"
"""Where what was typed is sent once its author has signed in in another tab (`elsewhere`)."""

_ON_THE_WAY = frozenset({LANGUAGE, ELSEWHERE, "/sign-in", "/sign-in/code", CONFIRM})
"""What shows a form of another page, and not under that page's address."""


def sent_to(request: HttpRequest) -> str:
    """Where the form of this request is sent: also where another language was asked for instead."""
    path = request.url.path
    return request.query_params.get("form", path) if path == LANGUAGE else path


def page_of(request: HttpRequest, path: str) -> str:
    """The page that has the form which is sent to this path: the longest beginning of it that is a page."""
    parts = path.split("/")
    beginnings = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((one for one in beginnings if is_page(request, one)), "/")


def page_before(request: HttpRequest) -> str:
    """The page with its query from which the form of this request was sent, as the browser says; else `page_of`."""
    said = request.url if request.url.path == LANGUAGE else urlsplit(request.headers.get("referer", ""))
    asked = f"{said.path}?{said.query}" if said.query else said.path
    if said.path == LANGUAGE:
        asked = local_path(next(iter(parse_qs(said.query).get("page", [])), ""))
    path = asked.partition("?")[0]
    ours = said.netloc == request.headers.get("host", "") and path not in _ON_THE_WAY
    return asked if ours and is_page(request, path) else page_of(request, sent_to(request))


def is_page(request: HttpRequest, path: str) -> bool:
    """Whether this can be asked for."""
    try:
        request.app.asgi_router.handle_routing(path=path, method="GET")
    except HTTPException:
        return False
    return True


def local_path(wanted: str | None) -> str:
    """Where a form asks to go afterwards: a path of ours, else the start."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted:
        return wanted
    return "/"
