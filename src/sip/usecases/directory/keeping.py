"""One change of the directory: allowed, logged, and told in the directory's journal with what stood there before.

The law of this file: whoever changes one thing of the directory does it inside `keeping`, and whoever carries out a
file tells the same (`told`), so that nothing changes without its row in the journal (decision 0070). What is compared
are rows of a directory file, before and after.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import directory, directory_changes, directory_one
from sip.store.db import Database
from sip.store.directory import OrganisationRecord, RoleRecord, UnitRecord
from sip.store.directory_changes import DirectoryChange
from sip.store.rows import Told, silently
from sip.usecases.access import Act, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory.check import Present
from sip.usecases.directory.differences import Difference, differences
from sip.usecases.directory.wanted import held_in
from sip.usecases.directory.written import as_file
from sip.usecases.problems import FieldProblem, InvalidError, refuse_numbers
from sip.usecases.recorded import recorded

PartKind = Literal["principal", "organisation", "unit", "person"]
Part = tuple[PartKind, UUID]
"""A part of the directory that a change is compared by: the thing, with all that belongs to it alone."""


@asynccontextmanager
async def keeping(
    db: Database,
    actor: Actor,
    now: datetime,
    part: Part,
    act: Act = Act.KEEP_DIRECTORY,
    *,
    kept: object = None,
    logged: tuple[str, UUID] | None = None,
) -> AsyncIterator[AsyncConnection]:
    """One logged change of this part; `kept` is what comes to be kept, `logged` what the access log calls it, where
    that is not the part itself. What the database knows to be taken already is said of the name.

    Raises ForbiddenError for who may not, InvalidError for a number of a person and for what is taken.
    """
    require_role(actor, act)
    refuse_numbers(kept)
    kind, identity = logged or part
    try:
        async with recorded(db, actor, now) as (conn, log):
            async with compared(conn, part, actor=actor, now=now):
                yield conn
            log.note("change", kind, identity)
    except directory_one.TAKEN as error:
        field = "email" if kind == "person" else "hsa_id" if kind == "unit" else "name"
        raise InvalidError([FieldProblem(field, "taken")]) from error


@asynccontextmanager
async def compared(conn: AsyncConnection, part: Part, *, actor: Actor, now: datetime) -> AsyncIterator[None]:
    """What differs in this part when the block ends is told in the journal."""
    before = await _part(conn, *part)
    yield
    found = differences(as_file(await _part(conn, *part)), before).found
    # What only lends a name (another organisation, a role's person) is read, and has not changed.
    await told(conn, [one for one in found if one.subject == part[1]], actor=actor, now=now)


def part_of(role: RoleRecord) -> Part:
    """The place that a role is held in, as a part of the directory."""
    kind: PartKind = "unit" if role.unit_id else "organisation" if role.organisation_id else "principal"
    return kind, held_in(role)


async def told(
    conn: AsyncConnection, found: Iterable[Difference], *, actor: Actor, now: datetime, heard: Told = silently
) -> None:
    """Tells these differences in the journal, as changes that are made in this transaction; `heard` is told how many
    more have been written.
    """
    changes = [DirectoryChange(one.subject, one.person, one.kind, one.act, one.called, one.cells) for one in found]
    if changes:
        await directory_changes.add(conn, actor.columns(), now, changes, heard)


async def _part(conn: AsyncConnection, kind: PartKind, identity: UUID) -> Present:
    """The part as it is, with whatever lends it a name."""
    match kind:
        case "unit":
            return await _unit(conn, identity)
        case "organisation":
            found = await directory_one.organisations(conn, [identity])
            roles = await directory_one.roles_in(conn, "organisation", identity)
            domains = await directory.domains(conn, [identity])
            return await _present(conn, found, roles, domains=domains)
        case "principal":
            return await _present(
                conn, {}, await directory_one.roles_in(conn, "principal", identity), principals=[identity]
            )
        case "person":
            person = await directory_one.person(conn, identity)
            found = await directory_one.organisations(conn, [person.organisation_id] if person else [])
            return await _present(conn, found, persons=[identity])


async def _unit(conn: AsyncConnection, identity: UUID) -> Present:
    unit = await directory_one.unit(conn, identity)
    if unit is None:
        return Present()
    units = await directory.units_by_id(conn, [one for one in (unit.id, unit.successor_id) if one is not None])
    found = await directory_one.organisations(conn, [unit.organisation_id])
    return await _present(conn, found, await directory_one.roles_in(conn, "unit", identity), units=units, of=identity)


async def _present(
    conn: AsyncConnection,
    organisations: dict[UUID, OrganisationRecord],
    roles: Iterable[RoleRecord] = (),
    *,
    units: dict[UUID, UnitRecord] | None = None,
    of: UUID | None = None,
    domains: Iterable[tuple[UUID, str]] = (),
    principals: Iterable[UUID] = (),
    persons: Iterable[UUID] = (),
) -> Present:
    held = tuple(roles)
    places = [of] if of is not None else []
    return Present(
        await directory_one.principals(conn, [*principals, *(one.principal_id for one in organisations.values())]),
        organisations,
        units or {},
        await directory_one.persons(conn, [*persons, *(one.person_id for one in held)]),
        held,
        tuple(await directory.addresses(conn, places)),
        tuple(await directory.closed_days(conn, places)),
        tuple(domains),
    )
