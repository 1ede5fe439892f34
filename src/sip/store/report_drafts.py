"""Reports that somebody is writing, each its writer's own, as she has said it so far.

The law of this file: as in `sketches`: a row is found by its writer alone, and no rule reads it. It stays until she
sends it or throws it away.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.failure import FailureDraft
from sip.store import db

MOST = 50


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One in its writer's list; `unit` is the name of the unit that it is about, None where that is not said."""

    id: UUID
    draft: FailureDraft
    changed_at: datetime
    unit: str | None


def _read(said: str) -> FailureDraft:
    return msgspec.json.decode(said, type=FailureDraft)


async def save(conn: AsyncConnection, draft_id: UUID, user_id: UUID, draft: FailureDraft, now: datetime) -> bool:
    """Makes it, or changes what its writer has said; False where the id is somebody else's."""
    done = await (await db.raw(conn)).fetchval(
        "insert into report_draft as d (id, user_id, said, made_at, changed_at) values ($1, $2, $3::jsonb, $4, $4)"
        " on conflict (id) do update set said = excluded.said, changed_at = excluded.changed_at"
        " where d.user_id = $2 returning true",
        draft_id, user_id, msgspec.json.encode(draft).decode(), now,
    )  # fmt: skip
    return bool(done)


async def get(conn: AsyncConnection, draft_id: UUID, user_id: UUID, *, lock: bool = False) -> FailureDraft | None:
    """One, if it is this user's; `lock` keeps others from it until the transaction ends."""
    tail = " for update" if lock else ""
    said = await (await db.raw(conn)).fetchval(
        f"select said::text from report_draft where id = $1 and user_id = $2{tail}", draft_id, user_id
    )
    return None if said is None else _read(said)


async def lines(conn: AsyncConnection, user_id: UUID) -> list[DraftLine]:
    """Hers, the last changed first."""
    rows = await (await db.raw(conn)).fetch(
        "select d.id, d.said::text, d.changed_at, coalesce(u.name, p.unit_name) from report_draft d"
        " left join unit u on u.id = (d.said->>'receiving_unit_id')::uuid"
        " left join party p on p.meeting_id = (d.said->>'meeting_id')::uuid and p.ordinal = (d.said->>'party')::integer"
        " where d.user_id = $1 order by d.changed_at desc, d.id limit $2",
        user_id, MOST,
    )  # fmt: skip
    return [DraftLine(row[0], _read(row[1]), row[2], row[3]) for row in rows]


async def delete(conn: AsyncConnection, draft_id: UUID, user_id: UUID) -> None:
    """Throws it away; one that is gone stays so."""
    await (await db.raw(conn)).execute("delete from report_draft where id = $1 and user_id = $2", draft_id, user_id)
