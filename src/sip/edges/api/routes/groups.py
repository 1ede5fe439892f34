"""Standing groups by key: who sits, which seats are vacant, their sittings, and who came (rules, section 18 U10)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import HttpMethod, Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from sip.domain.group import GroupState, StandingKind
from sip.domain.worktime import local_day
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_moment_and_id, read_name_and_id, tagged
from sip.edges.api.http import get, route
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.common import PageOut
from sip.edges.api.schemas.groups import (
    AttendanceYearOut,
    GroupLineOut,
    GroupOut,
    GroupSittingLineOut,
    GroupSittingOut,
    SeatAnswerIn,
    SittingAttendanceIn,
)
from sip.store.seen.groups import GroupQuery
from sip.store.seen.sittings import SittingQuery
from sip.usecases import sittings
from sip.usecases.commands import moment
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import group_pages
from sip.usecases.reading import groups as reading
from sip.usecases.reading import sittings as reading_sittings

SITTING = "/groups/sittings/{sitting_id:uuid}"
BOTH: Any = {"http_method": [HttpMethod.PUT, HttpMethod.POST], "status_code": 200}


@get("/groups", summary="Standing groups of the key's counties, and of several, by name")
async def list_groups(
    desk: NamedDependency[Desk],
    county_id: Annotated[UUID | None, QueryParameter(description="Of this county, and of several.")] = None,
    kind: Annotated[StandingKind | None, QueryParameter(description="Of this kind.")] = None,
    in_state: Annotated[GroupState | None, QueryParameter(name="state", description="In this state.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[GroupLineOut]:
    query = GroupQuery(county_id, kind, in_state, read_name_and_id(cursor), limit)
    now = await desk.now()
    found = await group_pages.page(desk.services.db, query, actor=desk.actor, now=now)
    last = cursor_of(found.groups[-1].name, found.groups[-1].id) if found.groups else None
    return page([GroupLineOut.of(one, found.known, local_day(now)) for one in found.groups], limit, last)


@get("/groups/{group_id:uuid}", summary="One group: its mandate, its seats, and who sits")
async def get_group(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[GroupOut]:
    now = await desk.now()
    found = await reading.group(desk.services.db, group_id, actor=desk.actor, now=now)
    return tagged(GroupOut.of(found, local_day(now)), found.version)


@get("/groups/{group_id:uuid}/sittings", summary="A group's sittings, in the order in which they begin")
async def list_group_sittings(
    desk: NamedDependency[Desk],
    group_id: FromPath[UUID],
    begins: Annotated[datetime | None, QueryParameter(description="Begins at or after this moment.")] = None,
    ends: Annotated[datetime | None, QueryParameter(description="Begins before this moment.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[GroupSittingLineOut]:
    query = SittingQuery(
        moment("begins", begins) if begins is not None else None, moment("ends", ends) if ends is not None else None,
        read_moment_and_id(cursor), limit,
    )  # fmt: skip
    found = await group_pages.sitting_page(
        desk.services.db, group_id, query, actor=desk.actor, now=await desk.now()
    )  # fmt: skip
    last = cursor_of(found[-1].state.start, found[-1].state.id) if found else None
    return page([GroupSittingLineOut.told(one.state, one.version) for one in found], limit, last)


@get("/groups/{group_id:uuid}/attendance/{year:int}", summary="Who came in a year, by seats and by principals")
async def get_group_attendance(
    desk: NamedDependency[Desk], group_id: FromPath[UUID], year: FromPath[int]
) -> AttendanceYearOut:
    found = await reading_sittings.attendance_year(
        desk.services.db, group_id, year, actor=desk.actor, now=await desk.now()
    )
    return AttendanceYearOut.of(found)


@get(SITTING, summary="One sitting: who comes for which seat, what it takes up, who came")
async def get_group_sitting(desk: NamedDependency[Desk], sitting_id: FromPath[UUID]) -> Response[GroupSittingOut]:
    return await _sitting(desk, sitting_id)


async def _sitting(desk: Desk, sitting_id: UUID) -> Response[GroupSittingOut]:
    found = await reading_sittings.sitting(desk.services.db, sitting_id, actor=desk.actor, now=await desk.now())
    return tagged(GroupSittingOut.of(found), found.version)


@route(f"{SITTING}/seats/{{seat:int}}/answer", **BOTH, summary="An answer that was told to who keeps the group")
async def put_seat_answer(
    desk: NamedDependency[Desk], sitting_id: FromPath[UUID], seat: FromPath[int], data: JSONBody[SeatAnswerIn]
) -> Response[GroupSittingOut]:
    by = await desk.command(data.version)
    return await _done(
        desk, sitting_id, await sittings.answer(desk.services.db, sitting_id, seat, data.role, data.answer, by)
    )


@route(f"{SITTING}/attendance", **BOTH, summary="Who came, seat by seat; a seat that is left out stays as it was")
async def put_sitting_attendance(
    desk: NamedDependency[Desk], sitting_id: FromPath[UUID], data: JSONBody[SittingAttendanceIn]
) -> Response[GroupSittingOut]:
    by = await desk.command(data.version)
    marks = {one.seat: one.came for one in data.marks}
    return await _done(desk, sitting_id, await sittings.attend(desk.services.db, sitting_id, marks, by))


async def _done(desk: Desk, sitting_id: UUID, done: Handled) -> Response[GroupSittingOut]:
    """The sitting as it is now. Raises ApiProblem, the problem that kept the command from being done."""
    desk.sitting(done)
    return await _sitting(desk, sitting_id)


router = Router(
    "/",
    route_handlers=[
        list_groups, get_group, list_group_sittings, get_group_attendance, get_group_sitting, put_seat_answer,
        put_sitting_attendance,
    ],
    tags=["Groups"],
)  # fmt: skip
