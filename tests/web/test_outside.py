"""What the machines around see: health, figures, headers, logs, live events, and errors without our insides."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from litestar import Litestar, get
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.needs import Need
from sip.domain.people import Role
from sip.domain.standing import standing
from sip.edges.web.app import AT_ONCE, Api, Services, create
from sip.edges.web.live import Live
from sip.edges.web.shell.security import with_headers
from sip.settings import load_settings
from sip.store import module_runs
from sip.store.aggregates import meetings
from sip.store.db import Database
from sip.store.module_runs import Ran
from sip.store.seen import dashboard
from sip.store.seen.hands import Looker, Whose
from sip.store.seen.scope import EVERYTHING
from sip.store.vault import Vault
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.reading import hands
from tests.tester import TESTER
from tests.web.scene import Scene


async def test_health_and_figures(scene: Scene) -> None:
    async with scene.client() as client:
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        ready = await client.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json()["migrations"] == "current"
        await client.get("/meetings/" + "0" * 36)
        await client.get("/no/such/page")
        await client.post("/sign-in", data={})
        figures = (await client.get("/metrics")).text
    assert 'sip_http_requests_total{method="GET",path="unmatched",status="404"}' in figures
    assert 'sip_http_requests_total{method="POST",path="/sign-in",status="403"}' in figures
    assert "0000-" not in figures
    assert "sip_overdue_seconds" in figures


async def test_figures_of_what_goes_on_by_itself(scene: Scene) -> None:
    fault = "ValueError: a fault of ours"
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await module_runs.keep(conn, [Ran("timers", 0.5, {"taken": 7}), Ran("answers", 0.1, {}, fault)])
        await module_runs.keep(conn, [Ran("timers", 0.25), Ran("answers", 0.1, {}, fault)])
    async with scene.client() as client:
        figures = (await client.get("/metrics")).text
    assert 'sip_module_seconds{module="timers"} 0.25' in figures
    assert 'sip_module_results{module="timers",result="taken"} 7.0' in figures
    assert 'sip_module_failures{module="timers"} 0.0' in figures
    assert 'sip_module_failures{module="answers"} 2.0' in figures
    assert 'sip_module_age_seconds{module="answers"}' in figures
    assert "fault of ours" not in figures


async def test_every_answer_has_the_headers(scene: Scene) -> None:
    async with scene.client() as client:
        for path in ("/sign-in", "/no/such", "/health/live", "/static/sip.css", "/svar/x"):
            headers = (await client.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'self'"), path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("https", "said"), [(True, "max-age=31536000; includeSubDomains"), (False, None)])
async def test_in_production_each_answer_asks_for_tls(https: bool, said: str | None) -> None:
    app: Any = with_headers(Litestar([]), https=https)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://sip.example") as client:
        answer = await client.get("/no/such")
    assert answer.headers.get("strict-transport-security") == said


class Nowhere:
    """A clock that stands still, for an application without a database."""

    def __call__(self) -> datetime:
        return datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    async def now(self) -> datetime:
        return self()


async def test_without_a_database_each_page_says_one_sentence() -> None:
    settings = load_settings({"SIP_ENVIRONMENT": "test"})
    db = Database("postgresql://sip@127.0.0.1:9/sip")
    services = Services(db, settings, Nowhere(), Vault("x" * 32), asyncio.Event())

    @get("/broken", sync_to_thread=False)
    def broken() -> None:
        raise RuntimeError("19121212-1212 is a secret")

    app = create(services, Api([broken]))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # httpx types ASGI loosely
    async with httpx.AsyncClient(transport=transport, base_url="http://sip.example") as client:
        answer = await client.get("/health/ready")
        assert answer.status_code == 503
        answer = await client.get("/svar/" + "a" * 26)
        assert answer.status_code == 503
        assert "inget har gått förlorat" in answer.text
        with structlog.testing.capture_logs() as logs:
            answer = await client.get("/broken?pnr=19121212-1212")
        assert answer.status_code == 500
        assert "1912" not in answer.text
        assert "1912" not in str(logs)
        assert any(line["event"] == "fault" and line["kind"] == "RuntimeError" for line in logs)
    await db.close()


async def test_what_is_sent_is_never_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        async with scene.client() as client:
            link = scene.link("skolan@al.example")
            await client.post(link, data={"answered_by": "19121212-1212", "_csrf": "x"})
            await client.get("/sign-in?next=/19121212-1212")
            await client.get(link)
            await client.get("/meetings/191212121212/parties/191212121212")
            await client.get("/19121212-1212")
    # The test's own client logs too, and uvicorn's access log is silenced by `sip.edges.logs`, which no test sets up.
    other = ("httpx", "httpcore", "uvicorn.access")
    ours = [record for record in caplog.records if not record.name.startswith(other)]
    said = str(logs) + str([record.getMessage() for record in ours]) + capsys.readouterr().out
    assert "1912" not in said
    assert link.removeprefix("/svar/") not in said
    assert [line["path"] for line in logs if line["event"] == "request"] == [
        "/svar/{token}",
        "/sign-in",
        "/svar/{token}",
        "-",
        "-",
    ]


async def test_an_open_page_hears_of_changes(fresh: Scene) -> None:
    async with fresh.client("convener") as client, client.stream("GET", "/events", timeout=20) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()

        async def heard() -> str:
            async for line in lines:
                if line.startswith("event:"):
                    return line
            return ""

        await asyncio.sleep(0.2)
        waiting = asyncio.create_task(heard())
        await fresh.stage.call("2026-12-07 10:00")
        assert await asyncio.wait_for(waiting, 15) == "event: changed"


async def test_of_what_open_pages_ask_few_are_answered_at_a_time_and_nobody_else_waits(fresh: Scene) -> None:
    """A change that many pages see does not stand before whoever opens another page (decision 0163)."""
    waiting = "select count(*) from pg_locks where relation = 'meeting'::regclass and not granted"

    async def held_up(conn: AsyncConnection) -> int:
        return int((await conn.execute(text(waiting))).scalar_one())

    async with fresh.client("convener") as client:
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("lock table meeting"))
            asked = [asyncio.create_task(client.get("/hands/rows?ids=*", timeout=60)) for _ in range(4 * AT_ONCE)]
            while await held_up(conn) < AT_ONCE:  # noqa: ASYNC110 - what is waited for is a lock
                await asyncio.sleep(0.01)
            assert (await client.get("/profile", timeout=60)).status_code == 200
            assert await held_up(conn) == AT_ONCE
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


async def test_streams_end_with_the_process() -> None:
    stop = asyncio.Event()
    live = Live(Database("postgresql://sip@127.0.0.1:9/sip"), stop)
    stream = live.events()
    assert await anext(stream) == b"retry: 3000\n\n"
    live.changed()
    assert await anext(stream) == b"event: changed\ndata: *\n\n"
    stop.set()
    assert [chunk async for chunk in stream] == []


async def test_the_listing_and_the_domain_say_the_same(scene: Scene) -> None:
    """The standing in SQL is the domain's, for every party of the scene."""
    ids = list(scene.meetings.values())
    async with scene.stage.made.db.transaction(TESTER) as conn:
        listed = await dashboard.party_lines(conn, EVERYTHING, ids)
        loaded = await meetings.load_many(conn, ids)
    words = set()
    for meeting_id, found in loaded.items():
        there = [p for p in found.state.parties if p.active]
        assert [(p.ordinal, p.standing) for p in listed[meeting_id]] == [(p.ordinal, standing(p)) for p in there]
        words |= {standing(p) for p in there}
    assert len(words) >= 5


async def test_what_needs_a_hand(scene: Scene) -> None:
    actor = Actor(ActorKind.USER, str(uuid4()), "Ada", role=Role.ADMINISTRATOR)
    found = await hands.start(
        scene.stage.made.db, Whose.ALL, None, Looker(""), actor=actor, now=await scene.stage.now()
    )
    names = {meeting_id: name for name, meeting_id in scene.meetings.items()}
    needed = {
        (need.need, names[row.meeting.id], row.meeting.party(need.party).unit_name if need.party is not None else None)
        for row in found.rows
        for need in row.needs
    }
    assert needed == {
        (Need.CLAIM, "claims", "Hemtjänsten Al"),
        (Need.QUESTION, "questions", "Hemtjänsten Al"),
        (Need.QUESTION, "questions", "Socialtjänsten Bok"),
        (Need.UNCOVERED, "silent", "Boendet Al"),
        (Need.UNCOVERED, "silent", "Skolan Al"),
        (Need.UNCOVERED, "regret", "Hemtjänsten Al"),
        (Need.ATTENDANCE, "unrecorded", None),
        (Need.DRAFT, "draft", None),
    }
    late = [row.needs[0].too_late for row in found.rows]
    assert late == sorted(late) and len({row.meeting.id for row in found.rows}) == len(found.rows) == found.total
