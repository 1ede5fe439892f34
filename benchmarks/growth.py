"""Pages of 8 kB that the pages asked most read, at sizes of the database: what grows with the years is seen here.

Each is asked of the whole application in one process, as whoever opens it, after the server has gone over to general
plans; what is read is counted by the server, so it does not depend on the machine. What comes is the same at all sizes:
up to 2,000 meetings of an ordinary Friday; three thousand units, four called ones to a meeting. Beside each stands the
most that it may read at 250,000 meetings (`AIMS`).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from benchmarks import county, decade, ordinary
from benchmarks.decade import Decade
from benchmarks.feeds import ask, tag_at
from benchmarks.machine import machine, versions
from benchmarks.pages import read_so_far
from benchmarks.server import Place, connect, place_of, server
from benchmarks.steps import Steps
from sip.domain.people import Language, Role
from sip.edges.api.router import api
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store import api_keys, users
from sip.store import db as database
from sip.store.db import Database
from sip.store.feeds import FeedKind
from sip.store.vault import Vault
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.feeds import make

SIZES = (1_000, 100_000)
ALIVE, OTHERS, UNITS = 2_000, 3, 600
"""Copies of each unit: with the convener's and four called ones to a meeting, 3,000 units in all."""
AIMS = {
    "/health/ready": 50, "/metrics": 50, "received mail, convener": 200, "received mail, region": 500,
    "meetings, region": 500, "API, first page, region": 1_000, "feed of an area, 304": 50,
    "overview, coordinator": 1_000, "overview, unit staff": 200, "one coming meeting": 300, "new meeting": 300,
    "directory": 300,
}  # fmt: skip
"""The most pages of 8 kB that each may read at 250,000 meetings."""
NOW = county.REMINDER_AT
_PLANNED = 6
"""Askings before the counted one: PostgreSQL goes over to a general plan after five."""
CALLED = decade.unit(county.HOME, 2)


class _Stopped:
    """The service's clock, at the moment the reminders are due."""

    def __call__(self) -> datetime:
        return NOW

    async def now(self) -> datetime:
        return NOW


@dataclass(frozen=True, slots=True)
class Grown:
    """What one asking reads and sends."""

    pages: int
    statements: int
    bytes: int


Asked = tuple[str, tuple[tuple[bytes, bytes], ...], int]
"""A path, the headers that go with it, and the status that it answers with."""


def measure(sizes: Sequence[int], steps: Steps) -> dict[str, Any]:
    """Every page once at each size."""
    before = machine()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # no line for each of the requests
    found: dict[int, dict[str, Grown]] = {}
    with server() as handle:
        for n in sizes:
            asyncio.run(fill(place_of(handle), n, steps))
            found[n] = asyncio.run(_pages(place_of(handle), steps))
    return {
        "benchmark": "growth", "sizes": {n: {name: vars_of(one) for name, one in pages.items()}
                                         for n, pages in found.items()},
        "aims": AIMS, "units": 5 * UNITS, "coming": ALIVE, "machine": before, "versions": versions(),
    }  # fmt: skip


def vars_of(one: Grown) -> dict[str, int]:
    return {"pages": one.pages, "statements": one.statements, "bytes": one.bytes}


async def fill(place: Place, n: int, steps: Steps) -> None:
    """A database of `n` meetings in place of what was there."""
    owner, db = await connect(place, "sip_owner"), Database(place.url())
    try:
        tables = await owner.fetch(
            "select format('%I', tablename) from pg_tables where schemaname = 'public' and tablename not in"
            " ('alembic_version', 'service')"
        )
        await owner.execute(f"truncate {', '.join(row[0] for row in tables)} cascade")
        await decade.build(db, owner, Decade(n, min(ALIVE, n // 2), UNITS, OTHERS), steps.done)
        steps.done("an ordinary day")
        await ordinary.make(db, owner, UNITS)
    finally:
        await owner.close()
        await db.close()


async def _pages(place: Place, steps: Steps) -> dict[str, Grown]:
    found: dict[str, Grown] = {}
    async with _stage(place) as (app, db, asked):
        statements: list[str] = []
        async with db.transaction(ENGINE) as conn:
            (await database.raw(conn)).add_query_logger(lambda record: statements.append(record.query))
        for name, one in asked.items():
            for _ in range(_PLANNED):
                await _get(app, one)
            read = await read_so_far(db)
            statements.clear()
            body = await _get(app, one)
            asks = len(statements)
            found[name] = Grown(await read_so_far(db) - read, asks, len(body))
            steps.done(name)
    return found


async def _get(app: Any, asked: Asked) -> bytes:
    path, headers, expected = asked
    status, body = await ask(app, path, *headers)
    if status != expected:
        raise RuntimeError(f"{path} answered {status}: no figure.")
    return body


@asynccontextmanager
async def _stage(place: Place) -> AsyncIterator[tuple[Any, Database, dict[str, Asked]]]:
    """The application over one connection, which tells by itself what it has read."""
    db = Database(place.url("sip_app"), connections=1)
    try:
        settings = load_settings({"SIP_ENVIRONMENT": "test"})
        vault = Vault(settings.secret_key.get_secret_value())
        app = create(Services(db, settings, _Stopped(), vault, asyncio.Event()), api(settings.is_production))
        yield app, db, await _asked(app, db)
    finally:
        await db.close()


_GRANTS = {
    "region": (Role.COORDINATOR, None, county.REGION), "convener": (Role.CONVENER, decade.unit(county.CARE, 7), None),
    "staff": (Role.UNIT_STAFF, CALLED, None), "keeper": (Role.ADMINISTRATOR, None, None),
}  # fmt: skip


async def _asked(app: Any, db: Database) -> dict[str, Asked]:
    cookies: dict[str, tuple[tuple[bytes, bytes], ...]] = {}
    key = county.ident("key of growth")
    async with db.transaction(ENGINE) as conn:
        for name, (role, unit, principal) in _GRANTS.items():
            user = users.UserRecord(county.ident(name), f"{name}@region.example", name, Language.SV)
            grant = users.GrantRecord(county.ident(f"{name}/grant"), user.id, role, unit, None, principal)
            await users.save_users(conn, [user])
            await users.save_grants(conn, [grant])
            token, _ = await users.begin_session(conn, user.id, grant.id, timedelta(days=1))
            cookies[name] = ((b"cookie", f"sip_session={token}; sip_visit=bench".encode()),)
        record = api_keys.KeyRecord(key, "growth", Role.COORDINATOR, None, None, county.REGION)
        secret = await api_keys.make(conn, record)
        coming: UUID = await (await database.raw(conn)).fetchval(
            "select m.id from meeting m join party p on p.meeting_id = m.id where m.state = 'called'"
            " and p.unit_id = $1 order by m.starts_at, m.id limit 1",
            CALLED,
        )
    owner = Actor(ActorKind.API_KEY, str(key), "growth", None, Role.COORDINATOR, None, county.REGION)
    made = await make(db, county.ident("area"), FeedKind.AREA, Language.SV, actor=owner, now=NOW)
    feed = f"/feeds/{made.secret}.ics"
    bearer = ((b"authorization", f"Bearer {secret}".encode()),)
    region = cookies["region"]
    return {
        "/health/ready": ("/health/ready", (), 200),
        "/metrics": ("/metrics", (), 200),
        "received mail, convener": ("/inbound", cookies["convener"], 200),
        "received mail, region": ("/inbound", region, 200),
        "meetings, region": ("/meetings", region, 200),
        "API, first page, region": ("/api/v1/meetings", bearer, 200),
        "feed of an area, 304": (feed, ((b"if-none-match", (await tag_at(app, feed)).encode()),), 304),
        "overview, coordinator": ("/", region, 200),
        "overview, unit staff": ("/", cookies["staff"], 200),
        "one coming meeting": (f"/meetings/{coming}", region, 200),
        "new meeting": ("/meetings/new", cookies["convener"], 200),
        "directory": ("/directory", cookies["keeper"], 200),
    }
