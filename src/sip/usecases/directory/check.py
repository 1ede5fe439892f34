"""Whether a directory file fits: every parent is there, nothing is named twice, successors lead to a unit.

Pure: the file and what the directory holds go in, sentences with lines come out.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sip.domain.address import folded
from sip.domain.bounds import MOST_CLOSED_DAYS
from sip.store.directory import AddressRecord, OrganisationRecord, PersonRecord, PrincipalRecord, RoleRecord, UnitRecord
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFile, LineError, RoleRow, wrong_line


@dataclass(frozen=True, slots=True)
class Present:
    """The directory as it is, by id."""

    principals: Mapping[UUID, PrincipalRecord] = field(default_factory=dict)
    organisations: Mapping[UUID, OrganisationRecord] = field(default_factory=dict)
    units: Mapping[UUID, UnitRecord] = field(default_factory=dict)
    persons: Mapping[UUID, PersonRecord] = field(default_factory=dict)
    roles: tuple[RoleRecord, ...] = ()
    addresses: tuple[AddressRecord, ...] = ()
    closed: tuple[tuple[UUID, date], ...] = ()
    domains: tuple[tuple[UUID, str], ...] = ()


def check(file: DirectoryFile, present: Present) -> list[LineError]:
    """Everything that keeps the file from being imported, in order of its lines."""
    known = {
        "principal": {key_id("principal", r.key) for r in file.principals} | present.principals.keys(),
        "organisation": {key_id("organisation", r.key) for r in file.organisations} | present.organisations.keys(),
        "unit": {key_id("unit", r.key) for r in file.units} | present.units.keys(),
        "person": {key_id("person", r.key) for r in file.persons} | present.persons.keys(),
    }
    errors = [
        *_parents(file, known),
        *_twice(file, present),
        *_successors(file),
        *_orders(file),
        *_closed_too_often(file),
    ]
    return sorted(errors, key=lambda error: error.line)


def _parents(file: DirectoryFile, known: Mapping[str, set[UUID]]) -> Iterator[LineError]:
    wanted: list[tuple[int, str, str, str | None]] = [
        *((row.line, "parent", "principal", row.parent) for row in file.organisations),
        *((row.line, "parent", "organisation", row.parent) for row in file.units),
        *((row.line, "successor", "unit", row.successor) for row in file.units),
        *((row.line, "parent", "unit", row.parent) for row in file.addresses),
        *((row.line, "parent", "unit", row.parent) for row in file.closed_days),
        *((row.line, "parent", "organisation", row.parent) for row in file.persons),
        *((row.line, "parent", row.type, row.parent) for row in file.roles),
        *((row.line, "person", "person", row.person) for row in file.roles),
    ]
    for line, column, kind, key in wanted:
        if key is not None and key_id(kind, key) not in known[kind]:
            yield wrong_line(line, "no_parent", column=column, kind=kind, key=key[:60])


def _twice(file: DirectoryFile, present: Present) -> Iterator[LineError]:
    yield from _same(
        "principal",
        ((row.line, key_id("principal", row.key), row.name) for row in file.principals),
        {one.id: one.name for one in present.principals.values()},
    )
    yield from _same(
        "organisation",
        (
            (row.line, key_id("organisation", row.key), (key_id("principal", row.parent), row.name))
            for row in file.organisations
        ),
        {one.id: (one.principal_id, one.name) for one in present.organisations.values()},
    )
    yield from _same(
        "unit",
        ((row.line, key_id("unit", row.key), row.hsa_id) for row in file.units),
        {one.id: one.hsa_id for one in present.units.values() if one.hsa_id},
    )
    yield from _same(
        "person",
        (
            (
                row.line,
                key_id("person", row.key),
                (key_id("organisation", row.parent), row.email) if row.email else None,
            )
            for row in file.persons
        ),
        {one.id: (one.organisation_id, folded(one.email)) for one in present.persons.values() if one.email},
    )


def _same(
    kind: str, rows: Iterable[tuple[int, UUID, Hashable]], before: Mapping[UUID, Hashable]
) -> Iterator[LineError]:
    """Two things with the same name: both in the file, or one that the file leaves as it is. None is no name."""
    listed = list(rows)
    changed = {identity for _, identity, _ in listed}
    taken: dict[Hashable, int] = {name: 0 for key, name in before.items() if key not in changed}
    for line, _, name in listed:
        if name is None:
            continue
        if name in taken:
            code = f"{kind}_twice" if taken[name] else f"{kind}_taken"
            yield wrong_line(line, code, first=taken[name])
        taken[name] = line


def _successors(file: DirectoryFile) -> Iterator[LineError]:
    for row in file.units:
        if row.successor is None:
            continue
        if key_id("unit", row.successor) == key_id("unit", row.key):
            yield wrong_line(row.line, "successor_itself")
        elif row.archived_on is None:
            yield wrong_line(row.line, "successor_no_day")


def _orders(file: DirectoryFile) -> Iterator[LineError]:
    taken: dict[tuple[UUID, int], int] = {}
    for row in file.addresses:
        first = taken.setdefault((key_id("unit", row.parent), row.order), row.line)
        if first != row.line:
            yield wrong_line(row.line, "order_twice", order=row.order, first=first)


def _closed_too_often(file: DirectoryFile) -> Iterator[LineError]:
    days: dict[UUID, int] = {}
    for row in file.closed_days:
        unit = key_id("unit", row.parent)
        before = days.get(unit, 0)
        days[unit] = before + (row.valid_to - row.valid_from).days + 1
        if before <= MOST_CLOSED_DAYS < days[unit]:
            yield wrong_line(row.line, "closed_too_often", most=MOST_CLOSED_DAYS)


def holder_of(row: RoleRow) -> UUID:
    """The unit, organisation or principal in which the role is held."""
    return key_id(row.type, row.parent)
