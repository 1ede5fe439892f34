"""The open calls of one unit, for the page behind a link that was mailed to its mailbox.

The law of this file: as in `dashboard`: it writes nothing.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

MOST = 200
"""A unit has a handful; a page of more would help nobody."""

_OPEN = f"""
    select distinct m.id, m.starts_at from meeting m
    join party p on p.meeting_id = m.id
    where p.unit_id = $1 and m.state = 'called' and not m.protected and m.starts_at > $2
        and not p.removed and p.redirected_to is null and p.obligation <> 'convening'
    order by m.starts_at, m.id limit {MOST}
"""


async def open_calls_of_unit(conn: AsyncConnection, unit_id: UUID, now: datetime) -> list[UUID]:
    """Ids of the called meetings that have not begun and that the unit is called to, the next first."""
    raw = await db.raw(conn)
    return [row[0] for row in await raw.fetch(_OPEN, unit_id, now)]
