"""What the pages of the directory show to who keeps it: units found by words, and one unit with all that is its own.

The law of this file: what lies outside the actor's scope is not there (NotFoundError). A page of units is recorded as
one list, a unit's page as a reading of that unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.mailbox_check import MailboxCheck
from sip.domain.people import Gap, Roster
from sip.store import directory, directory_changes, directory_one
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.store.directory import (
    AddressRecord,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)
from sip.store.directory_changes import ChangeLine
from sip.store.post import mailbox_checks
from sip.store.seen import listings, unit_search
from sip.store.seen.unit_search import OpenCall, PersonHit, UnitQuery, UnitsFound
from sip.usecases import mailbox_checks as checking
from sip.usecases.access import MAY, Act, scope_of
from sip.usecases.actor import Actor
from sip.usecases.directory.edit import require_place
from sip.usecases.directory.keeping import PartKind, part_of
from sip.usecases.problems import ForbiddenError, NotFoundError
from sip.usecases.recorded import AccessRows, recorded

CHANGES = 25
"""Changes of one thing that its page shows at first."""
MOST_STAFF = 20
"""Staff to choose from at once."""
EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """A page of units with the latest test call of each and what each lacks; what was verified before `valid_from`
    counts as unverified, as `unverified` units do in all. `principals`: to narrow the search by.
    """

    found: UnitsFound
    checks: dict[UUID, MailboxCheck]
    gaps: dict[UUID, tuple[Gap, ...]]
    valid_from: datetime
    unverified: int
    principals: Sequence[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class UnitRead:
    """One unit. `sharing`: mailboxes of it that other units have, too (address, unit, name). `calls` are those that it
    is called to from now on; `staff` the people of its roles.
    """

    unit: UnitRecord
    organisation: OrganisationRecord
    principal: PrincipalRecord
    successor: UnitRecord | None
    roster: Roster
    addresses: list[AddressRecord]
    closed: list[date]
    roles: list[RoleRecord]
    staff: dict[UUID, PersonRecord]
    check: MailboxCheck | None
    verified_at: datetime | None
    valid_from: datetime
    sharing: list[tuple[str, UUID, str]]
    calls: list[OpenCall]
    changes: list[ChangeLine]


def _keeper(actor: Actor) -> None:
    if actor.role not in MAY[Act.KEEP_DIRECTORY]:
        raise NotFoundError("directory")


async def _place(conn: AsyncConnection, actor: Actor, kind: PartKind, identity: UUID) -> None:
    try:
        await require_place(conn, actor, kind, identity)
    except ForbiddenError:
        raise NotFoundError(kind) from None


async def units(
    db: Database, query: UnitQuery, after: UUID | None, *, unverified: bool, actor: Actor, now: datetime
) -> UnitsRead:
    """Units within the actor's scope that are found; `unverified`: only those whose mailbox nobody is seen to read.

    Raises NotFoundError for who does not keep the directory.
    """
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "directory", None)
        return await _units(conn, query, after, unverified, actor, now)


async def _units(
    conn: AsyncConnection, query: UnitQuery, after: UUID | None, unverified: bool, actor: Actor, now: datetime
) -> UnitsRead:
    valid_from = await checking.valid_from(conn, now)
    lacking = await checking.unverified(conn, now)
    among = UnitQuery(query.words, query.principal_id, lacking, query.archived)
    found = await unit_search.units(conn, scope_of(actor), among if unverified else query, now, after=after)
    ids = [unit.id for unit in found.units]
    known = await rosters(conn, [unit.id for unit in found.units if not unit.archived(now)], now)
    return UnitsRead(
        found,
        dict(await mailbox_checks.latest(conn, ids)),
        {identity: roster.gaps for identity, roster in known.items()},
        valid_from,
        len(lacking),
        await listings.principals(conn),
    )


async def unit(db: Database, unit_id: UUID, *, actor: Actor, now: datetime) -> UnitRead:
    """One unit. Raises NotFoundError."""
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.unit(conn, unit_id)
        if found is None:
            raise NotFoundError("unit")
        await _place(conn, actor, "unit", unit_id)
        log.note("read", "unit", unit_id)
        return await _unit(conn, found, now)


async def _unit(conn: AsyncConnection, found: UnitRecord, now: datetime) -> UnitRead:
    organisation = await directory_one.organisation(conn, found.organisation_id)
    assert organisation is not None
    principal = await directory_one.principal(conn, organisation.principal_id)
    assert principal is not None
    roster = (await rosters(conn, [found.id], now))[found.id]
    addresses = await directory.addresses(conn, [found.id])
    roles = await directory_one.roles_in(conn, "unit", found.id)
    return UnitRead(
        unit=found,
        organisation=organisation,
        principal=principal,
        successor=await directory_one.unit(conn, found.successor_id) if found.successor_id else None,
        roster=roster,
        addresses=addresses,
        closed=[day for _, day in await directory.closed_days(conn, [found.id])],
        roles=roles,
        staff=await directory_one.persons(conn, [one.person_id for one in roles]),
        check=(await mailbox_checks.latest(conn, [found.id])).get(found.id),
        verified_at=roster.verified_at(roster.addresses[0]) if roster.addresses else None,
        valid_from=await checking.valid_from(conn, now),
        sharing=await unit_search.sharing(conn, [one.email for one in addresses], found.id),
        calls=await unit_search.open_calls(conn, found.id, now),
        changes=await directory_changes.latest(conn, found.id, CHANGES + 1),
    )


async def changes(
    db: Database, kind: PartKind, identity: UUID, before: int | None, *, actor: Actor, now: datetime
) -> list[ChangeLine]:
    """Earlier changes of one thing, one more than a page of them where there are more. Raises NotFoundError."""
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        await _place(conn, actor, kind, identity)
        log.note("read", "directory change", identity)
        return await directory_changes.latest(conn, identity, CHANGES + 1, before=before)


@dataclass(frozen=True, slots=True)
class Holder:
    """A place that roles are held in; `organisation` is whose staff may have them, None for all of a principal's."""

    kind: PartKind
    id: UUID
    name: str
    organisation: OrganisationRecord | None


async def holder(db: Database, kind: PartKind, identity: UUID, *, actor: Actor, now: datetime) -> Holder:
    """One unit, organisation or principal to give roles in. Raises NotFoundError."""
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", kind, identity)
        found = await _holder(conn, kind, identity)
        await _place(conn, actor, kind, identity)
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
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        await _place(conn, actor, of.kind, of.id)
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
    _keeper(actor)
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
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await _one_place(conn, log, kind, identity)
        await _place(conn, actor, kind, identity)
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
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.person(conn, identity)
        if found is None:
            raise NotFoundError("person")
        await _place(conn, actor, "person", identity)
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
    _keeper(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.role(conn, identity)
        if found is None:
            raise NotFoundError("role")
        kind, holder = part_of(found)
        await _place(conn, actor, kind, holder)
        log.note("read", "role", identity)
        person = await directory_one.person(conn, found.person_id)
        assert person is not None
        return RoleRead(found, person, (await listings.place_names(conn, [holder]))[holder])
