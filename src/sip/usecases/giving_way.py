"""Six months after a meeting, or the end of a report without one, names of staff in it give way to functions (rules,
section 12 K4).

The law of this file: it changes no state. No rule reads a name, so the meeting's version stays, and nobody is told;
what stood in a row of the journal is told by a tombstone, and each batch by a record that is sealed (decision 0095).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.giving_way import PARTICIPANT, Functions, Replacer, Staff, addresses_in, find
from sip.domain.keeping import Fate, Hold, Matter, Tombstone, fate, names_since
from sip.domain.people import Language, Role
from sip.domain.sealing import read_head
from sip.domain.worktime import local_day
from sip.store import keeping, names, report_names, sealing, sitters, tombstones
from sip.store.db import Database
from sip.store.names import AboutMeeting, JournalText, TextRow
from sip.store.tombstones import StoneBatch
from sip.usecases.actor import ENGINE

AT_ONCE = 50
Say = Callable[[str, Language], str]
"""The word of a role, or of PARTICIPANT, in a language."""
_FIRST: names.Place = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


@dataclass(slots=True)
class GaveWay:
    """Meetings, and reports without one, in which names gave way, and rows of their journals that say so now."""

    meetings: int = 0
    rows: int = 0
    reports: int = 0


@dataclass(frozen=True, slots=True)
class _Kind:
    """How those of one kind are found and read; `counted` is what their number is called."""

    counted: str
    due: Callable[[AsyncConnection, datetime, names.Place, int], Awaitable[list[names.Place]]]
    matter: Callable[[AsyncConnection, UUID], Awaitable[Matter | None]]
    about: Callable[[AsyncConnection, UUID], Awaitable[AboutMeeting]]
    rows: Callable[[AsyncConnection, UUID], Awaitable[list[TextRow]]]
    given_way: Callable[[AsyncConnection, UUID], Awaitable[None]]


async def _of_meeting(conn: AsyncConnection, meeting_id: UUID) -> Matter | None:
    return await keeping.matter(conn, meeting=meeting_id)


async def _of_report(conn: AsyncConnection, report_id: UUID) -> Matter | None:
    return await keeping.matter(conn, report=report_id)


_KINDS = (
    _Kind("meetings", names.due, _of_meeting, names.about, names.rows, names.given_way),
    _Kind("reports", report_names.due, _of_report, report_names.about, report_names.rows, report_names.given_way),
)


async def give_way(db: Database, now: datetime, say: Say) -> GaveWay:
    """Everything due. What is on hold, or in part not sealed yet, is looked at again the next time."""
    done = GaveWay()
    for kind in _KINDS:
        more: names.Place | None = _FIRST
        while more is not None:
            async with db.transaction(ENGINE) as conn:
                more = await _some(conn, kind, more, now, say, done)
    return done


async def sitters_give_way(db: Database, now: datetime) -> int:
    """The names of those whose terms in standing groups have been over for six months (rules, section 18 U6)."""
    async with db.transaction(ENGINE) as conn:
        return await sitters.give_way(conn, local_day(names_since(now)), now)


async def _some(
    conn: AsyncConnection, kind: _Kind, after: names.Place, now: datetime, say: Say, done: GaveWay
) -> names.Place | None:
    found = await kind.due(conn, names_since(now), after, AT_ONCE)
    holds = [one.what for one in await keeping.holds(conn) if isinstance(one.what, Hold)]
    last = await sealing.last_head(conn)
    sealed = 0 if last is None else read_head(last.head).end
    changed: list[JournalText] = []
    number = 0
    for _, one_id in found:
        matter = await kind.matter(conn, one_id)
        if matter is None or fate(matter, holds, now) is Fate.HELD:
            continue
        rows = await _one(conn, kind, one_id, sealed, say)
        if rows is not None:
            number += 1
            changed += rows
    if number:
        stones: list[Tombstone] = [one.stone() for one in changed]
        batch = StoneBatch(uuid4(), None, None, {kind.counted: number, "rows": len(stones)})
        await tombstones.write(conn, batch, stones, ENGINE.columns(), now)
        await names.write_journal(conn, batch.id, changed)
    setattr(done, kind.counted, getattr(done, kind.counted) + number)
    done.rows += len(changed)
    return found[-1] if len(found) == AT_ONCE else None


async def _one(conn: AsyncConnection, kind: _Kind, one_id: UUID, sealed: int, say: Say) -> list[JournalText] | None:
    """Names give way in its tables; gives the rows of its journal as they are to be. None where it waits for a seal."""
    about = await kind.about(conn, one_id)
    told = await names.journal_of(conn, (one_id, *about.beside), sealed)
    if not all(one.sealed for one in told):
        return None
    rows = await kind.rows(conn, one_id)
    staff = await _staff(conn, about, rows, told, say)
    replacer = Replacer(staff)
    for row in rows:
        await _row(conn, row, about, replacer)
    await kind.given_way(conn, one_id)
    after = [(one, _journal(one, replacer)) for one in told]
    return [new for old, new in after if new.same_as != old.same_as]


async def _staff(
    conn: AsyncConnection, about: AboutMeeting, rows: list[TextRow], told: list[JournalText], say: Say
) -> Staff:
    said = [one.said for one in told]
    texts = [text for row in rows for text in _strings(row.said)] + [t for one in said for t in _strings(one)]
    texts += [one.actor[1] for one in told if one.actor[1]]
    addresses = addresses_in(texts)
    short = {text for text in texts if len(text) <= 200}
    own = about.own | await names.units_own(conn, addresses, short)
    known = await names.functions(conn, addresses - own)
    language = Language(about.language)
    parts = {part: say(part, language) for part in (*Role, PARTICIPANT)}
    functions = Functions(parts, about.units, known, about.elsewhere)
    staff = Staff(own)
    for row in sorted(rows, key=lambda one: one.table != "attendee"):  # what she is called at the meeting comes first
        find(_with_party(row), functions, staff, about.unit)
    for one in said:
        find(one, functions, staff, about.unit)
    for row_told in told:
        kind, actor_id, name, unit_id, role = row_told.actor
        if kind in ("user", "mail"):
            unit = about.by_id.get(unit_id, about.unit) if unit_id else about.unit
            staff.add(functions.word(None, role or PARTICIPANT, unit), name, *addresses_in([actor_id or ""]))
    return staff


def _with_party(row: TextRow) -> Mapping[str, object]:
    """The texts, with whose party they are: it is in the key of what hangs on one."""
    if row.table in ("attendee", "party_round", "rung", "pause", "poll_answer", "poll_ask"):
        named = {"name": row.said["name"], "email": row.said.get("email")} if row.table == "attendee" else {}
        return {**row.said, **named, "party": row.key[1]}
    if row.table == "check_in":
        return {**row.said, "knows": True}
    return row.said


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]


async def _row(conn: AsyncConnection, row: TextRow, about: AboutMeeting, replacer: Replacer) -> None:
    changed = {}
    for column, value in row.said.items():
        after = replacer.json(value)
        if after == value:
            continue
        if column == "key":  # unique for ever, also where two have one function
            after = f"{about.id}/gave_way/{row.key[0]}"
        elif column.endswith("convener_email"):
            after = about.mailbox
        elif column.endswith("convener_phone"):
            after = about.phone
        elif row.table in ("attendee", "meeting") and column in ("email", "phone", "chair_email"):
            after = ""
        changed[column] = after
    if changed:
        await names.write(conn, row, changed)


def _journal(one: JournalText, replacer: Replacer) -> JournalText:
    """Who acted keeps the number of her account, and an address gives way as in a text."""
    _, actor_id, name, _, _ = one.actor
    who = None if actor_id is None else replacer.text(actor_id)
    return one.with_(who, None if name is None else replacer.text(name), replacer.json(one.said))
