"""The access log as an auditor asks it: who read this, what did she read, which of a sample have been reviewed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.aggregates.journal import ActorColumns
from sip.store.seen.access_log import AccessEntry

REVIEW, ROW = "review", "access"
"""The action and the kind of thing that say that a row of the log has been reviewed."""
_ROWS = (
    "select id, actor_kind, actor_id, actor_name, actor_unit_id, actor_role, action, subject_kind, subject_id, at,"
    " recorded_at from access_log"
)


async def of_meeting(conn: AsyncConnection, meeting_id: UUID) -> list[AccessEntry]:
    """All readings of a meeting, and what was done with it that no journal tells; the earliest first."""
    return await _entries(
        conn, "where subject_kind = 'meeting' and subject_id = $1::uuid::text order by id", meeting_id
    )


async def of_actor(conn: AsyncConnection, actor_id: str, since: datetime, until: datetime) -> list[AccessEntry]:
    """What this user or key read from `since` to before `until`, by machine time."""
    return await _entries(
        conn, "where actor_id = $1 and recorded_at >= $2 and recorded_at < $3 order by id", actor_id, since, until
    )


async def numbered(conn: AsyncConnection, numbers: Sequence[int]) -> list[AccessEntry]:
    """The rows with these ids."""
    return await _entries(conn, "where id = any($1::bigint[]) order by id", list(numbers))


async def reviewed(conn: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Which of these rows have been reviewed by somebody."""
    rows = await (await db.raw(conn)).fetch(
        "select distinct subject_id::bigint from access_log"
        " where subject_kind = $2 and action = $3 and subject_id = any($1::bigint[]::text[])",
        list(numbers),
        ROW,
        REVIEW,
    )
    return {row[0] for row in rows}


async def _entries(conn: AsyncConnection, which: str, *values: object) -> list[AccessEntry]:
    rows = await (await db.raw(conn)).fetch(f"{_ROWS} {which}", *values)
    return [AccessEntry(row[0], ActorColumns(*row[1:6]), *row[6:]) for row in rows]
