"""pgqueuer: N queued jobs, each doing the three writes of a reminder in a transaction of its own.

Run as its own benchmark and its guide to tuning run it: in drain mode, its manager on a connection of its own, with the
table settings of `pgq autovac` and on uvloop. Batch and pool are those that did best on two cores; more managers did
worse. Jobs write through an asyncpg pool. What winding down costs it after the last job's commit is not counted.
"""

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

from benchmarks.contender import Stage, Watch, uvloop
from benchmarks.county import REMINDER_AT
from benchmarks.pattern import GUARDED_UPDATE
from benchmarks.server import DATABASE, connect

_ROLE = "sip_owner"  # its tables are made, used and dropped by the owner of the database
_UPDATE = GUARDED_UPDATE.format(id="$1", now="$2", due="$3", hash="$4")


class PgQueuerJobs:
    name = "pgqueuer"
    title = "pgqueuer"
    loop = staticmethod(uvloop)

    alone = False

    def __init__(self, batch: int = 500, pool: int = 20) -> None:
        self._batch, self._pool = batch, pool
        self.settings = f"a manager in each process, batches of {batch}, pools of {pool}, uvloop"

    async def prepare(self, stage: Stage) -> None:
        conn = await connect(stage.place, _ROLE)
        try:
            queries = Queries(AsyncpgDriver(conn))
            await queries.install()
            await queries.optimize_autovacuum()
            await _enqueue(queries, conn, stage.n)
        finally:
            await conn.close()

    async def clear(self, stage: Stage) -> None:
        conn = await connect(stage.place, _ROLE)
        try:
            await Queries(AsyncpgDriver(conn)).uninstall()
        finally:
            await conn.close()

    async def work(self, stage: Stage, watch: Watch) -> None:
        logging.getLogger("pgqueuer").setLevel(logging.ERROR)
        pool = await asyncpg.create_pool(
            host=stage.place.socket_dir, port=stage.place.port, user=_ROLE, database=DATABASE, ssl=False,
            min_size=self._pool, max_size=self._pool,
        )  # fmt: skip
        conn = await connect(stage.place, _ROLE)
        try:
            manager = PgQueuer(AsyncpgDriver(conn))
            manager.entrypoint("remind")(_reminder(pool, stage, watch))
            await watch.start()
            await manager.run(batch_size=self._batch, mode=QueueExecutionMode.drain)
        finally:
            await conn.close()
            await pool.close()


def _reminder(pool: Any, stage: Stage, watch: Watch) -> Callable[[Job], Awaitable[None]]:
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
        watch.lap()

    return remind


async def _enqueue(queries: Queries, conn: asyncpg.Connection, n: int) -> None:
    ids = [row[0].bytes for row in await conn.fetch("select id from meeting where due_at <= $1", REMINDER_AT)]
    for start in range(0, n, 10_000):
        some = ids[start : start + 10_000]
        await queries.enqueue(["remind"] * len(some), list(some), [0] * len(some))
    await conn.execute("vacuum analyze pgqueuer")
