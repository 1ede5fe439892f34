"""The rows of a directory file as values, and what is wrong with a file, line by line (docs/directory-csv.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date

from sip.domain.people import Language, PrincipalKind, Role


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    line: int
    key: str
    name: str
    type: PrincipalKind


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    line: int
    key: str
    parent: str
    name: str
    type: str
    mail_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    line: int
    key: str
    parent: str
    name: str
    hsa_id: str | None
    phone: str | None
    language: Language
    flags: frozenset[str]
    successor: str | None
    archived_on: date | None


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address of a unit; `order` is the place in which it is tried, 1 first."""

    line: int
    parent: str
    email: str
    order: int
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    line: int
    key: str
    parent: str
    name: str
    email: str | None
    phone: str | None
    function: str | None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A person's role in a unit, an organisation or a principal (`type` says which `parent` is)."""

    line: int
    parent: str
    type: str
    person: str
    role: Role
    order: int
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ClosedDayRow:
    """Days on which a unit is closed, first and last included."""

    line: int
    parent: str
    name: str | None
    valid_from: date
    valid_to: date


Row = PrincipalRow | OrganisationRow | UnitRow | AddressRow | PersonRow | RoleRow | ClosedDayRow


def cells_of(row: Row) -> dict[str, object]:
    """A row's values by the names of their columns."""
    renamed = {"valid_from": "from", "valid_to": "to", "archived_on": "to"}
    return {renamed.get(f.name, f.name): getattr(row, f.name) for f in fields(row) if f.name != "line"}


def cell_text(value: object) -> str:
    """A value as it stands in a cell; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, (tuple, frozenset)):
        return " ".join(sorted(value) if isinstance(value, frozenset) else value)
    return str(value)


@dataclass(slots=True)
class DirectoryFile:
    """A whole file, row by row in its order, by kind."""

    principals: list[PrincipalRow] = field(default_factory=list)
    organisations: list[OrganisationRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    addresses: list[AddressRow] = field(default_factory=list)
    persons: list[PersonRow] = field(default_factory=list)
    roles: list[RoleRow] = field(default_factory=list)
    closed_days: list[ClosedDayRow] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(getattr(self, f.name)) for f in fields(self))


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line; `line` counts from 1, the header being line 1."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


class DirectoryFileError(ValueError):
    """All that is wrong with a file, in order of its lines."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: e.line))
        super().__init__("\n".join(map(str, self.errors)))
