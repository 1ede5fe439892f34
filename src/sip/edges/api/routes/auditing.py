"""What auditors ask: seals, who read a meeting, what somebody read, a month's sample, an extract about somebody.

The law of this file: a program reads. What is said of a reading is said by a person who has looked at it, on the pages
(decision 0118).
"""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from sip.domain import bounds
from sip.domain.worktime import local_day
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_number
from sip.edges.api.http import get, post, put
from sip.edges.api.problems import ApiProblem
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.auditing import AuditFoundOut, AuditSearchIn, ExtractOut, ReadingOut, SealsOut
from sip.edges.api.schemas.common import PageOut
from sip.store.seen.audit import StaffFound
from sip.usecases import auditing
from sip.usecases.auditing import MonthNotOverError
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError
from sip.usecases.reading import audit
from sip.usecases.reading.audit import ReadingLine

_USUAL_DAYS = timedelta(days=30)
Month = Annotated[str, PathParameter(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2026-10.")]
Day = Annotated[date | None, QueryParameter(description="The first day; thirty days before the last by itself.")]
LastDay = Annotated[date | None, QueryParameter(description="The last day; today by itself.")]


@get("/audit", summary="How the seals of journal and access log stand")
async def get_seals(desk: NamedDependency[Desk]) -> SealsOut:
    return SealsOut.of(await audit.chain(desk.services.db, actor=desk.actor, now=await desk.now()))


@post("/audit/search", status_code=200, summary="A meeting by its reference, one of the staff by her address")
async def find_audited(desk: NamedDependency[Desk], data: JSONBody[AuditSearchIn]) -> AuditFoundOut:
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    audit.require_auditor(actor)
    meeting: UUID | None = None
    user: StaffFound | None = None
    staff: StaffFound | None = None
    if data.reference is not None:
        meeting = await audit.find_meeting(db, data.reference, actor=actor, now=now)
    if data.email is not None:
        user = await audit.find_user(db, data.email, actor=actor, now=now)
        staff = await audit.find_staff(db, data.email, actor=actor, now=now)
    return AuditFoundOut(meeting_id=meeting, user_id=_id(user), staff_id=_id(staff))


def _id(found: StaffFound | None) -> UUID | None:
    return None if found is None else found.id


def _page(found: list[ReadingLine], limit: int) -> PageOut[ReadingOut]:
    last = cursor_of(found[-1].entry.id) if found else None
    return page([ReadingOut.of(one) for one in found], limit, last)


@get("/audit/meetings/{meeting_id:uuid}/readings", summary="Who read this meeting, the latest first")
async def list_meeting_readings(
    desk: NamedDependency[Desk], meeting_id: FromPath[UUID], limit: Limit = USUAL, cursor: Cursor = None
) -> PageOut[ReadingOut]:
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    await audit.reference_of(db, meeting_id, actor=actor, now=now)
    found = await audit.readers(db, meeting_id, before=read_number(cursor), most=limit, actor=actor, now=now)
    return _page(found, limit)


@get("/audit/users/{user_id:uuid}/readings", summary="What this user read on these days, the latest first")
async def list_user_readings(
    desk: NamedDependency[Desk], user_id: FromPath[UUID], first: FromQuery[Day] = None,
    last: FromQuery[LastDay] = None, limit: Limit = USUAL, cursor: Cursor = None,
) -> PageOut[ReadingOut]:  # fmt: skip
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    await audit.user(db, user_id, actor=actor, now=now)
    until = _day("last", last) or local_day(now)
    since = _day("first", first) or until - _USUAL_DAYS
    found = await audit.readings(
        db, user_id, since, until, before=read_number(cursor), most=limit, actor=actor, now=now
    )  # fmt: skip
    return _page(found, limit)


def _day(name: str, given: date | None) -> date | None:
    """Raises InvalidError for a day where none may lie."""
    if given is not None and not bounds.day_fits(given):
        raise InvalidError([FieldProblem(name, "time_unusable")])
    return given


@put("/audit/samples/{month:str}", summary="Draws the month's sample by its last seal; what was drawn before stays")
async def put_sample(desk: NamedDependency[Desk], month: FromPath[Month]) -> list[ReadingOut]:
    most, day = desk.services.settings.audit_sample, _month(month)
    try:
        await auditing.draw(desk.services.db, day, most, actor=desk.actor, now=await desk.now())
    except MonthNotOverError:
        raise ApiProblem(409, "month_not_over") from None
    return await _sample(desk, day)


@get("/audit/samples/{month:str}", summary="The month's sample as it was drawn, with what was said of it")
async def get_sample(desk: NamedDependency[Desk], month: FromPath[Month]) -> list[ReadingOut]:
    return await _sample(desk, _month(month))


async def _sample(desk: Desk, month: date) -> list[ReadingOut]:
    found = await auditing.kept_sample(desk.services.db, month, actor=desk.actor, now=await desk.now())
    return [ReadingOut.of(one) for one in found]


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFoundError("month") from None


@get("/audit/extracts/{staff_id:uuid}", summary="What is kept about one of the staff; it is logged")
async def get_extract(desk: NamedDependency[Desk], staff_id: FromPath[UUID]) -> ExtractOut:
    return ExtractOut.of(await audit.extract(desk.services.db, staff_id, actor=desk.actor, now=await desk.now()))


router = Router(
    "/",
    route_handlers=[
        get_seals, find_audited, list_meeting_readings, list_user_readings, put_sample, get_sample, get_extract,
    ],
    tags=["Audit"],
)  # fmt: skip
