"""The units in an export of the HSA catalogue (rules, section 22 H1), by the names of the HSA schema.

Pure. The law of this file: persons, functions and feigned entries are passed over, and nothing of them is given on.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sip.domain import bounds
from sip.domain.freetext import numbers, numbers_in_phone
from sip.domain.worktime import local_day
from sip.usecases.directory.csv_text import HSA_ID, MOST_BYTES, PHONE
from sip.usecases.directory.ldif import Entry, entries
from sip.usecases.directory.rows import DirectoryFileError, LineError, wrong_line

UNIT_CLASSES = frozenset({"organizationalunit", "hsaunit", "hsahealthcareunit"})
ARCHIVED, FEIGNED = "hsaarchivedobject", "hsafeignedobject"
_PHONES = ("telephonenumber", "hsaswitchboardnumber")
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True)
class HsaUnit:
    """One unit as the catalogue has it. `above`: the names it lies under, the nearest first; `unread`: values that
    cannot be kept, by attribute. `last_day`: where it ends; `archived`: it has ended, whatever its day.
    """

    line: int
    hsa_id: str
    name: str
    phone: str | None
    mail: str | None
    first_day: date | None
    last_day: date | None
    archived: bool
    above: tuple[str, ...]
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HsaFile:
    """The units of a file, and how many other entries were passed over."""

    units: tuple[HsaUnit, ...]
    passed_over: int


def parse(data: bytes) -> HsaFile:
    """The units of an export. Raises DirectoryFileError with all that is wrong."""
    found: list[HsaUnit] = []
    errors: list[LineError] = []
    lines: dict[str, int] = {}
    passed_over = 0
    for entry in entries(data, MOST_BYTES):
        classes = {one.lower() for one in entry.values.get("objectclass", ())}
        if not classes & UNIT_CLASSES or FEIGNED in classes or entry.one("hsaidentity") is None:
            passed_over += 1
            continue
        unit, wrong = _unit(entry, ARCHIVED in classes)
        first = lines.setdefault(unit.hsa_id, unit.line)
        if first != unit.line:
            wrong.append(wrong_line(unit.line, "unit_twice", first=first))
        errors += wrong
        found.append(unit)
    if not found and not errors:
        errors.append(wrong_line(1, "hsa_none"))
    if errors:
        raise DirectoryFileError(errors)
    return HsaFile(tuple(found), passed_over)


def _unit(entry: Entry, archived: bool) -> tuple[HsaUnit, list[LineError]]:
    wrong: list[LineError] = []
    hsa_id, name = entry.one("hsaidentity") or "", entry.one("ou") or entry.one("cn") or ""
    if not HSA_ID.fullmatch(hsa_id):
        wrong.append(wrong_line(entry.line, "bad_hsa_id", column="hsaIdentity"))
    if not name:
        wrong.append(wrong_line(entry.line, "needed", column="ou"))
    elif not bounds.name_fits(name):
        wrong.append(wrong_line(entry.line, "one_line", column="ou", most=bounds.NAME_MOST))
    elif numbers("ou", name):
        wrong.append(wrong_line(entry.line, "number", column="ou"))
    unread: list[tuple[str, str]] = []
    phone = _phone(entry, unread)
    days: dict[str, date | None] = {}
    for attribute, ends in (("startdate", False), ("enddate", True)):
        said = entry.one(attribute)
        days[attribute] = _day(said, ends=ends) if said else None
        if said and days[attribute] is None:
            wrong.append(wrong_line(entry.line, "hsa_day", column="endDate" if ends else "startDate"))
    above = tuple(value for kind, value in entry.path[1:] if kind in ("ou", "o"))
    return (
        HsaUnit(
            entry.line, hsa_id, name, phone, entry.one("mail"), days["startdate"], days["enddate"], archived, above,
            tuple(unread),
        ),
        wrong,
    )  # fmt: skip


def _phone(entry: Entry, unread: list[tuple[str, str]]) -> str | None:
    """The direct number, else the switchboard's; what is none is told."""
    for attribute in _PHONES:
        for said in entry.values.get(attribute, ()):
            if PHONE.fullmatch(said) and not numbers_in_phone("phone", said):
                return said
            if said:
                unread.append(("phone", said if not numbers_in_phone("phone", said) else "?"))
    return None


def _day(said: str, *, ends: bool) -> date | None:
    """The day in Sweden of a GeneralizedTime (RFC 4517, section 3.3.13) or of an ISO day; a midnight ends the day
    before.
    """
    found = _MOMENT.fullmatch(said.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        if hour is None:
            told = date(int(year), int(month), int(day))
            return told if bounds.day_fits(told) else None
        offset = (zone or "Z").replace("Z", "+0000").replace(":", "")
        at = datetime.strptime(f"{year}{month}{day}{hour}{minute}{second or '00'}{offset}", "%Y%m%d%H%M%S%z")
        told = local_day((at - timedelta(microseconds=1) if ends else at).astimezone(UTC))
    except (ValueError, OverflowError):
        return None
    return told if bounds.day_fits(told) else None
