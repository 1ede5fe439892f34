"""What a directory file would change, line by line, before anything is written.

Pure: both sides are rows of a file, the directory as its export would write it, and are compared cell by cell. What
leaves because a file's row replaces it whole (docs/directory-csv.md) stands at the line of that row.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from sip.usecases.directory.check import Present, holder_of
from sip.usecases.directory.csv_text import PLACES
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import AddressRow, ClosedDayRow, DirectoryFile, RoleRow, Row, cell_text, cells_of
from sip.usecases.directory.wanted import days_of
from sip.usecases.directory.written import as_file, closed_rows


class RowChange(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    ARCHIVED = "archived"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would differ; `cells` are (column, before, after), of what is new with nothing before. `called` is
    its name; of an address (email, unit), of a role (person, role, place). `subject` is the thing itself, or the place
    that an address, a closed day or a role belongs to; `person` a role's person.
    """

    line: int
    act: RowChange
    kind: str
    called: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...]
    subject: UUID
    person: UUID | None = None

    @property
    def name(self) -> str:
        """What it is called, in one line of English."""
        return _LINES[self.kind].format(*self.called) if self.kind in _LINES else self.called[0]


_LINES: Mapping[str, str] = {"address": "{0} of {1}", "role": "{0}, {1} in {2}"}


@dataclass(frozen=True, slots=True)
class Differences:
    found: tuple[Difference, ...]
    unchanged: int

    def count(self, act: RowChange) -> int:
        return sum(one.act is act for one in self.found)

    @property
    def mark(self) -> str:
        """What tells these differences from others."""
        return hashlib.sha256(msgspec.json.encode([self.found, self.unchanged])).hexdigest()[:32]


TELLS_EVERY = 500


def _silently(rows: int) -> None:
    """Nobody watches."""


_KINDS: Mapping[str, str] = {"organisation": "principal", "unit": "organisation", "person": "organisation"}


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows by what they are about, with cells in words: names in the place of keys."""

    rows: Mapping[Hashable, tuple[Row, str]]
    closed: Mapping[UUID, Mapping[date, int]]


def differences(file: DirectoryFile, present: Present, told: Callable[[int], None] = _silently) -> Differences:
    """Between the directory and what it is after the import of a file that fits. Rows of other places do not count.

    `told` hears now and then how many more rows have been compared.
    """
    there = as_file(present)
    names = _told_apart({**_names(there), **_names(file)}, {**_parents(there), **_parents(file)})
    before, after = _side(there), _side(file)
    found: list[Difference] = []
    unchanged = 0
    for at, (key, (row, kind)) in enumerate(after.rows.items(), 1):
        if at % TELLS_EVERY == 0:
            told(TELLS_EVERY)
        old = before.rows.get(key)
        cells = tuple(_changes(kind, old[0] if old else None, row, names))
        if old is None:
            found.append(
                Difference(row.line, RowChange.NEW, kind, _called(kind, row, names), cells, *_about(kind, row))
            )
        elif cells:
            archived = kind == "unit" and any(column == "to" and not was for column, was, _ in cells)
            act = RowChange.ARCHIVED if archived else RowChange.CHANGED
            found.append(Difference(row.line, act, kind, _called(kind, row, names), cells, *_about(kind, row)))
        else:
            unchanged += 1
    told(len(after.rows) % TELLS_EVERY)
    lines = _lines(file)
    for key, (row, kind) in before.rows.items():
        if isinstance(row, AddressRow | RoleRow) and key not in after.rows:
            place = key_id("unit", row.parent) if isinstance(row, AddressRow) else holder_of(row)
            if (line := lines[kind].get(place)) is not None:
                cells = tuple(_changes(kind, row, None, names))
                about = _about(kind, row)
                found.append(Difference(line, RowChange.GONE, kind, _called(kind, row, names), cells, *about))
    closed, same = _closed(before, after, lines["closed_day"], names)
    return Differences(tuple(sorted([*found, *closed], key=lambda one: one.line)), unchanged + same)


def _names(file: DirectoryFile) -> dict[UUID, str]:
    return {
        **{key_id("principal", row.key): row.name for row in file.principals},
        **{key_id("organisation", row.key): row.name for row in file.organisations},
        **{key_id("unit", row.key): row.name for row in file.units},
        **{key_id("person", row.key): row.name for row in file.persons},
    }


def _parents(file: DirectoryFile) -> dict[UUID, UUID]:
    return {
        **{key_id("organisation", row.key): key_id("principal", row.parent) for row in file.organisations},
        **{key_id("unit", row.key): key_id("organisation", row.parent) for row in file.units},
    }


def _told_apart(names: Mapping[UUID, str], parents: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """What is called as another is said with what it belongs to: who moves from one to the other moves."""
    often = Counter(names[one] for one in parents)
    return {
        one: f"{name} ({names[parents[one]]})" if one in parents and often[name] > 1 else name
        for one, name in names.items()
    }


def _side(file: DirectoryFile) -> _Side:
    rows: dict[Hashable, tuple[Row, str]] = {}
    closed: dict[UUID, dict[date, int]] = defaultdict(dict)
    for kind, place in PLACES.items():
        for row in getattr(file, place):
            if isinstance(row, ClosedDayRow):
                for day in days_of(row):
                    closed[key_id("unit", row.parent)].setdefault(day, row.line)
            else:
                rows[_identity(kind, row)] = (row, kind)
    return _Side(rows, closed)


def _identity(kind: str, row: Any) -> Hashable:
    if isinstance(row, AddressRow):
        return kind, key_id("unit", row.parent), row.email, row.valid_from
    if isinstance(row, RoleRow):
        return kind, holder_of(row), key_id("person", row.person), row.role, row.valid_from
    return kind, key_id(kind, row.key)


def _about(kind: str, row: Any) -> tuple[UUID, UUID | None]:
    """What somebody looks up to find this change: the thing or its place, and of a role the person."""
    if isinstance(row, AddressRow):
        return key_id("unit", row.parent), None
    if isinstance(row, RoleRow):
        return holder_of(row), key_id("person", row.person)
    return key_id(kind, row.key), None


def _lines(file: DirectoryFile) -> Mapping[str, Mapping[UUID, int]]:
    """By kind and place the line that replaces all that stands there: the place's own, else the first of its kind."""
    units = {key_id("unit", row.key): row.line for row in file.units}
    holders = {
        **{key_id("principal", row.key): row.line for row in file.principals},
        **{key_id("organisation", row.key): row.line for row in file.organisations},
        **units,
    }
    return {
        "address": _first(((key_id("unit", row.parent), row.line) for row in file.addresses), units),
        "closed_day": _first(((key_id("unit", row.parent), row.line) for row in file.closed_days), units),
        "role": _first(((holder_of(row), row.line) for row in file.roles), holders),
    }


def _first(listed: Iterable[tuple[UUID, int]], own: Mapping[UUID, int]) -> Mapping[UUID, int]:
    found = dict(own)
    for place, line in listed:
        found.setdefault(place, line)
    return found


def _closed(
    before: _Side, after: _Side, lines: Mapping[UUID, int], names: Mapping[UUID, str]
) -> tuple[list[Difference], int]:
    found, same = [], 0
    for unit, line in lines.items():
        was, will = before.closed.get(unit, {}), after.closed.get(unit, {})
        same += len(was.keys() & will.keys())
        for act, days in ((RowChange.NEW, will.keys() - was.keys()), (RowChange.GONE, was.keys() - will.keys())):
            for run in closed_rows(sorted((unit, day) for day in days)):
                period = f"{run.valid_from} to {run.valid_to}" if run.valid_to > run.valid_from else f"{run.valid_from}"
                cells = ("from", "", period) if act is RowChange.NEW else ("from", period, "")
                at = will.get(run.valid_from, line)
                found.append(Difference(at, act, "closed_day", (names.get(unit, ""),), (cells,), unit))
    return found, same


def _changes(kind: str, old: Any, new: Any, names: Mapping[UUID, str]) -> Iterator[tuple[str, str, str]]:
    """Cells that differ, in words; of what is new or gone those that say more than its name."""
    was, will = (_said(kind, old, names) if old else {}), (_said(kind, new, names) if new else {})
    for column in dict.fromkeys((*was, *will)):
        left, right = was.get(column, ""), will.get(column, "")
        if left != right:
            yield column, left, right


def _said(kind: str, row: Any, names: Mapping[UUID, str]) -> dict[str, str]:
    cells = cells_of(row)
    parent = cells.get("type") if kind == "role" else "unit" if kind == "address" else _KINDS.get(kind)
    kinds = {"parent": parent, "person": "person", "successor": "unit"}
    said: dict[str, str] = {}
    for column, value in cells.items():
        if column == "key":
            continue
        of = kinds.get(column)
        value = tuple(sorted(set(value))) if isinstance(value, tuple) else value
        said[column] = names.get(key_id(str(of), str(value)), str(value)) if of and value else cell_text(value)
    return said


_CALLED: Mapping[str, tuple[str, ...]] = {"address": ("email", "parent"), "role": ("person", "role", "parent")}


def _called(kind: str, row: Row, names: Mapping[UUID, str]) -> tuple[str, ...]:
    said = _said(kind, row, names)
    return tuple(said[column] for column in _CALLED.get(kind, ("name",)))
