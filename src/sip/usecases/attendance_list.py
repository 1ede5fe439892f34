"""A list of participants that Teams wrote: who stands in it, and what that proposes for the parties of a meeting.

The law of this file: it is read in memory and proposes; a person confirms. Neither the file nor a name that nobody had
given us is kept or shown: the person whom the meeting is about may stand in it. Who is not in it is not absent: people
telephone in, and share a screen.

Two layouts are known: one table (Full Name, User Action or Join Time, ...), with or without a "Meeting Summary" above,
and the later one of numbered sections, "1. Summary", "2. Participants", "3. In-Meeting Activities"; as UTF-16 with tabs
or UTF-8 with commas, in any language where the sections are numbered (Microsoft, "Manage meeting attendance reports in
Microsoft Teams").
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sip.domain.address import folded
from sip.domain.meeting import Attendee, Meeting, Party
from sip.domain.people import Roster
from sip.domain.terms import AttendeeRole, Mark, Obligation
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.usecases.actor import Actor
from sip.usecases.recorded import recorded

MOST_BYTES = 500_000
MOST_ROWS = 3_000
_NAMES = frozenset({"name", "full name", "namn", "fullständigt namn", "hela namnet"})
_SECTION = re.compile(r"\s*\"?(\d)\.\s*\D")
_IN_BRACKETS = re.compile(r"\s*\([^()]{0,60}\)\s*$")
_WORDS = re.compile(r"[^\W\d_]+")


class UnreadableListError(ValueError):
    """The file is no such list; `code` says why: too_long, not_csv, no_table, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant: the words of the name in no order, and addresses, folded."""

    name: frozenset[str]
    emails: frozenset[str]


@dataclass(slots=True)
class Proposed:
    """Marks by party ordinal, of whom (the names that we had), and how many of the list we know nothing of."""

    marks: dict[int, Mark] = field(default_factory=dict)
    names: dict[int, list[str]] = field(default_factory=dict)
    unknown: int = 0


def read(raw: bytes) -> list[Participant]:
    """Who stands in the list, each once. Raises UnreadableListError."""
    if len(raw) > MOST_BYTES:
        raise UnreadableListError("too_long")
    lines = _text(raw).splitlines()
    found: dict[Participant, None] = {}
    try:
        for name, cells in _rows(lines):
            emails = frozenset(folded(cell.strip()) for cell in cells if "@" in cell and " " not in cell.strip())
            words = _key(name)
            if words or emails:
                found[Participant(words, emails)] = None
    except csv.Error:
        raise UnreadableListError("not_csv") from None
    if not found:
        raise UnreadableListError("empty")
    return list(found)


def _text(raw: bytes) -> str:
    if raw.startswith((b"PK", b"%PDF")):
        raise UnreadableListError("not_csv")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    coding = "utf-16" if wide else "utf-16-le" if b"\x00" in raw[1:200:2] else "utf-8-sig"
    try:
        text = raw.decode(coding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # saved anew by a spreadsheet
    if "\x00" in text:
        raise UnreadableListError("not_csv")
    return text


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows of the table of participants: the name, and the rest of the cells."""
    head, parted_by, numbered = _head(lines)
    rows = csv.reader(lines[head + 1 : head + 1 + MOST_ROWS], delimiter=parted_by)
    for cells in rows:
        blank = not any(cell.strip() for cell in cells)
        if numbered and (blank or _SECTION.match(cells[0])):
            return
        if not blank:
            yield cells[0], cells[1:]


def _head(lines: Sequence[str]) -> tuple[int, str, bool]:
    """The line of the table's names, what parts its cells, and whether it stands in a numbered section."""
    second = False
    for n, line in enumerate(lines):
        section = _SECTION.match(line)
        if section is not None:
            second = section[1] == "2"
            continue
        for parted_by in "\t;,":
            cells = next(csv.reader([line], delimiter=parted_by), [])
            if len(cells) > 1 and (second or cells[0].strip().casefold() in _NAMES):
                return n, parted_by, second
    raise UnreadableListError("no_table")


def _key(name: str) -> frozenset[str]:
    """ "Ek, Anna (Guest)" and "Anna Ek" are the same."""
    while (shorter := _IN_BRACKETS.sub("", name)) != name:
        name = shorter
    return frozenset(_WORDS.findall(name.casefold()))


# -- what it proposes


async def propose(
    db: Database, meeting: Meeting, listed: Sequence[Participant], *, actor: Actor, now: datetime
) -> Proposed:
    """What the list says of this meeting's parties, to be confirmed by a person."""
    async with recorded(db, actor, now, nothing="the directory, of a meeting that she reads") as (conn, _):
        known = await rosters(conn, [party.unit_id for party in meeting.parties], now)
    return proposed(meeting, listed, {party.ordinal: known.get(party.unit_id) for party in meeting.parties})


def proposed(meeting: Meeting, listed: Sequence[Participant], known: Mapping[int, Roster | None]) -> Proposed:
    """By address, then by a name that one person of the meeting has, then by an organisation that one party is of."""
    found = Proposed()
    substitutes: dict[int, list[bool]] = {}
    for one in listed:
        whose = _person(meeting, one) or _unit(meeting, one, known)
        if whose is None:
            found.unknown += 1
            continue
        party, name, stands_in = whose
        if name and name not in found.names.setdefault(party, []):
            found.names[party].append(name)
        substitutes.setdefault(party, []).append(stands_in)
    for party, those in substitutes.items():
        found.marks[party] = Mark.SUBSTITUTE_ATTENDED if all(those) else Mark.ATTENDED
    return found


def _person(meeting: Meeting, one: Participant) -> tuple[int, str, bool] | None:
    """The party of somebody whom it had named, or who convenes or chairs."""
    theirs: list[tuple[int, str, bool]] = []
    for party in _asked_about(meeting):
        people = [(a.name, a.email, _stands_in(a)) for a in party.attendees]
        if party.obligation is Obligation.CONVENING:
            own = meeting.convener
            people += [(own.person, own.email, False), (meeting.chair_name or "", meeting.chair_email, False)]
        for name, email, stands_in in people:
            if email is not None and folded(email) in one.emails:
                return party.ordinal, name, stands_in
            if one.name and _key(name) == one.name:
                theirs.append((party.ordinal, name, stands_in))
    return theirs[0] if len({party for party, _, _ in theirs}) == 1 else None


def _unit(meeting: Meeting, one: Participant, known: Mapping[int, Roster | None]) -> tuple[int, str, bool] | None:
    """The one party whose mailbox or organisation the address is of."""
    boxes = {i.party for i in meeting.invitations if i.attendee is None and folded(i.email) in one.emails}
    if not boxes:
        boxes = {
            party.ordinal
            for party in _asked_about(meeting)
            if (roster := known.get(party.ordinal)) is not None and any(map(roster.has_colleague, one.emails))
        }
    return (boxes.pop(), "", False) if len(boxes) == 1 else None


def _asked_about(meeting: Meeting) -> list[Party]:
    return [party for party in meeting.parties if party.active]


def _stands_in(person: Attendee) -> bool:
    return person.role is AttendeeRole.SUBSTITUTE
