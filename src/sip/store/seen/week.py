"""Which units are told of their week today, and which meetings are theirs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

_UNITS = """
    select u.id from unit u
    where u.week_mail and not u.phone_only and (u.archived_at is null or u.archived_at > $2)
        and not exists (select 1 from closed_day d where d.unit_id = u.id and d.day = $1)
        and (select count(*) from closed_day d where d.unit_id = u.id and d.day = any($3::date[])) = cardinality($3)
    order by u.id
"""
_MEETINGS = """
    select p.unit_id, m.id from meeting m join party p on p.meeting_id = m.id
    where m.state = 'called' and not m.protected and m.starts_at >= $2 and m.starts_at < $3
        and p.unit_id = any($1::uuid[])
"""


async def units(conn: AsyncConnection, today: date, now: datetime, earlier: Sequence[date]) -> list[UUID]:
    """Units that want the week's mail and open today, closed on all the `earlier` days."""
    return [row[0] for row in await (await db.raw(conn)).fetch(_UNITS, today, now, list(earlier))]


async def meetings_of(
    conn: AsyncConnection, unit_ids: Sequence[UUID], begins: datetime, ends: datetime
) -> dict[UUID, list[UUID]]:
    """By unit, the called meetings it is or was party to that start in this span."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for unit_id, meeting_id in await (await db.raw(conn)).fetch(_MEETINGS, list(unit_ids), begins, ends):
        if meeting_id not in found[unit_id]:
            found[unit_id].append(meeting_id)
    return found
