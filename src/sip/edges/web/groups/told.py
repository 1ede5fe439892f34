"""The pages that open groups have for everybody: all of them by county, a county's, and one (rules, section 21 O1).

The law of this file: it knows no visitor. Who is signed in is shown what anybody is.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import TooManyRequestsException
from litestar.params import FromPath

from sip.domain.people import Language
from sip.edges.pace import AskingPace
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import HttpRequest, Page
from sip.edges.web.shell.throttle import Throttle, client_of, take
from sip.store.told import ToldGroup, ToldSeat
from sip.usecases import subscriptions
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import told

A_MINUTE = 60
"""Open pages that somebody may ask for in a minute, by her address."""
HOME = "/open-groups"
_ASKS, _ALL_ASK = Throttle("follow", 10, timedelta(hours=1)), Throttle("follow_all", 500, timedelta(hours=1))


def in_pace(request: HttpRequest) -> None:
    """Counts one more of whoever asks. Raises TooManyRequestsException."""
    pace: AskingPace = request.state.open_pace
    if not pace.takes(client_of(request)):
        raise TooManyRequestsException("pace")


def by_county(groups: Iterable[ToldGroup]) -> list[tuple[ToldGroup, list[ToldGroup]]]:
    """As they come, county by county: one of each, which says which, and all of its groups."""
    return [(found[0], found) for _, each in groupby(groups, lambda one: one.county_id) if (found := list(each))]


def names_on(seats: Iterable[ToldSeat]) -> bool:
    """Whether somebody stands there by name: search engines are asked to leave that out."""
    return any(one.name or one.substitute for one in seats)


@get(HOME)
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Every open group, county by county."""
    in_pace(page.request)
    found = await told.open_groups(page.services.db, now=page.now)
    return page.html("open_groups.html", counties=by_county(found), county=None)


@get(f"{HOME}/counties/{{county_id:uuid}}")
async def county(page: NamedDependency[Page], county_id: FromPath[UUID]) -> Response[Any]:
    """The open groups of a county."""
    in_pace(page.request)
    found = [one for one in await told.open_groups(page.services.db, now=page.now) if one.county_id == county_id]
    if not found:
        raise NotFoundError("county")
    return page.html("open_groups.html", counties=by_county(found), county=found[0])


@get(f"{HOME}/{{group_id:uuid}}")
async def show(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """One open group."""
    in_pace(page.request)
    return await _render(page, group_id, FormState())


async def _render(page: Page, group_id: UUID, state: FormState, status: int = 200) -> Response[Any]:
    read = await told.open_group(page.services.db, group_id, now=page.now)
    asked = page.request.query_params.get("asked") == "1" and not state.errors
    return page.html(
        "open_group.html", status=status, read=read, group=read.group, named=names_on(read.seats), f=state, asked=asked
    )


@post(f"{HOME}/{{group_id:uuid}}/subscription", status_code=200)
async def follow(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """Somebody wants its news at an address, which is asked."""
    reader = await page.reader()
    email = reader.email("email", required=True)
    if email is None or not reader.right:
        return await _render(page, group_id, reader.state, 422)
    if not await take(page.services, (_ASKS, client_of(page.request)), (_ALL_ASK, "")):
        reader.wrong("email", "subscription.many")
        return await _render(page, group_id, reader.state, 429)
    await subscriptions.ask(page.services.db, group_id, email, Language(page.phrases.language), now=page.now)
    return page.to(f"{HOME}/{group_id}?asked=1#follow-group")
