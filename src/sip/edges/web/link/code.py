"""Where a short code of a mail is typed by those who click no links: it leads to the page that the link opens.

The law of this file: a code says as much as its link and no more, and guessing is hopeless. There are 2^50 codes; who
is wrong too often waits, and so do all when all together are wrong more often than people mistype.
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.throttle import Counted, Throttle, client_of, give_back, take
from sip.usecases.codes import open_by_code

EACH = Throttle("code of", 20, timedelta(minutes=5))
EVERYBODY = Throttle("code", 100, timedelta(minutes=5))


def counts(whom: str) -> tuple[Counted, Counted]:
    """Of one client, and of everybody together."""
    return (EACH, whom), (EVERYBODY, "everybody")


@get("/kod")
async def code_page(page: NamedDependency[Page]) -> Response[Any]:
    """One field."""
    return page.html("code.html", form=FormState(), sent=page.request.query_params.get("sent") == "yes")


@post("/kod", status_code=200)
async def use_code(page: NamedDependency[Page]) -> Response[Any]:
    """On to the page that the code opens."""
    reader = await page.reader()
    typed = reader.text("code", required=True, most=60)
    counted = counts(client_of(page.request))
    if not await take(page.services, *counted):
        reader.state.errors = {"": page.t("code.too_many")}
        return page.html("code.html", status=429, form=reader.state, sent=False)
    if reader.right:
        token = await open_by_code(page.services.db, page.services.vault, typed, page.now)
        if token is not None:
            await give_back(page.services, *counted)
            return page.to(f"/svar/{token}")
        reader.wrong("code", "code.unknown")
    else:
        await give_back(page.services, *counted)  # no code was tried
    return page.html("code.html", status=422, form=reader.state, sent=False)
