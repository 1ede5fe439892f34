"""The service behind PgBouncer in session mode: pages, calls, answers, what stands open, and the wall around each.

In transaction mode it does not work, and docs/scaling.md says what was seen.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from sip.domain.standing import Standing
from sip.store.db import Database
from tests.peers.bouncer import Bouncer, bouncer
from tests.stories.stage import Stage
from tests.tester import TESTER
from tests.web.scene import UNIT, on_scene

# PgBouncer carries no such parameter of a connection, so the database has them itself (docs/scaling.md).
SETTINGS = {
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
    "jit": "off",
    "enable_seqscan": "off",
}


@pytest.fixture
async def pooled(database: str, database_url: str, database_owner_url: str) -> AsyncIterator[Bouncer]:
    owner = Database(database_owner_url, 1)

    async def say(end: str) -> None:
        async with owner.transaction(TESTER) as conn:
            for name, value in SETTINGS.items():
                await conn.execute(text(f"alter database {database} {end.format(name=name, value=value)}"))

    await say("set {name} = '{value}'")
    try:
        async with bouncer(database_url) as made:
            yield made
    finally:
        await say("reset {name}")
        await owner.close()


async def asked(stage: Stage, query: str) -> str:
    """Of a connection of the pages."""
    async with stage.made.db.transaction(TESTER) as conn:
        return str((await conn.execute(text(query))).scalar_one())


async def test_a_meeting_is_called_and_answered_behind_it(pooled: Bouncer) -> None:
    async with on_scene(pooled.url, whole=False) as scene:
        stage = scene.stage
        async with scene.client("convener") as clara, scene.client("outsider") as ulla:
            await stage.call("2026-12-07 10:00", ("hemtjanst",))
            page = f"/meetings/{stage.id}"
            async with clara.stream("GET", "/events", timeout=30) as stream:
                lines = stream.aiter_lines()
                assert (await anext(lines)).startswith("retry:")
                await stage.replies(UNIT, "ACCEPTED")
                async with asyncio.timeout(30):
                    assert f"data: {stage.id}" in [line async for line in _until_told(lines, str(stage.id))]
            assert await stage.stands("hemtjanst") is Standing.NAME_MISSING
            # The same few connections serve both, and each sees what is hers.
            for _ in range(2):
                seen = await asyncio.gather(*(one.get(page) for one in (clara, ulla, clara, ulla)))
                assert [one.status_code for one in seen] == [200, 404, 200, 404]
        assert int(await asked(stage, "select count(*) from pg_prepared_statements")) > 1
        assert {name: await asked(stage, f"show {name}") for name in SETTINGS} == SETTINGS
        assert pooled.server.calls > 0, "it was asked through PgBouncer"


async def _until_told(lines: AsyncIterator[str], about: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if about in line:
            return


async def test_nothing_of_whoever_asked_is_left_to_the_next(pooled: Bouncer) -> None:
    """A connection of the server that one left is given to the next as if it were new."""
    left = Database(pooled.url, 1)
    async with left.transaction(TESTER) as conn:
        first = await conn.scalar(text("select pg_backend_pid()"))
        await conn.execute(text("set application_name to 'left'"))
    await left.close()
    then = Database(pooled.url, 1)
    async with then._engine.connect() as conn:
        found = await conn.execute(
            text("select pg_backend_pid(), coalesce(current_setting('sip.sees', true), ''),"
                 " coalesce(current_setting('sip.actor', true), ''), current_setting('application_name'),"
                 " (select count(*) from pg_prepared_statements where statement like 'select set_config%')")
        )  # fmt: skip
        assert found.one() == (first, "", "", "sip", 0)
    await then.close()
