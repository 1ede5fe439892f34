"""Agenda items as values: locked after meetings and reports, in the order of their ids (rules, section 2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import AgendaItem, Resolution, SeatReply
from sip.domain.deviation import Side
from sip.store import db, tables
from sip.store.aggregates.successors import SUCCESSORS
from sip.store.aggregates.versioned import COLUMNS, Rewrite, Versioned, versioned
from sip.store.codec import Shape
from sip.store.rows import Plan

SHAPE: Shape[AgendaItem] = Shape(AgendaItem, ("resolutions", "replies")).check(tables.agenda_item, COLUMNS)
RESOLUTION: Shape[Resolution] = Shape(Resolution).check(tables.resolution, ("item_id",))
REPLY: Shape[SeatReply] = Shape(SeatReply).check(tables.seat_reply, ("item_id",))
_NAMES = ", ".join(f'"{name}"' for name in (*SHAPE.columns, *COLUMNS))
_HEAD = f"select {_NAMES} from agenda_item"
_READ = f"{_HEAD} where id = any($1::uuid[])"
_LOCK = f"{_READ} order by id for no key update"
_LOCK_DUE = (
    f"{_HEAD} where due_at <= $1 and (retry_at is null or retry_at <= statement_timestamp())"
    " order by due_at limit $2 for no key update skip locked"
)
_MADE = ", ".join(f'"{name}"' for name in RESOLUTION.columns)
_RESOLUTIONS = f"select item_id, {_MADE} from resolution where item_id = any($1::uuid[]) order by item_id, number"
_SAID = ", ".join(f'"{name}"' for name in REPLY.columns)
_REPLIES = f"select item_id, {_SAID} from seat_reply where item_id = any($1::uuid[]) order by item_id, seat"
STEMS = "tsvector_to_array(to_tsvector('swedish', {}))"
"""The stems of a text, as PostgreSQL's Swedish configuration has them: of what is kept, and of what is looked for."""
_FORGET_WORDS = "delete from agenda_word where item_id = any($1::uuid[])"
_KEEP_WORDS = f"""
    insert into agenda_word (item_id, stem)
    select t.id, s from unnest($1::uuid[], $2::text[]) as t(id, said), unnest({STEMS.format("t.said")}) as s
"""


async def load_many(
    conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
) -> dict[UUID, Versioned[AgendaItem]]:
    """The items by id, those that exist; with `lock` they are this transaction's until it ends."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK if lock else _READ, list(ids)))


async def lock_free(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Versioned[AgendaItem]]:
    """Those of the items that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(f"{_LOCK} skip locked", list(ids)))


async def lock_due(conn: AsyncConnection, now: datetime, limit: int) -> dict[UUID, Versioned[AgendaItem]]:
    """The most overdue items that nobody else holds, locked."""
    raw = await db.raw(conn)
    return await _whole(raw, await raw.fetch(_LOCK_DUE, now, limit))


_SUCCEEDED = f"""{SUCCESSORS}
 select distinct on (t.id, c.unit_id) t.id, c.unit_id, s.id, s.name, s.organisation_id, o.principal_id
 from chain c join unit s on s.id = c.next_id and (s.archived_at is null or s.archived_at > $1)
 join organisation o on o.id = s.organisation_id
 join resolution r on r.unit_unit_id = c.unit_id and r.done_at is null join agenda_item t on t.id = r.item_id
 where t.retry_at is null or t.retry_at <= statement_timestamp() order by t.id, c.unit_id limit $2"""


async def succeeded(conn: AsyncConnection, now: datetime, limit: int) -> list[tuple[UUID, UUID, Side]]:
    """Items with something to do for a unit that has closed: which unit, and who has taken over from it."""
    rows = await (await db.raw(conn)).fetch(_SUCCEEDED, now, limit)
    return [(row[0], row[1], Side(*row[2:])) for row in rows]


async def known(conn: AsyncConnection, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that an item has, or has had."""
    rows = await (await db.raw(conn)).fetch("select id from agenda_item where id = any($1::uuid[])", list(ids))
    return {row[0] for row in rows}


async def _whole(raw: Any, rows: Sequence[Any]) -> dict[UUID, Versioned[AgendaItem]]:
    if not rows:
        return {}
    made: dict[UUID, list[Resolution]] = defaultdict(list)
    for row in await raw.fetch(_RESOLUTIONS, [row[0] for row in rows]):
        made[row[0]].append(RESOLUTION.read(row, 1))
    asking = [row[0] for row in rows if row[_ASKS] is not None]
    said: dict[UUID, list[SeatReply]] = defaultdict(list)
    for row in await raw.fetch(_REPLIES, asking) if asking else ():
        said[row[0]].append(REPLY.read(row, 1))
    return {row[0]: versioned(_item(row, made, said), row, SHAPE.width) for row in rows}


_ASKS = SHAPE.columns.index("inquiry_by")


def _item(row: Any, made: Mapping[UUID, list[Resolution]], said: Mapping[UUID, list[SeatReply]]) -> AgendaItem:
    return SHAPE.read(row, resolutions=tuple(made.get(row[0], ())), replies=tuple(said.get(row[0], ())))


_COLUMNS = (*SHAPE.columns[1:], *COLUMNS)


def _row(found: Versioned[AgendaItem]) -> tuple[Any, ...]:
    return (*SHAPE.write(found.state)[1:], *found.columns())


async def save_many(conn: AsyncConnection, changes: Sequence[Rewrite[AgendaItem]]) -> None:
    """Writes what differs, in set statements, and the words that the items are found by."""
    raw = await db.raw(conn)
    plan = Plan((tables.agenda_item, tables.resolution, tables.seat_reply))
    for change in changes:
        before = None if change.old is None else _row(change.old)
        plan.put(tables.agenda_item, ("id",), (change.id,), _COLUMNS, before, _row(change.new))
        old = () if change.old is None else change.old.state.resolutions
        was = {row[0]: row[1:] for row in map(RESOLUTION.write, old)}
        for row in map(RESOLUTION.write, change.new.state.resolutions):
            key = (change.id, row[0])
            plan.put(tables.resolution, ("item_id", "number"), key, RESOLUTION.columns[1:], was.get(row[0]), row[1:])
        replied = () if change.old is None else change.old.state.replies
        there = {row[0]: row[1:] for row in map(REPLY.write, replied)}
        for row in map(REPLY.write, change.new.state.replies):
            key = (change.id, row[0])
            plan.put(tables.seat_reply, ("item_id", "seat"), key, REPLY.columns[1:], there.pop(row[0], None), row[1:])
        for seat in there:  # it is asked anew
            plan.put(tables.seat_reply, ("item_id", "seat"), (change.id, seat), (), there[seat], None)
    await plan.write(raw)
    said = {
        change.id: words_of(change.new.state)
        for change in changes
        if change.old is None or words_of(change.old.state) != words_of(change.new.state)
    }
    if said:
        await raw.execute(_FORGET_WORDS, list(said))
        await raw.execute(_KEEP_WORDS, list(said), list(said.values()))


def words_of(item: AgendaItem) -> str:
    """All that was written of the item, by which it is found: title, background, decisions with grounds and outcome."""
    parts = [item.title, item.text, item.dropped_because]
    for one in item.resolutions:
        parts += [one.text, one.grounds, one.owner, None if one.unit is None else one.unit.unit_name, one.outcome]
    return "\n".join(part for part in parts if part)
