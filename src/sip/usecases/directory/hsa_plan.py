"""What an export of HSA would do to the directory (rules, section 22): one function of the file, what is there, and
what was last read.

Pure. The law of this file: what is kept by hand is never overwritten without an answer, and what the catalogue leaves
empty or out is left alone.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.store.directory import OrganisationRecord, UnitRecord
from sip.usecases.directory.differences import Difference, RowChange
from sip.usecases.directory.hsa_units import HsaFile, HsaUnit
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFileError, LineError, wrong_line
from sip.usecases.directory.wanted import end_of

FIELDS = ("name", "phone", "to")
"""What HSA has that is kept here, as the directory's file calls it."""
NEAR = timedelta(days=31)
"""So near its predecessor's last day does a successor begin."""
Values = Mapping[tuple[UUID, str], str]
"""What was last read, by unit and field."""


class Holds(StrEnum):
    """Whose value holds where both have changed."""

    OURS = "ours"
    HSA = "hsa"


class HsaAct(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"
    ASKED = "asked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class HsaLine:
    """One thing of one unit that is done, asked or left. `cells`: field, what stands here, what HSA says; `question`
    names it where it is asked; `why` says why it is left.
    """

    line: int
    act: HsaAct
    unit_id: UUID
    name: str
    hsa_id: str
    cells: tuple[tuple[str, str, str], ...] = ()
    question: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HsaPlan:
    """All that a file would do: what is shown, the units to be written with how they differ, and what is then the last
    value read.
    """

    lines: tuple[HsaLine, ...]
    units: tuple[UnitRecord, ...]
    told: tuple[Difference, ...]
    values: tuple[tuple[UUID, str, str], ...]
    unchanged: int
    passed_over: int

    def count(self, act: HsaAct) -> int:
        return sum(one.act is act for one in self.lines)

    @property
    def mark(self) -> str:
        """What tells this plan from others."""
        shown = [self.lines, self.unchanged, self.passed_over]
        return hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class HsaAsked:
    """How a file is read: the organisation of new units that lie under none of ours, whether any new unit is made, and
    whose value holds (by question, else for all).
    """

    organisation_id: UUID | None = None
    known_only: bool = False
    holds: Mapping[str, Holds] | Holds | None = None

    def answer(self, question: str) -> Holds | None:
        if self.holds is None or isinstance(self.holds, Holds):
            return self.holds
        return self.holds.get(question)


@dataclass(slots=True)
class _HsaWork:
    asked: HsaAsked
    values: Values
    today: date
    lines: list[HsaLine]
    units: list[UnitRecord]
    told: list[Difference]
    read: list[tuple[UUID, str, str]]
    unchanged: int = 0


def plan(
    file: HsaFile, units: Mapping[UUID, UnitRecord], organisations: Mapping[UUID, OrganisationRecord], values: Values,
    asked: HsaAsked, now: datetime,
) -> HsaPlan:  # fmt: skip
    """Raises DirectoryFileError for new units that lie in no organisation."""
    work = _HsaWork(asked, values, local_day(now), [], [], [], [])
    by_hsa = {one.hsa_id: one for one in units.values() if one.hsa_id is not None}
    named: dict[str, list[UUID]] = defaultdict(list)
    for organisation in organisations.values():
        named[organisation.name.casefold()].append(organisation.id)
    errors: list[LineError] = []
    after: list[tuple[HsaUnit, UnitRecord]] = []
    for one in file.units:
        there = by_hsa.get(one.hsa_id)
        if there is not None:
            after.append((one, _followed(work, one, there)))
        elif asked.known_only or _is_over(one, work.today):
            work.lines.append(_left(one, key_id("unit", one.hsa_id), "known_only" if asked.known_only else "over"))
        else:
            made = _made(one, named, asked)
            if made is None:
                errors.append(wrong_line(one.line, "hsa_organisation", name=one.name))
            else:
                after.append((one, made))
                _tell_new(work, one, made, organisations)
    if errors:
        raise DirectoryFileError(errors)
    written = {one.id: one for one in _with_successors(units, after)}
    names = {record.id: record.name for _, record in after}
    for one, taken in after:
        record = written.get(taken.id, taken)
        before = units.get(record.id)
        if record != before:
            work.units.append(record)
            if before is not None:
                _tell_changes(work, one, before, record, names)
    lines = sorted(work.lines, key=lambda line: line.line)
    return HsaPlan(
        tuple(lines), tuple(work.units), tuple(work.told), tuple(work.read), work.unchanged, file.passed_over
    )


# -- one unit


def _said(one: HsaUnit, work: _HsaWork, there: UnitRecord) -> dict[str, str]:
    """What the catalogue says of each field, as text; nothing of what it leaves empty. Of what is archived without a
    day: the day on which that was first read.
    """
    last = "" if one.last_day is None else one.last_day.isoformat()
    if one.archived and not last:
        known = _ours(there)["to"] or work.values.get((there.id, "to"))
        last = known or work.today.isoformat()
    return {field: value for field, value in (("name", one.name), ("phone", one.phone), ("to", last)) if value}


def _is_over(one: HsaUnit, today: date) -> bool:
    return one.archived or (one.last_day is not None and one.last_day < today)


def _ends(there: UnitRecord) -> date | None:
    return None if there.archived_at is None else local_day(there.archived_at - timedelta(microseconds=1))


def _ours(there: UnitRecord) -> dict[str, str]:
    last = _ends(there)
    return {"name": there.name, "phone": there.phone or "", "to": last.isoformat() if last is not None else ""}


def _followed(work: _HsaWork, one: HsaUnit, there: UnitRecord) -> UnitRecord:
    """The unit with what follows the catalogue; what is asked and what is left is told."""
    said, ours = _said(one, work, there), _ours(there)
    taken: dict[str, str] = {}
    same = True
    for field, theirs in said.items():
        base, mine, question = work.values.get((there.id, field)), ours[field], f"{one.hsa_id}/{field}"
        if theirs == mine:
            _remember(work, there.id, field, theirs)
            continue
        if base is not None and theirs == base:  # kept by hand since
            continue
        free = mine == "" if base is None else mine == base
        holds = Holds.HSA if free else work.asked.answer(question)
        if holds is None:
            cells = ((field, mine, theirs),)
            work.lines.append(HsaLine(one.line, HsaAct.ASKED, there.id, there.name, one.hsa_id, cells, question))
            same = False
            continue
        _remember(work, there.id, field, theirs)
        if holds is Holds.HSA:
            taken[field] = theirs
    same = not _unread(work, one, there.id) and same
    work.unchanged += same and not taken
    return _taken(there, taken)


def _taken(there: UnitRecord, taken: Mapping[str, str]) -> UnitRecord:
    found = replace(there, name=taken.get("name", there.name), phone=taken.get("phone", there.phone))
    return replace(found, archived_at=end_of(date.fromisoformat(taken["to"]))) if "to" in taken else found


def _remember(work: _HsaWork, unit_id: UUID, field: str, value: str) -> None:
    if work.values.get((unit_id, field)) != value:
        work.read.append((unit_id, field, value))


def _unread(work: _HsaWork, one: HsaUnit, unit_id: UUID) -> bool:
    for field, value in one.unread:
        cells = ((field, "", value),)
        work.lines.append(HsaLine(one.line, HsaAct.LEFT, unit_id, one.name, one.hsa_id, cells, why="unread"))
    return bool(one.unread)


def _left(one: HsaUnit, unit_id: UUID, why: str) -> HsaLine:
    return HsaLine(one.line, HsaAct.LEFT, unit_id, one.name, one.hsa_id, why=why)


def _made(one: HsaUnit, named: Mapping[str, list[UUID]], asked: HsaAsked) -> UnitRecord | None:
    """A unit that is new, in the nearest organisation above it that has one name here, else in the one given."""
    own = next((named[name.casefold()] for name in one.above if len(named.get(name.casefold(), ())) == 1), [])
    organisation = own[0] if own else asked.organisation_id
    if organisation is None:
        return None
    ends = None if one.last_day is None else end_of(one.last_day)
    return UnitRecord(
        key_id("unit", one.hsa_id), organisation, one.name, one.hsa_id, one.phone, Language.SV, archived_at=ends
    )


# -- what is told


def _tell_new(
    work: _HsaWork, one: HsaUnit, made: UnitRecord, organisations: Mapping[UUID, OrganisationRecord]
) -> None:  # fmt: skip
    ours = _ours(made)
    for field in FIELDS:
        if ours[field]:
            _remember(work, made.id, field, ours[field])
    parent = organisations[made.organisation_id].name if made.organisation_id in organisations else ""
    shown = {"parent": parent, "phone": ours["phone"], "to": ours["to"], "email": one.mail or ""}
    cells = tuple((name, "", value) for name, value in shown.items() if value)
    work.lines.append(HsaLine(one.line, HsaAct.NEW, made.id, made.name, one.hsa_id, cells))
    kept = (("hsa_id", "", one.hsa_id), *(cell for cell in cells if cell[0] != "email"))
    work.told.append(Difference(one.line, RowChange.NEW, "unit", (made.name,), kept, made.id))
    _unread(work, one, made.id)


def _tell_changes(
    work: _HsaWork, one: HsaUnit, before: UnitRecord, record: UnitRecord, names: Mapping[UUID, str]
) -> None:
    was, will = _ours(before), _ours(record)
    cells = [(field, was[field], will[field]) for field in FIELDS if was[field] != will[field]]
    if record.successor_id is not None and record.successor_id != before.successor_id:
        cells.append(("successor", "", names[record.successor_id]))
    ended = bool(will["to"]) and not was["to"]
    act = HsaAct.ENDED if ended else HsaAct.CHANGED
    work.lines.append(HsaLine(one.line, act, record.id, before.name, one.hsa_id, tuple(cells)))
    journal = RowChange.ARCHIVED if ended else RowChange.CHANGED
    work.told.append(Difference(one.line, journal, "unit", (record.name,), tuple(cells), record.id))


def _with_successors(units: Mapping[UUID, UnitRecord], after: list[tuple[HsaUnit, UnitRecord]]) -> Iterator[UnitRecord]:
    """Units that come to end, with the one that takes over (rules, section 22 H3)."""
    begins: dict[tuple[UUID, str], list[tuple[date, UnitRecord]]] = defaultdict(list)
    for one, record in after:
        if one.first_day is not None and record.archived_at is None:
            begins[record.organisation_id, record.name.casefold()].append((one.first_day, record))
    for _, record in after:
        last = _ends(record)
        before = units.get(record.id)
        if last is None or record.successor_id is not None or (before is not None and before.archived_at is not None):
            continue
        near = [
            other
            for first, other in begins.get((record.organisation_id, record.name.casefold()), ())
            if other.id != record.id and abs(first - last) <= NEAR
        ]
        if len(near) == 1:
            yield replace(record, successor_id=near[0].id)
