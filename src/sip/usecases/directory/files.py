"""The directory's use cases: a whole file in or out, and one thing at a time.

The law of this file: one transaction each, nothing half imported; ids follow from keys, so that the same file twice
changes nothing the second time. What stands in a file is set to what the file says; what does not stand in it stays.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.bounds import LONGEST_CLOSED
from sip.domain.worktime import at_hour, local_day
from sip.store import directory
from sip.store.db import Database
from sip.store.directory import (
    AddressRecord,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)
from sip.usecases.actor import Actor
from sip.usecases.directory.check import Present, check, holder_of
from sip.usecases.directory.csv_text import FLAGS
from sip.usecases.directory.keys import NAMESPACE, key_id
from sip.usecases.directory.rows import (
    AddressRow,
    ClosedDayRow,
    DirectoryFile,
    DirectoryFileError,
    OrganisationRow,
    PersonRow,
    PrincipalRow,
    RoleRow,
    UnitRow,
)
from sip.usecases.recorded import recorded

EVERYTHING = 1_000_000
T = TypeVar("T")
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of each kind a file brought."""

    principals: int
    organisations: int
    units: int
    addresses: int
    closed_days: int
    persons: int
    roles: int


def _silent(what: str, rows: int) -> None:
    """Nobody watches."""


async def import_file(
    db: Database, file: DirectoryFile, *, actor: Actor, now: datetime, progress: Progress = _silent
) -> Imported:
    """Imports a whole file, or nothing. Raises DirectoryFileError with every line that does not fit the directory.

    A unit that has a row gets exactly the addresses, closed days and roles of the file. Without a row of its own, only
    what the file has rows for is replaced. `progress` is told the kind and how many rows were written.
    """
    async with recorded(db, actor, now) as (conn, log):
        log.note("import", "directory", None)
        present = await _present(conn)
        errors = check(file, present)
        if errors:
            raise DirectoryFileError(errors)
        await _import_holders(conn, file, progress)
        closed = await _import_belongings(conn, file, progress)
        await _import_people(conn, file, present, progress)
    return Imported(
        len(file.principals), len(file.organisations), len(file.units), len(file.addresses), closed,
        len(file.persons), len(file.roles),
    )  # fmt: skip


async def _present(conn: AsyncConnection) -> Present:
    return Present(
        {one.id: one for one in await directory.principals(conn, limit=EVERYTHING)},
        {one.id: one for one in await directory.organisations(conn, limit=EVERYTHING)},
        {one.id: one for one in await directory.units(conn, limit=EVERYTHING)},
        {one.id: one for one in await directory.persons(conn, limit=EVERYTHING)},
        tuple(await directory.roles(conn, limit=EVERYTHING)),
    )


async def _import_holders(conn: AsyncConnection, file: DirectoryFile, progress: Progress) -> None:
    await directory.upsert_principals(
        conn, [PrincipalRecord(key_id("principal", r.key), r.type, r.name) for r in file.principals]
    )
    progress("principals", len(file.principals))
    organisations = [
        OrganisationRecord(key_id("organisation", r.key), key_id("principal", r.parent), r.name, r.type)
        for r in file.organisations
    ]
    await directory.upsert_organisations(conn, organisations)
    domains = [(key_id("organisation", r.key), domain) for r in file.organisations for domain in r.mail_domains]
    await directory.replace_domains(conn, [one.id for one in organisations], domains)
    progress("organisations", len(organisations))
    units = [_unit(row) for row in file.units]
    # Successors may stand later in the file than those they take over from.
    await directory.upsert_units(conn, [_without_successor(unit) for unit in units])
    await directory.upsert_units(conn, [unit for unit in units if unit.successor_id is not None])
    progress("units", len(units))


def _unit(row: UnitRow) -> UnitRecord:
    return UnitRecord(
        id=key_id("unit", row.key),
        organisation_id=key_id("organisation", row.parent),
        name=row.name,
        hsa_id=row.hsa_id,
        phone=row.phone,
        language=row.language,
        auto_accepts="auto_accepts" in row.flags,
        phone_only="phone_only" in row.flags,
        weekend_staffed="weekend_staffed" in row.flags,
        inpatient="inpatient" in row.flags,
        week_mail="week_mail" in row.flags,
        successor_id=key_id("unit", row.successor) if row.successor else None,
        archived_at=end_of(row.archived_on) if row.archived_on else None,
    )


def end_of(day: date) -> datetime:
    """The moment a last day ends, in Stockholm."""
    return at_hour(day + timedelta(days=1), 0)


def _without_successor(unit: UnitRecord) -> UnitRecord:
    values = {name: getattr(unit, name) for name in UnitRecord.__slots__}
    return UnitRecord(**{**values, "successor_id": None})


async def _import_belongings(conn: AsyncConnection, file: DirectoryFile, progress: Progress) -> int:
    named = {key_id("unit", row.key) for row in file.units}
    addresses = [
        AddressRecord(key_id("unit", row.parent), row.order, row.email, row.valid_from, row.valid_to)
        for row in file.addresses
    ]
    await directory.replace_addresses(conn, sorted(named | {one.unit_id for one in addresses}), addresses)
    progress("addresses", len(addresses))
    closed = [(key_id("unit", row.parent), day) for row in file.closed_days for day in _days(row)]
    await directory.replace_closed_days(conn, sorted(named | {unit for unit, _ in closed}), closed)
    progress("closed days", len(file.closed_days))
    return len(set(closed))


def _days(row: ClosedDayRow) -> Iterator[date]:
    for step in range((row.valid_to - row.valid_from).days + 1):
        yield row.valid_from + timedelta(days=step)


async def _import_people(conn: AsyncConnection, file: DirectoryFile, present: Present, progress: Progress) -> None:
    persons = [
        PersonRecord(
            key_id("person", r.key), key_id("organisation", r.parent), r.name, r.email, r.phone, r.function
        )
        for r in file.persons
    ]  # fmt: skip
    await directory.upsert_persons(conn, persons)
    progress("persons", len(persons))
    roles = [role_of(row) for row in file.roles]
    holders = (
        {key_id("principal", r.key) for r in file.principals}
        | {key_id("organisation", r.key) for r in file.organisations}
        | {key_id("unit", r.key) for r in file.units}
        | {holder_of(r) for r in file.roles}
    )
    kept = {one.id for one in roles}
    gone = [one.id for one in present.roles if held_in(one) in holders and one.id not in kept]
    await directory.delete_roles(conn, gone)
    await directory.upsert_roles(conn, roles)
    progress("roles", len(roles))


def role_of(row: RoleRow) -> RoleRecord:
    """A role's row as a record; its id follows from holder, person, role and first day."""
    holder, person = holder_of(row), key_id("person", row.person)
    return RoleRecord(
        id=role_id(holder, person, row.role, row.valid_from),
        person_id=person,
        role=row.role,
        unit_id=holder if row.type == "unit" else None,
        organisation_id=holder if row.type == "organisation" else None,
        principal_id=holder if row.type == "principal" else None,
        ordinal=row.order,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def role_id(holder: UUID, person: UUID, role: str, valid_from: date | None) -> UUID:
    """The id of a role: the same person has the same role in the same place once from the same day."""
    return uuid5(NAMESPACE, f"role/{holder}/{person}/{role}/{valid_from or ''}")


def held_in(role: RoleRecord) -> UUID:
    """The unit, organisation or principal in which a role is held."""
    holder = role.unit_id or role.organisation_id or role.principal_id
    assert holder is not None
    return holder


# -- out


async def export_file(db: Database, *, actor: Actor, now: datetime) -> DirectoryFile:
    """The whole directory as a file that can be imported again; keys are ids."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("export", "directory", None)
        present = await _present(conn)
        units = list(present.units)
        addresses = await directory.addresses(conn, units)
        closed = await directory.closed_days(conn, units)
        domains = await directory.domains(conn, list(present.organisations))
    file = DirectoryFile()
    file.principals = [PrincipalRow(0, str(p.id), p.name, p.kind) for p in _sorted(present.principals.values())]
    file.organisations = [
        OrganisationRow(
            0, str(o.id), str(o.principal_id), o.name, o.kind, tuple(d for key, d in domains if key == o.id)
        )
        for o in _sorted(present.organisations.values())
    ]
    file.units = [_unit_row(unit) for unit in _sorted(present.units.values())]
    file.addresses = [AddressRow(0, str(a.unit_id), a.email, a.ordinal, a.valid_from, a.valid_to) for a in addresses]
    file.persons = [
        PersonRow(0, str(p.id), str(p.organisation_id), p.name, p.email, p.phone, p.function)
        for p in _sorted(present.persons.values())
    ]
    file.roles = [_role_row(role) for role in sorted(present.roles, key=lambda r: (r.role, r.ordinal, r.id))]
    file.closed_days = list(_closed_rows(closed))
    return file


def _sorted(records: Iterable[T]) -> list[T]:
    return sorted(records, key=lambda record: (getattr(record, "name", ""), str(getattr(record, "id", ""))))


def _unit_row(unit: UnitRecord) -> UnitRow:
    flags = [name for name in FLAGS if getattr(unit, name)]
    last = local_day(unit.archived_at - timedelta(microseconds=1)) if unit.archived_at else None
    return UnitRow(
        0, str(unit.id), str(unit.organisation_id), unit.name, unit.hsa_id, unit.phone, unit.language,
        frozenset(flags), str(unit.successor_id) if unit.successor_id else None, last,
    )  # fmt: skip


def _role_row(role: RoleRecord) -> RoleRow:
    kind = "unit" if role.unit_id else "organisation" if role.organisation_id else "principal"
    return RoleRow(
        0, str(held_in(role)), kind, str(role.person_id), role.role, max(role.ordinal, 1), role.valid_from,
        role.valid_to,
    )  # fmt: skip


def _closed_rows(closed: Sequence[tuple[UUID, date]]) -> Iterator[ClosedDayRow]:
    """Days that follow each other become one row."""
    run: list[tuple[UUID, date]] = []
    for one in [*closed, None]:
        follows = one is not None and run and (one[0], one[1]) == (run[-1][0], run[-1][1] + timedelta(days=1))
        if run and (not follows or len(run) == LONGEST_CLOSED):
            yield ClosedDayRow(0, str(run[0][0]), None, run[0][1], run[-1][1])
            run = []
        if one is not None:
            run.append(one)
