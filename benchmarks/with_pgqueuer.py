"""pgqueuer: N queued jobs, each doing the three writes of a reminder in a transaction of its own.

Run as its own benchmark and its guide to tuning run it: in drain mode, its manager on a connection of its own, with the
table settings of `pgq autovac` and on uvloop. Batch and pool are those that did best on two cores; more managers did
worse. Jobs write through an asyncpg pool. What winding down costs it after the last job's commit is not counted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.types import QueueExecutionMode
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from benchmarks.contender import Stage, uvloop
from benchmarks.county import REMINDER_AT
from benchmarks.pattern import GUARDED_UPDATE
from benchmarks.server import DATABASE, connect

_ROLE = "sip_owner"  # its tables are made, used and dropped by the owner of the database
_UPDATE = GUARDED_UPDATE.format(id="$1", now="$2", due="$3", hash="$4")


class PgQueuerJobs:
    name = "pgqueuer"
    title = "pgqueuer"
    loop = staticmethod(uvloop)

    def __init__(self, managers: int = 1, batch: int = 500, pool: int = 20) -> None:
        self._managers, self._batch, self._pool = managers, batch, pool
        self.settings = f"{managers} manager, batches of {batch}, pool of {pool}, uvloop"
        logging.getLogger("pgqueuer").setLevel(logging.ERROR)

    async def run(self, stage: Stage) -> None:
        first = await connect(stage.server, _ROLE)
        queries = Queries(AsyncpgDriver(first))
        await queries.install()
        try:
            await queries.optimize_autovacuum()
            await _enqueue(queries, first, stage.n)
            await self._drain(stage)
        finally:
            await queries.uninstall()
            await first.close()

    async def _drain(self, stage: Stage) -> None:
        pool = await asyncpg.create_pool(
            host=str(stage.server.socket_dir), port=stage.server.port, user=_ROLE, database=DATABASE, ssl=False,
            min_size=self._pool, max_size=self._pool,
        )  # fmt: skip
        connections = [await connect(stage.server, _ROLE) for _ in range(self._managers)]
        managers = [PgQueuer(AsyncpgDriver(one)) for one in connections]
        for manager in managers:
            manager.entrypoint("remind")(_reminder(pool, stage))
        try:
            stage.begin()
            await asyncio.gather(*(one.run(batch_size=self._batch, mode=QueueExecutionMode.drain) for one in managers))
        finally:
            for one in connections:
                await one.close()
            await pool.close()


def _reminder(pool: Any, stage: Stage) -> Callable[[Job], Awaitable[None]]:
    pattern = stage.pattern
    mail, journal = pattern.mail.insert("${}".format), pattern.journal.insert("${}".format)

    async def remind(job: Job) -> None:
        assert job.payload is not None
        meeting = UUID(bytes=job.payload)
        digest = pattern.digest(meeting)
        async with pool.acquire() as conn, conn.transaction():
            moved = await conn.execute(_UPDATE, meeting, REMINDER_AT, pattern.due_after, digest)
            if moved != "UPDATE 1":
                return
            await conn.execute(mail, *pattern.mail_of(meeting))
            await conn.execute(journal, *pattern.journal_of(meeting, digest))
        stage.lap()

    return remind


async def _enqueue(queries: Queries, conn: asyncpg.Connection, n: int) -> None:
    ids = [row[0].bytes for row in await conn.fetch("select id from meeting where due_at <= $1", REMINDER_AT)]
    for start in range(0, n, 10_000):
        some = ids[start : start + 10_000]
        await queries.enqueue(["remind"] * len(some), list(some), [0] * len(some))
    await conn.execute("vacuum analyze pgqueuer")
