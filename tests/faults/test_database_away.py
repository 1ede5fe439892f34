"""The database away, full or silent: every door says so at once in one sentence, and comes back by itself.

A server that is stopped and started, and a wire between it and the service (decision 0182).
"""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
import structlog
from tests.domain.cast import ident
from tests.faults.chaos.server import Killable
from tests.faults.wire import Wire, socket_of, through, wire
from tests.machine import wait_for
from tests.mail.test_imap_account import mail
from tests.tester import TESTER
from tests.web.scene import Scene, on_scene

from sip.domain.people import Role
from sip.edges.jobs import Job
from sip.edges.modules import Pass
from sip.embedded.server import ServerHandle
from sip.store import api_keys
from sip.store import db as store
from sip.store.api_keys import KeyRecord
from sip.store.db import DatabaseAway

TO = "sip+abcdefghijklmnopqrstuvwxyz@sip.example"


# -- what is asked, and what is said


@asynccontextmanager
async def doors(scene: Scene) -> AsyncIterator[dict[str, tuple[httpx.AsyncClient, str]]]:
    """A page of each kind, by name: whose browser asks, and for what."""
    stage = scene.stage
    await stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with stage.made.db.transaction(TESTER) as conn:
        token = await api_keys.make(conn, KeyRecord(ident("key"), "key", Role.ADMINISTRATOR, None, None, None))
    async with scene.client("convener") as clara, scene.client() as nobody:
        clara.timeout = nobody.timeout = httpx.Timeout(60)
        machine = httpx.AsyncClient(base_url=scene.origin, headers={"authorization": f"Bearer {token}"}, timeout=60)
        async with machine:
            yield {
                "page": (clara, "/"),
                "meeting": (clara, f"/meetings/{stage.id}"),
                "link": (nobody, scene.link("hemtjanst@al.example")),
                "api": (machine, f"/api/v1/meetings/{stage.id}"),
                "fhir": (machine, "/fhir/R4/Appointment"),
            }


async def ask(asked: dict[str, tuple[httpx.AsyncClient, str]]) -> dict[str, httpx.Response]:
    """Every door at once."""
    said = await asyncio.gather(*(client.get(path) for client, path in asked.values()))
    return dict(zip(asked, said, strict=True))


def all_say_away(said: dict[str, httpx.Response]) -> None:
    """503 with when to come again, and a sentence in the shape of each door."""
    for name, one in said.items():
        assert one.status_code == 503, (name, one.status_code, one.text[:500])
        assert int(one.headers["retry-after"]) > 0, name
        assert "Traceback" not in one.text
    for name in set(said) & {"page", "meeting", "link"}:
        assert "Tjänsten är tillfälligt borta" in said[name].text, name
        assert "Inget är ändrat" in said[name].text, name
    if "api" in said:
        assert said["api"].headers["content-type"].startswith("application/problem+json")
        assert said["api"].json()["code"] == "away"
    if "fhir" in said:
        assert said["fhir"].json()["issue"][0]["code"] == "transient"


async def all_are_open(asked: dict[str, tuple[httpx.AsyncClient, str]]) -> None:
    async def open_again() -> bool:
        return all(one.status_code == 200 for one in (await ask(asked)).values())

    await wait_for(open_again)


# -- a server that is stopped and started


@pytest.fixture
def server(cluster: ServerHandle) -> Iterator[Killable]:
    made = Killable(cluster)
    yield made
    made.start()


async def test_a_server_that_is_stopped_and_started(server: Killable, database_url: str) -> None:
    """Every door says away and opens again by itself; a page that stands open is told that it missed something."""
    async with on_scene(database_url, whole=False) as scene, doors(scene) as asked:
        stage, (clara, _) = scene.stage, asked["page"]
        async with clara.stream("GET", "/events", timeout=60) as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith("retry:")
            await asyncio.to_thread(server.stop)
            all_say_away(await ask(asked))
            english = await asked["link"][0].get(asked["link"][1], headers={"accept-language": "en"})
            assert "The service is away for a moment" in english.text
            assert (await clara.get("/health/live")).status_code == 200
            assert (await clara.get("/health/ready")).status_code == 503
            with pytest.raises(smtplib.SMTPDataError) as told:
                await stage.receive(mail(1), TO, "anna@al.example")
            assert told.value.smtp_code == 451
            server.start()
            await all_are_open(asked)
            async with asyncio.timeout(30):
                async for line in lines:
                    if line == "data: *":
                        break
        await stage.receive(mail(1), TO, "anna@al.example")
        await stage.work()


# -- the wire


@asynccontextmanager
async def on_a_wire(database_url: str) -> AsyncIterator[tuple[Scene, Wire]]:
    async with wire(socket_of(database_url)) as line, on_scene(through(database_url, line), whole=False) as scene:
        yield scene, line
        await line.back()


async def test_a_host_that_is_cut_off_is_said_at_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets vanish, and nobody says so. Whoever asks while another is asking is told what is known."""
    monkeypatch.setattr(store, "BEGIN_SECONDS", 0.5)
    monkeypatch.setattr(store, "CONNECT_SECONDS", 0.5)
    async with on_a_wire(database_url) as (scene, line), doors(scene) as asked:
        line.swallow()
        all_say_away(await ask(asked))
        all_say_away(await ask(asked))
        calls = line.calls
        all_say_away(await ask(asked))
        assert line.calls <= calls + 2, "one asks for all"
        await line.back()
        await all_are_open(asked)


@pytest.mark.parametrize("how", ["cut", "half_close"])
async def test_a_line_that_breaks_costs_no_page(database_url: str, how: str) -> None:
    async with on_a_wire(database_url) as (scene, line), doors(scene) as asked:
        await ask(asked)
        getattr(line, how)()
        assert {name: one.status_code for name, one in (await ask(asked)).items()} == dict.fromkeys(asked, 200)


# -- it is there, and takes nothing

_FULL = """
create function takes_nothing() returns trigger language plpgsql as $$
begin raise exception 'could not extend file "base/5/1259": No space left on device' using errcode = '{code}'; end $$;
create trigger full_disk before insert on {table} execute function takes_nothing()
"""


@pytest.mark.parametrize("code", ["53100", "58030", "25006", "57P01"])
async def test_a_full_disk_is_as_if_away(database_url: str, database_owner_url: str, code: str) -> None:
    """As PostgreSQL says it; a statement that it gives up by itself would be a fault."""
    async with on_scene(database_url, whole=False) as scene, doors(scene) as asked:
        owner = await asyncpg.connect(database_owner_url.replace("postgresql+asyncpg", "postgresql"))
        for table in ("access_log", "inbound"):
            await owner.execute(
                _FULL.replace("create function", "create or replace function").format(code=code, table=table)
            )
        all_say_away(await ask({name: asked[name] for name in ("meeting", "api")}))
        with pytest.raises(smtplib.SMTPDataError) as told:
            await scene.stage.receive(mail(1), TO, "anna@al.example")
        assert told.value.smtp_code == 451
        await owner.execute("drop function takes_nothing() cascade")
        await owner.close()
        assert (await ask(asked))["meeting"].status_code == 200


async def test_a_full_disk_says_so_to_whoever_keeps_it(database_url: str, database_owner_url: str) -> None:
    db = store.Database(database_url)
    owner = await asyncpg.connect(database_owner_url.replace("postgresql+asyncpg", "postgresql"))
    await owner.execute(_FULL.format(code="53100", table="heartbeat"))
    with pytest.raises(DatabaseAway, match=r"takes nothing now .*No space left.*see to its disk"):
        async with db.transaction(TESTER) as conn:
            await (await store.raw(conn)).execute("insert into heartbeat (kind, seen_at) values ('web', now())")
    await owner.close()
    await db.close()


async def test_a_pool_that_is_exhausted_is_as_if_away(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection is in use, and stays so."""
    monkeypatch.setattr(store, "POOL_SECONDS", 0.2)
    async with on_a_wire(database_url) as (scene, _), doors(scene) as asked:
        db = scene.stage.made.db
        async with asyncio.TaskGroup() as group:
            free = asyncio.Event()

            async def holds() -> None:
                async with db.transaction(TESTER):
                    await free.wait()

            held = [group.create_task(holds()) for _ in range(scene.stage.made.settings.database_connections)]
            await asyncio.sleep(0)
            said = await ask(asked)
            while not all(one.status_code == 503 for one in said.values()):
                said = await ask(asked)
            all_say_away(said)
            free.set()
        assert all(one.done() for one in held)
        await all_are_open(asked)


# -- what goes on by itself


async def test_a_job_rests_longer_and_longer_and_says_it_once(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """No line for each turn; back at the first turn after its rest."""
    clock, tries = [100.0], [0]
    monkeypatch.setattr("sip.edges.jobs.monotonic", lambda: clock[0])
    db, away = store.Database(database_url), [True]

    async def work() -> Pass:
        tries[0] += 1
        if away[0]:
            raise DatabaseAway("db.example", "Connection refused")
        return Pass()

    job = Job("tick", db, work)
    with structlog.testing.capture_logs() as lines:
        for _ in range(300):
            await job.run()
            clock[0] += 1.0
        away[0] = False
        tried = tries[0]
        for _ in range(31):
            await job.run()
            clock[0] += 1.0
    assert tried == 14, "after 1, 2, 4, 8, 16 and then 30 seconds"
    assert tries[0] > tried
    assert [one["event"] for one in lines] == ["the database is away", "the database is back"]
    await db.close()
