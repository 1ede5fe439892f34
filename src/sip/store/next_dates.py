"""What other meetings the case of a meeting has, later than it: whether its next date has been followed (section 8 A6).

The law of this file: it says that there is one and until when, and nothing else of it, for it may be nobody's business
here.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.decision import Follower
from sip.store import db

_LATER = """
    select m.id, bool_or(o.state <> 'draft' and o.starts_at <= $2),
        max(o.ends_at) filter (where o.state in ('draft', 'called') and o.starts_at > $2)
    from meeting m join meeting o on o.case_id = m.case_id and o.id <> m.id and o.starts_at >= m.ends_at
    where m.id = any($1::uuid[]) and o.state <> 'cancelled'
        and (o.kind <> 'pre_meeting' or m.kind = 'pre_meeting') group by m.id
"""


async def followers(conn: AsyncConnection, ids: Iterable[UUID], now: datetime) -> dict[UUID, Follower]:
    """By meeting: that a later one of its case has been, or is drafted for or called to a time that is ahead."""
    rows = await (await db.raw(conn)).fetch(_LATER, list(ids), now)
    return {row[0]: Follower(None if row[1] else row[2]) for row in rows if row[1] or row[2] is not None}
