"""Who read what: append-only, the one write a GET may cause (rules, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.aggregates.journal import ActorColumns
from sip.store.rows import insert

_ACTOR = ("actor_kind", "actor_id", "actor_name", "actor_unit_id", "actor_role")
_COLUMNS = (*_ACTOR, "action", "subject_kind", "subject_id", "at")


_ONCE = f"""insert into access_log ({", ".join(_COLUMNS)})
 select $1, $2, $3, $4::uuid, $5, $6::text, $7::text, $8::text, $9::timestamptz
 where not exists (select 1 from access_log
  where subject_kind = $7 and subject_id = $8 and action = $6 and at >= $10)"""


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One reading, read back."""

    id: int
    actor: ActorColumns
    action: str
    subject_kind: str
    subject_id: str | None
    at: datetime
    recorded_at: datetime


async def record(
    conn: AsyncConnection,
    actor: ActorColumns,
    action: str,
    subject_kind: str,
    subjects: Sequence[str | None],
    at: datetime,
    *,
    once_since: datetime | None = None,
) -> None:
    """One row per subject (a meeting, a deviation, an inbound mail, a list of them). `once_since`: none for a subject
    of which there is such a row since then, whoever it names.
    """
    who = (actor.kind, actor.id, actor.name, actor.unit_id, actor.role)
    if once_since is not None:
        for subject in subjects:
            await (await db.raw(conn)).execute(_ONCE, *who, action, subject_kind, subject, at, once_since)
        return
    rows = [(*who, action, subject_kind, subject, at) for subject in subjects]
    await insert(await db.raw(conn), tables.access_log, _COLUMNS, rows)


async def of_subject(conn: AsyncConnection, subject_kind: str, subject_id: str, limit: int = 1000) -> list[AccessEntry]:
    """Who read this, latest first."""
    rows = await (await db.raw(conn)).fetch(
        f"select id, {', '.join(_COLUMNS)}, recorded_at from access_log"
        " where subject_kind = $1 and subject_id = $2 order by id desc limit $3",
        subject_kind,
        subject_id,
        limit,
    )
    return [AccessEntry(row[0], ActorColumns(*row[1:6]), row[6], row[7], row[8], row[9], row[10]) for row in rows]
