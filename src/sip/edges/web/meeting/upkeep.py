"""What the convener's side does with a meeting now and then: its text, its convener, its consent, a report by hand.

The law of this file: as on the rest of the page each act is a resource of its own, and what cannot be undone takes a
box that nobody has ticked beforehand.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import Category
from sip.domain.meeting import Meeting
from sip.domain.terms import Channel, Purpose
from sip.edges.web import units
from sip.edges.web.meeting import acts as one
from sip.edges.web.meeting import layout
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import cases, deviations, disposal, meetings
from sip.usecases.access import sees
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import ConflictError


@post("/meetings/{meeting_id:uuid}/text", status_code=200)
async def edit_text(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """Purpose, questions and chair, as the form has them: a field that was emptied is emptied."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        now = await one.seen(page, meeting_id)
        purpose = reader.choice("purpose", Purpose, required=True)
        purpose_text = reader.text("purpose_text")
        questions = tuple(q.strip() for q in reader.text("questions", required=True).splitlines() if q.strip())
        chair_name, chair_email = reader.text("chair_name", most=100), reader.email("chair_email")
        if purpose is None or not reader.right:
            return None
        return await meetings.edit_text(
            page.services.db, meeting_id, by, purpose=purpose, purpose_text=purpose_text, questions=questions,
            chair_name=_or_none(chair_name, now.chair_name), chair_email=_or_none(chair_email, now.chair_email),
        )  # fmt: skip

    return await one.act(page, meeting_id, "text", run)


@post("/meetings/{meeting_id:uuid}/identity", status_code=200)
async def identity_of_all(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """All units that had not been told have been told whom the meeting concerns, in one way."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        channel = reader.choice("channel", Channel, required=True)
        return None if channel is None else await meetings.convey_identity_to_all(
            page.services.db, meeting_id, channel, by
        )  # fmt: skip

    return await one.act(page, meeting_id, "identity_all", run)


@post("/meetings/{meeting_id:uuid}/removal", status_code=200)
async def throw_away(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A draft that nobody was told of goes, for good."""
    signed_in(page)
    reader = await page.reader(layout.prefix_of("removal_of_draft"))
    try:
        done = await disposal.throw_away(page.services.db, meeting_id, await page.command(reader))
        refused = None if done is None or done.refused is None else page.sentence(done.refused)
    except ConflictError as error:
        refused = page.t(f"reason.{error.code}")
    if refused is not None:
        reader.state.errors[""] = refused
        return await layout.render(page, meeting_id, status=409, failed=reader.state, what="removal_of_draft")
    return page.to("/meetings?thrown_away=yes#gone")


@post("/meetings/{meeting_id:uuid}/chair-link", status_code=200)
async def send_chair_link(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The chair is mailed her link to attendance once more."""

    async def run(_: Reader, by: Command) -> Handled | None:
        return await meetings.send_chair_link(page.services.db, meeting_id, by)

    return await one.act(page, meeting_id, "chair", run)


def _or_none(value: str | None, before: str | None) -> str | None:
    """None where the field was empty and stays so: nothing has changed then."""
    return (value or "") if value or before else None


@post("/meetings/{meeting_id:uuid}/convener", status_code=200)
async def hand_over(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A draft gets another convener. Who no longer sees it is shown her meetings, and told."""
    gone = False

    async def run(reader: Reader, by: Command) -> Handled | None:
        nonlocal gone
        now = await one.seen(page, meeting_id)
        own = now.convener.principal_id if now.called_at is not None else None
        unit = await units.read(page, reader, "convener_unit", required=True, principal=own)
        person = reader.text("convener_person", required=True, most=100)
        phone = reader.text("convener_phone", required=True, most=50)
        email = reader.email("convener_email", required=True)
        if unit is None or email is None or not reader.right:
            return None
        handled = await meetings.hand_over(page.services.db, meeting_id, unit, person, email, phone, by)
        gone = handled.refused is None and isinstance(handled.state, Meeting) and not sees(by.actor, handled.state)
        return handled

    answer = await one.act(page, meeting_id, "convener", run)
    return page.to("/meetings?handed_over=yes") if gone else answer


@post("/meetings/{meeting_id:uuid}/consent-withdrawal", status_code=200)
async def withdraw_consent(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The person has withdrawn the consent: what is called in the case is cancelled."""
    meeting = await one.seen(page, meeting_id)
    reader = await page.reader(layout.prefix_of("consent"))
    if reader.state.value("withdrawn") != "yes":
        reader.wrong("withdrawn", "page.meeting.withdraw_unticked")
        return await layout.render(page, meeting_id, status=422, failed=reader.state, what="consent")
    held = bool(reader.state.value("other_ground"))
    await cases.withdraw_consent(page.services.db, meeting.case_id, await page.command(reader), other_ground=held)
    return page.to(f"/meetings/{meeting_id}#about")


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/good-example", status_code=200)
async def praise(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The party was a good example; the convener's side, said by a called unit."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        await one.seen(page, meeting_id)
        fresh = replace(by, seen_version=None)  # as for a report
        try:
            return await deviations.praise(page.services.db, meeting_id, party, reader.text("words"), fresh)
        except ConflictError as error:
            reader.state.errors[""] = page.t(f"reason.{error.code}")
            return None

    return await one.act(page, meeting_id, "good-example", run, party)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/deviation", status_code=200)
async def report(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """A report about the party, written by hand; about the convener's side, by a called unit."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        await one.seen(page, meeting_id)
        chosen = tuple(category for category in Category if reader.state.value(f"categories_{category}"))
        if not chosen:
            reader.wrong("categories", "page.meeting.report_no_category")
        description = reader.text("description", required=True)
        if not reader.right:
            return None
        fresh = replace(by, seen_version=None)  # the version on the page is the meeting's, not the report's
        try:
            return await deviations.raise_by_hand(page.services.db, meeting_id, party, chosen, description, fresh)
        except ConflictError as error:
            reader.state.errors[""] = page.t(f"reason.{error.code}")
            return None

    return await one.act(page, meeting_id, "deviation", run, party)
