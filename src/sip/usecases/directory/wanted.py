"""What a directory file wants, as records, and which parts of the directory it replaces whole.

Pure, and a set: what is asked of one row never depends on the order of the others. A unit with a row of its own gets
exactly the addresses, closed days and roles of the file; without one, only what the file has rows for is replaced.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sip.domain.worktime import at_hour
from sip.store.directory import (
    AddressRecord,
    OrganisationRecord,
    PersonRecord,
    PrincipalRecord,
    RoleRecord,
    UnitRecord,
)
from sip.usecases.directory.check import Present, holder_of
from sip.usecases.directory.keys import NAMESPACE, key_id
from sip.usecases.directory.rows import ClosedDayRow, DirectoryFile, RoleRow, UnitRow


@dataclass(frozen=True, slots=True)
class WantedDirectory:
    """What is to be there, and of what nothing else is to be left: `domains_of`, `addresses_of`, `closed_of`, and the
    places in `roles_in`.
    """

    principals: tuple[PrincipalRecord, ...]
    organisations: tuple[OrganisationRecord, ...]
    domains: tuple[tuple[UUID, str], ...]
    units: tuple[UnitRecord, ...]
    addresses: tuple[AddressRecord, ...]
    closed: tuple[tuple[UUID, date], ...]
    persons: tuple[PersonRecord, ...]
    roles: tuple[RoleRecord, ...]
    addresses_of: frozenset[UUID]
    closed_of: frozenset[UUID]
    roles_in: frozenset[UUID]

    @property
    def domains_of(self) -> frozenset[UUID]:
        return frozenset(one.id for one in self.organisations)

    def roles_gone(self, present: Present) -> list[RoleRecord]:
        """Roles that are there and that the file leaves out."""
        kept = {one.id for one in self.roles}
        return [one for one in present.roles if held_in(one) in self.roles_in and one.id not in kept]


def wanted(file: DirectoryFile, present: Present) -> WantedDirectory:
    """Of a file that `check` has found to fit."""
    units = tuple(_unit(row) for row in file.units)
    named = frozenset(unit.id for unit in units)
    organisations = tuple(
        OrganisationRecord(key_id("organisation", r.key), key_id("principal", r.parent), r.name, r.type)
        for r in file.organisations
    )
    addresses = tuple(
        AddressRecord(key_id("unit", r.parent), r.order, r.email, r.valid_from, r.valid_to) for r in file.addresses
    )
    closed = tuple(sorted({(key_id("unit", r.parent), day) for r in file.closed_days for day in days_of(r)}))
    principals = tuple(PrincipalRecord(key_id("principal", r.key), r.type, r.name) for r in file.principals)
    holders = {one.id for one in principals} | {one.id for one in organisations} | {holder_of(r) for r in file.roles}
    return WantedDirectory(
        principals=principals,
        organisations=organisations,
        domains=tuple((key_id("organisation", r.key), domain) for r in file.organisations for domain in r.mail_domains),
        units=units,
        addresses=addresses,
        closed=closed,
        persons=tuple(
            PersonRecord(
                key_id("person", r.key), key_id("organisation", r.parent), r.name, r.email, r.phone, r.function
            )
            for r in file.persons
        ),
        roles=tuple(_role(row) for row in file.roles),
        addresses_of=named | {one.unit_id for one in addresses},
        closed_of=named | {unit for unit, _ in closed},
        roles_in=named | holders,
    )


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
        area=row.area,
    )


def end_of(day: date) -> datetime:
    """The moment a last day ends, in Stockholm."""
    return at_hour(day + timedelta(days=1), 0)


def days_of(row: ClosedDayRow) -> Iterator[date]:
    """Every day from the first to the last."""
    for step in range((row.valid_to - row.valid_from).days + 1):
        yield row.valid_from + timedelta(days=step)


def _role(row: RoleRow) -> RoleRecord:
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
