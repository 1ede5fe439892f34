"""The page behind a poll's link: each time with three choices, without sign-in (rules, section 9 P2).

The law of this file: as in `mailed`: GET shows and never answers; no choice is made beforehand, not even the one that
stands, so that a program that presses the button changes nothing.
"""

from typing import Any

from litestar import Response

from sip.domain.meeting import Meeting
from sip.domain.poll import Poll, PollChoice, PollState
from sip.domain.terms import Channel
from sip.edges.web.meeting import poll_view
from sip.edges.web.meeting.answer_form import who_answers
from sip.edges.web.meeting.poll import chosen
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases import polls
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading.links import Opened, holder


def render(page: Page, token: str, opened: Opened, form: FormState, status: int = 200) -> Response[Any]:
    """The times and the choices, or why there is nothing to choose any more."""
    return page.html("poll_answer.html", status=status, token=token, form=form, **_context(page, opened))


def receipt(page: Page, token: str, opened: Opened) -> Response[Any]:
    """What is noted, and that it can be changed."""
    if opened.party is None:
        return render(page, token, opened, FormState())
    return page.html("poll_answered.html", token=token, **_context(page, opened))


async def choose(page: Page, token: str, opened: Opened) -> Response[Any]:
    """Somebody chose."""
    reader = await page.reader()
    name, choices, number = who_answers(reader), chosen(reader), reader.whole("number")
    poll = _poll(opened.meeting)
    if opened.party is None or _over(page, opened.meeting, poll):
        return render(page, token, opened, reader.state, 409)
    if not choices and reader.right:
        first = next((time.ordinal for time in poll.times if time.start > page.now), 1)
        reader.wrong(f"time_{first}", "page.poll_answer.none")
    if not reader.right:
        return render(page, token, opened, reader.state, 422)
    by = await page.command(reader, holder(opened.ref, name, opened.party))
    try:
        handled = await polls.answer(
            page.services.db, opened.meeting.id, opened.party.ordinal, poll.number if number is None else number,
            choices, by, channel=Channel.PAGE, through=opened.ref.address,
        )  # fmt: skip
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return render(page, token, opened, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return render(page, token, opened, reader.state, 409)
    return page.to(f"/svar/{token}/tack")


def _context(page: Page, opened: Opened) -> dict[str, Any]:
    meeting, party, phrases = opened.meeting, opened.party, page.phrases
    poll = _poll(meeting)
    said = {} if party is None else poll.of(party.ordinal)
    gone = None if party is not None and party.active else phrases.t("page.poll_answer.over_left")
    rows = [
        (
            time.ordinal,
            poll_view.span(time, phrases),
            phrases.t("page.poll_answer.said", choice=phrases.t(f"poll_choice.{said[time.ordinal].choice}"))
            if time.ordinal in said
            else None,
            time.start <= page.now,
        )
        for time in poll.times
    ]
    return {
        "lead": phrases.t_of(meeting.purpose, "page.poll_answer.lead", convener=meeting.convener.unit_name),
        "meeting": meeting,
        "unit": "" if party is None else party.unit_name,
        "rows": rows,
        "answered": bool(said),
        "number": poll.number,
        "choices": tuple(PollChoice),
        "over": gone or _over(page, meeting, poll),
        "until": poll_view.until(poll, phrases, "page.poll_answer"),
        "called": meeting.called_at is not None,
    }


def _poll(meeting: Meeting) -> Poll:
    if meeting.poll is None:
        raise NotFoundError("link")
    return meeting.poll


def _over(page: Page, meeting: Meeting, poll: Poll) -> str | None:
    """Why no answer is taken any more, None where it is."""
    if poll.state is PollState.PICKED and poll.picked is not None:
        return page.t("page.poll_answer.over_picked", time=poll_view.span(poll.time(poll.picked), page.phrases))
    if poll.state is PollState.ENDED:
        return page.t("page.poll_answer.over_ended")
    if poll.state is PollState.CLOSED or page.now >= poll.closes_at:
        return page.t("page.poll_answer.over_closed")
    return None
