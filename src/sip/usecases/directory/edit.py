"""The directory, one thing at a time: for administrators, and for a unit's managers what is their own.

The law of this file: nothing is deleted but what was never meant; a unit is archived. Each change is in the access log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.bounds import LONGEST_CLOSED, MOST_CLOSED_DAYS, day_fits
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
from sip.usecases.access import MAY, Act, covers, everywhere, require_role
from sip.usecases.actor import Actor
from sip.usecases.directory.keeping import PartKind, compared, keeping, part_of
from sip.usecases.directory.wanted import end_of, role_id
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, NotFoundError
from sip.usecases.recorded import recorded


async def require_place(conn: AsyncConnection, actor: Actor, kind: PartKind, identity: UUID) -> None:
    """Raises ForbiddenError where this part of the directory lies outside the actor's scope; what is not there yet, or
    not at all, lies in nobody's but hers who has the whole installation.
    """
    if everywhere(actor):
        return
    unit = await directory_one.unit(conn, identity) if kind == "unit" else None
    person = await directory_one.person(conn, identity) if kind == "person" else None
    holder = unit.organisation_id if unit else person.organisation_id if person else identity
    organisation = None if kind == "principal" else await directory_one.organisation(conn, holder)
    principal = organisation.principal_id if organisation else identity
    nothing = UUID(int=0)
    if not covers(actor, unit.id if unit else nothing, organisation.id if organisation else nothing, principal):
        raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)


def _needed(found: object, field: str, code: str) -> None:
    if found is None:
        raise InvalidError([FieldProblem(field, code)])


# -- principals, organisations, staff


async def put_principal(db: Database, record: PrincipalRecord, *, new: bool, actor: Actor, now: datetime) -> None:
    """A new principal, or another name or kind of a known one. Raises NotFoundError unless it is `new` or known."""
    async with keeping(db, actor, now, ("principal", record.id), kept=record) as conn:
        if not new and await directory_one.principal(conn, record.id, lock=True) is None:
            raise NotFoundError("principal")
        await require_place(conn, actor, "principal", record.id)
        await directory.upsert_principals(conn, [record])


async def put_organisation(
    db: Database, record: OrganisationRecord, domains: Iterable[str], *, new: bool, actor: Actor, now: datetime
) -> None:
    """A new organisation, or changes of a known one; its mail domains become those given.

    Raises NotFoundError unless it is `new` or known.
    """
    async with keeping(db, actor, now, ("organisation", record.id), kept=record) as conn:
        if not new and await directory_one.organisation(conn, record.id, lock=True) is None:
            raise NotFoundError("organisation")
        _needed(await directory_one.principal(conn, record.principal_id), "principal_id", "unknown_principal")
        await require_place(conn, actor, *(("principal", record.principal_id) if new else ("organisation", record.id)))
        await directory.upsert_organisations(conn, [record])
        await directory.replace_domains(conn, [record.id], [(record.id, domain) for domain in domains])


async def put_person(db: Database, record: PersonRecord, *, new: bool, actor: Actor, now: datetime) -> None:
    """A new member of staff, or changes of a known one. Raises NotFoundError unless it is `new` or known."""
    async with keeping(db, actor, now, ("person", record.id), kept=record) as conn:
        if not new and await directory_one.person(conn, record.id, lock=True) is None:
            raise NotFoundError("person")
        found = await directory_one.organisation(conn, record.organisation_id)
        _needed(found, "organisation_id", "unknown_organisation")
        await require_place(conn, actor, "organisation", record.organisation_id)
        await directory.upsert_persons(conn, [record])


# -- units


async def put_unit(db: Database, record: UnitRecord, *, new: bool, actor: Actor, now: datetime) -> UnitRecord:
    """A new unit, or changes of a known one; archiving and successor stay as they are.

    Raises NotFoundError unless it is `new` or known.
    """
    async with keeping(db, actor, now, ("unit", record.id), kept=record) as conn:
        before = await directory_one.unit(conn, record.id, lock=True)
        if before is None and not new:
            raise NotFoundError("unit")
        found = await directory_one.organisation(conn, record.organisation_id)
        _needed(found, "organisation_id", "unknown_organisation")
        await require_place(conn, actor, "organisation", record.organisation_id)
        if before is not None:
            await require_place(conn, actor, "unit", record.id)
            record = replace(
                record,
                successor_id=before.successor_id,
                archived_at=before.archived_at,
            )
        await directory.upsert_units(conn, [record])
    return record


async def archive_unit(
    db: Database, unit_id: UUID, last_day: date | None, successor_id: UUID | None, *, actor: Actor, now: datetime
) -> UnitRecord:
    """The unit's last day and who takes over; None and nobody: it goes on.

    Raises NotFoundError for an unknown unit, InvalidError for one that succeeds itself or an impossible day.
    """
    if successor_id == unit_id:
        raise InvalidError([FieldProblem("successor_id", "itself")])
    if last_day is None and successor_id is not None:
        raise InvalidError([FieldProblem("last_day", "unusable")])
    async with keeping(db, actor, now, ("unit", unit_id)) as conn:
        before = await directory_one.unit(conn, unit_id, lock=True)
        if before is None:
            raise NotFoundError("unit")
        await require_place(conn, actor, "unit", unit_id)
        if successor_id is not None:
            _needed(await directory_one.unit(conn, successor_id), "successor_id", "reason.unknown_unit")
        try:
            ends = None if last_day is None else end_of(last_day)
        except OverflowError:
            raise InvalidError([FieldProblem("last_day", "unusable")]) from None
        record = replace(before, archived_at=ends, successor_id=successor_id)
        await directory.upsert_units(conn, [record])
    return record


async def set_addresses(
    db: Database, unit_id: UUID, addresses: Sequence[AddressRecord], *, actor: Actor, now: datetime
) -> None:
    """The unit's addresses, in the order in which they are tried."""
    _check_dates((one.valid_from, one.valid_to) for one in addresses)
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_UNIT, kept={"addresses": addresses}) as conn:
        await own_unit(conn, unit_id, actor)
        await directory.replace_addresses(conn, [unit_id], addresses)


async def set_closed_days(db: Database, unit_id: UUID, days: Iterable[date], *, actor: Actor, now: datetime) -> None:
    """The unit's closed days. Raises InvalidError for too many, or one where no day may lie."""
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_STAFFING) as conn:
        await own_unit(conn, unit_id, actor)
        await _put_closed_days(conn, unit_id, set(days))


async def _put_closed_days(conn: AsyncConnection, unit_id: UUID, wanted: set[date]) -> None:
    if len(wanted) > MOST_CLOSED_DAYS or not all(day_fits(day) for day in wanted):
        raise InvalidError([FieldProblem("days", "unusable")])
    await directory.replace_closed_days(conn, [unit_id], [(unit_id, day) for day in sorted(wanted)])


async def change_closed_days(
    db: Database, unit_id: UUID, first: date, last: date, *, closed: bool, actor: Actor, now: datetime
) -> None:
    """The unit is closed, or open after all, from `first` to `last`; its other days stay as they are.

    Raises InvalidError for a period that ends before it begins, is too long or lies where no day may.
    """
    if last < first:
        raise InvalidError([FieldProblem("last_day", "dates")])
    if (last - first).days >= LONGEST_CLOSED:
        raise InvalidError([FieldProblem("last_day", "longest_period", (("most", str(LONGEST_CLOSED)),))])
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_STAFFING) as conn:
        await own_unit(conn, unit_id, actor)
        known = {day for _, day in await directory.closed_days(conn, [unit_id])}
        await _put_closed_days(conn, unit_id, known | days if closed else known - days)


async def set_substitutes(
    db: Database, unit_id: UUID, persons: Sequence[UUID], *, actor: Actor, now: datetime
) -> list[RoleRecord]:
    """The unit's substitutes, in the order in which they are asked; all of the unit's own organisation.

    Raises InvalidError for anybody of another.
    """
    wanted = list(dict.fromkeys(persons))
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_STAFFING) as conn:
        unit = await own_unit(conn, unit_id, actor)
        await _colleagues(conn, unit, wanted)
        held = [one for one in await directory.roles(conn, unit_id) if one.role is Role.SUBSTITUTE]
        await directory.delete_roles(conn, [one.id for one in held])
        records = [
            RoleRecord(role_id(unit_id, one, Role.SUBSTITUTE, None), one, Role.SUBSTITUTE, unit_id, ordinal=n)
            for n, one in enumerate(wanted, 1)
        ]
        await directory.upsert_roles(conn, records)
    return records


async def set_deputies(
    db: Database,
    unit_id: UUID,
    deputies: Sequence[tuple[UUID, date | None, date | None]],
    *,
    actor: Actor,
    now: datetime,
) -> list[RoleRecord]:
    """Who stands in for the unit's manager now and later, each with first and last day; all of its own organisation.

    Raises InvalidError for anybody of another, and for days that no day may be or that end before they begin.
    """
    _check_dates((first, last) for _, first, last in deputies)
    days = [day for _, first, last in deputies for day in (first, last) if day is not None]
    if not all(map(day_fits, days)):
        raise InvalidError([FieldProblem("days", "unusable")])
    async with keeping(db, actor, now, ("unit", unit_id), Act.KEEP_UNIT) as conn:
        unit = await own_unit(conn, unit_id, actor)
        await _colleagues(conn, unit, [person for person, _, _ in deputies])
        held = [one for one in await directory.roles(conn, unit_id) if one.role is Role.DEPUTY]
        today = local_day(now)  # one that has ended stays with its days
        lasting = [one.id for one in held if one.valid_to is None or one.valid_to >= today]
        await directory.delete_roles(conn, lasting)
        records = {
            (found := role_id(unit_id, person, Role.DEPUTY, first)): RoleRecord(
                found, person, Role.DEPUTY, unit_id, ordinal=n, valid_from=first, valid_to=last
            )
            for n, (person, first, last) in enumerate(deputies, 1)
        }
        await directory.upsert_roles(conn, list(records.values()))
    return list(records.values())


async def _colleagues(conn: AsyncConnection, unit: UnitRecord, persons: Iterable[UUID]) -> None:
    """Raises InvalidError for anybody unknown, or of another organisation than the unit's."""
    for n, person_id in enumerate(persons):
        person = await directory_one.person(conn, person_id)
        _needed(person, f"persons[{n}]", "unknown_person")
        assert person is not None
        if person.organisation_id != unit.organisation_id:
            raise InvalidError([FieldProblem(f"persons[{n}]", "reason.other_organisation")])


async def own_unit_for(conn: AsyncConnection, unit_id: UUID, actor: Actor, act: Act) -> UnitRecord:
    """The unit, where it lies within the actor's scope and her role may do this there.

    Raises NotFoundError or ForbiddenError.
    """
    require_role(actor, act)
    return await own_unit(conn, unit_id, actor, lock=False)


async def own_unit(conn: AsyncConnection, unit_id: UUID, actor: Actor, *, lock: bool = True) -> UnitRecord:
    """The unit, where it lies within the actor's scope. Raises NotFoundError or ForbiddenError."""
    unit = await directory_one.unit(conn, unit_id, lock=lock)
    if unit is None:
        raise NotFoundError("unit")
    organisation = await directory_one.organisation(conn, unit.organisation_id)
    assert organisation is not None
    if not covers(actor, unit.id, organisation.id, organisation.principal_id):
        raise ForbiddenError(MAY[Act.KEEP_DIRECTORY], Act.KEEP_DIRECTORY)
    return unit


def _check_dates(dates: Iterable[tuple[date | None, date | None]]) -> None:
    for n, (first, last) in enumerate(dates):
        if first is not None and last is not None and last < first:
            raise InvalidError([FieldProblem(f"[{n}].valid_to", "dates")])


# -- roles


async def add_role(db: Database, record: RoleRecord, *, actor: Actor, now: datetime) -> RoleRecord:
    """A person's role in exactly one of unit, organisation and principal; the same again changes place and last day.

    Raises InvalidError for none or several of them.
    """
    holders = [one for one in (record.unit_id, record.organisation_id, record.principal_id) if one is not None]
    if len(holders) != 1:
        raise InvalidError([FieldProblem("unit_id", "one_holder")])
    _check_dates([(record.valid_from, record.valid_to)])
    record = replace(record, id=role_id(holders[0], record.person_id, record.role, record.valid_from))
    async with keeping(db, actor, now, part_of(record), logged=("role", record.id)) as conn:
        await require_place(conn, actor, *part_of(record))
        _needed(await directory_one.person(conn, record.person_id), "person_id", "unknown_person")
        if record.unit_id is not None:
            _needed(await directory_one.unit(conn, record.unit_id), "unit_id", "reason.unknown_unit")
        if record.organisation_id is not None:
            found = await directory_one.organisation(conn, record.organisation_id)
            _needed(found, "organisation_id", "unknown_organisation")
        if record.principal_id is not None:
            _needed(await directory_one.principal(conn, record.principal_id), "principal_id", "unknown_principal")
        await directory.upsert_roles(conn, [record])
    return record


async def change_role(
    db: Database, identity: UUID, ordinal: int, valid_to: date | None, *, actor: Actor, now: datetime
) -> RoleRecord:
    """Another place in the queue, or another last day, of a role that somebody has.

    Raises NotFoundError for an unknown one, InvalidError for a last day before its first.
    """
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        found = await _role(conn, identity, actor)
        _check_dates([(found.valid_from, valid_to)])
        record = replace(found, ordinal=ordinal, valid_to=valid_to)
        async with compared(conn, part_of(found), actor=actor, now=now):
            await directory.upsert_roles(conn, [record])
        log.note("change", "role", identity)
    return record


async def drop_role(db: Database, identity: UUID, *, actor: Actor, now: datetime) -> None:
    """A role that was given by mistake; one that has ended gets a last day instead.

    Raises NotFoundError for an unknown one.
    """
    require_role(actor, Act.KEEP_DIRECTORY)
    async with recorded(db, actor, now) as (conn, log):
        found = await _role(conn, identity, actor)
        async with compared(conn, part_of(found), actor=actor, now=now):
            await directory.delete_roles(conn, [identity])
        log.note("change", "role", identity)


async def _role(conn: AsyncConnection, identity: UUID, actor: Actor) -> RoleRecord:
    found = await directory_one.role(conn, identity, lock=True)
    if found is None:
        raise NotFoundError("role")
    await require_place(conn, actor, *part_of(found))
    return found
