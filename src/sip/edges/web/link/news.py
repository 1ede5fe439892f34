"""The page behind the link of a mailbox that follows open groups, or is asked whether it wants to (section 21 O4).

The law of this file: as in `mailed`: GET shows and never answers, and nothing is chosen beforehand. What a mail program
ends by itself is a POST without a form of ours (RFC 8058): it ends, and can do nothing else.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from sip.edges.mail.compose import ONE_PRESS
from sip.edges.services import Services
from sip.edges.web.feed_file import nothing
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import HttpRequest, Page
from sip.usecases import subscriptions
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.links import open_link
from sip.usecases.reading.news import OpenedNews

_YES, _NO = "yes", "no"
_PRESS = f"/svar/{{token:str}}{ONE_PRESS}"
_PRESSED = ("List-Unsubscribe", "One-Click")


def render(
    page: Page, token: str, opened: OpenedNews, failed: FormState | None = None, status: int = 200
) -> Response[Any]:  # fmt: skip
    """What waits for a word, and what is followed, each with its choices."""
    return page.html(
        "subscriptions.html", status=status, token=token, opened=opened, f=failed or FormState(), failed=failed,
        field=field_of, saved=page.request.query_params.get("saved") == "1",
    )  # fmt: skip


def field_of(group: UUID) -> str:
    """The name of the field of a group."""
    return f"g{group.hex}"


async def choose(page: Page, token: str, opened: OpenedNews) -> Response[Any]:
    """Which are wanted, and which no longer."""
    reader = await page.reader()
    wanted = {}
    for one in (*opened.waiting, *opened.following):
        said = reader.text(field_of(one.group_id))
        if said in (_YES, _NO):
            wanted[one.group_id] = said == _YES
    if not wanted:
        reader.state.errors[""] = page.t("subscription.choose")
        again = await open_link(page.services.db, token, page.now)
        assert isinstance(again, OpenedNews)
        return render(page, token, again, reader.state, 422)
    await subscriptions.choose(page.services.db, opened.ref, wanted, now=page.now)
    return page.to(f"/svar/{token}?saved=1")


@post(_PRESS, status_code=200)
async def press(request: HttpRequest, services: NamedDependency[Services], token: FromPath[str]) -> Response[bytes]:
    """All of it ends, for a mail program that says so in these words."""
    form = await request.form()
    if form.get(_PRESSED[0]) != _PRESSED[1]:
        return nothing(400, "page.error.bad_request")
    try:
        await subscriptions.end_all(services.db, token, now=await services.clock.now())
    except NotFoundError:
        return nothing(404, "feed.gone.never")
    return nothing(200, "subscription.ended")


@get(_PRESS)
async def pressed(token: FromPath[str]) -> Redirect:
    """Somebody opened what her mail program would have pressed: the page where she can say it."""
    return Redirect(f"/svar/{token}", status_code=303)
