"""What goes on by itself: the tick, signs of life, housekeeping. APScheduler only calls; no job holds a deadline.

Every process runs every job of its kind, so each is an idempotent claim: two at once are harmless.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sip import retention
from sip.edges.mail.handover import Handover
from sip.edges.mail.ways.imap_account import MailboxReader
from sip.store import heartbeats, idempotency, users
from sip.store.aggregates import faults
from sip.store.db import Database, DatabaseAway
from sip.store.post import tokens
from sip.store.vault import Vault
from sip.usecases import mailbox_checks, week
from sip.usecases.actor import ServicePart
from sip.usecases.engine import delivery
from sip.usecases.engine.delivery import DeliveryPolicy
from sip.usecases.engine.flying import Flying
from sip.usecases.engine.surroundings import World
from sip.usecases.engine.timers import run_due
from sip.usecases.received import inbound, replies
from sip.usecases.received.parsed import Parse

BEAT_SECONDS = 60
HOUSEKEEPING_MINUTES = 60

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Pass:
    """What one pass of the worker did."""

    judged: int = 0
    turns: int = 0
    failed: int = 0
    told: int = 0
    sent: int = 0
    later: int = 0
    never: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        """Nothing was found to do."""
        return not (self.judged or self.turns or self.told or self.sent or self.never)


@dataclass(frozen=True, slots=True)
class Worker:
    """Everything due once, in the order that keeps a party from being asked after it has answered."""

    db: Database
    vault: Vault
    handover: Handover
    parse: Parse
    world: Callable[[datetime], Awaitable[World]]
    keep_raw: timedelta = retention.RAW_MAIL.life
    mailbox_checks_a_day: int = 0
    policy: DeliveryPolicy = delivery.USUAL

    async def run_once(self, now: datetime, flying: Flying | None = None) -> Pass:
        """Answers first, then results of mails, then time and what the day brings, then the mails that came of it.

        With `flying`, which the caller keeps, a slow mail server holds up no later pass.
        """
        world = await self.world(now)
        done = Pass()
        done.judged = await replies.judge_pending(self.db, self.vault, self.parse, now=now, world=world)
        done.told = await delivery.feed_back(self.db, now, world)
        ticked = await run_due(self.db, now, world)
        done.turns, done.failed = ticked.handled, ticked.failed
        await self._begin_day(now, world, done)
        compose, send = self.handover.compose, self.handover.send
        mailed = await delivery.deliver(self.db, now, compose, send, self.policy, vault=self.vault, flying=flying)
        done.sent, done.later, done.never = mailed.sent, mailed.later, mailed.never
        done.errors += mailed.errors
        done.told += await delivery.feed_back(self.db, now, world)
        return done

    async def _begin_day(self, now: datetime, world: World, done: Pass) -> None:
        """What a morning begins for units apart from their meetings; a fault of it holds up nothing else."""
        try:
            await week.tell_due(self.db, now)
            await mailbox_checks.ask_due(self.db, now, world, self.mailbox_checks_a_day)
        except DatabaseAway:
            raise
        except Exception as error:  # shown, and tried again at the next pass
            done.errors.append(faults.sentence(error))

    async def keep_house(self, now: datetime) -> None:
        """Removes what has had its time: raw mail, ended links and sessions, answers kept for a repeat."""
        await inbound.remove_old(self.db, now, self.keep_raw)
        async with self.db.transaction(ServicePart.HOUSEKEEPING) as conn:
            await tokens.drop_ended_links(conn, now)
            await idempotency.drop_old(conn)
            await users.drop_ended_sessions(conn)


Clock = Callable[[], Awaitable[datetime]]


def schedule_worker(scheduler: AsyncIOScheduler, worker: Worker, clock: Clock, seconds: float, flying: Flying) -> None:
    """The tick every `seconds`; one at a time, and a late one is not made up for. `flying` is the caller's to close."""

    async def tick() -> None:
        async with _shown("tick"):
            done = await worker.run_once(await clock(), flying)
            if not done.idle or done.errors:
                log.info("tick", turns=done.turns, judged=done.judged, sent=done.sent, never=done.never)
            for error in done.errors:
                log.error("a mail could not be made", error=error)

    async def house() -> None:
        async with _shown("housekeeping"):
            await worker.keep_house(await clock())

    scheduler.add_job(tick, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.add_job(house, "interval", minutes=HOUSEKEEPING_MINUTES, coalesce=True, max_instances=1)


def schedule_mailbox(scheduler: AsyncIOScheduler, reader: MailboxReader, seconds: float) -> None:
    """The mailbox is read every `seconds`; trouble makes it rest longer."""

    async def read() -> None:
        async with _shown("mailbox"):
            await reader.read()

    scheduler.add_job(read, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None)


def schedule_beat(scheduler: AsyncIOScheduler, db: Database, kind: str, clock: Clock) -> None:
    """The receiver or the web says that it can take answers (rules, section 5 L1)."""

    async def beat() -> None:
        async with _shown("beat"):
            now = await clock()
            async with db.transaction(ServicePart.WATCH) as conn:
                await heartbeats.beat(conn, kind, now)

    scheduler.add_job(beat, "interval", seconds=BEAT_SECONDS, coalesce=True, max_instances=1)


class _shown:  # noqa: N801 - reads as a statement
    """A job that fails is shown in one line and tried again at its next turn."""

    def __init__(self, job: str) -> None:
        self._job = job

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        if isinstance(error, DatabaseAway):
            log.error("the database is away", job=self._job, error=str(error))
        else:
            log.exception("a job failed", job=self._job)
        return True
