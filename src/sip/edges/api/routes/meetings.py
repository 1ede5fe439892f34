"""Meetings: drafts, calls, schedules, parties, attendance, the journal. Resources, not verbs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from sip.domain.terms import MeetingState
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_moment_and_id, read_number, tagged
from sip.edges.api.http import delete, get, patch, post, put
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.common import Bare, PageOut
from sip.edges.api.schemas.meeting_out import MeetingOut, meeting_out
from sip.edges.api.schemas.meetings import (
    AttendanceIn,
    CancellationIn,
    HandoverIn,
    MeetingIn,
    PartyIn,
    ScheduleIn,
    TextIn,
)
from sip.edges.api.schemas.others import EntryOut
from sip.store.seen.lists import MeetingQuery
from sip.usecases import attendance, disposal, meetings
from sip.usecases.commands import moment
from sip.usecases.reading import meetings as reading

After = Annotated[int, QueryParameter(ge=0, le=2_147_483_647, description="Rows after this `seq` only.")]
Reference = Annotated[str | None, QueryParameter(pattern=r"^[0-9A-Z]{4}-[0-9A-Z]{3}$", description="A case's.")]


@get("/meetings", summary="Meetings the key's units call or are called to, by start")
async def list_meetings(
    desk: NamedDependency[Desk],
    in_state: Annotated[MeetingState | None, QueryParameter(name="state", description="In this state.")] = None,
    reference: Reference = None,
    begins: Annotated[datetime | None, QueryParameter(description="Starts at or after this moment.")] = None,
    ends: Annotated[datetime | None, QueryParameter(description="Starts before this moment.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[MeetingOut]:
    query = MeetingQuery(
        state=in_state,
        reference=reference,
        begins=moment("begins", begins) if begins is not None else None,
        ends=moment("ends", ends) if ends is not None else None,
        after=read_moment_and_id(cursor),
        limit=limit,
    )
    found = await reading.page(desk.services.db, query, actor=desk.actor, now=await desk.now())
    last = cursor_of(found[-1].state.start, found[-1].state.id) if found else None
    return page([meeting_out(one.state, one.version, desk.actor) for one in found], limit, last)


@post("/meetings", summary="A draft of a case's meeting")
async def add_meeting(desk: NamedDependency[Desk], data: JSONBody[MeetingIn]) -> Response[MeetingOut]:
    found = await meetings.draft(desk.services.db, data.value(), await desk.command())
    answer = desk.meeting(found, 201)
    answer.headers["Location"] = f"/api/v1/meetings/{answer.content.id}"
    return answer


@get("/meetings/{meeting_id:uuid}", summary="One meeting, as the key's units may see it")
async def get_meeting(desk: NamedDependency[Desk], meeting_id: FromPath[UUID]) -> Response[MeetingOut]:
    found = await reading.one(desk.services.db, meeting_id, actor=desk.actor, now=await desk.now())
    return tagged(meeting_out(found.state, found.version, desk.actor), found.version)


@patch("/meetings/{meeting_id:uuid}", summary="Text only: no new round")
async def patch_meeting(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[TextIn]
) -> Response[MeetingOut]:
    found = await meetings.edit_text(
        desk.services.db,
        meeting_id,
        await desk.command(data.version),
        purpose=data.purpose,
        purpose_text=data.purpose_text,
        questions=None if data.questions is None else tuple(data.questions),
        chair_name=data.chair_name,
        chair_email=data.chair_email,
    )
    return desk.meeting(found)


@delete("/meetings/{meeting_id:uuid}", summary="A draft that nobody was told of is erased")
async def erase_draft(desk: NamedDependency[Desk], meeting_id: FromPath[UUID]) -> None:
    """Gone with all its rows, and its case where that was made with it. What somebody was told of is cancelled instead:
    409 `draft_told`.
    """
    done = await disposal.throw_away(desk.services.db, meeting_id, await desk.command())
    if done is not None and done.refused is not None:
        desk.meeting(done)  # says why not


@post("/meetings/{meeting_id:uuid}/chair-link", status_code=200, summary="The chair is mailed her link once more")
async def send_chair_link(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[MeetingOut]:
    return desk.meeting(await meetings.send_chair_link(desk.services.db, meeting_id, await desk.bare(data)))


@post("/meetings/{meeting_id:uuid}/call", status_code=200, summary="The call goes out")
async def call_meeting(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[MeetingOut]:
    return desk.meeting(await meetings.call(desk.services.db, meeting_id, await desk.bare(data)))


@put("/meetings/{meeting_id:uuid}/schedule", summary="Another time or place: everybody is asked anew")
async def put_schedule(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[ScheduleIn]
) -> Response[MeetingOut]:
    found = await meetings.move(
        desk.services.db,
        meeting_id,
        await desk.command(data.version),
        start=data.start,
        end=data.end,
        form=data.form,
        place=data.place.value() if data.place is not None else None,
    )
    return desk.meeting(found)


@put("/meetings/{meeting_id:uuid}/convener", summary="The meeting is handed over to another convener")
async def put_convener(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[HandoverIn]
) -> Response[MeetingOut]:
    new = data.convener
    found = await meetings.hand_over(
        desk.services.db, meeting_id, new.unit_id, new.person, new.email, new.phone, await desk.command(data.version)
    )
    return desk.meeting(found)


@post("/meetings/{meeting_id:uuid}/cancellation", status_code=200, summary="The meeting is cancelled")
async def cancel_meeting(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[CancellationIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await meetings.cancel(desk.services.db, meeting_id, data.reason, by))


@post("/meetings/{meeting_id:uuid}/go-ahead", status_code=200, summary="The convener's answer: the meeting stands")
async def go_ahead(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[MeetingOut]:
    return desk.meeting(await meetings.go_ahead(desk.services.db, meeting_id, await desk.bare(data)))


@post("/meetings/{meeting_id:uuid}/parties", summary="A further unit; after the call it alone is called")
async def add_party(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[PartyIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await meetings.add_party(desk.services.db, meeting_id, data.value(), by), 201)


@delete("/meetings/{meeting_id:uuid}/parties/{party:int}", status_code=200, summary="A unit goes")
async def remove_party(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int]
) -> Response[MeetingOut]:
    return desk.meeting(await meetings.remove_party(desk.services.db, meeting_id, party, await desk.command()))


@put("/meetings/{meeting_id:uuid}/attendance", summary="Did it take place, who came; a correction carries a reason")
async def put_attendance(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[AttendanceIn]
) -> Response[MeetingOut]:
    found = await attendance.record(
        desk.services.db,
        meeting_id,
        data.outcome,
        {one.party: one.mark for one in data.marks},
        await desk.command(data.version),
        reason=data.reason,
        responsible_principal_id=data.responsible_principal_id,
        next_meeting_on=data.next_meeting_on,
        own_record_copy=data.own_record_copy,
    )
    return desk.meeting(found)


@get("/meetings/{meeting_id:uuid}/journal", summary="What happened, row by row; for the convener's side")
async def get_journal(
    desk: NamedDependency[Desk],
    meeting_id: FromPath[UUID],
    after: After = 0,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[EntryOut]:
    return await desk.journal(reading.journal_of, meeting_id, max(read_number(cursor) or 0, after), limit)


router = Router(
    "/",
    route_handlers=[
        list_meetings, add_meeting, get_meeting, patch_meeting, call_meeting, put_schedule, put_convener,
        cancel_meeting, go_ahead, erase_draft, send_chair_link,
        add_party, remove_party, put_attendance, get_journal,
    ],
    tags=["Meetings"],
)  # fmt: skip
