"""Journal and access log sealed, and verified: rows a second, over real rows with real chains.

The rows are written by the service's own writer (`sip.store.aggregates.journal`), twenty to a meeting and as many
readings as a tenth of them; they are sealed over ten days and verified as `sip journal verify` does, in one process.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from typing import Any, TypeVar
from uuid import UUID

from benchmarks import county
from benchmarks.figures import Series
from benchmarks.machine import machine, versions
from benchmarks.processor import Processor, spent
from benchmarks.server import Place, place_of, server
from benchmarks.timers import Watcher
from sip.domain.decision import Note
from sip.domain.events import PauseSet, TimePassed
from sip.seal_key import SealKey
from sip.store.aggregates import journal
from sip.store.aggregates.journal import ActorColumns
from sip.store.aggregates.versioned import NO_HASH
from sip.store.db import Database
from sip.store.seen import access_log
from sip.usecases.actor import ENGINE
from sip.usecases.seal_check import Outside, verify
from sip.usecases.sealing import Sealing, seal

T = TypeVar("T")
N = 1_000_000
TITLES = {"sealed": "sealed", "verified": "verified"}
_DAYS, _TO_A_MEETING, _READINGS = 10, 20, 10
_BEGAN = datetime(2026, 11, 2, 9, tzinfo=UTC)
_WHO = ActorColumns("user", str(UUID(int=1)), "Clara Kallar", county.ident("unit"), "convener")
_EVENTS = (TimePassed(), PauseSet(2, "sommarstängt", _BEGAN + timedelta(days=9)))
_NOTES = (Note("rung_fired", 2, {"rung": "reminder", "due": _BEGAN.isoformat()}),)


def measure(n: int, watcher: Watcher) -> dict[str, Any]:
    """Seals and verifies `n` rows, once: it takes minutes. Raises RuntimeError where they do not all hold."""
    before = machine()
    with server() as handle:
        series = asyncio.run(_measured(place_of(handle), n, watcher))
    return {
        "benchmark": "seals",
        "n": n,
        "runs": 1,
        "steps": {one.name: one.as_json() for one in series},
        "machine": before,
        "versions": versions(mail=False),
    }


async def _measured(place: Place, n: int, watcher: Watcher) -> list[Series]:
    db, key = Database(place.url()), SealKey(None, "a made-up key of a benchmark, and no secret")
    sealed, verified = Series("sealed", n, f"{_DAYS} days"), Series("verified", n, "every row, one process")
    watcher.begins(TITLES["sealed"], n, 1)
    taken = 0
    for day in range(_DAYS):
        now = _BEGAN + timedelta(days=day)
        await _write(db, day, n // _DAYS, now)
        done = await _timed(place, sealed, seal(db, Sealing(key), now + timedelta(days=1)), add=day > 0)
        taken += done.rows
    watcher.ended()
    watcher.begins(TITLES["verified"], n, 1)
    found = await _timed(place, verified, verify(db, Outside({key.public})))
    watcher.ended()
    await db.close()
    if found.finding is not None or (taken, found.rows, found.days) != (n, n, _DAYS):
        raise RuntimeError(f"{taken} rows were sealed and {found} found: no figure.")
    return [sealed, verified]


async def _timed(place: Place, series: Series, work: Awaitable[T], *, add: bool = False) -> T:
    """One run, or with `add` a part of the one before."""
    began, program, server_before = perf_counter(), process_time(), spent(place)
    done = await work
    seconds, used = perf_counter() - began, process_time() - program
    server_after = spent(place)
    theirs = 0.0 if server_before is None or server_after is None else server_after - server_before
    if add:
        last = series.processor.pop()
        seconds, used, theirs = seconds + series.seconds.pop(), used + last.program, theirs + last.server
    series.seconds.append(seconds)
    series.processor.append(Processor(used, theirs))
    return done


async def _write(db: Database, day: int, rows: int, now: datetime) -> None:
    """So many rows of this day, a hundred meetings at a time."""
    readings = rows // _READINGS
    journalled = rows - readings
    ids = [UUID(int=(day << 64) + number + 1) for number in range(-(-journalled // _TO_A_MEETING))]
    for first in range(0, len(ids), 100):
        async with db.transaction(ENGINE) as conn:
            writer = journal.Writer(_WHO, now, await journal.recording_moment(conn))
            for n, meeting in enumerate(ids[first : first + 100], first):
                head = (meeting, 0, NO_HASH)
                for seq in range(1, min(_TO_A_MEETING, journalled - n * _TO_A_MEETING) + 1):
                    event, noted = _EVENTS[seq % 2], _NOTES if seq % 2 else ()
                    head = (meeting, *writer.add(head, seq, f"{seq}", event, noted, journal.APPLIED))
            await writer.write(conn)
    for first in range(0, readings, 5_000):
        read = [str(ids[n % len(ids)]) for n in range(first, min(first + 5_000, readings))]
        async with db.transaction(ENGINE) as conn:
            await access_log.record(conn, _WHO, "read", "meeting", read, now)
