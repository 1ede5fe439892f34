"""Trials of agreements as rows: who waits, who is worked on, and what came of it.

The law of this file: one is worked on at a time in the whole installation. Whoever works says so again and again, by
machine time; what nobody has touched for `SILENT` is free again, and one that was begun too often has failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Joining
from sip.domain.replay import ReplayResult
from sip.store import db

SILENT = timedelta(seconds=60)
MOST_WAITING = 5
MOST_TRIES = 3
_ONE_AT_A_TIME = 7_318_402


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """A trial. `state`: waiting, running, done or failed; `done` and `total` count meetings. `joinings`: from when to
    when its principals have joined, which its file does not say."""

    id: UUID
    agreement_id: UUID
    name: str
    file: str
    year: int
    area: str | None
    state: str
    done: int
    total: int
    result: ReplayResult | None
    asked_by: str
    asked_at: datetime
    joinings: frozenset[Joining] = frozenset()


_COLUMNS = (
    "id, agreement_id, name, file, year, area, state, done, total, result::text, asked_by, asked_at, joinings::text"
)


def _row(row: Sequence[Any]) -> ReplayRow:
    values = list(row)
    values[9] = None if values[9] is None else msgspec.json.decode(values[9], type=ReplayResult)
    values[12] = frozenset() if values[12] is None else msgspec.json.decode(values[12], type=frozenset[Joining])
    return ReplayRow(*values)


async def add(conn: AsyncConnection, one: ReplayRow) -> bool:
    """Keeps a trial that waits; False where too many do. The same id again changes nothing."""
    raw = await db.raw(conn)
    await raw.execute("select pg_advisory_xact_lock($1)", _ONE_AT_A_TIME)
    waiting = await raw.fetchval(
        "select count(*) from replay where state in ('waiting', 'running') and id <> $1", one.id
    )
    if waiting >= MOST_WAITING:
        return False
    await raw.execute(
        "insert into replay (id, agreement_id, name, file, year, area, state, asked_by, asked_at, joinings)"
        " values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9::jsonb) on conflict (id) do nothing",
        one.id, one.agreement_id, one.name, one.file, one.year, one.area, one.asked_by, one.asked_at,
        msgspec.json.encode(one.joinings).decode() if one.joinings else None,
    )  # fmt: skip
    return True


async def one(conn: AsyncConnection, replay_id: UUID) -> ReplayRow | None:
    row = await (await db.raw(conn)).fetchrow(f"select {_COLUMNS} from replay where id = $1", replay_id)
    return None if row is None else _row(row)


async def latest(conn: AsyncConnection, agreement_id: UUID, limit: int) -> list[ReplayRow]:
    """Those of an agreement, the newest first."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_COLUMNS} from replay where agreement_id = $1 order by asked_at desc, id limit $2",
        agreement_id, limit,
    )  # fmt: skip
    return [_row(row) for row in rows]


async def begin(conn: AsyncConnection) -> ReplayRow | None:
    """The one that has waited longest is this worker's now; None while another is worked on, or none waits."""
    raw = await db.raw(conn)
    await raw.execute("select pg_advisory_xact_lock($1)", _ONE_AT_A_TIME)
    await raw.execute(
        "update replay set state = case when tries >= $2 then 'failed' else 'waiting' end"
        " where state = 'running' and touched_at < statement_timestamp() - $1::interval",
        SILENT, MOST_TRIES,
    )  # fmt: skip
    row = await raw.fetchrow(
        "update replay set state = 'running', tries = tries + 1, done = 0, touched_at = clock_timestamp()"
        " where id = (select id from replay where state = 'waiting' order by asked_at, id limit 1)"
        f" and not exists (select from replay where state = 'running') returning {_COLUMNS}"
    )
    return None if row is None else _row(row)


async def tell(conn: AsyncConnection, replay_id: UUID, done: int, total: int) -> None:
    """So many meetings are played, and somebody still works on it."""
    await (await db.raw(conn)).execute(
        "update replay set done = $2, total = $3, touched_at = clock_timestamp() where id = $1 and state = 'running'",
        replay_id, done, total,
    )  # fmt: skip


async def end(conn: AsyncConnection, replay_id: UUID, result: ReplayResult | None) -> None:
    """It is done; without a result it has failed."""
    said = None if result is None else msgspec.json.encode(result).decode()
    await (await db.raw(conn)).execute(
        "update replay set state = case when $2::jsonb is null then 'failed' else 'done' end, result = $2::jsonb,"
        " touched_at = clock_timestamp() where id = $1",
        replay_id, said,
    )  # fmt: skip


async def drop_old(conn: AsyncConnection, before: datetime) -> int:
    """Removes those that were asked for before; gives how many."""
    return len(await (await db.raw(conn)).fetch("delete from replay where asked_at < $1 returning 1", before))
