"""The directory as rows of a file, as `sip directory export` writes them: keys are ids.

Pure. What is written here and read again is the same directory.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from sip.domain.bounds import LONGEST_CLOSED
from sip.domain.worktime import local_day
from sip.store.directory import RoleRecord, UnitRecord
from sip.usecases.directory.check import Present
from sip.usecases.directory.csv_text import FLAGS
from sip.usecases.directory.rows import (
    AddressRow,
    ClosedDayRow,
    DirectoryFile,
    OrganisationRow,
    PersonRow,
    PrincipalRow,
    RoleRow,
    UnitRow,
)
from sip.usecases.directory.wanted import held_in

T = TypeVar("T")


def as_file(present: Present) -> DirectoryFile:
    """The whole directory, by name."""
    file = DirectoryFile()
    file.principals = [PrincipalRow(0, str(p.id), p.name, p.kind) for p in _sorted(present.principals.values())]
    file.organisations = [
        OrganisationRow(
            0, str(o.id), str(o.principal_id), o.name, o.kind, tuple(d for key, d in present.domains if key == o.id)
        )
        for o in _sorted(present.organisations.values())
    ]
    file.units = [_unit_row(unit) for unit in _sorted(present.units.values())]
    file.addresses = [
        AddressRow(0, str(a.unit_id), a.email, a.ordinal, a.valid_from, a.valid_to) for a in present.addresses
    ]
    file.persons = [
        PersonRow(0, str(p.id), str(p.organisation_id), p.name, p.email, p.phone, p.function)
        for p in _sorted(present.persons.values())
    ]
    file.roles = [_role_row(role) for role in sorted(present.roles, key=lambda r: (r.role, r.ordinal, r.id))]
    file.closed_days = list(closed_rows(present.closed))
    return file


def _sorted(records: Iterable[T]) -> list[T]:
    return sorted(records, key=lambda record: (getattr(record, "name", ""), str(getattr(record, "id", ""))))


def _unit_row(unit: UnitRecord) -> UnitRow:
    flags = [name for name in FLAGS if getattr(unit, name)]
    last = local_day(unit.archived_at - timedelta(microseconds=1)) if unit.archived_at else None
    return UnitRow(
        0, str(unit.id), str(unit.organisation_id), unit.name, unit.hsa_id, unit.phone, unit.language,
        frozenset(flags), str(unit.successor_id) if unit.successor_id else None, last,
        unit.area,
    )  # fmt: skip


def _role_row(role: RoleRecord) -> RoleRow:
    kind = "unit" if role.unit_id else "organisation" if role.organisation_id else "principal"
    return RoleRow(
        0, str(held_in(role)), kind, str(role.person_id), role.role, max(role.ordinal, 1), role.valid_from,
        role.valid_to,
    )  # fmt: skip


def closed_rows(closed: Sequence[tuple[UUID, date]]) -> Iterator[ClosedDayRow]:
    """Days that follow each other become one row; `closed` in order."""
    run: list[tuple[UUID, date]] = []
    for one in [*closed, None]:
        follows = one is not None and run and (one[0], one[1]) == (run[-1][0], run[-1][1] + timedelta(days=1))
        if run and (not follows or len(run) == LONGEST_CLOSED):
            yield ClosedDayRow(0, str(run[0][0]), None, run[0][1], run[-1][1])
            run = []
        if one is not None:
            run.append(one)
