"""The composition root: what this process is made of, on the ground that it stands on (`sip.ground`), and which edges
run in it.

Everything is made here once and handed down; nothing below knows of settings' names.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sip import seal_stamp
from sip.dkim_key import pem_of
from sip.edges import jobs, seal_folder
from sip.edges.call_out import CallerOut
from sip.edges.logs import configure
from sip.edges.mail.addresses import Home
from sip.edges.mail.handover import Handover
from sip.edges.mail.received.imip import parse
from sip.edges.mail.signing import Signer
from sip.edges.mail.ways.imap import access_of
from sip.edges.mail.ways.imap_account import AccountReader
from sip.edges.mail.ways.receive import Receiver, Source
from sip.edges.mail.ways.smtp import Sender
from sip.edges.modules import Pass
from sip.edges.seal_stamps import Stamper
from sip.edges.services import Services
from sip.edges.watchdog import Watchdog, Watched
from sip.edges.worker import Worker
from sip.ground import ServiceClock, StartError, check_ready, database_server
from sip.loading import loading
from sip.seal_key import SealKey
from sip.seal_stamp import Stamps
from sip.settings import Listen, Settings
from sip.store import heartbeats, migrate
from sip.store.db import Database
from sip.store.post.sending import Pace
from sip.store.vault import Vault
from sip.usecases import service
from sip.usecases.engine.delivery import DeliveryPolicy
from sip.usecases.engine.flying import Flying
from sip.usecases.engine.surroundings import World
from sip.usecases.received.door import MailDoor
from sip.usecases.received.inbound import Envelope
from sip.usecases.replays import ReplayCrew
from sip.usecases.sealing import Sealing
from sip.usecases.service import ENGINE_MISSING

GRACE_SECONDS = 3

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process is made of; the tests and the command line use the same."""

    settings: Settings
    db: Database
    clock: ServiceClock
    vault: Vault
    home: Home
    worker: Worker

    async def world(self, now: datetime) -> World:
        return await service.world(self.db, now, production=self.settings.is_production)


@asynccontextmanager
async def parts(
    settings: Settings, url: str, engine_url: str | None = None, *, connect: type[Database] = Database
) -> AsyncIterator[Parts]:
    """Everything of one process, closed when left. `engine_url`: as whom its worker works, where that is another."""
    db = connect(url, settings.database_connections)
    works_on = db if engine_url is None else connect(engine_url, settings.database_connections)
    home = Home(settings.mail_domain, settings.mail_local_part)
    sender = Sender(settings.smtp_url, connections=settings.smtp_connections, hostname=settings.mail_domain)
    handover = Handover(home, settings.base_url, sender, _signer(settings))
    vault = Vault(settings.secret_key.get_secret_value())
    watch = ServiceClock(db, settable=not settings.is_production)

    async def world(now: datetime) -> World:
        return await service.world(db, now, production=settings.is_production)

    parse_mail = partial(parse, local_part=settings.mail_local_part, authserv_id=settings.mail_authserv_id)
    checks = settings.mailbox_checks_a_day if settings.mailbox_checks else 0
    keep_raw = timedelta(days=settings.raw_mail_days)
    worker = Worker(
        works_on, vault, handover, parse_mail, world, keep_raw, checks, _policy(settings), _sealing(settings),
        call_out=CallerOut(settings.webhook_networks).send,
    )  # fmt: skip
    try:
        yield Parts(settings, db, watch, vault, home, worker)
    finally:
        await handover.close()
        await works_on.close()
        await db.close()


def _signer(settings: Settings) -> Signer | None:
    if settings.dkim_private_key is None or settings.dkim_selector is None:
        return None
    return Signer(settings.signing_domain, settings.dkim_selector, pem_of(settings.dkim_private_key.get_secret_value()))


def _sealing(settings: Settings) -> Sealing:
    folder, stamps = settings.seal_folder, seal_stamps_of(settings)
    stamper = None if settings.seal_tsa_url is None or stamps is None else Stamper(settings.seal_tsa_url, stamps)
    return Sealing(
        seal_key(settings),
        None if folder is None else partial(seal_folder.keep, folder),
        settings.seal_mail,
        None if stamper is None else stamper.stamp,
        None if folder is None else partial(seal_folder.keep_token, folder),
    )


def seal_stamps_of(settings: Settings) -> Stamps | None:
    """Whose time stamps are believed; None where nothing says it."""
    return None if settings.seal_tsa_ca is None else Stamps(seal_stamp.read_roots(settings.seal_tsa_ca.read_bytes()))


def seal_key(settings: Settings) -> SealKey:
    """What heads are signed with."""
    pem = None if settings.seal_key is None else settings.seal_key.get_secret_value()
    return SealKey(pem, settings.secret_key.get_secret_value())


def _policy(settings: Settings) -> DeliveryPolicy:
    """One recipient domain never takes all connections, where there are several."""
    connections = settings.smtp_connections
    at_once = min(settings.mail_domain_at_once, max(1, connections - 1))
    return DeliveryPolicy(concurrency=connections, pace=Pace(at_once, settings.mail_domain_per_minute))


async def check_worker(db: Database) -> None:
    """Raises StartError where the database's role may not do the worker's work, for that has a role of its own here."""
    if not await service.may_work(db):
        raise StartError(
            "This role of the database may not do the worker's work: connect as sip_engine, or in one process with the "
            "pages as a role that was granted sip_app and sip_engine (docs/running.md, The database)."
        )
    if not await service.engine_is_apart(db):
        log.warning(ENGINE_MISSING)


# -- running


def serve(settings: Settings, *, web: bool = True, worker: bool = True, mail_in: bool = True) -> None:
    """Runs these parts until SIGTERM or SIGINT. Raises StartError, DatabaseAway, OSError (an address in use)."""
    configure(settings.log_level, as_json=settings.log_json)
    with database_server(settings) as (url, _):
        asyncio.run(_serve(settings, url, web=web, worker=worker, mail_in=mail_in))


async def _serve(settings: Settings, url: str, *, web: bool, worker: bool, mail_in: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with parts(settings, url) as made, running(made, stop, web=web, worker=worker, mail_in=mail_in):
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def running(
    made: Parts, stop: asyncio.Event, *, web: bool = True, worker: bool = True, mail_in: bool = True
) -> AsyncIterator["Listening"]:
    """The parts at work while inside; `stop` set ends the pages that stay open."""
    await check_ready(made.db)
    if worker:
        await check_worker(made.worker.db)
    await made.clock.now()
    scheduler = AsyncIOScheduler(timezone=UTC)
    async with contextlib.AsyncExitStack() as stack:
        listening: dict[str, Listen] = {}
        if mail_in:
            listening |= await _receive(made, stack)
            await _mail_ways(made, scheduler, listens=bool(listening))
        if web:
            with loading():
                from sip.pages import open_pages  # a worker and a receiver do without pages, and their memory
            services = Services(made.db, made.settings, made.clock, made.vault, stop)
            listening["http"] = await open_pages(services, stack, stop)
            await _beat(made, scheduler, heartbeats.WEB)
        if worker:
            flying = Flying(made.settings.smtp_connections)
            stack.push_async_callback(flying.close, GRACE_SECONDS)
            crew = ReplayCrew(made.worker.db)
            stack.push_async_callback(crew.close)
            at_work = replace(made.worker, crew=crew)
            jobs.schedule_worker(scheduler, at_work, made.clock.now, made.settings.tick_seconds, flying)
        # What was loaded stays for the life of the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=False)
        log.info("started", **{name: str(where) for name, where in listening.items()}, worker=worker)
        yield Listening(listening)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where this process listens: http, lmtp, smtp, with the ports that were taken."""

    listening: dict[str, Listen]


async def _beat(made: Parts, scheduler: AsyncIOScheduler, kind: str) -> None:
    await service.beat(made.db, kind, await made.clock.now())
    jobs.schedule_beat(scheduler, made.db, kind, made.clock.now)


async def _mail_ways(made: Parts, scheduler: AsyncIOScheduler, *, listens: bool) -> None:
    """Signs of life of the ways that are, and no waiting for those that are no more (rules, section 5 L1)."""
    access = access_of(made.settings)
    ways = ((heartbeats.RECEIVER, listens), (heartbeats.IMAP_ACCOUNT, access is not None))
    await service.forget_ways(made.db, *(kind for kind, used in ways if not used))
    if listens:
        await _beat(made, scheduler, heartbeats.RECEIVER)
    if access is not None:
        clock, most = made.clock.now, made.settings.mail_max_bytes
        reader = AccountReader(made.db, made.vault, made.home, access, clock, most)
        jobs.schedule_imap_account(scheduler, reader, made.settings.imap_poll_seconds)


async def _receive(made: Parts, stack: contextlib.AsyncExitStack) -> dict[str, Listen]:
    door = MailDoor(made.db, made.vault)

    async def store(raw: bytes, envelope: Envelope, source: str) -> None:
        await door.take(raw, envelope, source, await made.clock.now())

    found: dict[str, Listen] = {}
    wanted: tuple[tuple[Source, Listen | None], ...] = (
        ("lmtp", made.settings.lmtp_listen),
        ("smtp", made.settings.smtp_listen),
    )
    for source, listen in wanted:
        if listen is not None:
            receiver = Receiver(listen, source, made.home, store, max_bytes=made.settings.mail_max_bytes)
            found[source] = await receiver.start()
            stack.push_async_callback(receiver.close)
    return found


def serve_watchdog(settings: Settings) -> None:
    """Looks at the service until SIGTERM or SIGINT."""
    configure(settings.log_level, as_json=settings.log_json)
    with database_server(settings) as (url, _):
        asyncio.run(_watch(settings, url))


async def _watch(settings: Settings, url: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    db = Database(url, 2)
    clock = ServiceClock(db, settable=not settings.is_production)
    scheduler = AsyncIOScheduler(timezone=UTC)
    jobs.schedule_watchdog(scheduler, watchdog_of(settings, db), clock.last_known, jobs.LOOK_SECONDS)
    scheduler.start()
    log.info("watching", mail=settings.watch_mail is not None, heartbeat=settings.watch_heartbeat_url is not None)
    try:
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)
        await db.close()


def watchdog_of(settings: Settings, db: Database) -> Watchdog:
    """What looks at this installation."""
    return Watchdog(
        Watched(
            db, settings.smtp_url, settings.base_url, f"{settings.mail_local_part}@{settings.mail_domain}",
            settings.watch_folders, settings.watch_mail, settings.watch_smtp_url, settings.watch_heartbeat_url,
        )
    )  # fmt: skip


# -- single acts of the command line


def run_act(settings: Settings, act: Callable[[Parts], Awaitable[T]]) -> T:
    """One act of the command line on a database that is ready. Raises StartError and DatabaseAway."""

    async def within(url: str) -> T:
        async with parts(settings, url) as made:
            await check_ready(made.db)
            return await act(made)

    with database_server(settings) as (url, _):
        return asyncio.run(within(url))


def tick(settings: Settings, now: datetime | None = None) -> Pass:
    """Everything due once, at `now` or at the service's time (`sip tick`)."""

    async def act(made: Parts) -> Pass:
        await check_worker(made.worker.db)
        moment = now or await made.clock.now()
        done, told = await made.worker.run_once(moment), await made.worker.call_out_once(moment)
        return Pass([*done.ran, *told.ran], [*done.errors, *told.errors])

    return run_act(settings, act)


def migrate_database(settings: Settings) -> None:
    """Brings the database to this version's tables (`sip migrate`)."""
    with database_server(settings) as (_, owner):
        migrate.upgrade(owner)
