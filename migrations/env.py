"""Runs the migrations. Imports nothing of the application: the URL and the rest come from whoever calls.

One run at a time (advisory lock); a statement that would wait for a busy table gives up after `lock_timeout` rather
than stop the service behind it.
"""

import asyncio
import os
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

_ONE_AT_A_TIME = 0x51B_0001
_LOCK_TIMEOUT = "5s"


def _url() -> str:
    url: str = context.config.attributes.get("url") or os.environ.get("SIP_DATABASE_URL", "")
    if not url:
        raise SystemExit("Set SIP_DATABASE_URL to the database whose tables are to be migrated.")
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def _run(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    connection.execute(text(f"set local lock_timeout = '{_LOCK_TIMEOUT}'"))
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("target_metadata"),
        compare_server_default=True,
        transactional_ddl=True,
        on_version_apply=context.config.attributes.get("after_each"),
    )
    mark, taken_away, built = context.config.attributes.get("wall") or ("", [], [])
    stands = _stands(connection, mark)
    for statement in [] if stands else taken_away:
        connection.execute(text(statement))
    context.run_migrations()
    said = context.config.attributes
    _grant(connection, [*said.get("grants", []), *([] if stands else built), *said.get("roles", [])])


def _stands(connection: Connection, mark: str) -> bool:
    """Whether no table is to change, and row-level security is as it should be: then it is left as it is, since to
    build it anew waits for everybody who reads.
    """
    found = connection.execute(text("select obj_description(to_regnamespace('wall'), 'pg_namespace')")).scalar()
    current = context.get_context().get_current_revision() if found is not None else None
    return bool(mark) and found == mark and current == context.script.get_current_head()


def _grant(connection: Connection, statements: list[str]) -> None:
    there = connection.execute(text("select 1 from pg_roles where rolname = 'sip_app'")).first()
    migrated = connection.execute(text("select to_regclass('meeting') is not null")).scalar()
    for statement in statements if there and migrated else []:
        connection.execute(text(statement))


async def _main(**options: Any) -> None:
    engine = create_async_engine(_url(), poolclass=pool.NullPool, **options)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


asyncio.run(_main())
