"""The directory as record systems follow it: rows with when they were last changed (decision 0180).

The law of this file: as in `directory` beside it: who may read the directory may read all of it, and functions are for
who keeps a unit, of her own scope alone.
"""

from collections.abc import Sequence
from uuid import UUID

from sip.store.db import Database
from sip.store.directory import OrganisationRecord, PrincipalRecord, RoleRecord, UnitRecord
from sip.store.seen import catalogue
from sip.store.seen.catalogue import Followed, PageAsked, UnitsAsked
from sip.usecases.access import Act, place_of, require_role
from sip.usecases.actor import Actor

Run = Followed[PrincipalRecord] | Followed[OrganisationRecord]
"""A principal, or an organisation in one."""


async def units(db: Database, asked: UnitsAsked, page: PageAsked, *, actor: Actor) -> list[Followed[UnitRecord]]:
    """A page of units."""
    require_role(actor, Act.READ_DIRECTORY)
    async with db.transaction(actor) as conn:
        return await catalogue.units(conn, asked, page)


async def units_by_id(db: Database, ids: Sequence[UUID], *, actor: Actor) -> list[Followed[UnitRecord]]:
    """Those of these units that there are."""
    return await units(db, UnitsAsked(), PageAsked(ids, limit=len(ids)), actor=actor) if ids else []


async def runs(db: Database, partof: UUID | None, page: PageAsked, *, actor: Actor) -> list[Run]:
    """A page of principals and organisations in one row; `partof`: organisations of this principal alone."""
    require_role(actor, Act.READ_DIRECTORY)
    async with db.transaction(actor) as conn:
        found: list[Run] = [*await catalogue.organisations(conn, partof, page)]
        if partof is None:
            found += await catalogue.principals(conn, page)

    def place(one: Run) -> tuple[object, ...]:
        return (one.changed_at, one.record.id) if page.by_change else (one.record.id,)

    return sorted(found, key=place, reverse=page.down)[: page.limit]


async def runs_by_id(db: Database, ids: Sequence[UUID], *, actor: Actor) -> list[Run]:
    """Those of these principals and organisations that there are."""
    return await runs(db, None, PageAsked(ids, limit=len(ids)), actor=actor) if ids else []


async def roles(db: Database, unit_id: UUID | None, page: PageAsked, *, actor: Actor) -> list[Followed[RoleRecord]]:
    """A page of functions in the scope's places."""
    require_role(actor, Act.KEEP_UNIT)
    async with db.transaction(actor) as conn:
        return await catalogue.roles(conn, unit_id, place_of(actor), page)
