"""Reading the directory row by row, as programs do: principals, organisations, staff, roles and units.

The law of this file: who may read the directory may read all of it (`access.Act.READ_DIRECTORY`); staff with their ways
to be reached are for who keeps a unit, of her own scope alone, and a unit's addresses for that unit and for who may
call it. A program's look at a row is not recorded; what the pages show is (`unit_pages`).
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Role
from sip.domain.worktime import local_day
from sip.store import directory, directory_one
from sip.store.db import Database
from sip.store.directory import (
    AddressRecord,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)
from sip.store.post import mailbox_checks
from sip.usecases.access import MAY, Act, place_of, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory import edit
from sip.usecases.problems import NotFoundError

# -- rows, as programs read them


def _looking(db: Database, actor: Actor, act: Act = Act.READ_DIRECTORY) -> AbstractAsyncContextManager[AsyncConnection]:
    """A look that is not recorded: rows of the directory are no rows of anybody's meetings."""
    require_role(actor, act)
    return db.transaction(actor)


async def principals(db: Database, after: UUID | None, limit: int, *, actor: Actor) -> Sequence[PrincipalRecord]:
    """A page of principals, by id."""
    async with _looking(db, actor) as conn:
        return await directory.principals(conn, after, limit)


async def principal(db: Database, identity: UUID, *, actor: Actor) -> PrincipalRecord:
    """One principal. Raises NotFoundError."""
    async with _looking(db, actor) as conn:
        found = await directory_one.principal(conn, identity)
    if found is None:
        raise NotFoundError("principal")
    return found


Organisation = tuple[OrganisationRecord, list[str]]
"""An organisation with its mail domains."""


async def organisations(
    db: Database, principal_id: UUID | None, after: UUID | None, limit: int, *, actor: Actor
) -> list[Organisation]:
    """A page of organisations, by id."""
    async with _looking(db, actor) as conn:
        found = await directory.organisations(conn, principal_id, after, limit)
        domains = await directory.domains(conn, [one.id for one in found])
    return [(one, [domain for key, domain in domains if key == one.id]) for one in found]


async def organisation(db: Database, identity: UUID, *, actor: Actor) -> Organisation:
    """One organisation. Raises NotFoundError."""
    async with _looking(db, actor) as conn:
        found = await directory_one.organisation(conn, identity)
        if found is None:
            raise NotFoundError("organisation")
        return found, [domain for _, domain in await directory.domains(conn, [found.id])]


async def persons(
    db: Database, organisation_id: UUID | None, after: UUID | None, limit: int, *, actor: Actor
) -> Sequence[PersonRecord]:
    """A page of staff, by id."""
    async with _looking(db, actor, Act.KEEP_UNIT) as conn:
        return await directory.persons(conn, organisation_id, after, limit, staff_of=place_of(actor))


async def person(db: Database, identity: UUID, *, actor: Actor) -> PersonRecord:
    """One member of staff. Raises NotFoundError."""
    async with _looking(db, actor, Act.KEEP_UNIT) as conn:
        found, place = await directory_one.person(conn, identity), place_of(actor)
        if found is None or (place is not None and not await directory.is_staff_of(conn, identity, place)):
            raise NotFoundError("person")
        return found


async def roles(
    db: Database,
    unit_id: UUID | None,
    person_id: UUID | None,
    after: UUID | None,
    limit: int,
    *,
    actor: Actor,
    only: Sequence[UUID] | None = None,
) -> Sequence[RoleRecord]:
    """A page of roles, by id; `only`: of these."""
    async with _looking(db, actor, Act.KEEP_UNIT) as conn:
        return await directory.roles(conn, unit_id, person_id, after, limit, held_in=place_of(actor), only=only)


async def role(db: Database, identity: UUID, *, actor: Actor) -> RoleRecord:
    """One role. Raises NotFoundError."""
    found = await roles(db, None, None, None, 1, actor=actor, only=[identity])
    if not found:
        raise NotFoundError("role")
    return found[0]


Unit = tuple[UnitRecord, datetime | None]
"""A unit, and when the mailbox that it is called at today was last verified."""


async def units(
    db: Database,
    organisation_id: UUID | None,
    words: str | None,
    after: UUID | None,
    limit: int,
    *,
    archived: bool,
    actor: Actor,
    now: datetime,
) -> list[Unit]:
    """A page of units, by id; `words` is part of the name."""
    async with _looking(db, actor) as conn:
        found = await directory.units(conn, organisation_id, words, None if archived else now, after, limit)
        verified = await mailbox_checks.verified(conn, [one.id for one in found], local_day(now))
    return [(one, verified.get(one.id)) for one in found]


async def unit(db: Database, identity: UUID, *, actor: Actor, now: datetime) -> Unit:
    """One unit. Raises NotFoundError."""
    async with _looking(db, actor) as conn:
        found = await _unit(conn, identity)
        return found, (await mailbox_checks.verified(conn, [identity], local_day(now))).get(identity)


async def some_units(db: Database, ids: Sequence[UUID], *, actor: Actor) -> list[UnitRecord]:
    """Those of these units that there are, by id."""
    async with _looking(db, actor) as conn:
        return sorted((await directory.units_by_id(conn, ids)).values(), key=lambda one: one.id)


async def unit_by_hsa_id(db: Database, hsa_id: str, *, actor: Actor) -> UnitRecord | None:
    """The unit that HSA knows by this id."""
    async with _looking(db, actor) as conn:
        return await directory_one.unit_by_hsa_id(conn, hsa_id)


async def _unit(conn: AsyncConnection, identity: UUID) -> UnitRecord:
    found = await directory_one.unit(conn, identity)
    if found is None:
        raise NotFoundError("unit")
    return found


async def addresses(db: Database, unit_id: UUID, *, actor: Actor) -> Sequence[AddressRecord]:
    """A unit's addresses, in the order they are tried. Raises NotFoundError, or ForbiddenError for another unit's."""
    async with _looking(db, actor) as conn:
        await _unit(conn, unit_id)
        if actor.role not in MAY[Act.CONVENE]:
            await edit.own_unit(conn, unit_id, actor, lock=False)
        return await directory.addresses(conn, [unit_id])


async def closed_days(db: Database, unit_id: UUID, *, actor: Actor) -> list[date]:
    """A unit's closed days. Raises NotFoundError."""
    async with _looking(db, actor) as conn:
        await _unit(conn, unit_id)
        return [day for _, day in await directory.closed_days(conn, [unit_id])]


async def substitutes(db: Database, unit_id: UUID, *, actor: Actor) -> list[RoleRecord]:
    """A unit's substitutes, in the order they are asked. Raises NotFoundError."""
    require_role(actor, Act.KEEP_UNIT)
    async with _looking(db, actor) as conn:
        await _unit(conn, unit_id)
        found = [one for one in await directory.roles(conn, unit_id) if one.role is Role.SUBSTITUTE]
    return sorted(found, key=lambda one: (one.ordinal, one.id))
