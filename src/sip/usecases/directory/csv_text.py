"""The directory as one CSV file: rows with a `kind`, read into values and written back (docs/directory-csv.md).

The law of this file: every error is told, each with its line; a file with an error gives no directory at all. What is
written can be read again, and no cell can start a formula in a spreadsheet.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from sip.domain import bounds
from sip.domain.address import folded, is_mailable
from sip.domain.freetext import numbers, numbers_in_phone
from sip.domain.people import Language, PrincipalKind, Role
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
)

HEADER = (
    "kind", "key", "parent", "name", "type", "hsa_id", "email", "phone", "function", "language", "role", "person",
    "order", "from", "to", "flags", "mail_domains", "successor",
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

    def wrong(self, sentence: str) -> None:
        self.errors.append(LineError(self.line, sentence))

    def text(self, column: str) -> str | None:
        self.used.add(column)
        value = self.cells.get(column) or None
        if value is not None and not bounds.name_fits(value):
            self.wrong(f'"{column}" must be one line of at most {bounds.NAME_MOST} characters.')
            return value[: bounds.NAME_MOST]
        return value

    def needed(self, column: str) -> str:
        value = self.text(column)
        if value is None:
            self.wrong(f'"{column}" is empty and must be filled in.')
        return value or ""

    def matching(self, column: str, pattern: re.Pattern[str], what: str) -> str | None:
        value = self.text(column)
        if value is not None and not pattern.fullmatch(value):
            self.wrong(f'"{column}" is no {what}.')
        return value

    def email(self, *, needed: bool = False) -> str | None:
        value = self.text("email")
        if value is not None and not is_mailable(value):
            self.wrong('"email" is no e-mail address that mail can be sent to.')
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
            self.wrong(f'"{column}" must be one of {", ".join(values)}.')
            return values[0]
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if value is None:
            return None
        try:
            found = date.fromisoformat(value)
        except ValueError:
            self.wrong(f'"{column}" must be a day such as 2026-01-31.')
            return None
        if not bounds.day_fits(found):
            self.wrong(f'"{column}" must be from {bounds.FIRST_DAY} to {bounds.LAST_DAY}; leave it empty for no end.')
            return None
        return found

    def days(self) -> tuple[date | None, date | None]:
        first, last = self.day("from"), self.day("to")
        if first and last and last < first:
            self.wrong('"to" is before "from".')
        return first, last

    def order(self) -> int:
        value = self.text("order") or "1"
        if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
            self.wrong('"order" must be a whole number from 1 to 999.')
            return 1
        return int(value)

    def words(self, column: str) -> tuple[str, ...]:
        return tuple((self.text(column) or "").replace(",", " ").split())

    def finish(self) -> None:
        for column, value in self.cells.items():
            if value and column not in self.used:
                self.wrong(f'"{column}" has no meaning in a row of kind {self.cells["kind"]}; leave it empty.')
            if (numbers_in_phone if column == "phone" else numbers)(column, value):
                self.wrong(f'"{column}" looks like a personal number; none may be kept here.')


def parse(data: bytes) -> DirectoryFile:
    """The directory a file describes. Raises DirectoryFileError with every error of every line."""
    errors: list[LineError] = []
    file = DirectoryFile()
    seen: dict[tuple[str, object], int] = {}
    for line, cells in _lines(data):
        kind = cells["kind"]
        reader = _READERS.get(kind)
        if reader is None:
            errors.append(LineError(line, f'"kind" is "{kind[:40]}"; it must be one of {", ".join(_READERS)}.'))
            continue
        values = _Cells(line, cells)
        row, key = reader(values)
        values.finish()
        errors += values.errors
        first = seen.setdefault((kind, key), line)
        if first != line:
            errors.append(LineError(line, f"says the same as line {first}: keep one of them."))
        getattr(file, PLACES[kind]).append(row)
    if not errors and not len(file):
        errors.append(LineError(1, "there is nothing under the header."))
    if errors:
        raise DirectoryFileError(errors)
    return file


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(data) > MOST_BYTES:
        raise DirectoryFileError([LineError(1, f"the file is larger than {MOST_BYTES // 1_000_000} MB; divide it.")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DirectoryFileError([LineError(line, "this is no UTF-8; save the file as CSV UTF-8.")]) from None
    if "\0" in text:
        raise DirectoryFileError([LineError(text[: text.index("\0")].count("\n") + 1, "this is no text file.")])
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        _check_header(header)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise DirectoryFileError([LineError(line, f"has {len(cells)} cells; the header has {len(header)}.")])
            yield line, {"kind": "", **{n: _plain(c) for n, c in zip(header, cells, strict=False)}}
    except csv.Error as error:
        raise DirectoryFileError([LineError(max(reader.line_num, 1), f"is no proper CSV ({error}).")]) from None


def _check_header(header: list[str]) -> None:
    unknown = [name for name in header if name not in HEADER]
    if "kind" not in header or unknown:
        said = f' "{unknown[0][:40]}" is no column.' if unknown else ""
        raise DirectoryFileError([LineError(1, f"the header must be: {';'.join(HEADER)}.{said}")])
    if len(set(header)) < len(header):
        raise DirectoryFileError([LineError(1, "the header names a column twice.")])


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reckoning it."""
    text = cell.strip()
    return text[1:].strip() if text.startswith("'") and text[1:].startswith(DISARMED) else text


_Reader = Callable[[_Cells], tuple[Row, object]]


def _principal(c: _Cells) -> tuple[Row, object]:
    key = c.needed("key")
    row = PrincipalRow(c.line, key, c.needed("name"), PrincipalKind(c.choice("type", PrincipalKind)))
    return row, key_id("principal", key)


def _organisation(c: _Cells) -> tuple[Row, object]:
    key, domains = c.needed("key"), c.words("mail_domains")
    for domain in domains:
        if not DOMAIN.fullmatch(domain.lower()):
            c.wrong(f'"mail_domains": "{domain[:60]}" is no domain, such as region.example.')
    kind = c.choice("type", ORGANISATION_TYPES, "other")
    row = OrganisationRow(c.line, key, c.needed("parent"), c.needed("name"), kind, tuple(d.lower() for d in domains))
    return row, key_id("organisation", key)


def _unit(c: _Cells) -> tuple[Row, object]:
    key, flags = c.needed("key"), c.words("flags")
    for flag in flags:
        if flag not in FLAGS:
            c.wrong(f'"flags": "{flag[:40]}" is none of {", ".join(FLAGS)}.')
    row = UnitRow(
        c.line,
        key,
        c.needed("parent"),
        c.needed("name"),
        c.matching("hsa_id", HSA_ID, "HSA-id, such as SE2321000131-E000000000001"),
        c.matching("phone", PHONE, "phone number"),
        Language(c.choice("language", Language, "sv")),
        frozenset(flags),
        c.text("successor"),
        c.day("to"),
    )
    return row, key_id("unit", key)


def _address(c: _Cells) -> tuple[Row, object]:
    parent, email, (first, last) = c.needed("parent"), c.email(needed=True) or "", c.days()
    return AddressRow(c.line, parent, email, c.order(), first, last), (key_id("unit", parent), email, first)


def _person(c: _Cells) -> tuple[Row, object]:
    key, function = c.needed("key"), c.text("function")
    name = c.text("name") or function
    if name is None:
        c.wrong('"name" and "function" are both empty; one of them must be filled in.')
    phone = c.matching("phone", PHONE, "phone number")
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
        c.wrong(f'"to" is more than {bounds.LONGEST_CLOSED} days after "from"; a unit closed for longer is archived.')
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
