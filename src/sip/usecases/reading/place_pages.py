"""Where units belong and who answers for them, as the pages of the directory show it to who keeps it.

The law of this file: as in `unit_pages`: what lies outside the actor's scope is not there, and a reading is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import directory, directory_changes, directory_one
from sip.store.db import Database
from sip.store.directory import OrganisationRecord, PersonRecord, PrincipalRecord, RoleRecord
from sip.store.directory_changes import ChangeLine
from sip.store.seen import listings, unit_search
from sip.store.seen.unit_search import PersonHit
from sip.usecases.access import scope_of
from sip.usecases.actor import Actor
from sip.usecases.directory.keeping import PartKind, part_of
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.unit_pages import CHANGES, require_keeper_of, require_seen
from sip.usecases.recorded import AccessRows, recorded

MOST_STAFF = 20
"""Staff to choose from at once."""
EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Holder:
    """A place that roles are held in; `organisation` is whose staff may have them, None for all of a principal's."""

    kind: PartKind
    id: UUID
    name: str
    organisation: OrganisationRecord | None


async def holder(db: Database, kind: PartKind, identity: UUID, *, actor: Actor, now: datetime) -> Holder:
    """One unit, organisation or principal to give roles in. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", kind, identity)
        found = await _holder(conn, kind, identity)
        await require_seen(conn, actor, kind, identity)
        return found


async def _holder(conn: AsyncConnection, kind: PartKind, identity: UUID) -> Holder:
    unit = await directory_one.unit(conn, identity) if kind == "unit" else None
    if kind == "principal":
        principal = await directory_one.principal(conn, identity)
        if principal is not None:
            return Holder(kind, identity, principal.name, None)
    elif kind == "organisation" or unit is not None:
        organisation = await directory_one.organisation(conn, unit.organisation_id if unit else identity)
        if organisation is not None:
            return Holder(kind, identity, unit.name if unit else organisation.name, organisation)
    raise NotFoundError(kind)


async def staff(db: Database, of: Holder, words: Sequence[str], *, actor: Actor, now: datetime) -> list[PersonHit]:
    """Staff who may have a role there, at most `MOST_STAFF`. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        await require_seen(conn, actor, of.kind, of.id)
        log.note("list", "person", of.id)
        organisation = of.organisation.id if of.organisation else None
        return await unit_search.staff(conn, organisation, None if organisation else of.id, words, MOST_STAFF)


# -- where units belong


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """One principal or organisation to be changed, with mail domains, roles held there and latest changes."""

    principal: PrincipalRecord | None
    organisation: OrganisationRecord | None
    domains: list[str]
    roles: list[RoleRecord]
    staff: dict[UUID, PersonRecord]
    changes: list[ChangeLine]


Places = tuple[list[PrincipalRecord], list[OrganisationRecord]]
"""Principals and organisations within somebody's scope, in no order."""


async def places(db: Database, *, actor: Actor, now: datetime) -> Places:
    """Where units can belong. Raises NotFoundError for who does not keep the directory."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "organisation", None)
        return await _places(conn, actor)


async def _places(conn: AsyncConnection, actor: Actor) -> Places:
    place = scope_of(actor).place
    everyone = await directory.organisations(conn, limit=EVERYTHING)
    organisations = [one for one in everyone if place is None or place in (one.id, one.principal_id)]
    seen = {one.principal_id for one in organisations} | ({place} if place else set())
    principals = await directory.principals(conn, limit=EVERYTHING)
    principals = [one for one in principals if place is None or one.id in seen]
    return principals, organisations


async def place(db: Database, kind: PartKind, identity: UUID, *, actor: Actor, now: datetime) -> PlaceRead:
    """One principal or organisation. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await _one_place(conn, log, kind, identity)
        await require_seen(conn, actor, kind, identity)
        return found


async def _one_place(conn: AsyncConnection, log: AccessRows, kind: PartKind, identity: UUID) -> PlaceRead:
    organisation = await directory_one.organisation(conn, identity) if kind == "organisation" else None
    principal = await directory_one.principal(conn, organisation.principal_id if organisation else identity)
    if principal is None or (kind == "organisation" and organisation is None):
        raise NotFoundError(kind)
    log.note("read", kind, identity)
    domains = [domain for _, domain in await directory.domains(conn, [identity])]
    roles = await directory_one.roles_in(conn, "organisation" if organisation else "principal", identity)
    people = await directory_one.persons(conn, [one.person_id for one in roles])
    told = await directory_changes.latest(conn, identity, CHANGES)
    return PlaceRead(principal, organisation, domains, roles, people, told)


@dataclass(frozen=True, slots=True)
class PersonRead:
    """One member of staff: her roles with the names of their places, and her latest changes."""

    person: PersonRecord
    organisation: OrganisationRecord
    roles: list[RoleRecord]
    places: dict[UUID, str]
    changes: list[ChangeLine]


async def person(db: Database, identity: UUID, *, actor: Actor, now: datetime) -> PersonRead:
    """One member of staff. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.person(conn, identity)
        if found is None:
            raise NotFoundError("person")
        await require_seen(conn, actor, "person", identity)
        log.note("read", "person", identity)
        organisation = await directory_one.organisation(conn, found.organisation_id)
        assert organisation is not None
        roles = await directory.roles(conn, person_id=identity)
        held = [holder for one in roles if (holder := one.unit_id or one.organisation_id or one.principal_id)]
        names = await listings.place_names(conn, held)
        return PersonRead(found, organisation, roles, names, await directory_changes.latest(conn, identity, CHANGES))


@dataclass(frozen=True, slots=True)
class RoleRead:
    """A role that somebody has, with its person and the name of its place."""

    role: RoleRecord
    person: PersonRecord
    place: str


async def role(db: Database, identity: UUID, *, actor: Actor, now: datetime) -> RoleRead:
    """One role. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.role(conn, identity)
        if found is None:
            raise NotFoundError("role")
        kind, holder = part_of(found)
        await require_seen(conn, actor, kind, holder)
        log.note("read", "role", identity)
        person = await directory_one.person(conn, found.person_id)
        assert person is not None
        return RoleRead(found, person, (await listings.place_names(conn, [holder]))[holder])
