"""A meeting's poll of times, for its convener: asked, its answers as a table, one press to pick (rules, section 9).

The law of this file: nothing is picked beforehand, and what a pick does is said before it is pressed.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.poll import FEWEST, MOST, PollChoice
from sip.domain.poll_upkeep import asked_parties
from sip.domain.terms import Channel, MeetingState
from sip.edges.web.meeting import layout, poll_view
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import polls
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import polls as reading

_ANSWER_WITHIN = timedelta(days=7)


@get("/meetings/{meeting_id:uuid}/poll")
async def poll_page(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The answers, or where there is no poll the form that asks."""
    return await _render(page, meeting_id)


async def _render(page: Page, meeting_id: UUID, failed: FormState | None = None, status: int = 200) -> Response[Any]:
    read = await reading.of_meeting(page.services.db, meeting_id, actor=signed_in(page).actor, now=page.now)
    meeting = read.meeting
    open_ = meeting.state is MeetingState.DRAFT or (meeting.state is MeetingState.CALLED and page.now < meeting.start)

    def state(name: str) -> FormState:
        prefix = layout.prefix_of(name)
        if failed is not None and failed.prefix == prefix:
            return failed
        return FormState(_filled(page) if name == "ask" else {}, {}, prefix)

    return page.html(
        "poll.html", status=status, meeting=meeting, version=read.version, failed=failed, state=state,
        table=poll_view.table(read, page.now, page.phrases), may=open_, called=meeting.called_at is not None,
        slots=range(1, MOST + 1), fewest=FEWEST,
        parties=[(str(p.ordinal), p.unit_name) for p in asked_parties(meeting)],
        open_times=[] if meeting.poll is None else [t for t in meeting.poll.times if t.start > page.now],
        choices=tuple(PollChoice), span_of=lambda time: poll_view.span(time, page.phrases),
    )  # fmt: skip


def _filled(page: Page) -> dict[str, str]:
    return {"closes_on": page.phrases.local(page.now + _ANSWER_WITHIN).date().isoformat()}


async def _act(page: Page, meeting_id: UUID, name: str, run: Run, to: str) -> Response[Any]:
    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await _render(page, meeting_id, failed, status)

    return await acted(page, layout.prefix_of(name), run, shown, to)


@post("/meetings/{meeting_id:uuid}/poll", status_code=200)
async def ask_times(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The parties are asked."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        times = _times(reader)
        closes_on = reader.day("closes_on", required=True)
        if closes_on is None or not reader.right:
            return None
        return await polls.ask(page.services.db, meeting_id, times, closes_on, by)

    return await _act(page, meeting_id, "ask", run, f"/meetings/{meeting_id}/poll#answers")


def _times(reader: Reader) -> list[tuple[datetime, datetime]]:
    """The rows that were filled in: the first two must be, of the others those that anything stands in."""
    found = []
    for n in range(1, MOST + 1):
        names = (f"day_{n}", f"from_{n}", f"to_{n}")
        if n > FEWEST and not any(reader.state.value(name) for name in names):
            continue
        start = reader.moment(names[0], names[1], required=True)
        end = reader.moment(names[0], names[2], required=True)
        if start is not None and end is not None:
            if end <= start:
                reader.wrong(names[2], "reason.end_before_start")
            found.append((start, end))
    return found


@post("/meetings/{meeting_id:uuid}/poll/pick", status_code=200)
async def pick(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """One of the times is taken."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        number, time = reader.whole("number"), reader.whole("time")
        if number is None or time is None:
            reader.wrong("", "form_words.bad_choice")
            return None
        return await polls.pick(page.services.db, meeting_id, number, time, by)

    return await _act(page, meeting_id, "pick", run, f"/meetings/{meeting_id}#about")


@post("/meetings/{meeting_id:uuid}/poll/answers", status_code=200)
async def note_answer(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """What a unit said by telephone."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        party, number, choices = reader.text("party", required=True), reader.whole("number"), chosen(reader)
        if not choices:
            reader.wrong(f"time_{reader.state.value('first') or 1}", "page.poll_answer.none")
        ordinal = reader.whole("party")
        if party and ordinal is None:
            reader.wrong("party", "form_words.bad_choice")
        if ordinal is None or number is None or not reader.right:
            return None
        return await polls.answer(page.services.db, meeting_id, ordinal, number, choices, by, channel=Channel.PHONE)

    return await _act(page, meeting_id, "phone", run, f"/meetings/{meeting_id}/poll#answers")


def chosen(reader: Reader) -> list[tuple[int, PollChoice]]:
    """What was chosen, by time; a row that nobody touched is not among it."""
    found = []
    for n in range(1, MOST + 1):
        choice = reader.choice(f"time_{n}", PollChoice)
        if choice is not None:
            found.append((n, choice))
    return found


@post("/meetings/{meeting_id:uuid}/poll/withdrawal", status_code=200)
async def withdraw_poll(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """No answer is needed any more."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        number = reader.whole("number")
        if number is None:
            reader.wrong("", "form_words.bad_choice")
            return None
        return await polls.withdraw(page.services.db, meeting_id, number, by)

    return await _act(page, meeting_id, "withdrawal", run, f"/meetings/{meeting_id}/poll#answers")
