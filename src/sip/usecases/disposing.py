"""Matters and logs whose years have passed are disposed of: shown first, then done, recorded (rules, section 12 K3).

The law of this file: what is shown and what is done come of the same steps; the one counts and the other takes away.
Some hundred matters are one transaction, with a record of its own: whatever breaks, what went and what is told of it
are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.keeping import Fate, Hold, Matter, Policy, Tombstone, fate, kept_since, log_held
from sip.domain.sealing import read_head
from sip.domain.worktime import STOCKHOLM, local_day
from sip.store import keeping, sealing, tombstones
from sip.store.db import Database, beyond
from sip.store.keeping import LogOf
from sip.store.tombstones import StoneBatch
from sip.usecases.actor import ENGINE, Actor
from sip.usecases.keeping import organisation_of
from sip.usecases.problems import ConflictError
from sip.usecases.recorded import recorded

AT_ONCE = 200
NIGHT = range(1, 5)
"""Hours of the clock in which what goes by itself goes."""
_FIRST: keeping.Place = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


@dataclass(slots=True)
class DisposalCounts:
    """What goes, or went, by word (`MATTER_WORDS`, `LOG_WORDS`), and how many matters are kept because they are on hold
    or go on. `unsealed` logs wait for the end of a day. `batches`: how many records were written.
    """

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((*keeping.MATTER_WORDS, *keeping.LOG_WORDS), 0)
    )
    held: int = 0
    goes_on: int = 0
    unsealed: int = 0
    batches: int = 0

    def add(self, more: dict[str, int]) -> None:
        """Adds counts by word."""
        for word, number in more.items():
            self.counts[word] += number

    @property
    def anything(self) -> bool:
        """Whether there is anything to do."""
        return any(self.counts.values())


Progress = Callable[[int], None]
"""Matters done so far."""


def _quietly(done: int) -> None:
    """Nobody watches."""


async def plan(db: Database, organisation_id: UUID, *, actor: Actor, now: datetime) -> DisposalCounts:
    """What would go now; nothing does. All is zero where nothing has been decided. Raises NotFoundError."""
    due = DisposalCounts()
    async with recorded(db, actor, now) as (conn, log):
        await organisation_of(conn, organisation_id, actor)
        log.note("plan", "disposal", organisation_id)
        async with beyond(conn):  # counted whole, as it would go
            policy = (await keeping.latest(conn)).get(organisation_id)
            if policy is None:
                return due
            holds = await _holds(conn)
            place: keeping.Place | None = _FIRST
            while place is not None:
                place, matters = await _next_matters(conn, policy, place, holds, now, due)
                due.add(await keeping.count(conn, matters))
                await _add_logs(conn, await keeping.logs_of(conn, matters), policy, holds, now, due)
            place = _FIRST
            while place is not None:
                place, logs = await _next_logs(conn, organisation_id, place)
                await _add_logs(conn, logs, policy, holds, now, due)
    return due


async def carry_out(
    db: Database, organisation_id: UUID, *, actor: Actor, now: datetime, version: int | None = None,
    progress: Progress = _quietly, most: int | None = None,
) -> DisposalCounts:  # fmt: skip
    """Does what `plan` shows. `version` is the decision that was shown; after some `most` matters it stops.

    Raises NotFoundError, and ConflictError where nothing, or another version, has been decided.
    """
    due, place = DisposalCounts(), _FIRST
    more: keeping.Place | None = place
    while more is not None:
        async with recorded(db, actor, now) as (conn, log):
            await organisation_of(conn, organisation_id, actor)
            policy, before = await _decided(conn, organisation_id, version), due.batches
            async with beyond(conn):  # whole, whatever of it is in nobody's view
                more = await _matters(conn, policy, more, due, actor, now)
            if actor is ENGINE and due.batches == before:
                log.nothing("it looks each night, and nothing went")
            else:
                log.note("dispose", "disposal", organisation_id)
        progress(due.counts["matters"])
        if most is not None and due.counts["matters"] >= most:
            break
    more = place
    while more is not None:
        async with recorded(db, actor, now) as (conn, log):
            log.nothing("the same act, recorded above")
            policy = await _decided(conn, organisation_id, version)
            async with beyond(conn):  # as above
                more = await _logs(conn, policy, more, due, actor, now)
    return due


async def by_itself(db: Database, now: datetime) -> DisposalCounts:
    """What every organisation has decided to have done by itself, at night."""
    done = DisposalCounts()
    if now.astimezone(STOCKHOLM).hour not in NIGHT:
        return done
    async with db.transaction(ENGINE) as conn:
        decided = [one for one in (await keeping.latest(conn)).values() if one.by_itself]
    for policy in decided:
        one = await carry_out(db, policy.organisation_id, actor=ENGINE, now=now, version=policy.version)
        done.add(one.counts)
        done.batches += one.batches
    return done


async def _decided(conn: AsyncConnection, organisation_id: UUID, version: int | None) -> Policy:
    await keeping.lock_organisation(conn, organisation_id)
    found = (await keeping.latest(conn)).get(organisation_id)
    if found is None:
        raise ConflictError("nothing_decided")
    if version is not None and found.version != version:
        raise ConflictError("changed", found.version)
    return found


async def _holds(conn: AsyncConnection) -> list[Hold]:
    return [one.what for one in await keeping.holds(conn) if isinstance(one.what, Hold)]


async def _sealed(conn: AsyncConnection) -> int:
    """How many rows of the logs are in sealed days."""
    last = await sealing.last_head(conn)
    return 0 if last is None else read_head(last.head).end


# -- matters


async def _next_matters(
    conn: AsyncConnection, policy: Policy, after: keeping.Place, holds: list[Hold], now: datetime, due: DisposalCounts
) -> tuple[keeping.Place | None, list[Matter]]:
    """Those of the next that are due, and where to go on; None where these were the last."""
    since = kept_since(now, policy.matter_years)
    found = await keeping.past(conn, policy.organisation_id, since, after, AT_ONCE)
    fates = [(one, fate(one, holds, now)) for _, one in found]
    due.held += sum(becomes is Fate.HELD for _, becomes in fates)
    due.goes_on += sum(becomes is Fate.GOES_ON for _, becomes in fates)
    more = found[-1][0] if len(found) == AT_ONCE else None
    return more, [one for one, becomes in fates if becomes is Fate.DUE]


async def _matters(
    conn: AsyncConnection, policy: Policy, after: keeping.Place, due: DisposalCounts, actor: Actor, now: datetime
) -> keeping.Place | None:
    more, matters = await _next_matters(conn, policy, after, await _holds(conn), now, due)
    if not matters:
        return more
    await keeping.lock(conn, matters)
    # As they are now that nobody can change them: a hold may have been set meanwhile.
    holds = await _holds(conn)
    asked = [await keeping.matter(conn, case=one.case_id) for one in matters]
    still = [one for one in asked if one is not None and fate(one, holds, now) is Fate.DUE]
    due.held += len(matters) - len(still)
    if not still:
        return more
    batch = uuid4()
    logs = await keeping.logs_of(conn, still)
    gone = await keeping.forget(conn, still, local_day(now))
    await keeping.remember(conn, policy.organisation_id, batch, logs, now)
    await tombstones.write(
        conn, StoneBatch(batch, policy.organisation_id, policy.version, gone), (), actor.columns(), now
    )
    due.add(gone)
    due.batches += 1
    return more


# -- logs


async def _next_logs(
    conn: AsyncConnection, organisation_id: UUID, after: keeping.Place
) -> tuple[keeping.Place | None, list[LogOf]]:
    found = await keeping.remembered(conn, organisation_id, after, AT_ONCE)
    return (found[-1][0] if len(found) == AT_ONCE else None), [log for _, log in found]


async def _add_logs(
    conn: AsyncConnection, logs: list[LogOf], policy: Policy, holds: list[Hold], now: datetime, due: DisposalCounts
) -> tuple[list[LogOf], list[Tombstone]]:
    """Counts the logs whose years have passed; gives them with their tombstones."""
    since, sealed = kept_since(now, policy.log_years), await _sealed(conn)
    going: list[LogOf] = []
    stones: list[Tombstone] = []
    for log in logs:
        rows = await tombstones.log_rows(conn, log, sealed)
        if rows.latest is not None and rows.latest >= since:
            continue
        if log_held(log.organisations, holds, now):
            due.held += 1
            continue
        if rows.stones is None:
            due.unsealed += 1
            continue
        going.append(log)
        stones += rows.stones
        due.add({"journal": rows.journal, "readings": rows.readings})
    return going, stones


async def _logs(
    conn: AsyncConnection, policy: Policy, after: keeping.Place, due: DisposalCounts, actor: Actor, now: datetime
) -> keeping.Place | None:
    more, logs = await _next_logs(conn, policy.organisation_id, after)
    this = DisposalCounts()
    going, stones = await _add_logs(conn, logs, policy, await _holds(conn), now, this)
    due.unsealed, due.held = due.unsealed + this.unsealed, due.held + this.held
    if not going:
        return more
    counts = {word: this.counts[word] for word in keeping.LOG_WORDS}
    batch = StoneBatch(uuid4(), policy.organisation_id, policy.version, counts)
    await tombstones.write(conn, batch, stones, actor.columns(), now)
    gone = await tombstones.forget_rows(conn, batch.id)
    if gone != len(stones):
        raise RuntimeError("The rows that went are not those that have a tombstone.")  # rolled back
    await keeping.forgotten(conn, going)
    due.add(counts)
    due.batches += 1
    return more
