"""What somebody could not use, as it was told by the form of the accessibility statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert

MOST = 200


@dataclass(frozen=True, slots=True)
class Barrier:
    """What was said, of which page, and where an answer goes, if one is wanted; who has seen to it, and when."""

    id: UUID
    said: str
    place: str | None
    email: str | None
    told_at: datetime
    handled_at: datetime | None = None
    handled_by: str | None = None


BARRIER: Shape[Barrier] = Shape(Barrier).check(tables.barrier, ("recorded_at",))


async def add(conn: AsyncConnection, barrier: Barrier) -> bool:
    """Keeps one; the same form again keeps none. Whether it is new."""
    raw = await db.raw(conn)
    if await raw.fetchval("select exists (select from barrier where id = $1)", barrier.id):
        return False
    await insert(raw, tables.barrier, BARRIER.columns, [BARRIER.write(barrier)], "on conflict (id) do nothing")
    return True


async def waiting(conn: AsyncConnection) -> int:
    """How many nobody has seen to."""
    found: int = await (await db.raw(conn)).fetchval("select count(*) from barrier where handled_at is null")
    return found


async def listed(conn: AsyncConnection) -> list[Barrier]:
    """Those that wait first, then the latest."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(BARRIER.columns)} from barrier order by handled_at is not null, told_at desc limit {MOST}"
    )
    return [BARRIER.read(row) for row in rows]


async def handle(conn: AsyncConnection, barrier_id: UUID, by: str, now: datetime) -> bool:
    """Somebody has seen to it; whether there was such a one that waited."""
    rows = await (await db.raw(conn)).fetch(
        "update barrier set handled_at = $3, handled_by = $2, email = null where id = $1 and handled_at is null"
        " returning 1",
        barrier_id,
        by,
        now,
    )
    return bool(rows)
