"""Where a short code of a mail is typed by those who click no links: it leads to the page that the link opens.

The law of this file: a code says as much as its link and no more, and guessing is hopeless. There are 2^50 codes; who
is wrong too often waits, and so do all when all together are wrong more often than people mistype.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.throttle import Throttle, client_of
from sip.usecases.codes import open_by_code

EVERYBODY = "everybody"


class CodeThrottles:
    """Of one client, and of everybody together."""

    def __init__(self, each: Throttle | None = None, everybody: Throttle | None = None) -> None:
        self._each = each or Throttle(20, 300.0)
        self._everybody = everybody or Throttle(100, 300.0)

    def full(self, whom: str) -> bool:
        return self._each.full(whom) or self._everybody.full(EVERYBODY)

    def wrong(self, whom: str) -> None:
        self._each.wrong(whom)
        self._everybody.wrong(EVERYBODY)


@get("/kod")
async def code_page(page: NamedDependency[Page]) -> Response[Any]:
    """One field."""
    return page.html("code.html", form=FormState(), sent=page.request.query_params.get("sent") == "yes")


@post("/kod", status_code=200)
async def use_code(page: NamedDependency[Page]) -> Response[Any]:
    """On to the page that the code opens."""
    reader = await page.reader()
    typed = reader.text("code", required=True, most=60)
    throttles: CodeThrottles = page.request.state.code_throttles
    whom = client_of(page.request)
    if throttles.full(whom):
        reader.state.errors = {"": page.t("code.too_many")}
        return page.html("code.html", status=429, form=reader.state, sent=False)
    if reader.right:
        token = await open_by_code(page.services.db, page.services.vault, typed, page.now)
        if token is not None:
            return page.to(f"/svar/{token}")
        throttles.wrong(whom)
        reader.wrong("code", "code.unknown")
    return page.html("code.html", status=422, form=reader.state, sent=False)
