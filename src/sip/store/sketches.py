"""Meetings in the making, each its maker's own, as she has said it so far.

The law of this file: a row is found by its maker alone. What is said is kept whole as one document: no rule reads it,
and it is read as it was written by the same version of `Sketch` (a field that came later has its default).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.sketch import Sketch
from sip.store import db

MOST = 20


@dataclass(frozen=True, slots=True)
class SketchLine:
    """One in its maker's list."""

    id: UUID
    sketch: Sketch
    changed_at: datetime


def _read(said: str) -> Sketch:
    return msgspec.json.decode(said, type=Sketch)


def _said(sketch: Sketch) -> str:
    return msgspec.json.encode(sketch).decode()


async def save(conn: AsyncConnection, sketch_id: UUID, user_id: UUID, sketch: Sketch, now: datetime) -> bool:
    """Makes it, or changes what its maker has said; False where the id is somebody else's."""
    done = await (await db.raw(conn)).fetchval(
        "with made as (insert into sketch (id, user_id, said, made_at, changed_at) values ($1, $2, $3::jsonb, $4, $4)"
        " on conflict (id) do nothing returning true), changed as (update sketch set said = $3::jsonb, changed_at = $4"
        " where id = $1 and user_id = $2 returning true) select true from made union all select true from changed",
        sketch_id,
        user_id,
        _said(sketch),
        now,
    )
    return bool(done)


async def get(conn: AsyncConnection, sketch_id: UUID, user_id: UUID, *, lock: bool = False) -> Sketch | None:
    """One, if it is this user's; `lock` keeps others from it until the transaction ends."""
    said = await (await db.raw(conn)).fetchval(
        f"select said::text from sketch where id = $1 and user_id = $2{' for update' if lock else ''}",
        sketch_id,
        user_id,
    )
    return None if said is None else _read(said)


async def lines(conn: AsyncConnection, user_id: UUID) -> list[SketchLine]:
    """Her latest, the last changed first."""
    rows = await (await db.raw(conn)).fetch(
        "select id, said::text, changed_at from sketch where user_id = $1 order by changed_at desc, id limit $2",
        user_id,
        MOST,
    )
    return [SketchLine(row[0], _read(row[1]), row[2]) for row in rows]


async def delete(conn: AsyncConnection, sketch_id: UUID, user_id: UUID) -> None:
    """Throws it away; one that is gone stays so."""
    await (await db.raw(conn)).execute("delete from sketch where id = $1 and user_id = $2", sketch_id, user_id)


async def drop_old(conn: AsyncConnection, before: datetime) -> int:
    """Removes those that nobody has changed since then; gives how many."""
    return len(await (await db.raw(conn)).fetch("delete from sketch where changed_at < $1 returning 1", before))
