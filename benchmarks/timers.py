"""N due timers -> guarded state change, mail row and journal row: ours, two libraries of jobs, and SQL as limit.

All on one server in one run, each with as many worker processes, in turns, so that a slow minute of the machine is
shared by all. Each run begins with fresh tables, vacuumed and checkpointed; its rows are counted afterwards, outside
its time.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from benchmarks import county, due_meetings
from benchmarks.contender import Contender, Stage
from benchmarks.crew import Crew
from benchmarks.figures import Series, processor_ratios, ratios
from benchmarks.machine import machine, versions
from benchmarks.pattern import Pattern, pattern
from benchmarks.processor import Processor, spent
from benchmarks.server import Place, connect, place_of, server
from benchmarks.with_pgqueuer import PgQueuerJobs
from benchmarks.with_procrastinate import ProcrastinateJobs
from benchmarks.with_sip import Sip
from benchmarks.with_sql import Sql
from sip.store.db import Database

SIZES = (1_000, 10_000, 100_000)
HEADLINE = 10_000
WORKERS = 2  # as docs/running.md advises
AIMS = {"vs_pgqueuer": 5.0, "vs_limit": 0.25}
# How many jobs the libraries are given in one run at most: they do them one by one, so their rate does not grow with N.
JOBS_MOST = {"pgqueuer": 10_000, "procrastinate": 2_000}
QUICK_MOST = {"pgqueuer": 500, "procrastinate": 200}
_SETTLES = 0.3
_OTHERS = ("pgqueuer", "procrastinate", "limit")
_SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "full_page_writes")


class Watcher(Protocol):
    """Told of each run as it begins and ends; draws, or does nothing."""

    def begins(self, title: str, n: int, run: int) -> None: ...
    def ended(self) -> None: ...


def contenders(only: Sequence[str] = ()) -> list[Contender]:
    """All that take part, or those named. Without libpq on the machine procrastinate cannot (`left_out` says so)."""
    everyone: list[Contender] = [Sip(), PgQueuerJobs(), Sql()]
    if not left_out():
        everyone.insert(2, ProcrastinateJobs())
    return [one for one in everyone if not only or one.name in only]


def left_out() -> dict[str, str]:
    """Who cannot take part on this machine, and the sentence that says why."""
    try:
        import psycopg  # noqa: F401 - only whether it can be imported
    except ImportError:
        why = "its driver psycopg finds no libpq on this machine; on Debian, `apt-get install libpq5` installs it"
        return {"procrastinate": why}
    return {}


def measure(
    sizes: Sequence[int],
    runs: int,
    taking_part: Sequence[Contender],
    most: Mapping[str, int],
    workers: int,
    watcher: Watcher,
) -> dict[str, Any]:
    """Runs everything and gives the result as it is written to JSON."""
    before = machine()
    with server() as handle:
        place = place_of(handle)
        rows, settings = asyncio.run(_prepare(place, max(sizes)))
        by_size = {}
        for n in sizes:
            stages = {one.name: Stage(place, rows, min(n, most.get(one.name, n))) for one in taking_part}
            by_size[n] = _size(stages, runs, taking_part, workers, watcher)
    headline = HEADLINE if HEADLINE in by_size else max(by_size)
    found = {n: _as_json(series) for n, series in by_size.items()}
    return {
        "benchmark": "timers",
        "n": headline,
        "runs": runs,
        "workers": workers,
        "ratios": found[headline]["ratios"],
        "processor_ratios": found[headline]["processor_ratios"],
        "aims": AIMS,
        "contenders": found[headline]["contenders"],
        "sizes": {str(n): one for n, one in found.items()},
        "left_out": left_out(),
        "counted": "after every run: meetings moved on, mails, journal rows, nothing left due",
        "machine": before,
        "versions": versions(),
        "server": settings,
    }


def _as_json(series: Mapping[str, Series]) -> dict[str, Any]:
    return {
        "ratios": ratios(series, "sip", _OTHERS),
        "processor_ratios": processor_ratios(series, "sip", _OTHERS),
        "contenders": {name: one.as_json() for name, one in series.items()},
    }


async def _prepare(place: Place, most: int) -> tuple[Pattern, dict[str, str]]:
    """The county, the rows of one reminder, `most` meetings to put back before each run; and how the server is set."""
    db = Database(place.url())
    owner = await connect(place, "sip_owner")
    try:
        await county.build(db)
        await county.remind_one(db)
        rows = await pattern(owner)
        await county.call(db, county.MEETING)
        await due_meetings.keep(owner, most)
        settings = {name: await owner.fetchval("select current_setting($1)", name) for name in _SETTINGS}
        return rows, settings
    finally:
        await owner.close()
        await db.close()


def _size(
    stages: Mapping[str, Stage], runs: int, taking_part: Sequence[Contender], workers: int, watcher: Watcher
) -> dict[str, Series]:
    found = {one.name: Series(one.name, stages[one.name].n, one.settings) for one in taking_part}
    for run in range(1, runs + 1):
        for one in taking_part:
            series, stage = found[one.name], stages[one.name]
            watcher.begins(one.title, stage.n, run)
            asyncio.run(_put_back(stage))
            asyncio.run(one.prepare(stage))
            seconds, used = _run(one, stage, workers)
            asyncio.run(one.clear(stage))
            asyncio.run(_count(stage, one.title))
            series.seconds.append(seconds)
            series.processor += [used] if used is not None else []
            watcher.ended()
    return found


def _run(one: Contender, stage: Stage, workers: int) -> tuple[float, Processor | None]:
    """One run: its seconds to the last commit, and the processor time it took, winding down included."""
    with Crew(one, stage, workers) as crew:
        crew.wait()
        before = spent(stage.place)
        seconds, program = crew.run()
    time.sleep(_SETTLES)  # what a connection used is counted once its process has been waited for
    after = spent(stage.place)
    return seconds, None if before is None or after is None else Processor(program, after - before)


async def _put_back(stage: Stage) -> None:
    owner, admin = await connect(stage.place, "sip_owner"), await connect(stage.place, "sip_admin")
    try:
        await due_meetings.put_back(owner, admin, stage.n)
    finally:
        await owner.close()
        await admin.close()


async def _count(stage: Stage, who: str) -> None:
    owner = await connect(stage.place, "sip_owner")
    try:
        (await due_meetings.done(owner)).check(stage.n, who)
    finally:
        await owner.close()
