"""procrastinate: N deferred jobs, each doing the three writes of a reminder in a transaction of its own.

Run as its manual says for throughput: one asynchronous worker with concurrency, finished jobs deleted, no waiting. Jobs
write through a psycopg pool of their own, in autocommit outside their transactions, statements prepared from the first
time on. What it does after the last job's commit is not counted.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from benchmarks.contender import Stage, Watch, uvloop
from benchmarks.county import REMINDER_AT
from benchmarks.pattern import GUARDED_UPDATE
from benchmarks.server import DATABASE, connect

_ROLE = "sip_owner"
_UPDATE = GUARDED_UPDATE.format(id="%s", now="%s", due="%s", hash="%s")


class ProcrastinateJobs:
    name = "procrastinate"
    title = "procrastinate"
    loop = staticmethod(uvloop)

    alone = False

    def __init__(self, concurrency: int = 8, pool: int = 8) -> None:
        self._concurrency, self._pool = concurrency, pool
        self.settings = f"concurrency {concurrency}, pools of {pool}, finished jobs deleted, uvloop"

    async def prepare(self, stage: Stage) -> None:
        app, task = self._app(stage, _nothing)
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            await _defer(stage, task)

    async def clear(self, stage: Stage) -> None:
        conn = await connect(stage.place, _ROLE)
        try:
            for (statement,) in await conn.fetch(_DROPS):
                await conn.execute(statement)
        finally:
            await conn.close()

    async def work(self, stage: Stage, watch: Watch) -> None:
        from psycopg_pool import AsyncConnectionPool

        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.ERROR)
        pool = AsyncConnectionPool(
            kwargs={**_where(stage), "prepare_threshold": 0, "autocommit": True},
            min_size=self._pool, max_size=self._pool, open=False,
        )  # fmt: skip
        app, _ = self._app(stage, _reminder(pool, stage, watch))
        async with pool, app.open_async():
            await watch.start()
            await app.run_worker_async(
                concurrency=self._concurrency, wait=False, delete_jobs="always", install_signal_handlers=False
            )

    def _app(self, stage: Stage, work: Callable[[UUID], Awaitable[None]]) -> tuple[Any, Any]:
        """The application with its one task."""
        import procrastinate  # here: without libpq its driver cannot be imported, and the others can still be run

        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(kwargs=_where(stage), min_size=1, max_size=self._pool)
        )

        @app.task(name="remind")
        async def remind(meeting: str) -> None:
            await work(UUID(meeting))

        return app, remind


def _where(stage: Stage) -> dict[str, str]:
    return {"host": stage.place.socket_dir, "port": str(stage.place.port), "user": _ROLE, "dbname": DATABASE}


async def _nothing(_: UUID) -> None:
    """The task of the application that only defers."""


def _reminder(pool: Any, stage: Stage, watch: Watch) -> Callable[[UUID], Awaitable[None]]:
    pattern = stage.pattern
    mail, journal = (row.insert(lambda _: "%s") for row in (pattern.mail, pattern.journal))

    async def work(meeting: UUID) -> None:
        digest = pattern.digest(meeting)
        async with pool.connection() as conn, conn.transaction():
            moved = await conn.execute(_UPDATE, (pattern.due_after, digest, meeting, REMINDER_AT))
            if moved.rowcount != 1:
                return
            await conn.execute(mail, pattern.mail_of(meeting))
            await conn.execute(journal, pattern.journal_of(meeting, digest))
        watch.lap()

    return work


async def _defer(stage: Stage, task: Any) -> None:
    conn = await connect(stage.place, _ROLE)
    try:
        ids = [str(row[0]) for row in await conn.fetch("select id from meeting where due_at <= $1", REMINDER_AT)]
        for start in range(0, len(ids), 1000):
            await task.batch_defer_async(*({"meeting": one} for one in ids[start : start + 1000]))
        await conn.execute("vacuum analyze procrastinate_jobs")
    finally:
        await conn.close()


# Everything of procrastinate's: tables, functions and types have its name before theirs.
_DROPS = """
    select 'drop table if exists ' || quote_ident(relname) || ' cascade' from pg_class
        where relname like 'procrastinate%' and relkind = 'r' and relnamespace = 'public'::regnamespace
    union all select 'drop function if exists ' || oid::regprocedure || ' cascade' from pg_proc
        where proname like 'procrastinate%' and pronamespace = 'public'::regnamespace
    union all select 'drop type if exists ' || quote_ident(typname) || ' cascade' from pg_type
        where typname like 'procrastinate%' and typtype in ('e', 'c') and typnamespace = 'public'::regnamespace
        and not exists (select 1 from pg_class c where c.oid = typrelid and c.relkind = 'r')
"""
