"""When what goes on by itself gets its turn. APScheduler only calls; no job holds a deadline.

What a job does stands in `sip.edges.worker`, module by module; here it is given the moment, and what came of it is kept
where `/metrics` finds it. A job that fails is shown in one line and tried again at its next turn; one whose database is
away lets turns pass, more and more of them, and says when it went and when it was back (decision 0182).
"""

from collections.abc import Awaitable, Callable
from time import monotonic

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sip.edges.mail.ways.imap_account import AccountReader, ReadClock
from sip.edges.modules import Pass, run
from sip.edges.watchdog import Watchdog
from sip.edges.worker import BEAT, IMAP_ACCOUNT, WATCHDOG, Beat, Look, Worker
from sip.store.db import Database, DatabaseAway
from sip.usecases import service
from sip.usecases.engine.flying import Flying

BEAT_SECONDS = 60
HOUSEKEEPING_MINUTES = 60
LOOK_SECONDS = 60
KEPT_EVERY = 15
"""Seconds between two notes of a pass that found nothing to do."""

LONGEST_REST = 30.0
"""Seconds that a job rests at most while the database is away; the first time one."""

log = structlog.get_logger(__name__)


class Job:
    """One job of this process: does `work`, shows its faults, and keeps what its modules did."""

    def __init__(self, name: str, db: Database, work: Callable[[], Awaitable[Pass]]) -> None:
        self._name = name
        self._db = db
        self._work = work
        self._kept = 0.0
        self._failing = False
        self._rest = 0.0
        self._rests_until = 0.0

    async def run(self) -> None:
        """One turn; raises nothing that a later turn may mend."""
        if monotonic() < self._rests_until:
            return
        try:
            await self._keep(await self._work())
        except DatabaseAway as away:
            self._away(away)
            return
        except Exception:  # shown, and tried again at its next turn
            log.exception("a job failed", job=self._name)
        if self._rest:
            log.info("the database is back", job=self._name)
            self._rest = 0.0

    def _away(self, away: DatabaseAway) -> None:
        if not self._rest:
            log.error("the database is away", job=self._name, error=str(away))
        self._rest = min(2 * self._rest or 1.0, LONGEST_REST)
        self._rests_until = monotonic() + self._rest

    async def _keep(self, done: Pass) -> None:
        if not done.idle or done.errors:
            log.info(self._name, **{one.name: dict(one.results) for one in done.ran if one.results})
        for error in done.errors:
            log.error("a fault of ours", job=self._name, error=error)
        failing = any(one.error is not None for one in done.ran)
        if done.idle and failing == self._failing and monotonic() - self._kept < KEPT_EVERY:
            return
        await service.keep_runs(self._db, done.ran)
        self._failing, self._kept = failing, monotonic()


def schedule_worker(
    scheduler: AsyncIOScheduler, worker: Worker, clock: ReadClock, seconds: float, flying: Flying
) -> None:
    """The tick every `seconds`; one at a time, and a late one is not made up for. `flying` is the caller's to close."""

    async def tick() -> Pass:
        return await worker.run_once(await clock(), flying)

    async def house() -> Pass:
        return await worker.keep_house(await clock())

    async def webhooks() -> Pass:
        return await worker.call_out_once(await clock())

    _every(scheduler, Job("tick", worker.db, tick), seconds)
    _every(scheduler, Job("webhooks", worker.db, webhooks), seconds)
    _every(scheduler, Job("housekeeping", worker.db, house), HOUSEKEEPING_MINUTES * 60)


def schedule_imap_account(scheduler: AsyncIOScheduler, reader: AccountReader, seconds: float) -> None:
    """The account is read every `seconds`; trouble makes it rest longer."""

    async def read() -> Pass:
        done = Pass()
        await run(IMAP_ACCOUNT, reader, done)
        return done

    _every(scheduler, Job("imap_account", reader.db, read), seconds)


def schedule_beat(scheduler: AsyncIOScheduler, db: Database, kind: str, clock: ReadClock) -> None:
    """The receiver or the web says that it can take answers (rules, section 5 L1)."""

    async def beat() -> Pass:
        done = Pass()
        await run(BEAT, Beat(db, kind, await clock()), done)
        return done

    _every(scheduler, Job("beat", db, beat), BEAT_SECONDS)


def schedule_watchdog(scheduler: AsyncIOScheduler, watchdog: Watchdog, clock: ReadClock, seconds: float) -> None:
    """A look every `seconds`. The time is what this process last knew where the database is away."""

    async def look() -> Pass:
        done = Pass()
        await run(WATCHDOG, Look(watchdog, await clock()), done)
        return done

    _every(scheduler, Job("watchdog", watchdog.watched.db, look), seconds)


def _every(scheduler: AsyncIOScheduler, job: Job, seconds: float) -> None:
    """One at a time; a late one is not made up for."""
    scheduler.add_job(job.run, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None)
