"""Tries are counted once for all processes, by keyed hashes, and only as long as they count."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text

from sip.edges.services import Services
from sip.edges.web.app import create
from sip.edges.web.link.code import counts
from sip.edges.web.shell.throttle import Throttle, give_back, take
from sip.settings import load_settings
from sip.store.db import Database
from sip.store.vault import Vault
from tests.domain.cast import at
from tests.store.conftest import db
from tests.tester import TESTER
from tests.web.scene import csrf_of

__all__ = ["db"]
ORIGIN = "http://testserver"


async def test_many_clients_that_guess_together_have_to_wait_too(db: Database) -> None:
    for n in range(100):
        assert await take(_services(db), *counts(f"2001:db8:{n}::/64"))
    assert not await take(_services(db), *counts("192.0.2.1"))


async def test_after_a_while_one_may_try_again_and_nothing_is_left(db: Database) -> None:
    short = Throttle("short", 2, timedelta(0))
    for _ in range(5):
        assert await take(_services(db), (short, "a"))
    assert await take(_services(db), (Throttle("long", 2, timedelta(hours=1)), "b"))
    async with db.transaction(TESTER) as conn:
        assert (await conn.execute(text("select count(*) from tries"))).scalar_one() == 1


async def test_a_try_that_was_right_is_given_back_and_who_must_wait_is_counted_no_further(db: Database) -> None:
    services, one = _services(db), (Throttle("one", 2, timedelta(hours=1)), "a")
    other = (Throttle("other", 9, timedelta(hours=1)), "a")
    assert [await take(services, one, other) for _ in range(4)] == [True, True, False, False]
    await give_back(services, one)
    assert [await take(services, one, other) for _ in range(2)] == [True, False]
    async with db.transaction(TESTER) as conn:
        assert (await conn.execute(text("select array_agg(number order by number) from tries"))).scalar_one() == [2, 3]


async def test_two_processes_count_together_and_keep_no_address(db: Database) -> None:
    """Two applications on one database: who has had her tries in one has had them in the other."""
    answers = []
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(2):
            app: Any = create(_services(db))
            transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 1))
            clients.append(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN)))
        for n in range(6):
            form = {"_csrf": csrf_of((await clients[n % 2].get("/password")).text), "email": "nora@al.example"}
            answers.append((await clients[n % 2].post("/password", data=form)).status_code)
    assert answers == [303] * 5 + [429]
    async with db.transaction(TESTER) as conn:
        kept = (await conn.execute(text("select string_agg(t::text, ' ') from tries t"))).scalar_one()
    assert "192.0.2.7" not in kept and "nora" not in kept


def _services(db: Database) -> Services:
    settings = load_settings({"SIP_ENVIRONMENT": "test"})
    vault = Vault(settings.secret_key.get_secret_value())
    return Services(db, settings, _Clock(), vault, asyncio.Event())


class _Clock:
    def __call__(self) -> datetime:
        return at("2026-11-02 09:00")

    async def now(self) -> datetime:
        return self()
