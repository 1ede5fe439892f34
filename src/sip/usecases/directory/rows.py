"""The rows of a directory file as values, and what is wrong with a file, line by line (docs/directory-csv.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import get_args

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
    area: str | None = None


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
    return {column: getattr(row, name) for column, name in _COLUMNS[type(row)]}


_RENAMED = {"valid_from": "from", "valid_to": "to", "archived_on": "to"}


_COLUMNS = {
    kind: tuple((_RENAMED.get(f.name, f.name), f.name) for f in fields(kind) if f.name != "line")
    for kind in get_args(Row)
}
"""Columns of each kind of row, each with the name of its value."""


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


SENTENCES: Mapping[str, str] = {
    "said": "{sentence}",
    "one_line": '"{column}" must be one line of at most {most} characters.',
    "needed": '"{column}" is empty and must be filled in.',
    "bad_hsa_id": '"{column}" is no HSA-id, such as SE2321000131-E000000000001.',
    "bad_phone": '"{column}" is no phone number.',
    "bad_email": '"email" is no e-mail address that mail can be sent to.',
    "choice": '"{column}" must be one of {choices}.',
    "bad_day": '"{column}" must be a day such as 2026-01-31.',
    "day_out": '"{column}" must be from {first} to {last}; leave it empty for no end.',
    "days_order": '"to" is before "from".',
    "bad_order": '"order" must be a whole number from 1 to 999.',
    "no_meaning": '"{column}" has no meaning in a row of kind {kind}; leave it empty.',
    "number": '"{column}" looks like a personal number; none may be kept here.',
    "bad_kind": '"kind" is "{found}"; it must be one of {choices}.',
    "repeated": "says the same as line {first}: keep one of them.",
    "nothing": "there is nothing under the header.",
    "too_large": "the file is larger than {most} MB; divide it.",
    "not_utf8": "this is no UTF-8; save the file as CSV UTF-8.",
    "not_text": "this is no text file.",
    "cells": "has {found} cells; the header has {header}.",
    "not_csv": "is no proper CSV ({error}).",
    "header": "the header must be: {header}.",
    "header_column": 'the header must be: {header}. "{column}" is no column.',
    "header_twice": "the header names a column twice.",
    "bad_domain": '"mail_domains": "{found}" is no domain, such as region.example.',
    "bad_flag": '"flags": "{found}" is none of {choices}.',
    "nobody": '"name" and "function" are both empty; one of them must be filled in.',
    "closed_long": '"to" is more than {most} days after "from"; a unit closed for longer is archived.',
    "no_parent": '"{column}": there is no {kind} "{key}", neither in this file nor before.',
    "principal_taken": "there is a principal of that name already (before).",
    "principal_twice": "there is a principal of that name already (line {first}).",
    "organisation_taken": "there is an organisation of that name in the same principal already (before).",
    "organisation_twice": "there is an organisation of that name in the same principal already (line {first}).",
    "unit_taken": "there is a unit with that HSA-id already (before).",
    "unit_twice": "there is a unit with that HSA-id already (line {first}).",
    "person_taken": "there is a person with that address in the same organisation already (before).",
    "person_twice": "there is a person with that address in the same organisation already (line {first}).",
    "successor_itself": '"successor": a unit cannot take over from itself.',
    "successor_no_day": '"to" is empty: a unit with a successor has a last day.',
    "order_twice": '"order" {order} is that of line {first}: number the addresses 1, 2, 3.',
    "closed_too_often": "a unit has at most {most} closed days in all.",
    "ldif_utf8": "this is no UTF-8; LDIF is UTF-8 (RFC 2849).",
    "ldif_line": "is no line of LDIF: an attribute, a colon and its value.",
    "ldif_dn": "an entry must begin with a dn, such as dn: ou=Vårdcentralen Eken,o=Region Exempel,c=SE.",
    "ldif_change": "is a change record; export the entries themselves.",
    "hsa_none": "there is no unit in it: no organizationalUnit with a hsaIdentity.",
    "hsa_day": '"{column}" is no day or moment, such as 20261231000000Z.',
    "hsa_organisation": '"{name}" is new, and no organisation of the directory is above it; say in which it lies.',
    "refused_somewhere": "the database refused the file ({why}) and does not say where. Nothing was imported.",
    "refused": "the database refused the file here ({why}). Nothing was imported; try once more.",
}
"""What can be wrong with a line, in English by code."""


def wrong_line(line: int, code: str, **values: object) -> "LineError":
    """One error of a line, with the values that its words need."""
    return LineError(line, code, tuple((name, str(value)) for name, value in values.items()))


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line; `line` counts from 1, the header being line 1. `code` has its English sentence in
    `SENTENCES`, and words in the pages' languages under `directory.file_error`; `values` are what the words need.
    """

    line: int
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """In English, for the command line."""
        return SENTENCES[self.code].format(**dict(self.values))

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


class DirectoryFileError(ValueError):
    """All that is wrong with a file, in order of its lines."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: e.line))
        super().__init__("\n".join(map(str, self.errors)))
