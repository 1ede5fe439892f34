"""A meeting's poll of times: asked, answered for a party, picked from, withdrawn (rules, section 9).

How it stands is read with its meeting.
"""

from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.edges.api.desk import Desk
from sip.edges.api.http import post, put
from sip.edges.api.schemas.meeting_out import MeetingOut
from sip.edges.api.schemas.polls import PollAnswerIn, PollEndIn, PollIn, PollPickIn
from sip.usecases import polls


@post("/meetings/{meeting_id:uuid}/poll", summary="The parties are asked which of some times suit, by mail with a link")
async def post_poll(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[PollIn]
) -> Response[MeetingOut]:
    spans = [(time.start, time.end) for time in data.times]
    by = await desk.command(data.version)
    return desk.meeting(await polls.ask(desk.services.db, meeting_id, spans, data.closes_on, by), 201)


@put(
    "/meetings/{meeting_id:uuid}/poll/answers/{party:int}",
    summary="A party's choices; it acknowledges no call, and nobody has to",
)
async def put_poll_answer(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], party: FromPath[int], data: JSONBody[PollAnswerIn]
) -> Response[MeetingOut]:
    choices = [(one.time, one.choice) for one in data.choices]
    by = await desk.command(data.version)
    found = await polls.answer(desk.services.db, meeting_id, party, data.number, choices, by, channel=data.channel)
    return desk.meeting(found)


@put("/meetings/{meeting_id:uuid}/poll/pick", summary="A time is picked: the draft's, or a called meeting is moved")
async def put_poll_pick(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[PollPickIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await polls.pick(desk.services.db, meeting_id, data.number, data.time, by))


@post("/meetings/{meeting_id:uuid}/poll/withdrawal", status_code=200, summary="No answer is needed any more")
async def withdraw_poll(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], data: JSONBody[PollEndIn]
) -> Response[MeetingOut]:
    by = await desk.command(data.version)
    return desk.meeting(await polls.withdraw(desk.services.db, meeting_id, data.number, by))


router = Router(
    "/",
    route_handlers=[post_poll, put_poll_answer, put_poll_pick, withdraw_poll],
    tags=["Meetings"],
)
