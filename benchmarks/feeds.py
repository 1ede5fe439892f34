"""A subscribed calendar with thousands of meetings, through the whole application: cold, unchanged, and its writing.

One unit has been called to all of the meetings, which are real ones (as in `due_meetings`). The application is asked in
this process, without a network: what is timed is the look-up of the secret, the reading, the writing, and what every
request passes. Beside the service's own writing stands icalendar's, of the same meetings to the same bytes; both are
what one core does alone, so their seconds are those of the processor.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter, process_time
from typing import Any

import structlog

from benchmarks import county, due_meetings
from benchmarks.by_library import calendar_by_library
from benchmarks.figures import Series
from benchmarks.machine import machine, versions
from benchmarks.processor import Processor, spent
from benchmarks.server import Place, connect, place_of, server
from benchmarks.timers import Watcher
from sip.domain.people import Language, Role
from sip.edges.mail.feed import calendar_of
from sip.edges.mail.feed_entry import Site
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store import api_keys, feeds
from sip.store.db import Database
from sip.store.feeds import Feed, FeedKind
from sip.store.seen import feed_meetings
from sip.store.seen.feed_meetings import FeedMeeting
from sip.store.vault import Vault
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.feeds import make

TITLES = {
    "unchanged": "unchanged (304)",
    "sip": "whole, cold (200)",
    "zipped": "whole, cold, gzip",
    "written": "written only",
    "library": "written by icalendar",
}
N = 2_000
_FETCHES = {"unchanged": 200, "sip": 10, "zipped": 10, "written": 10, "library": 2}
_ALONE = ("written", "library")
_KEY = county.ident("feed key")


class _Stopped:
    """The service's clock, at the moment the meetings are called."""

    def __call__(self) -> datetime:
        return county.CALLED_AT

    async def now(self) -> datetime:
        return county.CALLED_AT


@dataclass(frozen=True, slots=True)
class Stage:
    """The application with one calendar of `meetings`, its address and its tag."""

    app: Any
    path: str
    tag: str
    feed: Feed
    meetings: list[FeedMeeting]
    site: Site


async def _fetch(stage: Stage, *headers: tuple[bytes, bytes]) -> tuple[int, bytes]:
    return await ask(stage.app, stage.path, *headers)


async def _unchanged(stage: Stage) -> None:
    _right(await _fetch(stage, (b"if-none-match", stage.tag.encode())), 304, 0)


async def _whole(stage: Stage) -> None:
    _right(await _fetch(stage), 200, len(stage.meetings))


async def _zipped(stage: Stage) -> None:
    _right(await _fetch(stage, (b"accept-encoding", b"gzip")), 200, 0)


async def _written(stage: Stage) -> None:
    calendar_of(stage.feed, stage.meetings, stage.site)


async def _by_library(stage: Stage) -> None:
    calendar_by_library(stage.feed, stage.meetings, stage.site)


Step = Callable[[Stage], Awaitable[None]]
STEPS: dict[str, Step] = {
    "unchanged": _unchanged, "sip": _whole, "zipped": _zipped, "written": _written, "library": _by_library,
}  # fmt: skip


def _right(answer: tuple[int, bytes], status: int, events: int) -> None:
    """Raises when the answer is not the one that is timed."""
    if answer[0] != status or answer[1].count(b"BEGIN:VEVENT") != events:
        raise RuntimeError(f"A fetch answered {answer[0]} with {answer[1].count(b'BEGIN:VEVENT')} events: no figure.")


def measure(n: int, runs: int, watcher: Watcher) -> dict[str, Any]:
    """Runs every step `runs` times in turns; each answer is checked."""
    before = machine()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # no line for each of the requests
    with server() as handle:
        series, size = asyncio.run(_measure(place_of(handle), n, runs, watcher))
    rates = {name: one.rate for name, one in series.items()}
    return {
        "benchmark": "feeds",
        "n": n,
        "runs": runs,
        "ratios": {
            "vs_whole": round(rates["unchanged"] / rates["sip"], 3),
            "vs_icalendar": round(rates["written"] / rates["library"], 3),
        },
        "steps": {name: one.as_json() for name, one in series.items()},
        "bytes": size,
        "machine": before,
        "versions": versions(mail=True),
    }


async def _measure(place: Place, n: int, runs: int, watcher: Watcher) -> tuple[dict[str, Series], int]:
    series = {name: Series(name, _FETCHES[name], f"{n} meetings") for name in STEPS}
    async with _stage(place, n) as stage:
        size = _check_equal(stage)
        gc.collect()
        gc.freeze()  # as the service does at its start
        for run in range(1, runs + 1):
            for name, step in STEPS.items():
                watcher.begins(TITLES[name], n, run)
                await _run(place, stage, step, series[name])
                watcher.ended()
    return series, size


async def _run(place: Place, stage: Stage, step: Step, series: Series) -> None:
    """One run, with the processor time of program and server, which says more than seconds on a busy machine."""
    server_before, before, began = spent(place), process_time(), perf_counter()
    for _ in range(series.n):
        await step(stage)
    seconds, program = perf_counter() - began, process_time() - before
    series.seconds.append(program if series.name in _ALONE else seconds)
    server_after = spent(place)
    if server_before is not None and server_after is not None:
        series.processor.append(Processor(program, server_after - server_before))


def _check_equal(stage: Stage) -> int:
    """The service's own bytes are the library's, or nothing is measured. Gives how many they are."""
    own = calendar_of(stage.feed, stage.meetings, stage.site)
    if own != calendar_by_library(stage.feed, stage.meetings, stage.site):
        raise RuntimeError("The calendar differs from the one the library writes: no figure.")
    return len(own)


@asynccontextmanager
async def _stage(place: Place, n: int) -> AsyncIterator[Stage]:
    db = Database(place.url())
    try:
        await _fill(db, place, n)
        settings = load_settings({"SIP_ENVIRONMENT": "test"})
        stop, key = asyncio.Event(), Actor(ActorKind.API_KEY, str(_KEY), "bench", county.HOME, Role.UNIT_STAFF)
        app = create(Services(db, settings, _Stopped(), Vault(settings.secret_key.get_secret_value()), stop))
        async with db.transaction(ENGINE) as conn:
            await api_keys.make(conn, api_keys.KeyRecord(_KEY, "bench", Role.UNIT_STAFF, county.HOME))
        made = await make(db, county.ident("feed"), FeedKind.UNIT, Language.SV, actor=key, now=county.CALLED_AT)
        async with db.snapshot(ENGINE) as conn:
            feed = await feeds.opened(conn, made.secret, county.CALLED_AT.date())
            assert feed is not None
            meetings = await feed_meetings.meetings(conn, feed, feed_meetings.since(county.CALLED_AT))
        path = f"/feeds/{made.secret}.ics"
        tag = await tag_at(app, path)
        yield Stage(app, path, tag, feed, meetings, Site(settings.base_url, settings.mail_domain))
    finally:
        await db.close()


async def _fill(db: Database, place: Place, n: int) -> None:
    """`n` meetings of one unit, each with the last row of its journal."""
    owner, admin = await connect(place, "sip_owner"), await connect(place, "sip_admin")
    try:
        await county.build(db)
        await county.call(db, county.MEETING)
        await due_meetings.keep(owner, n)
        await owner.execute(
            "create table kept.journal as select j.* from journal j join meeting m on m.id = j.aggregate"
            " and m.journal_seq = j.seq where m.id = $1",
            county.MEETING,
        )
        await due_meetings.put_back(owner, admin, n)
        columns = [row[0] for row in await owner.fetch(
            "select attname from pg_attribute where attrelid = 'journal'::regclass and attnum > 0")]  # fmt: skip
        rest = ", ".join(column for column in columns if column != "aggregate")
        await owner.execute(
            f"insert into journal (aggregate, {rest}) select h.id, {rest} from kept.journal, kept.herd h"
            " where h.n <= $1",
            n,
        )
        await owner.execute("vacuum analyze journal")
    finally:
        await owner.close()
        await admin.close()


async def tag_at(app: Any, path: str) -> str:
    """The tag of what stands at this path now."""
    found: dict[bytes, bytes] = {}
    await ask(app, path, into=found)
    return found[b"etag"].decode()


async def ask(
    app: Any,
    path: str,
    *headers: tuple[bytes, bytes],
    into: dict[bytes, bytes] | None = None,
    body: Callable[[bytes], object] | None = None,
    until: asyncio.Event | None = None,
) -> tuple[int, bytes]:
    """One GET of the application (ASGI), without a network. `into` takes the headers, `body` each part as it comes;
    with `until` the client stays until then."""
    status, whole = 0, bytearray()
    take = body or whole.extend

    async def receive() -> dict[str, Any]:
        if until is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        await until.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            if into is not None:
                into.update(message["headers"])
        else:
            take(message.get("body", b""))

    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "state": {},
        "headers": [(b"host", b"sip.example"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return status, bytes(whole)
