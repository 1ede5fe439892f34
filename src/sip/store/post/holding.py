"""Mail that is held after a restore: what this database wanted sent may have left before, from another.

The law of this file: a database knows which server it was last served from. Found elsewhere, it is a copy of an earlier
moment, so nothing that the engine wants leaves until somebody has said of each mail whether it was sent (rules,
section 3). What a person does from then on leaves at once. A server that was brought back to an earlier moment in its
own place cannot be told from one that was not: whoever did it says so (`begin`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

SENT_BEFORE = "sent before the restore"


@dataclass(frozen=True, slots=True)
class MailHold:
    """Mail is held since `begun_at`, by the service's clock; `lost_from` is the last moment that the data knew."""

    begun_at: datetime
    lost_from: datetime | None


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that may have left before the restore. `meeting` is a reference, None where it is of no meeting;
    `composed`: its bytes were made before, and a repeat is the same mail."""

    id: int
    kind: str
    meeting: str | None
    recipient: str
    wanted_at: datetime
    composed: bool


_HERE = """
    with here as (select (pg_control_system()).system_identifier::text as server,
        (select oid::bigint from pg_database where datname = current_database()) as database)
"""
_LOOK = f"""{_HERE} select h.since is not null, (h.server, h.database) = (here.server, here.database)
    from mail_hold h, here"""
_SETTLE_IN = f"""{_HERE} insert into mail_hold (server, database) select server, database from here
    on conflict (sole) do nothing"""
_LOST_FROM = "(select max(seen_at) from heartbeat)"
_NOTICE = f"""{_HERE} update mail_hold h set server = here.server, database = here.database,
    since = clock_timestamp(), begun_at = $1, lost_from = {_LOST_FROM}
    from here where (h.server, h.database) <> (here.server, here.database)"""
_BEGIN = f"""{_HERE} insert into mail_hold (server, database, since, begun_at, lost_from)
    select server, database, clock_timestamp(), $1, coalesce($2, {_LOST_FROM}) from here
    on conflict (sole) do update set server = excluded.server, database = excluded.database, since = excluded.since,
        begun_at = excluded.begun_at, lost_from = excluded.lost_from"""
# What was said after another restore says nothing of this one.
_UNDECIDED = "update outbox set cleared = false where cleared and state in ('pending', 'claimed')"

_SINCE = "(select since from mail_hold)"
FREE = f"({_SINCE} is null or o.cleared or not o.engine and o.recorded_at >= {_SINCE})"
"""What may leave: everything where nothing is held, else what a person has cleared, or began since."""
_DOUBTFUL = f"o.state in ('pending', 'claimed') and not o.moot and not {FREE}"


async def is_held(conn: AsyncConnection, now: datetime) -> bool:
    """Whether mail is held; begins to hold it where the database is found on another server than before."""
    raw = await db.raw(conn)
    found = await raw.fetchrow(_LOOK)
    if found is None:
        await raw.execute(_SETTLE_IN)
        return False
    if not found[1]:
        await raw.execute(_NOTICE, now)
        await raw.execute(_UNDECIDED)
        return True
    return bool(found[0])


async def begin(conn: AsyncConnection, now: datetime, lost_from: datetime | None = None) -> None:
    """Holds mail from now on; `lost_from` None: the last moment that the data knew."""
    raw = await db.raw(conn)
    await raw.execute(_BEGIN, now, lost_from)
    await raw.execute(_UNDECIDED)


async def hold(conn: AsyncConnection) -> MailHold | None:
    """What is held since when; None where mail leaves as it should."""
    row = await (await db.raw(conn)).fetchrow("select begun_at, lost_from from mail_hold where since is not null")
    return None if row is None else MailHold(*row)


async def doubtful(conn: AsyncConnection, limit: int) -> list[HeldMail]:
    """The mails that somebody has to decide on, the oldest first."""
    rows = await (await db.raw(conn)).fetch(
        "select o.id, o.kind, m.reference, o.recipient, o.recorded_at, o.state = 'claimed'"
        f" from outbox o left join meeting m on m.id = o.meeting_id where {_DOUBTFUL} order by o.id limit $1",
        limit,
    )
    return [HeldMail(*row) for row in rows]


async def clear(conn: AsyncConnection, ids: Sequence[int] | None) -> list[int]:
    """These may leave, all where none are named; which of them were doubtful."""
    return await _decided(conn, "cleared = true", ids)


async def count_as_sent(conn: AsyncConnection, ids: Sequence[int] | None, now: datetime) -> list[int]:
    """These had been sent: settled so, and their meetings go on from there; which of them were doubtful.

    The bytes of such a mail are let go where nothing else waits for them.
    """
    gone = await _decided(conn, "state = 'sent', settled_at = $2, reason = $3", ids, now, SENT_BEFORE)
    await (await db.raw(conn)).execute(
        "update mail m set state = 'sent', retry_at = null, data = null, settled_at = $2 where m.retry_at is not null"
        " and exists (select 1 from outbox o where o.mail_id = m.id and o.id = any($1::bigint[]))"
        " and not exists (select 1 from outbox o where o.mail_id = m.id and o.state = 'claimed')",
        gone,
        now,
    )
    return gone


async def _decided(conn: AsyncConnection, change: str, ids: Sequence[int] | None, *given: Any) -> list[int]:
    rows = await (await db.raw(conn)).fetch(
        f"update outbox o set {change} where {_DOUBTFUL} and ($1::bigint[] is null or o.id = any($1)) returning o.id",
        None if ids is None else list(ids),
        *given,
    )
    return [row[0] for row in rows]


async def end(conn: AsyncConnection) -> None:
    """Mail leaves as it should again."""
    await (await db.raw(conn)).execute("update mail_hold set since = null, begun_at = null, lost_from = null")
