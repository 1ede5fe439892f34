"""Principals, organisations, staff and roles."""

from typing import Annotated
from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from sip.domain.address import folded
from sip.edges.api.desk import MOST, USUAL, Desk, cursor_of, page, read_id
from sip.edges.api.http import delete, get, post, put
from sip.edges.api.schemas.common import PageOut
from sip.edges.api.schemas.directory import (
    OrganisationIn,
    OrganisationOut,
    PersonIn,
    PersonOut,
    PrincipalIn,
    PrincipalOut,
    RoleIn,
    RoleOut,
)
from sip.store.directory import OrganisationRecord, PersonRecord, PrincipalRecord, RoleRecord
from sip.usecases.directory import edit as edit
from sip.usecases.reading import directory

Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description="The most items of a page.")]
Cursor = Annotated[str | None, QueryParameter(max_length=500, description="`next` of the page before.")]


@get("/principals", summary="Principals, in the order of their ids")
async def list_principals(
    desk: NamedDependency[Desk], limit: Limit = USUAL, cursor: Cursor = None
) -> PageOut[PrincipalOut]:
    found = await directory.principals(desk.services.db, read_id(cursor), limit, actor=desk.actor)
    return page([PrincipalOut.of(one) for one in found], limit, cursor_of(found[-1].id) if found else None)


@post("/principals", summary="A new principal")
async def add_principal(desk: NamedDependency[Desk], data: JSONBody[PrincipalIn]) -> PrincipalOut:
    record = PrincipalRecord(desk.new_id("principal"), data.kind, data.name)
    await edit.put_principal(desk.services.db, record, new=True, actor=desk.actor, now=await desk.now())
    return PrincipalOut.of(record)


@get("/principals/{principal_id:uuid}", summary="One principal")
async def get_principal(desk: NamedDependency[Desk], principal_id: FromPath[UUID]) -> PrincipalOut:
    return PrincipalOut.of(await directory.principal(desk.services.db, principal_id, actor=desk.actor))


@put("/principals/{principal_id:uuid}", summary="A principal's name and kind")
async def put_principal(
    desk: NamedDependency[Desk], principal_id: FromPath[UUID], data: JSONBody[PrincipalIn]
) -> PrincipalOut:
    record = PrincipalRecord(principal_id, data.kind, data.name)
    await edit.put_principal(desk.services.db, record, new=False, actor=desk.actor, now=await desk.now())
    return PrincipalOut.of(record)


@get("/organisations", summary="Organisations, in the order of their ids")
async def list_organisations(
    desk: NamedDependency[Desk],
    principal_id: FromQuery[UUID | None] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[OrganisationOut]:
    found = await directory.organisations(
        desk.services.db, principal_id, read_id(cursor), limit, actor=desk.actor
    )  # fmt: skip
    items = [OrganisationOut.of(one, domains) for one, domains in found]
    return page(items, limit, cursor_of(found[-1][0].id) if found else None)


@post("/organisations", summary="A new organisation")
async def add_organisation(desk: NamedDependency[Desk], data: JSONBody[OrganisationIn]) -> OrganisationOut:
    return await _put_organisation(desk, desk.new_id("organisation"), data, new=True)


@get("/organisations/{organisation_id:uuid}", summary="One organisation")
async def get_organisation(desk: NamedDependency[Desk], organisation_id: FromPath[UUID]) -> OrganisationOut:
    return OrganisationOut.of(*await directory.organisation(desk.services.db, organisation_id, actor=desk.actor))


@put("/organisations/{organisation_id:uuid}", summary="An organisation's name, kind and mail domains")
async def put_organisation(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], data: JSONBody[OrganisationIn]
) -> OrganisationOut:
    return await _put_organisation(desk, organisation_id, data, new=False)


async def _put_organisation(desk: Desk, identity: UUID, data: OrganisationIn, *, new: bool) -> OrganisationOut:
    record = OrganisationRecord(identity, data.principal_id, data.name, data.kind)
    domains = sorted(set(data.mail_domains))
    await edit.put_organisation(
        desk.services.db, record, domains, new=new, actor=desk.actor, now=await desk.now()
    )  # fmt: skip
    return OrganisationOut.of(record, domains)


@get("/persons", summary="Staff, in the order of their ids")
async def list_persons(
    desk: NamedDependency[Desk],
    organisation_id: FromQuery[UUID | None] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[PersonOut]:
    found = await directory.persons(desk.services.db, organisation_id, read_id(cursor), limit, actor=desk.actor)
    return page([PersonOut.of(one) for one in found], limit, cursor_of(found[-1].id) if found else None)


@post("/persons", summary="A new member of staff")
async def add_person(desk: NamedDependency[Desk], data: JSONBody[PersonIn]) -> PersonOut:
    return await _put_person(desk, desk.new_id("person"), data, new=True)


@get("/persons/{person_id:uuid}", summary="One member of staff")
async def get_person(desk: NamedDependency[Desk], person_id: FromPath[UUID]) -> PersonOut:
    return PersonOut.of(await directory.person(desk.services.db, person_id, actor=desk.actor))


@put("/persons/{person_id:uuid}", summary="A member of staff's name, function and ways to reach them")
async def put_person(desk: NamedDependency[Desk], person_id: FromPath[UUID], data: JSONBody[PersonIn]) -> PersonOut:
    return await _put_person(desk, person_id, data, new=False)


async def _put_person(desk: Desk, identity: UUID, data: PersonIn, *, new: bool) -> PersonOut:
    email = folded(data.email) if data.email else None
    record = PersonRecord(identity, data.organisation_id, data.name, email, data.phone, data.function)
    await edit.put_person(desk.services.db, record, new=new, actor=desk.actor, now=await desk.now())
    return PersonOut.of(record)


@get("/roles", summary="Roles, in the order of their ids")
async def list_roles(
    desk: NamedDependency[Desk],
    unit_id: FromQuery[UUID | None] = None,
    person_id: FromQuery[UUID | None] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[RoleOut]:
    found = await directory.roles(desk.services.db, unit_id, person_id, read_id(cursor), limit, actor=desk.actor)
    return page([RoleOut.of(one) for one in found], limit, cursor_of(found[-1].id) if found else None)


@post("/roles", summary="A person's role; the same again changes its place and last day")
async def add_role(desk: NamedDependency[Desk], data: JSONBody[RoleIn]) -> RoleOut:
    record = RoleRecord(
        desk.new_id("role"), data.person_id, data.role, data.unit_id, data.organisation_id, data.principal_id,
        data.ordinal, data.valid_from, data.valid_to,
    )  # fmt: skip
    kept = await edit.add_role(desk.services.db, record, actor=desk.actor, now=await desk.now())
    return RoleOut.of(kept)


@delete("/roles/{role_id:uuid}", summary="Takes back a role given by mistake")
async def drop_role(desk: NamedDependency[Desk], role_id: FromPath[UUID]) -> None:
    await edit.drop_role(desk.services.db, role_id, actor=desk.actor, now=await desk.now())


router = Router(
    "/",
    route_handlers=[
        list_principals, add_principal, get_principal, put_principal, list_organisations, add_organisation,
        get_organisation, put_organisation, list_persons, add_person, get_person, put_person, list_roles, add_role,
        drop_role,
    ],
    tags=["Directory"],
)  # fmt: skip
