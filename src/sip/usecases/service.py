"""The service about itself: its time, its signs of life, how far behind it is, and what is removed when it is old.

The law of this file: counts and moments, no rows of anybody, so nothing of it is in the access log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sip import retention
from sip.domain.watching import Sight
from sip.domain.worktime import local_day
from sip.store import (
    bookings,
    clock,
    heartbeats,
    idempotency,
    identities,
    leaves,
    migrate,
    module_runs,
    sketches,
    tries,
    users,
)
from sip.store.db import Acting, Database, beyond, without_disk
from sip.store.module_runs import LastRun, Ran
from sip.store.post import inbox, outbox, tokens
from sip.store.seen import kept, listings, lists
from sip.store.seen.listings import Lag
from sip.store.seen.lists import Waiting
from sip.usecases.access import Act, require_role
from sip.usecases.actor import ENGINE, Actor, ServicePart
from sip.usecases.commands import moment
from sip.usecases.engine.surroundings import World

AUTOMATIC_WITHIN = timedelta(minutes=2)


# -- its time, where it can be set


@dataclass(frozen=True, slots=True)
class ClockState:
    """The service's time and its speed, and what waits to be done at that time."""

    now: datetime
    speed: float
    waits: Waiting


async def time_of(db: Database) -> tuple[datetime, float]:
    """The moment and the speed, exactly as the shared row says it."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await clock.now(conn), await clock.speed(conn)


async def clock_state(db: Database, *, actor: Acting) -> ClockState:
    """What `time_of` says, and what waits."""
    async with db.transaction(actor) as conn:
        now, speed = await clock.now(conn), await clock.speed(conn)
        async with beyond(conn):  # how much waits, and nothing of it
            return ClockState(now, speed, await lists.waiting(conn, now))


async def waits(db: Database, now: datetime) -> Waiting:
    """What waits for the engine at this moment, which whoever plays a year says herself."""
    async with db.transaction(ENGINE) as conn:
        return await lists.waiting(conn, now)


async def wait_for_no_disk(db: Database) -> None:
    """Commits of whoever does one thing after another, for what can be made up once more: her pool has one connection,
    and keeps it.
    """
    async with db.transaction(ENGINE) as conn:
        await without_disk(conn)


async def set_clock(db: Database, now: datetime | None, speed: float | None, *, actor: Actor) -> None:
    """Sets the time or its speed; it never goes back. Raises ForbiddenError, and InvalidError for an unusable time."""
    require_role(actor, Act.SET_CLOCK)
    wanted = moment("now", now) if now is not None else None
    async with db.transaction(actor) as conn:
        await clock.set_clock(conn, wanted, speed)


# -- signs of life


async def world(db: Database, now: datetime, *, production: bool) -> World:
    """What a decision needs to know of the ways in. Outside production the clock may jump, so neither silence nor a
    quick answer says anything.
    """
    if not production:
        return World()
    async with db.transaction(ServicePart.WATCH) as conn:
        return World(AUTOMATIC_WITHIN, await heartbeats.answers_open_from(conn, now))


async def beat(db: Database, kind: str, now: datetime) -> None:
    """A process of this kind can take answers (rules, section 5 L1)."""
    async with db.transaction(ServicePart.WATCH) as conn:
        await heartbeats.beat(conn, kind, now)


async def forget_ways(db: Database, *kinds: str) -> None:
    """Ways in that are none any more: their silence means nothing."""
    async with db.transaction(ServicePart.WATCH) as conn:
        for kind in kinds:
            await heartbeats.forget(conn, kind)


async def is_migrated(db: Database) -> bool:
    """Whether the database has this version's tables, or newer ones."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await migrate.serves(conn)


async def may_work(db: Database) -> bool:
    """Whether this process may do at the database what the worker does."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await migrate.may_work(conn)


ENGINE_MISSING = (
    "The worker has no role of its own, so the pages' role may do all that it does; make sip_engine, as docs/running.md"
    " (The database) tells, and run `sip migrate`."
)


async def engine_is_apart(db: Database) -> bool:
    """Whether the worker has a role of its own at the database."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await migrate.engine_is_apart(conn)


async def holds_anything(db: Database) -> str | None:
    """A word for what the database holds of anybody; None where it is empty."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await kept.holds_anything(conn)


async def lag(db: Database, now: datetime) -> Lag | None:
    """How far behind the service is; None when the database has an older version's tables."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await listings.lag(conn, now) if await migrate.serves(conn) else None


async def figures(db: Database, now: datetime) -> tuple[Lag, list[LastRun]] | None:
    """What `lag` says, and every module that has ever run."""
    async with db.transaction(ServicePart.WATCH) as conn:
        if not await migrate.serves(conn):
            return None
        return await listings.lag(conn, now), await module_runs.last(conn)


async def seen_from_outside(db: Database, now: datetime) -> Sight | None:
    """What the database tells a watchdog; None when it has an older version's tables."""
    async with db.transaction(ServicePart.WATCH) as conn:
        if not await migrate.serves(conn):
            return None
        lag, runs = await listings.lag(conn, now), await module_runs.last(conn)
        ages = [one.age for one in runs if one.name == "answers"]
        return Sight(
            late=now - lag.oldest_due if lag.oldest_due is not None else timedelta(0),
            unsent=timedelta(seconds=lag.unsent_seconds),
            unread=timedelta(seconds=ages[0]) if ages else None,
            silent=tuple(await heartbeats.silent(conn, now)),
        )


async def keep_runs(db: Database, rans: Sequence[Ran]) -> None:
    """Keeps what these modules of the service did."""
    async with db.transaction(ServicePart.WATCH) as conn:
        await module_runs.keep(conn, rans)


async def way_in(db: Database, address: str) -> str | None:
    """By which way a mail to this address of ours came in; None while none has."""
    async with db.transaction(ServicePart.WATCH) as conn:
        return await inbox.way_in(conn, address)


# -- housekeeping


async def drop_links(db: Database, now: datetime) -> int:
    """Removes ended links; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await tokens.drop_ended_links(conn, now)


async def drop_answers(db: Database) -> int:
    """Removes answers kept for a repeat that have had their day; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await idempotency.drop_old(conn)


async def drop_leaves(db: Database, now: datetime) -> int:
    """Removes days of leave that are over; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await leaves.drop_over(conn, local_day(now) - retention.LEAVE.life)


async def drop_sessions(db: Database) -> int:
    """Removes ended sessions, what counted once and cannot come again, and counts of tries; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        ended = await users.drop_ended_sessions(conn)
        return ended + await identities.drop_used(conn) + await tries.drop_over(conn)


async def drop_bookings(db: Database, now: datetime) -> int:
    """Removes bookings of calendars that nobody has completed; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await bookings.drop_old(conn, now - retention.BOOKING.life)


async def drop_sketches(db: Database, now: datetime) -> int:
    """Removes meetings that somebody began to make and left; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await sketches.drop_old(conn, now - retention.SKETCH.life)


async def drop_notices(db: Database, now: datetime) -> int:
    """Removes mails of no meeting that left long ago; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await outbox.forget_notices(conn, now - retention.NOTICE.life)
