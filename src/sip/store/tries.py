"""How often somebody has tried in a while, counted once for all processes, by a keyed hash of who. All machine time.

The law of this file: a row is one count, and goes when its time is over: each try takes away some that are, so that the
table holds the tries of the longest while at most. Who is over her number is counted no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

SWEPT = 10
"""So many counts that are over are taken away by each try."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Whose tries are counted, and how many there may be in how long."""

    hash: bytes
    most: int
    lasts: timedelta


_TAKE = """
    insert into tries as t (hash, number, until)
    select hash, 1, clock_timestamp() + lasts from unnest($1::bytea[], $2::integer[], $3::interval[])
    as given (hash, most, lasts) order by hash
    on conflict (hash) do update set
        number = case when t.until <= statement_timestamp() then 1 else t.number + 1 end,
        until = case when t.until <= statement_timestamp() then excluded.until else t.until end
    returning hash, number
"""


async def take(conn: AsyncConnection, counted: Sequence[Tries]) -> bool:
    """Counts one more of each; whether none was over its number already."""
    raw = await db.raw(conn)
    await raw.execute(
        "delete from tries where hash in (select hash from tries where until <= statement_timestamp() order by until"
        f" limit {SWEPT} for update skip locked)"
    )
    hashes = [one.hash for one in counted]
    rows = await raw.fetch(_TAKE, hashes, [one.most for one in counted], [one.lasts for one in counted])
    most = {one.hash: one.most for one in counted}
    over = [row[0] for row in rows if row[1] > most[row[0]]]
    if over:
        await raw.execute("update tries set number = number - 1 where hash = any($1::bytea[])", hashes)
    return not over


async def give_back(conn: AsyncConnection, counted: Sequence[Tries]) -> None:
    """The last of each that was counted was none after all."""
    raw = await db.raw(conn)
    await raw.execute(
        "update tries set number = greatest(number - 1, 0) where hash in (select hash from tries"
        " where hash = any($1::bytea[]) order by hash for update)",
        [one.hash for one in counted],
    )


async def drop_over(conn: AsyncConnection) -> int:
    """Removes counts that are over; gives how many."""
    rows = await (await db.raw(conn)).fetch("delete from tries where until <= statement_timestamp() returning 1")
    return len(rows)
