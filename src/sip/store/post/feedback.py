"""Results of mails on their way back to the meetings that wanted them: read here, told by the use case, ticked off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db


@dataclass(frozen=True, slots=True)
class Settled:
    """A row whose result its meeting has not been told; `state` is sent, failed or dropped."""

    id: int
    key: str
    meeting_id: UUID
    deviation_id: UUID | None
    state: str
    settled_at: datetime
    kind: str
    party: int | None
    invitation: int | None
    attendee: int | None
    round: int | None
    rung: str | None
    recipient: str
    reason: str | None


_SETTLED = (
    "id, key, meeting_id, deviation_id, state, settled_at, kind, party, invitation, attendee, round, rung, recipient,"
    " reason"
)
_UNTOLD = "meeting_id is not null and state in ('sent', 'failed', 'dropped') and fed_back_at is null"


async def meetings_to_tell(conn: AsyncConnection, limit: int, besides: Sequence[UUID] = ()) -> list[UUID]:
    """Meetings with results they have not been told, in the order of the oldest."""
    rows = await (await db.raw(conn)).fetch(
        f"select meeting_id from (select meeting_id, id from outbox where {_UNTOLD}"
        " and meeting_id <> all($2::uuid[]) order by id limit $1) as o group by meeting_id order by min(id)",
        limit,
        list(besides),
    )
    return [row[0] for row in rows]


async def untold(conn: AsyncConnection, meeting_ids: Sequence[UUID], limit: int) -> list[Settled]:
    """Their results, oldest first. Lock the meetings in a statement before: then nobody else tells them."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_SETTLED} from outbox where {_UNTOLD} and meeting_id = any($1::uuid[]) order by id limit $2",
        list(meeting_ids),
        limit,
    )
    return [Settled(*row) for row in rows]


async def told(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """These results are known to their meetings."""
    await (await db.raw(conn)).execute(
        "update outbox set fed_back_at = clock_timestamp() where id = any($1::bigint[])", list(ids)
    )


_FAILED_ALONE = "meeting_id is null and deviation_id is not null and state = 'failed' and fed_back_at is null"


@dataclass(frozen=True, slots=True)
class FailedAlone:
    """A mail of a report without a meeting that failed, and that its report has not been told of."""

    id: int
    key: str
    deviation_id: UUID
    kind: str
    recipient: str
    reason: str | None


async def failed_alone(conn: AsyncConnection, limit: int, besides: Sequence[UUID] = ()) -> list[FailedAlone]:
    """Failed mails of reports without a meeting, oldest first. A report that is locked is told by nobody else."""
    rows = await (await db.raw(conn)).fetch(
        f"select id, key, deviation_id, kind, recipient, reason from outbox where {_FAILED_ALONE}"
        " and deviation_id <> all($2::uuid[]) order by id limit $1",
        limit,
        list(besides),
    )
    return [FailedAlone(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SettledNotice:
    """A row of no meeting whose result is not known yet where it is asked for; `check_id` names its test call."""

    id: int
    check_id: UUID | None
    state: str
    settled_at: datetime
    reason: str | None


async def untold_notices(conn: AsyncConnection, limit: int) -> list[SettledNotice]:
    """Results of mails that belong to no meeting, but for a report's that failed, oldest first, held until the
    transaction ends.
    """
    rows = await (await db.raw(conn)).fetch(
        "select id, check_id, state, settled_at, reason from outbox where meeting_id is null"
        " and state in ('sent', 'failed', 'dropped') and fed_back_at is null"
        " and (deviation_id is null or state <> 'failed')"
        " order by id limit $1 for update skip locked",
        limit,
    )
    return [SettledNotice(*row) for row in rows]
