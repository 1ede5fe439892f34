"""What is said for one party of a meeting. PUT sets it; POST does the same and can carry an Idempotency-Key."""

from typing import Any
from uuid import UUID

from litestar import HttpMethod, Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.domain.events import Answered
from sip.domain.terms import Channel
from sip.edges.api.desk import Desk
from sip.edges.api.http import route
from sip.edges.api.schemas.common import Bare
from sip.edges.api.schemas.meeting_out import MeetingOut
from sip.edges.api.schemas.parties import (
    AcknowledgementIn,
    AnswerIn,
    AttendeeAnswerIn,
    ClaimDecisionIn,
    DecisionIn,
    ExcuseIn,
    IdentityIn,
    PauseIn,
    SubstituteIn,
    SuccessorIn,
)
from sip.usecases import answers, claims, meetings
from sip.usecases.commands import Command, moment
from sip.usecases.reading import meetings as reading

PARTY = "/meetings/{meeting_id:uuid}/parties/{party:int}"
BOTH: Any = {"http_method": [HttpMethod.PUT, HttpMethod.POST], "status_code": 200}


async def _said(desk: Desk, meeting_id: UUID, channel: str, sequence: int | None, by: Command) -> Any:
    """How it was said; the sequence is what the other system showed, else the present one."""
    if sequence is None:
        found = await reading.one(desk.services.db, meeting_id, actor=desk.actor, now=by.now)
        sequence = found.state.sequence
    return answers.said(Channel(channel), sequence, by)


@route(f"{PARTY}/answer", **BOTH, summary="A unit's answer")
async def put_answer(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[AnswerIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    event = Answered(
        party=party,
        kind=data.answer,
        said=await _said(desk, meeting_id, data.channel, data.sequence, by),
        names=tuple(person.value() for person in data.names),
        stands_in=tuple(person.value() for person in data.stands_in),
        regret_reason=data.regret_reason,
        contest_reason=data.contest_reason,
        proposed_start=moment("proposed_start", data.proposed_start) if data.proposed_start is not None else None,
        proposed_end=moment("proposed_end", data.proposed_end) if data.proposed_end is not None else None,
        target_unit_id=data.target_unit_id,
        information_channel=data.information_channel,
        represented_by=data.represented_by,
    )
    return desk.meeting(await answers.answer(desk.services.db, meeting_id, event, by))


@route(f"{PARTY}/acknowledgement", **BOTH, summary="The call was seen")
async def put_acknowledgement(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[AcknowledgementIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    how = await _said(desk, meeting_id, data.channel, None, by)
    found = await answers.acknowledge(desk.services.db, meeting_id, party, how, by, answer_by=data.answer_by)
    return desk.meeting(found)


@route(f"{PARTY}/attendees/{{attendee:int}}/answer", **BOTH, summary="The answer of a person named or asked")
async def put_attendee_answer(
    desk: NamedDependency[Desk],
    meeting_id: FromPath[UUID],
    party: FromPath[int],
    attendee: FromPath[int],
    data: JSONBody[AttendeeAnswerIn],
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    how = await _said(desk, meeting_id, data.channel, data.sequence, by)
    onwards = data.passes_on.value() if data.passes_on is not None else None
    found = await answers.answer_as_attendee(
        desk.services.db, meeting_id, party, attendee, data.accepts, how, by, passes_on=onwards
    )
    return desk.meeting(found)


@route(f"{PARTY}/substitute", **BOTH, summary="Who stands in")
async def put_substitute(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[SubstituteIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    how = await _said(desk, meeting_id, data.channel, data.sequence, by)
    found = await answers.name_substitute(desk.services.db, meeting_id, party, data.person.value(), how, by)
    return desk.meeting(found)


@route(f"{PARTY}/identity", **BOTH, summary="The unit was told whom the meeting concerns, outside this service")
async def put_identity(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[IdentityIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    channel = Channel(data.channel)
    return desk.meeting(await meetings.convey_identity(desk.services.db, meeting_id, party, channel, by))


@route(f"{PARTY}/pause", **BOTH, summary="Nothing is due for the party until then")
async def put_pause(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[PauseIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    found = await meetings.pause(desk.services.db, meeting_id, party, data.reason, data.until, by)
    return desk.meeting(found)


@route(f"{PARTY}/excuse", **BOTH, summary="The convener excuses the party")
async def put_excuse(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[ExcuseIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await meetings.excuse(desk.services.db, meeting_id, party, data.reason, by))


@route(f"{PARTY}/release", **BOTH, summary="The party's duty is lifted")
async def put_release(
    desk: NamedDependency[Desk],
    meeting_id: FromPath[UUID],
    party: FromPath[int],
    data: JSONBody[Bare | None] = None,
) -> Response[MeetingOut]:
    return desk.meeting(await meetings.release(desk.services.db, meeting_id, party, await desk.bare(data)))


@route(f"{PARTY}/successor", **BOTH, summary="Who takes over from a unit that closes before the meeting is called")
async def put_successor(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[SuccessorIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await meetings.call_successor(desk.services.db, meeting_id, party, data.unit_id, by))


@route(f"{PARTY}/decision", **BOTH, summary="On what the party's answer asks: a proposal, contest, redirect, ...")
async def put_decision(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[DecisionIn]
) -> Response[MeetingOut]:
    found = await meetings.decide(
        desk.services.db,
        meeting_id,
        party,
        data.verdict,
        await desk.command(data.version),
        grounds=data.grounds,
        target_unit_id=data.target_unit_id,
    )
    return desk.meeting(found)


@route("/meetings/{meeting_id:uuid}/claims/{claim:int}/decision", **BOTH, summary="Whose an uncertain answer is")
async def put_claim_decision(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], claim: FromPath[int], data: JSONBody[ClaimDecisionIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    found = await claims.decide(desk.services.db, meeting_id, claim, data.verdict, by, name=data.name)
    return desk.meeting(found)


router = Router(
    "/",
    route_handlers=[
        put_answer, put_acknowledgement, put_attendee_answer, put_substitute, put_identity, put_pause, put_excuse,
        put_release, put_successor, put_decision, put_claim_decision,
    ],
    tags=["Parties"],
)  # fmt: skip
