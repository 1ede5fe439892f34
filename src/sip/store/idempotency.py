"""What makes a request repeatable: the first response under (who, key), kept a day of machine time."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from sip import retention
from sip.store import db

KEPT = retention.REPEATABLE.life
# A request that was begun and never finished (its process died) may be taken over after this long.
ABANDONED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a key: the digest of its request, and the response once there is one."""

    request_hash: bytes
    status: int | None
    headers: str | None
    body: bytes | None
    abandoned: bool


async def begin(conn: AsyncConnection, actor: str, key: str, request_hash: bytes) -> Stored | None:
    """Takes the key for this request (None), or gives what is known of it."""
    raw = await db.raw(conn)
    await raw.execute(
        "delete from idempotency where actor = $1 and key = $2 and recorded_at < statement_timestamp() - $3::interval",
        actor,
        key,
        KEPT,
    )
    took = await raw.fetchval(
        "insert into idempotency (actor, key, request_hash) values ($1, $2, $3)"
        " on conflict (actor, key) do nothing returning true",
        actor,
        key,
        request_hash,
    )
    if took:
        return None
    row = await raw.fetchrow(
        "select request_hash, status, headers, body,"
        " status is null and recorded_at < statement_timestamp() - $3::interval"
        " from idempotency where actor = $1 and key = $2 for update",
        actor,
        key,
        ABANDONED,
    )
    if row is None:
        return await begin(conn, actor, key, request_hash)
    found = Stored(*row)
    if found.abandoned and found.request_hash == request_hash:
        await raw.execute(
            "update idempotency set recorded_at = clock_timestamp() where actor = $1 and key = $2", actor, key
        )
        return None
    return found


async def finish(conn: AsyncConnection, actor: str, key: str, status: int, headers: str, body: bytes) -> None:
    """Keeps the response."""
    await (await db.raw(conn)).execute(
        "update idempotency set status = $3, headers = $4, body = $5 where actor = $1 and key = $2",
        actor,
        key,
        status,
        headers,
        body,
    )


async def forget(conn: AsyncConnection, actor: str, key: str) -> None:
    """The request failed by our own fault: the same key may be tried again."""
    raw = await db.raw(conn)
    await raw.execute("delete from idempotency where actor = $1 and key = $2 and status is null", actor, key)


async def drop_old(conn: AsyncConnection) -> int:
    """Removes what has had its day; gives how many."""
    raw = await db.raw(conn)
    return len(
        await raw.fetch(
            "delete from idempotency where recorded_at < statement_timestamp() - $1::interval returning 1", KEPT
        )
    )
