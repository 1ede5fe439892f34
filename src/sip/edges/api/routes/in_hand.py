"""Having a meeting in hand: taken over, noted, put off until an hour, a unit asked again (rules, section 5 L9).

For the convener's side; how it stands is read with the meeting, as `in_hand`.
"""

from typing import Any
from uuid import UUID

from litestar import HttpMethod, Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.edges.api.desk import Desk
from sip.edges.api.http import delete, post, route
from sip.edges.api.schemas.common import Bare
from sip.edges.api.schemas.in_hand import NextDraftIn, RemarkIn, SnoozeIn
from sip.edges.api.schemas.meeting_out import MeetingOut
from sip.usecases import in_hand, next_dates

BOTH: Any = {"http_method": [HttpMethod.PUT, HttpMethod.POST], "status_code": 200}


@route("/meetings/{meeting_id:uuid}/keeper", **BOTH, summary="Whose key this is takes the meeting over")
async def put_keeper(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[MeetingOut]:
    return desk.meeting(await in_hand.take_over(desk.services.db, meeting_id, await desk.bare(data)))


@route("/meetings/{meeting_id:uuid}/remark", **BOTH, summary="A note for the convener's own side")
async def put_remark(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[RemarkIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await in_hand.remark(desk.services.db, meeting_id, data.text, by))


@route(
    "/meetings/{meeting_id:uuid}/snooze", **BOTH, summary="What the meeting needs is put off; no reminder is put off"
)
async def put_snooze(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[SnoozeIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await in_hand.snooze(desk.services.db, meeting_id, data.until, data.reason, by))


@delete("/meetings/{meeting_id:uuid}/snooze", status_code=200, summary="What was put off is taken up again")
async def drop_snooze(desk: NamedDependency[Desk], meeting_id: FromPath[UUID]) -> Response[MeetingOut]:
    return desk.meeting(await in_hand.wake(desk.services.db, meeting_id, await desk.command()))


@route(
    "/meetings/{meeting_id:uuid}/parties/{party:int}/reminder",
    **BOTH,
    summary="The unit is asked again now, at most once a day",
)
async def put_reminder(
    desk: NamedDependency[Desk],
    meeting_id: FromPath[UUID],
    party: FromPath[int],
    data: JSONBody[Bare | None] = None,
) -> Response[MeetingOut]:
    return desk.meeting(await in_hand.ask_again(desk.services.db, meeting_id, party, await desk.bare(data)))


@post("/meetings/{meeting_id:uuid}/follow-up", status_code=200, summary="The follow-up of a plan is drafted")
async def post_follow_up(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[NextDraftIn]
) -> Response[MeetingOut]:
    """Gives the draft. A draft that the next date made is moved to the day; else a new one is made."""
    by = await desk.command(data.version)
    return desk.meeting(await next_dates.draft(desk.services.db, meeting_id, data.day, None, by))


@route("/meetings/{meeting_id:uuid}/plan-end", **BOTH, summary="The plan has ended: nobody waits for its next date")
async def put_plan_end(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[MeetingOut]:
    return desk.meeting(await next_dates.end_plan(desk.services.db, meeting_id, await desk.bare(data)))


router = Router(
    "/",
    route_handlers=[
        put_keeper, put_remark, put_snooze, drop_snooze, put_reminder, post_follow_up, put_plan_end,
    ],
    tags=["Meetings"],
)  # fmt: skip
