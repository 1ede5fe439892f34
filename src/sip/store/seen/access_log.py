"""Who read what: append-only, the one write a GET may cause (rules, section 2). `audit`, beside it, reads it."""

from collections.abc import Sequence
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
