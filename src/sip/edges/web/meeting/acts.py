"""One meeting: its page, and the acts on it. Each act is a resource of its own; what fails is said on the page."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain import events as e
from sip.domain.meeting import Meeting
from sip.domain.terms import Channel, Obligation
from sip.edges.web import units
from sip.edges.web.meeting import answer_form, claims, following, layout, schedule_form
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import answers, meetings
from sip.usecases.access import convenes
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import meetings as reading

FIELDS = {
    "place.room": "place_room",
    "names": "first_name",
    "functions": "first_name",
    "name": "substitute_name",
    "convener.person": "convener_person",
    "convener.unit_id": "convener_unit",
}


@get("/meetings/{meeting_id:uuid}")
async def show(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The meeting, its parties and what has happened."""
    return following.stamped(await layout.render(page, meeting_id))


_CHANGED = {
    "call": "state",
    "cancellation": "state",
    "identity_all": "all-parties",
    "go-ahead": "story",
    "move": "about",
    "text": "about",
    "convener": "about",
    "chair": "story",
    "party": "all-parties",
    "removal": "all-parties",
}
"""Act that is not shown at its party -> what of the page it changes: focus stands there afterwards, script or not."""


async def act(
    page: Page, meeting_id: UUID, name: str, run: Run, ordinal: int | None = None, anchor: str | None = None
) -> Response[Any]:
    """Reads the form, runs the command, and shows the meeting: as it is now, or with what is wrong."""

    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await layout.render(page, meeting_id, status=status, failed=failed, what=name)

    here = anchor or _CHANGED.get(name) or f"p{ordinal}"
    to = f"/meetings/{meeting_id}#{here}"
    return await acted(page, layout.prefix_of(name, ordinal), run, shown, to, fields=FIELDS)


# -- the whole meeting


@post("/meetings/{meeting_id:uuid}/call", status_code=200)
async def call(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The call goes out."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await meetings.call(page.services.db, meeting_id, by)

    return await act(page, meeting_id, "call", run)


@post("/meetings/{meeting_id:uuid}/schedule", status_code=200)
async def move(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """Another time or place."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        found = schedule_form.read(reader)
        if found is None:
            return None
        return await meetings.move(
            page.services.db, meeting_id, by, start=found.start, end=found.end, form=found.form, place=found.place
        )

    return await act(page, meeting_id, "move", run)


@post("/meetings/{meeting_id:uuid}/cancellation", status_code=200)
async def cancel(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The meeting is cancelled."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.choice("reason", e.CancelReason, required=True)
        return None if reason is None else await meetings.cancel(page.services.db, meeting_id, reason, by)

    return await act(page, meeting_id, "cancellation", run)


@post("/meetings/{meeting_id:uuid}/go-ahead", status_code=200)
async def go_ahead(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The meeting stands."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await meetings.go_ahead(page.services.db, meeting_id, by)

    return await act(page, meeting_id, "go-ahead", run)


@post("/meetings/{meeting_id:uuid}/parties", status_code=200)
async def add_party(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A further unit."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        unit = await units.read(page, reader, "unit", required=True)
        obligation = reader.choice("obligation", Obligation, required=True)
        if unit is None or obligation is None:
            return None
        return await meetings.add_party(page.services.db, meeting_id, e.PartyDraft(unit, obligation), by)

    return await act(page, meeting_id, "party", run)


@post("/meetings/{meeting_id:uuid}/claims/{claim:int}/decision", status_code=200)
async def decide_claim(page: NamedDependency[Page], meeting_id: FromPath[UUID], claim: FromPath[int]) -> Response[Any]:
    """Whose an uncertain answer is."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        return await claims.decide(page.services.db, meeting_id, claim, reader, by)

    return await act(page, meeting_id, "claim", run, claim, anchor="all-parties")


# -- one party


async def _party_act(page: Page, meeting_id: UUID, party: int, name: str, run: Run) -> Response[Any]:
    return await act(page, meeting_id, name, run, party)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/answer", status_code=200)
async def answer(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The unit's own answer, or one that the convener got by phone and notes."""
    visitor = signed_in(page)

    async def run(reader: Reader, by: Command) -> Handled | None:
        meeting = await seen(page, meeting_id)
        channel: Channel | None = Channel.PAGE
        if convenes(visitor.actor, meeting):
            channel = reader.choice("channel", Channel, required=True)
        redirects = reader.state.value("answer") == "redirects"
        target = await answer_form.found(page, reader, meeting, party) if redirects else None
        event = answer_form.read(reader, party, by, channel or Channel.PHONE, meeting.sequence, target=target)
        if event is None:
            return None
        handled = await answer_form.send(page.services.db, event, meeting_id, by)
        if handled.refused is None and channel is Channel.PAGE:
            await answer_form.say_identity_known(page.services.db, reader, meeting, event, by)
        return handled

    return await _party_act(page, meeting_id, party, "answer", run)


async def seen(page: Page, meeting_id: UUID) -> Meeting:
    """The meeting, if the visitor sees it. Raises NotFoundError."""
    return await reading.current(page.services.db, meeting_id, actor=signed_in(page).actor, now=page.now)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/substitute", status_code=200)
async def substitute(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """Somebody who stands in."""
    visitor = signed_in(page)

    async def run(reader: Reader, by: Command) -> Handled | None:
        meeting = await seen(page, meeting_id)
        person = answer_form.substitute(reader)
        if person is None:
            reader.wrong("substitute_name", "form_words.required")
        if person is None or not reader.right:
            return None
        channel = Channel.PHONE if convenes(visitor.actor, meeting) else Channel.PAGE
        how = answers.said(channel, meeting.sequence, by)
        return await answers.name_substitute(page.services.db, meeting_id, party, person, how, by)

    return await _party_act(page, meeting_id, party, "substitute", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/decision", status_code=200)
async def decide(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """What the party's answer asks is decided."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        verdict = reader.choice("verdict", e.Verdict, required=True)
        target = await answer_form.found(page, reader, await seen(page, meeting_id), party)
        grounds = reader.text("grounds", most=500) or None
        if verdict is None or not reader.right:
            return None
        return await meetings.decide(
            page.services.db, meeting_id, party, verdict, by, grounds=grounds, target_unit_id=target
        )

    return await _party_act(page, meeting_id, party, "decision", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/identity", status_code=200)
async def identity(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The unit was told, outside this service, whom the meeting concerns."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        channel = reader.choice("channel", Channel, required=True)
        if channel is None:
            return None
        return await meetings.convey_identity(page.services.db, meeting_id, party, channel, by)

    return await _party_act(page, meeting_id, party, "identity", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/pause", status_code=200)
async def pause(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """Nothing is due for the party for a while."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True, most=200)
        until = reader.moment("until_day", "until_time", required=True)
        if until is None or not reader.right:
            return None
        return await meetings.pause(page.services.db, meeting_id, party, reason, until, by)

    return await _party_act(page, meeting_id, party, "pause", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/excuse", status_code=200)
async def excuse(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The party need not come this time."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True, most=200)
        return await meetings.excuse(page.services.db, meeting_id, party, reason, by) if reader.right else None

    return await _party_act(page, meeting_id, party, "excuse", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/release", status_code=200)
async def release(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The party's duty is lifted."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await meetings.release(page.services.db, meeting_id, party, by)

    return await _party_act(page, meeting_id, party, "release", run)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/successor", status_code=200)
async def call_successor(
    page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]
) -> Response[Any]:
    """The unit that takes over is called in the party's place."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        unit = reader.uuid("unit", required=True)
        return None if unit is None else await meetings.call_successor(page.services.db, meeting_id, party, unit, by)

    return await act(page, meeting_id, "successor", run, party, anchor="parties")


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/removal", status_code=200)
async def remove(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The party is no longer of the meeting."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await meetings.remove_party(page.services.db, meeting_id, party, by)

    return await _party_act(page, meeting_id, party, "removal", run)
