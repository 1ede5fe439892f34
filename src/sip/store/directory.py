"""The directory as rows: principals, organisations, units with addresses and closed days, staff and their dated roles.

Everything is written by id, a list at a time and as a set: a row that is there is changed, one that is not is made, and
what must be unique may change hands within the list (decision 0044). Units are archived, never deleted; addresses,
closed days, mail domains and roles are replaced whole for what they belong to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language, PrincipalKind, Role
from sip.store import contacts, db, tables
from sip.store.codec import Shape
from sip.store.rows import Told, insert, insert_in_parts, pg_type, silently

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PrincipalRecord:
    id: UUID
    kind: PrincipalKind
    name: str


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """`kind`: board, private_provider, school_owner, state_agency or other."""

    id: UUID
    principal_id: UUID
    name: str
    kind: str = "board"


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """`area`: the part of the county that it lies in, as the county calls it."""

    id: UUID
    organisation_id: UUID
    name: str
    hsa_id: str | None = None
    phone: str | None = None
    language: Language = Language.SV
    auto_accepts: bool = False
    phone_only: bool = False
    weekend_staffed: bool = False
    inpatient: bool = False
    week_mail: bool = False
    successor_id: UUID | None = None
    archived_at: datetime | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """Addresses are tried in the order of `ordinal`; both dates are included, None is open."""

    unit_id: UUID
    ordinal: int
    email: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    id: UUID
    organisation_id: UUID
    name: str
    email: str | None = None
    phone: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """A person's role in exactly one of unit, organisation and principal; both dates are included, None is open."""

    id: UUID
    person_id: UUID
    role: Role
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    ordinal: int = 0
    valid_from: date | None = None
    valid_to: date | None = None


_STAMPED = ("recorded_at", "changed_at")
PRINCIPAL: Shape[PrincipalRecord] = Shape(PrincipalRecord).check(tables.principal, _STAMPED)
ORGANISATION: Shape[OrganisationRecord] = Shape(OrganisationRecord).check(tables.organisation, _STAMPED)
UNIT: Shape[UnitRecord] = Shape(UnitRecord).check(tables.unit, ("verified_at", *_STAMPED))
ADDRESS: Shape[AddressRecord] = Shape(AddressRecord).check(tables.unit_address)
PERSON: Shape[PersonRecord] = Shape(PersonRecord).check(tables.person, _STAMPED)
ROLE: Shape[RoleRecord] = Shape(RoleRecord).check(tables.role, ("changed_at",))


async def upsert_principals(conn: AsyncConnection, records: Iterable[PrincipalRecord]) -> None:
    await upsert(conn, tables.principal, PRINCIPAL, records)


async def upsert_organisations(conn: AsyncConnection, records: Iterable[OrganisationRecord]) -> None:
    await upsert(conn, tables.organisation, ORGANISATION, records)


async def upsert_units(conn: AsyncConnection, records: Iterable[UnitRecord], told: Told = silently) -> None:
    await upsert(conn, tables.unit, UNIT, records, told)


async def upsert_persons(conn: AsyncConnection, records: Iterable[PersonRecord], told: Told = silently) -> None:
    await upsert(conn, tables.person, PERSON, records, told)


async def upsert_roles(conn: AsyncConnection, records: Iterable[RoleRecord], told: Told = silently) -> None:
    await upsert(conn, tables.role, ROLE, records, told)


# What must be unique, and what a row holds while another of the same list may be taking it.
_FREED = {
    "principal": (("name",), "name = t.id::text"),
    "organisation": (("principal_id", "name"), "name = t.id::text"),
    "unit": (("hsa_id",), "hsa_id = null"),
    "person": (("organisation_id", "email"), "email = null"),
}


async def upsert(
    conn: AsyncConnection, table: Table, shape: Shape[T], records: Iterable[T], told: Told = silently
) -> None:
    """Makes or changes rows by their first column, `id`; two of the list may take each other's name or number."""
    rest = ", ".join(f'"{column}" = excluded."{column}"' for column in shape.columns[1:])
    rows = [shape.write(record) for record in records]
    raw = await db.raw(conn)
    if table.name in _FREED and len(rows) > 1:
        await _free(raw, table, shape.columns, rows)
    conflict = f"on conflict (id) do update set {rest}"
    if table.name == "unit":  # a unit names its successor, which may stand further down
        await insert(raw, table, shape.columns, rows, conflict)
        told(len(rows))
    else:
        await insert_in_parts(raw, table, shape.columns, rows, conflict, told)


async def _free(raw: Any, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Unique values that these rows are about to change are given up first: a server looks at each row by itself."""
    unique, freed = _FREED[table.name]
    named = ("id", *unique)
    parameters = ", ".join(f"${n}::{pg_type(table, column)}[]" for n, column in enumerate(named, 1))
    differs = " or ".join(f"{table.name}.{column} is distinct from t.{column}" for column in unique)
    given = [[row[columns.index(column)] for row in rows] for column in named]
    await raw.execute(
        f"update {table.name} set {freed} from unnest({parameters}) as t({', '.join(named)})"
        f" where {table.name}.id = t.id and ({differs})",
        *given,
    )


async def replace_addresses(
    conn: AsyncConnection, unit_ids: Sequence[UUID], records: Iterable[AddressRecord], told: Told = silently
) -> None:
    """All addresses of these units, anew; called meetings follow those that change (rules, section 5 R5)."""
    wanted, raw = list(records), await db.raw(conn)
    changed = set(wanted) ^ set(await addresses(conn, unit_ids))
    await raw.execute("delete from unit_address where unit_id = any($1::uuid[])", list(unit_ids))
    rows = [ADDRESS.write(record) for record in wanted]
    await insert_in_parts(raw, tables.unit_address, ADDRESS.columns, rows, told=told)
    await contacts.note(conn, {one.unit_id for one in changed})


async def replace_closed_days(
    conn: AsyncConnection, unit_ids: Sequence[UUID], closed: Iterable[tuple[UUID, date]]
) -> None:
    """All closed days of these units, anew."""
    raw = await db.raw(conn)
    await raw.execute("delete from closed_day where unit_id = any($1::uuid[])", list(unit_ids))
    await insert(raw, tables.closed_day, ("unit_id", "day"), sorted(set(closed)))


async def replace_domains(
    conn: AsyncConnection, organisation_ids: Sequence[UUID], domains: Iterable[tuple[UUID, str]]
) -> None:
    """All mail domains of these organisations, anew."""
    raw = await db.raw(conn)
    await raw.execute("delete from organisation_domain where organisation_id = any($1::uuid[])", list(organisation_ids))
    rows = sorted({(key, domain.lower()) for key, domain in domains})
    await insert(raw, tables.organisation_domain, ("organisation_id", "domain"), rows)


async def delete_roles(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """Roles given by mistake. One that has ended gets its last day instead."""
    await (await db.raw(conn)).execute("delete from role where id = any($1::uuid[])", list(ids))


async def _page(conn: AsyncConnection, table: str, shape: Shape[T], where: str, *values: Any) -> list[T]:
    names = ", ".join(f'"{column}"' for column in shape.columns)
    rows = await (await db.raw(conn)).fetch(f"select {names} from {table} where {where}", *values)
    return [shape.read(row) for row in rows]


async def principals(conn: AsyncConnection, after: UUID | None = None, limit: int = 1000) -> list[PrincipalRecord]:
    """In the order of their ids, from after `after` on; so for all lists here (names are sorted by the reader)."""
    where = "($1::uuid is null or id > $1) order by id limit $2"
    return await _page(conn, "principal", PRINCIPAL, where, after, limit)


async def organisations(
    conn: AsyncConnection, principal_id: UUID | None = None, after: UUID | None = None, limit: int = 1000
) -> list[OrganisationRecord]:
    where = "($1::uuid is null or id > $1) and ($3::uuid is null or principal_id = $3) order by id limit $2"
    return await _page(conn, "organisation", ORGANISATION, where, after, limit, principal_id)


async def units(
    conn: AsyncConnection,
    organisation_id: UUID | None = None,
    words: str | None = None,
    open_at: datetime | None = None,
    after: UUID | None = None,
    limit: int = 1000,
) -> list[UnitRecord]:
    """Units of an organisation, or whose name holds `words`; of a moment, those alone that have not closed by then."""
    where = (
        "($1::uuid is null or id > $1) and ($3::uuid is null or organisation_id = $3)"
        " and ($4::text is null or position(lower($4) in lower(name)) > 0)"
        " and ($5::timestamptz is null or archived_at is null or archived_at > $5)"
        " order by id limit $2"
    )
    return await _page(conn, "unit", UNIT, where, after, limit, organisation_id, words, open_at)


async def units_by_id(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, UnitRecord]:
    found = await _page(conn, "unit", UNIT, "id = any($1::uuid[])", list(ids))
    return {one.id: one for one in found}


async def addresses(conn: AsyncConnection, unit_ids: Sequence[UUID]) -> list[AddressRecord]:
    where = "unit_id = any($1::uuid[]) order by unit_id, ordinal"
    return await _page(conn, "unit_address", ADDRESS, where, list(unit_ids))


async def closed_days(conn: AsyncConnection, unit_ids: Sequence[UUID]) -> list[tuple[UUID, date]]:
    raw = await db.raw(conn)
    sql = "select unit_id, day from closed_day where unit_id = any($1::uuid[]) order by unit_id, day"
    return [(row[0], row[1]) for row in await raw.fetch(sql, list(unit_ids))]


async def domains(conn: AsyncConnection, organisation_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    raw = await db.raw(conn)
    sql = (
        "select organisation_id, domain from organisation_domain where organisation_id = any($1::uuid[]) order by 1, 2"
    )
    return [(row[0], row[1]) for row in await raw.fetch(sql, list(organisation_ids))]


StaffOf = tuple[Literal["unit", "organisation", "principal"], UUID]
"""A part of the directory: what kind, and which."""

# Whose staff a person is: of a unit where she has a role, of the organisation she belongs to, of its principal.
_STAFF_OF = {
    "unit": "exists (select 1 from role r where r.person_id = person.id and r.unit_id = $4)",
    "organisation": "organisation_id = $4",
    "principal": "organisation_id in (select o.id from organisation o where o.principal_id = $4)",
}
HELD_IN = {
    "unit": "unit_id = $5",
    "organisation": "(organisation_id = $5 or unit_id in (select u.id from unit u where u.organisation_id = $5))",
    "principal": "(principal_id = $5 or organisation_id in (select o.id from organisation o where o.principal_id = $5)"
    " or unit_id in (select u.id from unit u join organisation o on o.id = u.organisation_id"
    " where o.principal_id = $5))",
}


async def persons(
    conn: AsyncConnection,
    organisation_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 1000,
    *,
    staff_of: StaffOf | None = None,
) -> list[PersonRecord]:
    """Staff by id, of everywhere or of one place."""
    where, values = "($1::uuid is null or id > $1) and ($3::uuid is null or organisation_id = $3)", [organisation_id]
    if staff_of is not None:
        where, values = f"{where} and {_STAFF_OF[staff_of[0]]}", [organisation_id, staff_of[1]]
    return await _page(conn, "person", PERSON, f"{where} order by id limit $2", after, limit, *values)


async def is_staff_of(conn: AsyncConnection, person_id: UUID, place: StaffOf) -> bool:
    """Whether the person is staff of this place."""
    sql = f"select 1 from person where id = $1 and {_STAFF_OF[place[0]].replace('$4', '$2')}"
    return await (await db.raw(conn)).fetchval(sql, person_id, place[1]) is not None


async def roles(
    conn: AsyncConnection,
    unit_id: UUID | None = None,
    person_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 1000,
    *,
    held_in: StaffOf | None = None,
    only: Sequence[UUID] | None = None,
) -> list[RoleRecord]:
    """Roles by id, of everywhere or held in one place and what belongs to it; `only`: of these."""
    where = (
        "($1::uuid is null or id > $1) and ($3::uuid is null or unit_id = $3) and ($4::uuid is null or person_id = $4)"
    )
    values: list[Any] = [unit_id, person_id]
    if held_in is not None:
        where, values = f"{where} and {HELD_IN[held_in[0]]}", [*values, held_in[1]]
    if only is not None:
        where, values = f"{where} and id = any(${len(values) + 3}::uuid[])", [*values, list(only)]
    return await _page(conn, "role", ROLE, f"{where} order by id limit $2", after, limit, *values)
