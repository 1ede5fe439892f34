"""The directory as one CSV file: rows with a `kind`, read into values and written back (docs/directory-csv.md).

The law of this file: every error is told, each with its line; a file with an error gives no directory at all. What is
written can be read again, and no cell can start a formula in a spreadsheet.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sip.domain import bounds
from sip.domain.address import folded, is_mailable
from sip.domain.freetext import numbers, numbers_in_phone
from sip.domain.people import Language, PrincipalKind, Role
from sip.usecases.directory.csv_lines import lines_of
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import (
    AddressRow,
    ClosedDayRow,
    DirectoryFile,
    DirectoryFileError,
    LineError,
    OrganisationRow,
    PersonRow,
    PrincipalRow,
    RoleRow,
    Row,
    UnitRow,
    cell_text,
    cells_of,
    wrong_line,
)

HEADER = (
    "kind", "key", "parent", "name", "type", "hsa_id", "email", "phone", "function", "language", "role", "person",
    "order", "from", "to", "flags", "mail_domains", "successor", "area",
)  # fmt: skip
FLAGS = ("auto_accepts", "phone_only", "weekend_staffed", "inpatient", "week_mail")
ORGANISATION_TYPES = ("board", "private_provider", "school_owner", "state_agency", "other")
ROLE_HOLDERS = ("unit", "organisation", "principal")
HSA_ID = re.compile(r"SE[0-9]{10}-[A-Za-z0-9]{1,18}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,}")
PHONE = re.compile(r"\+?[0-9 ()\-/]{5,20}")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DISARMED = (*FORMULA_STARTS, "'")
MOST_BYTES = 20_000_000


class _Cells:
    """One line's cells by column, gathering what is wrong with them."""

    def __init__(self, line: int, cells: Mapping[str, str]) -> None:
        self.line = line
        self.cells = cells
        self.errors: list[LineError] = []
        self.used = {"kind"}

    def wrong(self, code: str, **values: object) -> None:
        self.errors.append(wrong_line(self.line, code, **values))

    def text(self, column: str) -> str | None:
        self.used.add(column)
        value = self.cells.get(column) or None
        if value is not None and not bounds.name_fits(value):
            self.wrong("one_line", column=column, most=bounds.NAME_MOST)
            return value[: bounds.NAME_MOST]
        return value

    def needed(self, column: str) -> str:
        value = self.text(column)
        if value is None:
            self.wrong("needed", column=column)
        return value or ""

    def matching(self, column: str, pattern: re.Pattern[str]) -> str | None:
        value = self.text(column)
        if value is not None and not pattern.fullmatch(value):
            self.wrong(f"bad_{column}", column=column)
        return value

    def email(self, *, needed: bool = False) -> str | None:
        value = self.text("email")
        if value is not None and not is_mailable(value):
            self.wrong("bad_email")
        if value is None and needed:
            self.needed("email")
        return folded(value) if value else None

    def choice(self, column: str, choices: Iterable[str], default: str | None = None) -> str:
        values = list(choices)
        value = self.text(column) or default
        if value is None:
            self.needed(column)
            return values[0]
        if value not in values:
            self.wrong("choice", column=column, choices=", ".join(values))
            return values[0]
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if value is None:
            return None
        try:
            found = date.fromisoformat(value)
        except ValueError:
            self.wrong("bad_day", column=column)
            return None
        if not bounds.day_fits(found):
            self.wrong("day_out", column=column, first=bounds.FIRST_DAY, last=bounds.LAST_DAY)
            return None
        return found

    def days(self) -> tuple[date | None, date | None]:
        first, last = self.day("from"), self.day("to")
        if first and last and last < first:
            self.wrong("days_order")
        return first, last

    def order(self) -> int:
        value = self.text("order") or "1"
        if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
            self.wrong("bad_order")
            return 1
        return int(value)

    def words(self, column: str) -> tuple[str, ...]:
        return tuple((self.text(column) or "").replace(",", " ").split())

    def finish(self) -> None:
        for column, value in self.cells.items():
            if value and column not in self.used:
                self.wrong("no_meaning", column=column, kind=self.cells["kind"])
            if (numbers_in_phone if column == "phone" else numbers)(column, value):
                self.wrong("number", column=column)


def parse(data: bytes) -> DirectoryFile:
    """The directory a file describes. Raises DirectoryFileError with every error of every line."""
    errors: list[LineError] = []
    file = DirectoryFile()
    seen: dict[tuple[str, object], int] = {}
    for line, found in lines_of(data, MOST_BYTES, _check_header):
        cells = {name: _plain(cell) for name, cell in found.items()}
        kind = cells.setdefault("kind", "")
        reader = _READERS.get(kind)
        if reader is None:
            errors.append(wrong_line(line, "bad_kind", found=kind[:40], choices=", ".join(_READERS)))
            continue
        values = _Cells(line, cells)
        row, key = reader(values)
        values.finish()
        errors += values.errors
        first = seen.setdefault((kind, key), line)
        if first != line:
            errors.append(wrong_line(line, "repeated", first=first))
        getattr(file, PLACES[kind]).append(row)
    if not errors and not len(file):
        errors.append(wrong_line(1, "nothing"))
    if errors:
        raise DirectoryFileError(errors)
    return file


def _check_header(header: Sequence[str]) -> None:
    unknown = [name for name in header if name not in HEADER]
    if "kind" not in header or unknown:
        code, column = ("header_column", unknown[0][:40]) if unknown else ("header", "")
        raise DirectoryFileError([wrong_line(1, code, header=";".join(HEADER), column=column)])
    if len(set(header)) < len(header):
        raise DirectoryFileError([wrong_line(1, "header_twice")])


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reckoning it."""
    return cell[1:].strip() if cell.startswith("'") and cell[1:].startswith(DISARMED) else cell


_Reader = Callable[[_Cells], tuple[Row, object]]


def _principal(c: _Cells) -> tuple[Row, object]:
    key = c.needed("key")
    row = PrincipalRow(c.line, key, c.needed("name"), PrincipalKind(c.choice("type", PrincipalKind)))
    return row, key_id("principal", key)


def _organisation(c: _Cells) -> tuple[Row, object]:
    key, domains = c.needed("key"), c.words("mail_domains")
    for domain in domains:
        if not DOMAIN.fullmatch(domain.lower()):
            c.wrong("bad_domain", found=domain[:60])
    kind = c.choice("type", ORGANISATION_TYPES, "other")
    row = OrganisationRow(c.line, key, c.needed("parent"), c.needed("name"), kind, tuple(d.lower() for d in domains))
    return row, key_id("organisation", key)


def _unit(c: _Cells) -> tuple[Row, object]:
    key, flags = c.needed("key"), c.words("flags")
    for flag in flags:
        if flag not in FLAGS:
            c.wrong("bad_flag", found=flag[:40], choices=", ".join(FLAGS))
    row = UnitRow(
        c.line,
        key,
        c.needed("parent"),
        c.needed("name"),
        c.matching("hsa_id", HSA_ID),
        c.matching("phone", PHONE),
        Language(c.choice("language", Language, "sv")),
        frozenset(flags),
        c.text("successor"),
        c.day("to"),
        c.text("area"),
    )
    return row, key_id("unit", key)


def _address(c: _Cells) -> tuple[Row, object]:
    parent, email, (first, last) = c.needed("parent"), c.email(needed=True) or "", c.days()
    return AddressRow(c.line, parent, email, c.order(), first, last), (key_id("unit", parent), email, first)


def _person(c: _Cells) -> tuple[Row, object]:
    key, function = c.needed("key"), c.text("function")
    name = c.text("name") or function
    if name is None:
        c.wrong("nobody")
    phone = c.matching("phone", PHONE)
    row = PersonRow(c.line, key, c.needed("parent"), name or "", c.email(), phone, function)
    return row, key_id("person", key)


def _role(c: _Cells) -> tuple[Row, object]:
    holder, parent, person = c.choice("type", ROLE_HOLDERS, "unit"), c.needed("parent"), c.needed("person")
    role, order, (first, last) = Role(c.choice("role", Role)), c.order(), c.days()
    row = RoleRow(c.line, parent, holder, person, role, order, first, last)
    return row, (holder, key_id(holder, parent), key_id("person", person), role, first)


def _closed_day(c: _Cells) -> tuple[Row, object]:
    parent, (first, last) = c.needed("parent"), c.days()
    if first is None and not c.text("from"):
        c.needed("from")
    if first is not None and last is not None and first <= last and not bounds.closed_fits(first, last):
        c.wrong("closed_long", most=bounds.LONGEST_CLOSED)
        last = first
    day = first or bounds.FIRST_DAY
    row = ClosedDayRow(c.line, parent, c.text("name"), day, last or day)
    return row, (key_id("unit", parent), row.valid_from, row.valid_to)


_READERS: dict[str, _Reader] = {
    "principal": _principal,
    "organisation": _organisation,
    "unit": _unit,
    "address": _address,
    "person": _person,
    "role": _role,
    "closed_day": _closed_day,
}
PLACES = {
    "principal": "principals",
    "organisation": "organisations",
    "unit": "units",
    "address": "addresses",
    "person": "persons",
    "role": "roles",
    "closed_day": "closed_days",
}


def write(file: DirectoryFile) -> bytes:
    """The file as bytes: UTF-8 with BOM and semicolons, as spreadsheets in Sweden read them; formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for kind, place in PLACES.items():
        for row in getattr(file, place):
            writer.writerow({"kind": kind, **{name: _safe(cell_text(value)) for name, value in cells_of(row).items()}})
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(DISARMED) else text
