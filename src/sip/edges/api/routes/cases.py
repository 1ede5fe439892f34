"""Cases, their consent and its withdrawal, and each unit's own record number."""

from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_id
from sip.edges.api.http import get, post, put
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.cases import CaseIn, CaseOut, ConsentBody, RecordNumberBody
from sip.edges.api.schemas.common import PageOut
from sip.usecases import cases


@get("/cases", summary="Cases the key's units keep, in the order of their ids")
async def list_cases(desk: NamedDependency[Desk], limit: Limit = USUAL, cursor: Cursor = None) -> PageOut[CaseOut]:
    found = await cases.listed(
        desk.services.db, read_id(cursor), limit, actor=desk.actor, now=await desk.now()
    )  # fmt: skip
    return page([CaseOut.of(one) for one in found], limit, cursor_of(found[-1].record.id) if found else None)


@post("/cases", summary="A new case; its reference is generated and has no meaning")
async def add_case(desk: NamedDependency[Desk], data: JSONBody[CaseIn]) -> CaseOut:
    by = await desk.command()
    consent = data.consent.value()
    return CaseOut.of(await cases.create(desk.services.db, data.unit_id, consent, by, protected=data.protected))


@get("/cases/{case_id:uuid}", summary="One case")
async def get_case(desk: NamedDependency[Desk], case_id: FromPath[UUID]) -> CaseOut:
    return CaseOut.of(await cases.get(desk.services.db, case_id, actor=desk.actor, now=await desk.now()))


@put("/cases/{case_id:uuid}/consent", summary="The consent as it is now")
async def put_consent(desk: NamedDependency[Desk], case_id: FromPath[UUID], data: JSONBody[ConsentBody]) -> CaseOut:
    return CaseOut.of(await cases.set_consent(desk.services.db, case_id, data.value(), await desk.command()))


@post(
    "/cases/{case_id:uuid}/consent/withdrawal",
    status_code=200,
    summary="The consent is withdrawn: called meetings of the case are cancelled",
)
async def withdraw_consent(desk: NamedDependency[Desk], case_id: FromPath[UUID]) -> CaseOut:
    return CaseOut.of(await cases.withdraw_consent(desk.services.db, case_id, await desk.command()))


@put("/cases/{case_id:uuid}/record-number", summary="The key's unit's own number for the case")
async def put_record_number(
    desk: NamedDependency[Desk], case_id: FromPath[UUID], data: JSONBody[RecordNumberBody]
) -> CaseOut:
    found = await cases.set_record_number(
        desk.services.db, case_id, data.record_number, actor=desk.actor, now=await desk.now()
    )
    return CaseOut.of(found)


router = Router(
    "/",
    route_handlers=[list_cases, add_case, get_case, put_consent, withdraw_consent, put_record_number],
    tags=["Cases"],
)
