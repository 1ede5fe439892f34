"""The pages that are opened most, over the meetings of years: time, queries, bytes and pages of 8 kB read for each.

The application is asked in this process, signed in as a coordinator of the region that called all of the meetings,
through everything a request passes but the network. What comes is an ordinary day's (`benchmarks.ordinary`). Each page
is asked in turns at both sizes of the database, so that the ratio of the two, how a page grows with what has been,
comes from one run. The pages of 8 kB are what the server counted in tables and indexes; they do not depend on the
machine.
Then many live overviews are open at once: what each costs in memory, how long after a change the last of them hears of
it, beside a bare listener of the database, when the last has fetched the meeting's row, and how long whoever asks for
a meeting's page meanwhile waits at most.

What row-level security costs is the same pages asked in turns of the same database by the application's role and by one
that passes it by, for a coordinator of those who call, one of those who are called, and staff of a called unit.
"""

import asyncio
import gc
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from benchmarks import county, decade, ordinary
from benchmarks.decade import Decade
from benchmarks.feeds import ask
from benchmarks.machine import machine, versions
from benchmarks.processor import of_process
from benchmarks.server import Place, connect, place_of, server
from benchmarks.timers import Watcher
from sip.domain.people import Language, Role
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.embedded.cluster import SUPERUSER
from sip.settings import load_settings
from sip.store import db as database
from sip.store import users
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases.actor import ENGINE
from sip.usecases.engine.handle import CHANNEL

SIZES = (1_000, 200_000)
ALIVE, OTHERS = 2_000, 3
UNITS = 60
"""Copies of each unit: with the convener's and four called ones to a meeting, 300 units in all."""
LIVE = 200
_ROUNDS, _QUIET = 5, 2.0
_USER = county.ident("coordinator")
BASE = "asking at all"
"""A page of text alone: what every request passes. The growth of the others is reckoned against its own."""
PAGES = {
    BASE: "/privacy",
    "overview": "/",
    "a changed row": "/hands/rows?ids={pressing}",
    "meetings": "/meetings",
    "a week of them": "/meetings?layout=week",
    "searched for": "/meetings?q=boendet",
    "a unit": "/units/{unit}",
    "one meeting": "/meetings/{coming}",
    "one of long ago": "/meetings/{past}",
    "new meeting": "/meetings/new",
    "received mail": "/inbound",
    "reports": "/deviations",
}
NOW = county.REMINDER_AT
OF_THE_WALL = (BASE, "overview", "meetings", "one meeting", "reports")
CALLED = decade.unit(county.HOME, 2)
"""A called unit; the meeting to come that is opened is one of its own, which all who look may see."""
LOOKERS = {
    "calls": users.GrantRecord(UUID(int=7), _USER, Role.COORDINATOR, None, None, county.REGION),
    "is called": users.GrantRecord(UUID(int=8), _USER, Role.COORDINATOR, None, None, county.TOWN),
    "works in a called unit": users.GrantRecord(UUID(int=9), _USER, Role.UNIT_STAFF, CALLED, None, None),
}
"""Who looks at the pages when the wall is measured."""


class _Stopped:
    """The service's clock, at the moment the reminders are due."""

    def __call__(self) -> datetime:
        return NOW

    async def now(self) -> datetime:
        return NOW


@dataclass(slots=True)
class PageFigures:
    """One page at one size: milliseconds of each time it was asked, and what one asking reads and sends."""

    ms: list[float] = field(default_factory=list)
    queries: int = 0
    pages_read: int = 0
    sent: int = 0
    compressed: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "ms": {"p50": round(median(self.ms), 2), "p99": round(quantiles(self.ms, n=100)[98], 2)},
            "queries": self.queries,
            "pages_read": self.pages_read,
            "bytes": self.sent,
            "bytes_compressed": self.compressed,
        }


@dataclass(slots=True)
class Stage:
    """The application over one database. `statements` counts what is asked of the server; `backend` is the process
    that answers.
    """

    app: Any
    db: Database
    cookie: bytes
    paths: dict[str, str]
    backend: int
    statements: int = 0


def measure(sizes: tuple[int, ...], asks: int, alive: int, live: int, watcher: Watcher) -> dict[str, Any]:
    """Every page `asks` times at each size, in turns, then `live` open overviews at the largest."""
    before = machine()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # no line for each of the requests
    figures: dict[int, dict[str, PageFigures]] = {}
    with server() as handle:
        for n in sizes:
            watcher.begins("building", n, 1)
            asyncio.run(_build(place_of(handle), n, alive))
            figures[n] = asyncio.run(_pages(place_of(handle), n, asks, watcher))
            if n == sizes[-1]:
                walled = asyncio.run(_wall(place_of(handle), max(asks // 2, 2)))
                opened = asyncio.run(_live(place_of(handle), live, min(asks, _ROUNDS)))
    return {
        "benchmark": "pages",
        "asks": asks,
        "coming": alive,
        "sizes": {n: {name: one.as_json() for name, one in found.items()} for n, found in figures.items()},
        "ratios": _ratios(figures, sizes),
        "wall": walled,
        "live": opened,
        "machine": before,
        "versions": versions(),
    }


def _ratios(figures: dict[int, dict[str, PageFigures]], sizes: tuple[int, ...]) -> dict[str, float]:
    """How many times as long each page takes at the largest size as at the smallest, by name. The machine may have been
    busier meanwhile: what the page of text alone grew by is taken out.
    """
    small, large = figures[sizes[0]], figures[sizes[-1]]
    grown = {name: median(large[name].ms) / median(small[name].ms) for name in PAGES}
    return {name: round(grown[name] / grown[BASE], 2) for name in PAGES}


async def _build(place: Place, n: int, alive: int) -> None:
    """A database of `n` meetings in place of what was there."""
    owner, db = await connect(place, "sip_owner"), Database(place.url())
    try:
        tables = await owner.fetch(
            "select format('%I', tablename) from pg_tables where schemaname = 'public' and tablename not in"
            " ('alembic_version', 'service')"
        )
        await owner.execute(f"truncate {', '.join(row[0] for row in tables)} cascade")
        await decade.build(db, owner, Decade(n, min(alive, n // 2), UNITS, OTHERS))
        await ordinary.make(db, owner, UNITS)
    finally:
        await owner.close()
        await db.close()


async def _pages(place: Place, n: int, asks: int, watcher: Watcher) -> dict[str, PageFigures]:
    found = {name: PageFigures() for name in PAGES}
    async with _stage(place) as stage:
        for name, path in stage.paths.items():
            await _count(stage, path, found[name])
        gc.collect()
        gc.freeze()  # as the service does at its start
        for run in range(1, asks + 1):
            if run % 20 == 1:
                watcher.begins("pages", n, run)
            for name, path in stage.paths.items():
                began = perf_counter()
                await _get(stage, path)
                found[name].ms.append((perf_counter() - began) * 1000)
            if run % 20 == 0:
                watcher.ended()
    return found


async def _wall(place: Place, asks: int) -> dict[str, dict[str, float]]:
    """By who looks: how many times as much processor time each page takes, of the program and of the server that
    answers it, behind the wall as where it is passed by.
    """
    found: dict[str, dict[str, float]] = {}
    for who, grant in LOOKERS.items():
        async with _stage(place, grant=grant) as behind, _stage(place, role=SUPERUSER, grant=grant) as past:
            ms: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in OF_THE_WALL}
            for run in range(asks + 6):
                for name in OF_THE_WALL:
                    for stage, into in zip((behind, past), ms[name], strict=True):
                        began = _worked(stage)
                        await _get(stage, stage.paths[name])
                        if run >= 6:  # PostgreSQL goes over to a general plan after five
                            into.append(_worked(stage) - began)
            found[who] = {name: round(median(one) / median(other), 3) for name, (one, other) in ms.items()}
    return found


def _worked(stage: Stage) -> float:
    """Seconds of processor time so far; of the clock, where a process cannot be asked for its own."""
    server = of_process(stage.backend)
    return perf_counter() if server is None else process_time() + server


async def _count(stage: Stage, path: str, into: PageFigures) -> None:
    """What one asking reads and sends, once the server has planned it."""
    for _ in range(6):  # PostgreSQL goes over to a general plan after five
        body = await _get(stage, path)
    read, statements = await read_so_far(stage.db), stage.statements
    body = await _get(stage, path)
    into.queries = stage.statements - statements
    into.pages_read = await read_so_far(stage.db) - read
    into.sent, into.compressed = len(body), len(gzip.compress(body, 5))


async def _get(stage: Stage, path: str) -> bytes:
    status, body = await ask(stage.app, path, (b"cookie", stage.cookie))
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: no figure.")
    return body


async def read_so_far(db: Database) -> int:
    """Pages of tables and indexes that the server has read so far, from its memory or the disk."""
    async with db.transaction(ENGINE) as conn:
        raw = await database.raw(conn)
        await raw.execute("select pg_stat_force_next_flush()")
    async with db.transaction(ENGINE) as conn:
        found: int = await (await database.raw(conn)).fetchval(
            "select sum(coalesce(heap_blks_read + heap_blks_hit, 0)"
            " + coalesce(idx_blks_read + idx_blks_hit, 0))::bigint"
            " from pg_statio_user_tables where schemaname = 'public'"
        )
    return found


@asynccontextmanager
async def _stage(
    place: Place, connections: int = 1, *, role: str = "sip_app", grant: users.GrantRecord | None = None
) -> AsyncIterator[Stage]:
    """One connection while pages are counted: what it has read is told by itself."""
    db = Database(place.url(role), connections=connections)
    try:
        settings = load_settings({"SIP_ENVIRONMENT": "test"})
        services = Services(db, settings, _Stopped(), Vault(settings.secret_key.get_secret_value()), asyncio.Event())
        app = create(services)
        async with db.transaction(ENGINE) as conn:
            token = await _signed_in(conn, grant or LOOKERS["calls"])
            raw = await database.raw(conn)
            backend = await raw.fetchval("select pg_backend_pid()")
            past = await raw.fetchval("select id from meeting where state = 'closed' order by starts_at, id limit 1")
            coming = await raw.fetchval(
                "select m.id from meeting m join party p on p.meeting_id = m.id"
                " where m.state = 'called' and p.unit_id = $1 order by m.starts_at, m.id limit 1",
                CALLED,
            )
            pressing = await raw.fetchval(
                "select id from meeting where hand_from <= $1 order by too_late_at limit 1", NOW
            )
        asked = {"coming": coming, "past": past, "pressing": pressing, "unit": decade.unit(county.CARE, 7)}
        paths = {name: path.format(**asked) for name, path in PAGES.items()}
        stage = Stage(app, db, f"sip_session={token}; sip_visit=bench".encode(), paths, backend)
        async with db.transaction(ENGINE) as conn:
            (await database.raw(conn)).add_query_logger(lambda _: _one_more(stage))
        yield stage
    finally:
        await db.close()


def _one_more(stage: Stage) -> None:
    stage.statements += 1


async def _signed_in(conn: Any, grant: users.GrantRecord) -> str:
    await users.save_users(conn, [users.UserRecord(_USER, "siv@region.example", "Siv Holm", Language.SV)])
    await users.save_grants(conn, [grant])
    token, _ = await users.begin_session(conn, _USER, grant.id, timedelta(days=1))
    return token


# -- pages that stay open


class _Open:
    """One overview that is open: its stream, when it last heard of a change, and when it had the rows."""

    def __init__(self, stage: Stage) -> None:
        self.heard = asyncio.Event()
        self.at = self.shown = 0.0
        self._stage = stage
        self.started = asyncio.Event()
        self._gone = asyncio.Event()
        self._task = asyncio.create_task(self._stay(stage))

    async def _stay(self, stage: Stage) -> None:
        await ask(stage.app, "/events", (b"cookie", stage.cookie), body=self._body, until=self._gone)

    def _body(self, part: bytes) -> None:
        self.started.set()
        if b"event: changed" in part:
            self.at = perf_counter()
            self.heard.set()

    async def fetch(self, meeting: UUID) -> None:
        """What an open page does once it has heard."""
        await self.heard.wait()
        await _get(self._stage, f"/hands/rows?ids={meeting}")
        self.shown = perf_counter()

    async def leave(self) -> None:
        self._gone.set()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _live(place: Place, many: int, times: int) -> dict[str, Any]:
    """`many` open overviews: memory for each, and when they hear of a change, beside a bare listener."""
    owner, bare = await connect(place, "sip_owner"), await connect(place)
    try:
        async with _stage(place, connections=10) as stage, _listening(stage):
            before = _resident()
            pages = [_Open(stage) for _ in range(many)]
            await asyncio.gather(*(one.started.wait() for one in pages))
            held = _resident() - before
            rounds = [await _round(stage, pages, bare, owner) for _ in range(times)]
            await asyncio.gather(*(one.leave() for one in pages))
    finally:
        await owner.close()
        await bare.close()
    first, last, listener, shown, bystander = (median(one[at] for one in rounds) for at in range(5))
    return {
        "open": many,
        "kilobytes_each": round(held / many / 1024, 1),
        "ms": {
            "bare_listener": round(listener, 2),
            "first_page": round(first, 2),
            "last_page": round(last, 2),
            "last_rows": round(shown, 2),
            "bystander": round(bystander, 2),
        },
        "vs_bare_listener": round(last / listener, 2),
    }


@asynccontextmanager
async def _listening(stage: Stage) -> AsyncIterator[None]:
    task = asyncio.create_task(stage.app.live.listen())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _round(
    stage: Stage, pages: list[_Open], bare: asyncpg.Connection, owner: asyncpg.Connection
) -> tuple[float, float, float, float, float]:
    """One change of one meeting: milliseconds until the first page, the last page and the bare listener heard, until
    the last page had fetched the meeting's row, and the longest that somebody else waited for a page meanwhile.
    """
    await asyncio.sleep(_QUIET)  # what was told before has been told, and the pace of the pages has passed
    for one in pages:
        one.heard.clear()
    told: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def hear(*_: Any) -> None:
        if not told.done():
            told.set_result(perf_counter())

    await bare.add_listener(CHANNEL, hear)
    meeting = await owner.fetchval("select id from meeting where hand_from <= $1 order by too_late_at limit 1", NOW)
    done = asyncio.Event()
    began = perf_counter()
    await owner.execute("select pg_notify($1, $2)", CHANNEL, str(meeting))
    listener = await asyncio.wait_for(told, 30)
    bystander = asyncio.create_task(_asks_meanwhile(stage, done))
    await asyncio.wait_for(asyncio.gather(*(one.fetch(meeting) for one in pages)), 120)
    done.set()
    longest = await bystander
    await bare.remove_listener(CHANNEL, hear)
    at = [one.at for one in pages]
    return (
        (min(at) - began) * 1000,
        (max(at) - began) * 1000,
        (listener - began) * 1000,
        (max(one.shown for one in pages) - began) * 1000,
        longest * 1000,
    )


async def _asks_meanwhile(stage: Stage, done: asyncio.Event) -> float:
    """Seconds of the slowest answer to somebody who asks for a meeting's page ten times a second or so."""
    longest = 0.0
    while not done.is_set():
        began = perf_counter()
        await _get(stage, stage.paths["one meeting"])
        longest = max(longest, perf_counter() - began)
        await asyncio.sleep(0.1)
    return longest


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where that cannot be known (it is read from /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * 4096
    except OSError:
        return 0
