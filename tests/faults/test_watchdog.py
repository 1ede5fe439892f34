"""The watchdog of a real service: what it sees, and that it tells by another way than the one that it watches."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP
from tests.faults.wire import socket_of, through, wire
from tests.stories.hooked import receiver
from tests.stories.stage import Relay, Stage, on_stage

from sip.addresses import Relay as At
from sip.domain.watching import Trouble
from sip.edges.modules import Pass, run
from sip.edges.watchdog import Watchdog, Watched
from sip.edges.worker import WATCHDOG, Look
from sip.settings import SettingsError, load_settings
from sip.store import heartbeats
from sip.store.db import Database
from sip.store.module_runs import Ran
from sip.usecases import service

OPERATIONS = "drift@region.example"


@asynccontextmanager
async def another_relay() -> AsyncIterator[tuple[Relay, At]]:
    """The way to operations."""
    relay, loop = Relay(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, loop=loop, hostname="other.example"), "127.0.0.1", 0)
    yield relay, At("127.0.0.1", server.sockets[0].getsockname()[1], None, None, "off")
    server.close()


@asynccontextmanager
async def heartbeat() -> AsyncIterator[tuple[str, list[str]]]:
    """An address, and what was asked for there."""
    heard: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            heard.append((await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[0])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping", heard
    server.close()


@asynccontextmanager
async def watched(stage: Stage, **other: object) -> AsyncIterator[tuple[Watchdog, Relay, list[str]]]:
    async with another_relay() as (relay, at), heartbeat() as (url, heard):
        relay.moment = await stage.now()
        settings = stage.made.settings
        what: dict[str, Any] = {"folders": (Path("/"),), "mail_to": OPERATIONS, "mail_by": at, "heartbeat": url} | other
        base_url = str(what.pop("base_url", settings.base_url))
        db = what.pop("db", stage.made.db)
        yield Watchdog(Watched(db, settings.smtp_url, base_url, "sip@sip.example", **what)), relay, heard


async def looks(dog: Watchdog, now: datetime, times: int = 2) -> set[Trouble]:
    """As many looks, a minute apart; what the last one found."""
    found: dict[Trouble, str] = {}
    for minute in range(times):
        found = await dog.look(now + timedelta(minutes=minute))
    return set(found)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00") as made:
        yield made


async def test_a_relay_that_is_away_is_told_by_another_and_so_is_its_return(stage: Stage) -> None:
    port = stage.made.settings.smtp_url.port
    async with watched(stage) as (dog, relay, heard), wire(int(port)) as line:
        object.__setattr__(dog.watched, "relay", At("127.0.0.1", line.port, None, None, "off"))
        now = await stage.now()
        assert await looks(dog, now) == set()
        assert heard == ["GET /ping HTTP/1.1"] * 2
        await line.away()
        assert await looks(dog, now, 5) == {Trouble.RELAY}
        assert len(heard) == 2, "silence alarms whoever listens"
        (letter,) = relay.letters
        assert letter.to == OPERATIONS
        assert letter.subject == "SIP sip.example: relay refuses"
        assert "The relay cannot be used: " in letter.body and "docs/running.md" in letter.body
        await line.back()
        assert await looks(dog, now) == set()
        assert [one.subject for one in relay.letters[1:]] == ["SIP sip.example: all is well again"]
        assert len(heard) == 4


async def test_who_could_not_be_told_is_told_at_the_next_look(stage: Stage) -> None:
    async with watched(stage, folders=(Path("/not/here"),)) as (dog, relay, _):
        now = await stage.now()
        relay.away = True
        assert await looks(dog, now) == {Trouble.DISK}
        assert relay.letters == []
        relay.away = False
        await looks(dog, now + timedelta(minutes=2), 3)
        assert [one.subject for one in relay.letters] == ["SIP sip.example: disk full"]


async def test_what_the_database_tells_is_seen(stage: Stage, database_owner_url: str) -> None:
    """A step that nobody takes, a mail that nobody sends, a receiver that is silent, and no worker."""
    stage.relay.away = True
    await stage.call("2026-12-07 10:00")
    now = await stage.now()
    await service.beat(stage.made.db, heartbeats.RECEIVER, now)
    await service.keep_runs(stage.made.db, [Ran("answers", 0.1)])
    owner = await asyncpg.connect(database_owner_url.replace("postgresql+asyncpg", "postgresql"))
    await owner.execute("update meeting set due_at = $1", now)
    await owner.execute("update module_run set ran_at = ran_at - interval '3 minutes'")
    await owner.execute("update outbox set recorded_at = recorded_at - interval '1 hour'")
    await owner.close()
    async with watched(stage) as (dog, _, heard):
        late = now + timedelta(minutes=16)
        assert await looks(dog, late, 1) == {Trouble.LATE, Trouble.UNSENT, Trouble.WORKER, Trouble.WAY_IN}
        assert heard == []


async def test_a_database_that_is_away_ends_no_look(database_url: str, stage: Stage) -> None:
    async with wire(socket_of(database_url)) as line:
        db = Database(through(database_url, line))
        async with watched(stage, db=db) as (dog, relay, _):
            await line.away()
            assert await looks(dog, await stage.now()) == {Trouble.DATABASE}
            assert [one.subject for one in relay.letters] == ["SIP sip.example: database away"]
            await line.back()
            assert await looks(dog, await stage.now(), 1) == set()
        await db.close()


async def test_a_certificate_is_looked_at(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody vouches for, and the same where somebody does."""
    async with receiver(tmp_path) as pages, watched(stage, base_url=f"https://127.0.0.1:{pages.port}") as (dog, _, _):
        found = await dog.look(await stage.now())
        assert set(found) == {Trouble.CERTIFICATE} and "self-signed" in found[Trouble.CERTIFICATE]
        monkeypatch.setenv("SSL_CERT_FILE", str(pages.ca))
        assert await dog.look(await stage.now()) == {}


async def test_its_findings_are_figures(stage: Stage) -> None:
    async with watched(stage, folders=(Path("/not/here"),)) as (dog, _, _):
        done = Pass()
        await run(WATCHDOG, Look(dog, await stage.now()), done)
        assert [(one.name, dict(one.results)) for one in done.ran] == [("watchdog", {"disk_full": 1})]


def test_who_is_told_is_told_by_another_way() -> None:
    with pytest.raises(SettingsError, match="SIP_WATCH_MAIL needs SIP_WATCH_SMTP_URL"):
        load_settings({"SIP_ENVIRONMENT": "test", "SIP_WATCH_MAIL": OPERATIONS})
