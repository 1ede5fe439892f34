"""The page behind a mailed link: one page for one purpose, without sign-in (rules, section 3).

The law of this file: GET shows and never answers, for mail scanners open every link; only a POST with a human choice
that nothing preselects says anything. No free text of the meeting is shown. A link that never was, or has ended, is not
there.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.effects import Link
from sip.edges.web.link import (
    acts,
    alone,
    appoint,
    chair,
    mailbox_check,
    news,
    password,
    poll,
    saying,
    sitting,
    survey,
    view,
)
from sip.edges.web.meeting import answer_form
from sip.edges.web.meeting.layout import prefix_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.asked_seats import OpenedSeats
from sip.usecases.reading.links import Opened, OpenedAccount, OpenedCheck, OpenedReport, OpenedSurvey
from sip.usecases.reading.news import OpenedNews
from sip.usecases.reading.sittings import OpenedSittings

_ELSEWHERE = (Link.CHAIR, Link.POLL_PICK, Link.NEXT_DATE)
"""What has its forms at another address."""


@get("/svar/{token:str}")
async def show(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """Time, form, place, convener, purpose from the list; and the choices."""
    opened = await links.open_link(page.services.db, token, page.now)
    if isinstance(opened, OpenedCheck):
        return mailbox_check.render(page, token, opened, FormState())
    if isinstance(opened, OpenedAccount):
        return password.render(page, token, opened, FormState())
    if isinstance(opened, OpenedSurvey):
        return survey.of_staff(page, token, FormState())
    if isinstance(opened, OpenedReport):
        return alone.render(page, token, opened, FormState())
    if isinstance(opened, OpenedSeats):
        return appoint.render(page, token, opened)
    if isinstance(opened, OpenedSittings):
        return sitting.render(page, token, opened)
    if isinstance(opened, OpenedNews):
        return news.render(page, token, opened)
    if opened.purpose is Link.POLL:
        return poll.render(page, token, opened, FormState())
    if opened.purpose is Link.POLL_PICK:
        return page.to(f"/meetings/{opened.meeting.id}/poll")
    if opened.purpose is Link.NEXT_DATE:
        return page.to(f"/hands/{opened.meeting.id}/follow")
    if opened.purpose is Link.CHAIR:
        return await chair.show(page, token, opened)
    return _render(page, token, opened, FormState())


@post("/svar/{token:str}", status_code=200)
async def answer(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """The choice that was made."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True, shows=False)
    if not isinstance(opened, Opened):
        return await _elsewhere(page, token, opened)
    if opened.purpose is Link.POLL:
        return await poll.choose(page, token, opened)
    if opened.purpose in _ELSEWHERE:
        raise NotFoundError("link")  # their forms have addresses of their own
    reader = await page.reader()
    claim = reader.whole("claim")
    if claim is not None:
        reader.state.prefix = prefix_of("claim", claim)
    name = answer_form.who_answers(reader)
    if view.closed(page, opened):
        return await again(page, token, reader.state, 409)
    by = await page.command(reader, links.holder(opened.ref, name, opened.party))
    try:
        handled = await acts.act(page, opened, reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, {"names": "first_name", "name": "substitute_name"})
        handled = None
    if handled is None:
        return await again(page, token, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return await again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}/tack")


_OpenedElsewhere = OpenedCheck | OpenedAccount | OpenedReport | OpenedSurvey | OpenedSeats | OpenedSittings | OpenedNews


async def _elsewhere(page: Page, token: str, opened: _OpenedElsewhere) -> Response[Any]:
    """What is no meeting's."""
    match opened:
        case OpenedCheck():
            return await mailbox_check.choose(page, token, opened)
        case OpenedAccount():
            return await password.choose(page, token, opened)
        case OpenedReport():
            return await alone.choose(page, token, opened)
        case OpenedSurvey():
            return await survey.choose(page, token)
        case OpenedSeats():
            return await appoint.choose(page, token, opened)
        case OpenedSittings():
            return await sitting.choose(page, token, opened)
        case OpenedNews():
            return await news.choose(page, token, opened)


@get("/svar/{token:str}/tack")
async def thanks(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """What holds after the answer."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True)
    if not isinstance(opened, Opened) or opened.purpose in _ELSEWHERE:
        raise NotFoundError("link")
    if opened.purpose is Link.POLL:
        return poll.receipt(page, token, opened)
    standing = view.standing_of(page, opened)
    more = len(view.waiting_claims(page, opened))
    convenes = opened.purpose is Link.CONVENER
    title, change = saying.thanks(page, opened)
    return page.html(
        "answered.html", meeting=opened.meeting, standing=standing, token=token, more=more, convenes=convenes,
        thanks=page.t("page.answered.title"), title=title, change=change, purpose=opened.purpose, others=opened.others,
        in_calendar=links.invitation_of(opened) is not None and view.comes(opened),
    )  # fmt: skip


async def again(page: Page, token: str, state: FormState, status: int) -> Response[Any]:
    """The form once more with what was filled in, and all that the page shows beside it."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True)
    if isinstance(opened, OpenedReport):
        return alone.render(page, token, opened, state, status)
    assert isinstance(opened, Opened)
    return _render(page, token, opened, state, status)


def _render(page: Page, token: str, opened: Opened, state: FormState, status: int = 200) -> Response[Any]:
    facts = view.context(page, opened)

    def form_of(claim: int | None) -> FormState:
        prefix = "" if claim is None else prefix_of("claim", claim)
        return state if state.prefix == prefix else FormState({}, {}, prefix)

    def state_of(name: str) -> FormState:
        return state if state.prefix == f"{name}-" else FormState({}, {}, f"{name}-")

    return page.html(
        "answer.html", status=status, token=token, form=form_of(None), form_of=form_of, state_of=state_of,
        failed=state if state.errors else None, **facts,
    )  # fmt: skip
