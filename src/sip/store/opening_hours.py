"""When units say that they are open, as rows: minutes after midnight."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.opening import OpenDay, OpeningHours
from sip.store import db, tables
from sip.store.rows import insert

_COLUMNS = ("unit_id", "weekday", "opens", "closes")


async def of_units(conn: AsyncConnection, unit_ids: Sequence[UUID]) -> dict[UUID, OpeningHours]:
    """By unit, in the order of the week; a unit that has said nothing is not among them."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(_COLUMNS)} from unit_hours where unit_id = any($1::uuid[]) order by unit_id, weekday",
        list(unit_ids),
    )
    found: dict[UUID, list[OpenDay]] = defaultdict(list)
    for unit_id, weekday, opens, closes in rows:
        found[unit_id].append(OpenDay(weekday, _time(opens), _time(closes)))
    return {unit_id: tuple(days) for unit_id, days in found.items()}


async def replace(conn: AsyncConnection, unit_id: UUID, hours: OpeningHours) -> None:
    """All hours of this unit, anew."""
    raw = await db.raw(conn)
    await raw.execute("delete from unit_hours where unit_id = $1", unit_id)
    rows = [(unit_id, one.weekday, _minutes(one.opens), _minutes(one.closes)) for one in hours]
    await insert(raw, tables.unit_hours, _COLUMNS, rows)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
