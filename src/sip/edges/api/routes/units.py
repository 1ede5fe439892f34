"""Units with their addresses, closed days, substitutes and archiving."""

from typing import Annotated
from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from sip.domain.address import folded
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_id
from sip.edges.api.http import get, post, put
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.common import PageOut
from sip.edges.api.schemas.directory import (
    AddressBody,
    AddressesBody,
    ArchivingIn,
    ClosedDaysBody,
    MailboxCheckOut,
    RoleOut,
    SubstitutesIn,
    UnitIn,
    UnitOut,
)
from sip.store.directory import AddressRecord, UnitRecord
from sip.usecases import mailbox_checks
from sip.usecases.directory import edit as edit
from sip.usecases.reading import directory

Words = Annotated[str | None, QueryParameter(max_length=100, pattern=r"^[^\u0000]*$", description="Part of the name.")]


@get("/units", summary="Units, in the order of their ids")
async def list_units(
    desk: NamedDependency[Desk],
    organisation_id: FromQuery[UUID | None] = None,
    q: Words = None,
    archived: FromQuery[bool] = False,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[UnitOut]:
    found = await directory.units(
        desk.services.db, organisation_id, q, read_id(cursor), limit, archived=archived, actor=desk.actor,
        now=await desk.now(),
    )  # fmt: skip
    return page([UnitOut.of(*one) for one in found], limit, cursor_of(found[-1][0].id) if found else None)


@post("/units", summary="A new unit")
async def add_unit(desk: NamedDependency[Desk], data: JSONBody[UnitIn]) -> UnitOut:
    return await _put(desk, desk.new_id("unit"), data, new=True)


@get("/units/{unit_id:uuid}", summary="One unit")
async def get_unit(desk: NamedDependency[Desk], unit_id: FromPath[UUID]) -> UnitOut:
    return await _out(desk, unit_id)


async def _out(desk: Desk, unit_id: UUID) -> UnitOut:
    return UnitOut.of(*await directory.unit(desk.services.db, unit_id, actor=desk.actor, now=await desk.now()))


@put("/units/{unit_id:uuid}", summary="A unit's name, phone, language and flags")
async def put_unit(desk: NamedDependency[Desk], unit_id: FromPath[UUID], data: JSONBody[UnitIn]) -> UnitOut:
    return await _put(desk, unit_id, data, new=False)


async def _put(desk: Desk, identity: UUID, data: UnitIn, *, new: bool) -> UnitOut:
    record = UnitRecord(
        id=identity,
        organisation_id=data.organisation_id,
        name=data.name,
        hsa_id=data.hsa_id,
        phone=data.phone,
        language=data.language,
        auto_accepts=data.auto_accepts,
        phone_only=data.phone_only,
        weekend_staffed=data.weekend_staffed,
        inpatient=data.inpatient,
        week_mail=data.week_mail,
        area=data.area,
    )
    await edit.put_unit(desk.services.db, record, new=new, actor=desk.actor, now=await desk.now())
    return await _out(desk, identity)


@post("/units/{unit_id:uuid}/archiving", status_code=200, summary="A unit's last day, and who takes over")
async def archive_unit(desk: NamedDependency[Desk], unit_id: FromPath[UUID], data: JSONBody[ArchivingIn]) -> UnitOut:
    await edit.archive_unit(
        desk.services.db, unit_id, data.last_day, data.successor_id, actor=desk.actor, now=await desk.now()
    )
    return await _out(desk, unit_id)


@post("/units/{unit_id:uuid}/mailbox-check", status_code=200, summary="A test call to a unit's mailbox, now")
async def check_mailbox(desk: NamedDependency[Desk], unit_id: FromPath[UUID]) -> MailboxCheckOut:
    check = await mailbox_checks.ask(desk.services.db, unit_id, actor=desk.actor, now=await desk.now())
    return MailboxCheckOut.of(check)


@get("/units/{unit_id:uuid}/addresses", summary="A unit's addresses, in the order they are tried")
async def get_addresses(desk: NamedDependency[Desk], unit_id: FromPath[UUID]) -> AddressesBody:
    found = await directory.addresses(desk.services.db, unit_id, actor=desk.actor)
    return AddressesBody(addresses=[AddressBody.of(one) for one in found])


@put("/units/{unit_id:uuid}/addresses", summary="All addresses of a unit, anew")
async def put_addresses(
    desk: NamedDependency[Desk], unit_id: FromPath[UUID], data: JSONBody[AddressesBody]
) -> AddressesBody:
    records = [
        AddressRecord(unit_id, n, folded(one.email), one.valid_from, one.valid_to)
        for n, one in enumerate(data.addresses, 1)
    ]
    await edit.set_addresses(desk.services.db, unit_id, records, actor=desk.actor, now=await desk.now())
    return AddressesBody(addresses=[AddressBody.of(one) for one in records])


@get("/units/{unit_id:uuid}/closed-days", summary="A unit's closed days")
async def get_closed_days(desk: NamedDependency[Desk], unit_id: FromPath[UUID]) -> ClosedDaysBody:
    return ClosedDaysBody(days=await directory.closed_days(desk.services.db, unit_id, actor=desk.actor))


@put("/units/{unit_id:uuid}/closed-days", summary="All closed days of a unit, anew")
async def put_closed_days(
    desk: NamedDependency[Desk], unit_id: FromPath[UUID], data: JSONBody[ClosedDaysBody]
) -> ClosedDaysBody:
    days = sorted(set(data.days))
    await edit.set_closed_days(desk.services.db, unit_id, days, actor=desk.actor, now=await desk.now())
    return ClosedDaysBody(days=days)


@get("/units/{unit_id:uuid}/substitutes", summary="A unit's substitutes, in the order they are asked")
async def get_substitutes(desk: NamedDependency[Desk], unit_id: FromPath[UUID]) -> list[RoleOut]:
    return [RoleOut.of(one) for one in await directory.substitutes(desk.services.db, unit_id, actor=desk.actor)]


@put("/units/{unit_id:uuid}/substitutes", summary="A unit's substitutes, anew")
async def put_substitutes(
    desk: NamedDependency[Desk], unit_id: FromPath[UUID], data: JSONBody[SubstitutesIn]
) -> list[RoleOut]:
    kept = await edit.set_substitutes(desk.services.db, unit_id, data.persons, actor=desk.actor, now=await desk.now())
    return [RoleOut.of(one) for one in kept]


router = Router(
    "/",
    route_handlers=[
        list_units, add_unit, get_unit, put_unit, archive_unit, check_mailbox, get_addresses, put_addresses,
        get_closed_days, put_closed_days, get_substitutes, put_substitutes,
    ],
    tags=["Units"],
)  # fmt: skip
