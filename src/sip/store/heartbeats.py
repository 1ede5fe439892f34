"""Signs of life of the ways in: while nobody can answer, nothing is held against a party (rules, section 5 L1).

The receiver (LMTP, SMTP) and the web live when their process does; the IMAP account when it has been read to its end,
for an answer that lies unread in it is one that could not come in.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

# What rows say: a word that an earlier version wrote stays.
RECEIVER, WEB, IMAP_ACCOUNT = "receiver", "web", "mailbox"
ANSWERABLE = (RECEIVER, WEB, IMAP_ACCOUNT)
_AHEAD = timedelta(minutes=5)

_BEAT = """
    insert into heartbeat (kind, seen_at) values ($1, $2)
    on conflict (kind) do update set
        back_at = case when excluded.seen_at - heartbeat.seen_at > $3 then excluded.seen_at else heartbeat.back_at end,
        seen_at = greatest(heartbeat.seen_at, excluded.seen_at),
        recorded_at = clock_timestamp()
"""


async def beat(conn: AsyncConnection, kind: str, now: datetime, silence: timedelta = timedelta(minutes=15)) -> None:
    """A process of this kind can take answers now; after more than `silence` it is back from this moment."""
    await (await db.raw(conn)).execute(_BEAT, kind, now, silence)


async def expect(conn: AsyncConnection, kind: str, now: datetime) -> None:
    """This kind is installed: if it is not heard of from now on, that is a silence."""
    await (await db.raw(conn)).execute(
        "insert into heartbeat (kind, seen_at) values ($1, $2) on conflict (kind) do nothing", kind, now
    )


async def forget(conn: AsyncConnection, kind: str) -> None:
    """This kind is no way in any more: its silence means nothing."""
    await (await db.raw(conn)).execute("delete from heartbeat where kind = $1", kind)


async def silent(conn: AsyncConnection, now: datetime, silence: timedelta = timedelta(minutes=15)) -> list[str]:
    """The kinds that were not heard of for so long, by name."""
    rows = await (await db.raw(conn)).fetch(
        "select kind from heartbeat where kind = any($1::text[]) and $2 - seen_at > $3 order by kind",
        list(ANSWERABLE),
        now,
        silence,
    )
    return [row[0] for row in rows]


async def answers_open_from(
    conn: AsyncConnection,
    now: datetime,
    silence: timedelta = timedelta(minutes=15),
    after: timedelta = timedelta(minutes=75),
) -> datetime | None:
    """For `World`: when answers can be held against a party again, None when nothing is in the way.

    While one of them is silent: 5 minutes from now. A kind that was never heard of is not installed and not waited for.
    """
    rows = await (await db.raw(conn)).fetch(
        "select seen_at, back_at from heartbeat where kind = any($1::text[])", list(ANSWERABLE)
    )
    opens = []
    for seen_at, back_at in rows:
        if now - seen_at > silence:
            opens.append(now + _AHEAD)
        elif back_at is not None and back_at + after > now:
            opens.append(back_at + after)
    return max(opens, default=None)


async def seen(conn: AsyncConnection) -> dict[str, datetime]:
    """When each kind of process was last heard, by the service's clock."""
    return {row[0]: row[1] for row in await (await db.raw(conn)).fetch("select kind, seen_at from heartbeat")}
