"""What is done in a row of the start page: at once by a button, or after some words in a form of its own.

The law of this file: afterwards one stands on the next row, script or not; what cannot be done is said, and nothing
that was written is lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain import events as e
from sip.domain import next_date
from sip.domain.meeting import Meeting
from sip.domain.terms import Channel
from sip.edges.web.dashboard import whose_of
from sip.edges.web.meeting import answer_form, claims, layout, poll_view
from sip.edges.web.meeting.view import build
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import PartyView
from sip.usecases import answers, in_hand, meetings, next_dates, polls
from sip.usecases.access import MAY, Act, convenes
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.drafter import DraftedBy
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import meetings as reading
from sip.usecases.reading.polls import PollRead

FORMS = ("note", "snooze", "answer", "substitute", "identity", "decision", "pick", "follow")
_BY_ADDRESS = ("party", "claim", "said", "verdict", "unit", "n")
_ABOUT_A_PARTY = frozenset({"answer", "substitute", "identity", "decision"})
_FIELDS = {"text": "text", "names": "first_name", "functions": "first_name", "name": "substitute_name"}
Run = Callable[[Page, UUID, Reader, Command], Awaitable[Handled | None]]


@get("/hands/{meeting_id:uuid}/{act:str}")
async def form(page: NamedDependency[Page], meeting_id: FromPath[UUID], act: FromPath[str]) -> Response[Any]:
    """The form of an act, by itself or to be put into the row."""
    signed_in(page)
    if act not in FORMS:
        raise NotFoundError("act")
    asked = page.request.query_params
    given = {name: asked.get(name, "") for name in ("party", "whose", "n")}
    return await _form(page, meeting_id, act, FormState(given, {}, f"{act}-{str(meeting_id)[:8]}-"))


async def _form(page: Page, meeting_id: UUID, act: str, state: FormState, status: int = 200) -> Response[Any]:
    actor = signed_in(page).actor
    found = await reading.whole(page.services.db, meeting_id, actor=actor, now=page.now)
    view = build(
        found.meeting, found.version, actor, found.entries, found.reports, page.now, page.phrases,
        found.context, found.case, found.closing,
    )  # fmt: skip
    number = state.value("party")
    party = next((one for one in view.parties if str(one.ordinal) == number), None)
    if not _possible(act, party, actor, found.meeting):
        return page.message(409, page.t("hand.gone_title"), page.t("hand.gone"), back="/")
    read = PollRead(found.meeting, found.version, found.context.agreements)
    table = poll_view.table(read, page.now, page.phrases) if act == "pick" else None
    shown = {
        **layout.context(page, view), "party": party, "act": act, "f": state, "table": table,
        "whose": whose_of(state.value("whose")), "next": _key(state),
    }  # fmt: skip
    if status == 200 and page.request.headers.get("x-part"):
        return page.part("parts/hand_form.html", **shown)
    return page.html("hand_form.html", status=status, **shown)


def _possible(act: str, party: PartyView | None, actor: Actor, meeting: Meeting) -> bool:
    if act in ("note", "snooze"):
        return in_hand.may_have_in_hand(actor, meeting)
    if act == "follow":
        return next_date.awaited(meeting) and convenes(actor, meeting) and actor.role in MAY[Act.CONVENE]
    if act == "pick":
        waits = meeting.poll is not None and meeting.poll.waits
        return waits and convenes(actor, meeting) and actor.role in MAY[Act.CONVENE]
    if act not in _ABOUT_A_PARTY:
        return True
    if party is None:
        return False
    if act in ("identity", "decision"):
        return party.question is not None and "decide" in party.can
    return act in party.can


@post("/hands/{meeting_id:uuid}/{act:str}", status_code=200)
async def do(page: NamedDependency[Page], meeting_id: FromPath[UUID], act: FromPath[str]) -> Response[Any]:
    """Does it, and goes on to the next row."""
    signed_in(page)
    run = _RUN.get(act)
    if run is None:
        raise NotFoundError("act")
    reader = await _reader(page, f"{act}-{str(meeting_id)[:8]}-")
    by = await page.command(reader)
    # One form serves all buttons of a page: the same form again is the same command for the same act alone.
    by = replace(by, event_id=f"{by.event_id}/{act}/{reader.state.value('party')}{reader.state.value('claim')}")
    try:
        handled = await run(page, meeting_id, reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, _FIELDS)
        handled = None
    if handled is None or handled.refused is not None:
        return await _not_done(page, meeting_id, act, reader, handled)
    whose, following = whose_of(reader.state.value("whose")), _key(reader.state)
    here = f"h-{following}" if following else "hands"
    return page.to(f"/?whose={whose}&done={act}&at={meeting_id}#{here}")


async def _not_done(page: Page, meeting_id: UUID, act: str, reader: Reader, handled: Handled | None) -> Response[Any]:
    status = 422 if handled is None else 409
    if handled is not None and handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
    if act in FORMS:
        return await _form(page, meeting_id, act, reader.state, status)
    why = next(iter(reader.state.errors.values()), page.t("form_words.bad_choice"))
    return page.message(status, page.t("hand.not_done"), why, back="/")


async def _reader(page: Page, prefix: str) -> Reader:
    """What was sent: the fields of the form, and what the button's own address says."""
    sent = await page.reader()
    said = {name: page.request.query_params.get(name, "") for name in _BY_ADDRESS}
    version = {"version": page.request.query_params["v"]} if "v" in page.request.query_params else {}
    values = {**{name: value for name, value in said.items() if value}, **version, **sent.state.values}
    return Reader(values, page.phrases, prefix)


def _key(state: FormState) -> str:
    """The row where one stands afterwards, as the page calls it; "" where it says nothing that a row can be called."""
    key = state.value("n")
    return key if len(key) == 8 and set(key) <= set("0123456789abcdef") else ""


def _party(reader: Reader) -> int:
    return reader.whole("party") or 0


# -- at once


async def _take(page: Page, meeting_id: UUID, _: Reader, by: Command) -> Handled:
    return await in_hand.take_over(page.services.db, meeting_id, by)


async def _wake(page: Page, meeting_id: UUID, _: Reader, by: Command) -> Handled:
    return await in_hand.wake(page.services.db, meeting_id, by)


async def _again(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled:
    return await in_hand.ask_again(page.services.db, meeting_id, _party(reader), by)


async def _go_ahead(page: Page, meeting_id: UUID, _: Reader, by: Command) -> Handled:
    return await meetings.go_ahead(page.services.db, meeting_id, by)


async def _claim(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    claim = reader.whole("claim")
    if claim is None:
        raise NotFoundError("claim")
    return await claims.decide(page.services.db, meeting_id, claim, reader, by)


async def _successor(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    unit = reader.uuid("unit", required=True)
    if unit is None:
        return None
    return await meetings.call_successor(page.services.db, meeting_id, _party(reader), unit, by)


async def _plan_ended(page: Page, meeting_id: UUID, _: Reader, by: Command) -> Handled:
    return await next_dates.end_plan(page.services.db, meeting_id, by)


# -- after some words


async def _note(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    text = reader.text("text", required=True, most=300)
    return await in_hand.remark(page.services.db, meeting_id, text, by) if reader.right else None


async def _snooze(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    reason = reader.text("reason", required=True, most=200)
    until = reader.moment("until_day", "until_time", required=True)
    if until is None or not reader.right:
        return None
    return await in_hand.snooze(page.services.db, meeting_id, until, reason, by)


async def _answer(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    meeting = await reading.current(page.services.db, meeting_id, actor=by.actor, now=page.now)
    channel: Channel | None = Channel.PAGE
    if convenes(by.actor, meeting):
        channel = reader.choice("channel", Channel, required=True)
    redirects = reader.state.value("answer") == "redirects"
    target = await answer_form.found(page, reader, meeting, _party(reader)) if redirects else None
    event = answer_form.read(
        reader, _party(reader), by, channel or Channel.PHONE, meeting.sequence, target=target
    )  # fmt: skip
    return None if event is None else await answer_form.send(page.services.db, event, meeting_id, by)


async def _substitute(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    meeting = await reading.current(page.services.db, meeting_id, actor=by.actor, now=page.now)
    person = answer_form.substitute(reader)
    if person is None:
        reader.wrong("substitute_name", "form_words.required")
    if person is None or not reader.right:
        return None
    channel = Channel.PHONE if convenes(by.actor, meeting) else Channel.PAGE
    how = answers.said(channel, meeting.sequence, by)
    return await answers.name_substitute(page.services.db, meeting_id, _party(reader), person, how, by)


async def _identity(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    channel = reader.choice("channel", Channel, required=True)
    if channel is None:
        return None
    return await meetings.convey_identity(page.services.db, meeting_id, _party(reader), channel, by)


async def _decision(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    verdict = reader.choice("verdict", e.Verdict, required=True)
    meeting = await reading.current(page.services.db, meeting_id, actor=by.actor, now=page.now)
    target = await answer_form.found(page, reader, meeting, _party(reader))
    grounds = reader.text("grounds", most=500) or None
    if verdict is None or not reader.right:
        return None
    return await meetings.decide(
        page.services.db, meeting_id, _party(reader), verdict, by, grounds=grounds, target_unit_id=target
    )


async def _pick(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    number, time = reader.whole("number"), reader.whole("time")
    if number is None or time is None:
        reader.wrong("", "form_words.bad_choice")
        return None
    return await polls.pick(page.services.db, meeting_id, number, time, by)


async def _follow(page: Page, meeting_id: UUID, reader: Reader, by: Command) -> Handled | None:
    day, visitor = reader.day("follow_day", required=True), signed_in(page)
    if day is None:
        return None
    who = DraftedBy(visitor.name, visitor.email)
    return await next_dates.draft(page.services.db, meeting_id, day, who, by)


_RUN: dict[str, Run] = {
    "take": _take, "wake": _wake, "again": _again, "go-ahead": _go_ahead, "claim": _claim, "successor": _successor,
    "note": _note, "snooze": _snooze, "answer": _answer, "substitute": _substitute, "identity": _identity,
    "decision": _decision, "pick": _pick, "follow": _follow, "plan-ended": _plan_ended,
}  # fmt: skip
