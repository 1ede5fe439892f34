"""What the pages of the directory show to who keeps it: units found by words, and one unit with all that is its own.

The law of this file: what lies outside the actor's scope is not there (NotFoundError). A page of units is recorded as
one list, a unit's page as a reading of that unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from sip.store.seen.unit_search import OpenCall, UnitQuery, UnitsFound
from sip.usecases import mailbox_checks as checking
from sip.usecases.access import MAY, Act, scope_of
from sip.usecases.actor import Actor
from sip.usecases.directory.edit import require_place
from sip.usecases.directory.keeping import PartKind
from sip.usecases.problems import ForbiddenError, NotFoundError
from sip.usecases.recorded import recorded

CHANGES = 25
"""Changes of one thing that its page shows at first."""


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """A page of units with the latest test call of each and what each lacks; what was verified before `valid_from`
    counts as unverified. `principals`: to narrow the search by.
    """

    found: UnitsFound
    checks: dict[UUID, MailboxCheck]
    gaps: dict[UUID, tuple[Gap, ...]]
    valid_from: datetime
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


def require_keeper_of(actor: Actor) -> None:
    """Raises NotFoundError for who does not keep the directory."""
    if actor.role not in MAY[Act.KEEP_DIRECTORY]:
        raise NotFoundError("directory")


async def require_seen(conn: AsyncConnection, actor: Actor, kind: PartKind, identity: UUID) -> None:
    """Raises NotFoundError for what lies outside the actor's scope."""
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
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "directory", None)
        return await _units(conn, query, after, unverified, actor, now)


async def _units(
    conn: AsyncConnection, query: UnitQuery, after: UUID | None, unverified: bool, actor: Actor, now: datetime
) -> UnitsRead:
    valid_from = await checking.valid_from(conn, now)
    if unverified:
        query = replace(query, among=await checking.unverified(conn, now))
    found = await unit_search.units(conn, scope_of(actor), query, now, after=after)
    ids = [unit.id for unit in found.units]
    known = await rosters(conn, [unit.id for unit in found.units if not unit.archived(now)], now)
    return UnitsRead(
        found,
        dict(await mailbox_checks.latest(conn, ids)),
        {identity: roster.gaps for identity, roster in known.items()},
        valid_from,
        await listings.principals(conn),
    )


async def unit(db: Database, unit_id: UUID, *, actor: Actor, now: datetime) -> UnitRead:
    """One unit. Raises NotFoundError."""
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await directory_one.unit(conn, unit_id)
        if found is None:
            raise NotFoundError("unit")
        await require_seen(conn, actor, "unit", unit_id)
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
    require_keeper_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        await require_seen(conn, actor, kind, identity)
        log.note("read", "directory change", identity)
        return await directory_changes.latest(conn, identity, CHANGES + 1, before=before)
