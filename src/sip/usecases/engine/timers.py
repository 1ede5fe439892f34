"""What is due, done once: batches of overdue aggregates, each its own transaction, until nothing is due (house, law 6).

Any number of workers may do this at once: a row that another holds is skipped, and a step is a change of state, so it
happens exactly once. The tick only calls; no deadline has a job of its own.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.events import TimePassed
from sip.store.aggregates import faults
from sip.store.aggregates.registry import AGGREGATES, Aggregate
from sip.store.db import Database, DatabaseAway
from sip.usecases.actor import ENGINE
from sip.usecases.engine.collector import spare_the_collector
from sip.usecases.engine.handle import Surroundings, World, handle_loaded, handle_many
from sip.usecases.engine.work import Item

_STILL_DUE = "Still due after its turn; it is tried again."


@dataclass(slots=True)
class TickReport:
    """What a tick did: turns taken, those whose rules raised, and batches."""

    handled: int = 0
    failed: int = 0
    batches: int = 0


async def run_due(db: Database, now: datetime, world: World, limit: int = 200, workers: int = 2) -> TickReport:
    """Takes every turn that is due. `workers` run side by side: one decides while the other's statements run."""
    spare_the_collector()
    report = TickReport()
    around = Surroundings(now, world)
    for aggregate in AGGREGATES:
        if not await _batch(db, aggregate, now, world, limit, around, report):
            continue
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(_drain(db, aggregate, now, world, limit, around, report))
    return report


async def _drain(
    db: Database,
    aggregate: Aggregate,
    now: datetime,
    world: World,
    limit: int,
    around: Surroundings,
    report: TickReport,
) -> None:
    while await _batch(db, aggregate, now, world, limit, around, report):
        pass


async def _batch(
    db: Database,
    aggregate: Aggregate,
    now: datetime,
    world: World,
    limit: int,
    around: Surroundings,
    report: TickReport,
) -> bool:
    """One batch; False when nothing was due that nobody else held."""
    ids: list[UUID] = []
    try:
        async with db.transaction(ENGINE) as conn:
            loaded = await aggregate.lock_due(conn, now, limit)
            if not loaded:
                return False
            ids = list(loaded)
            items = [Item(target, TimePassed()) for target in ids]
            batch = await handle_loaded(conn, loaded, items, actor=ENGINE, now=now, world=world, surroundings=around)
            failed = batch.failures
            await faults.note(conn, aggregate.kind, {**failed, **dict.fromkeys(batch.still_due, _STILL_DUE)})
    except DatabaseAway:
        raise
    except Exception:  # a database error inside a batch: one by one (rules, section 2)
        if not ids:
            raise
        failed = await _one_by_one(db, aggregate.kind, ids, now, world)
    report.batches += 1
    report.failed += len(failed)
    report.handled += len(ids) - len(failed)
    return True


async def _one_by_one(db: Database, kind: str, ids: list[UUID], now: datetime, world: World) -> dict[UUID, Exception]:
    """Each in a transaction of its own; those that fail are put aside."""
    failed: dict[UUID, Exception] = {}
    for target in ids:
        try:
            async with db.transaction(ENGINE) as conn:
                batch = await handle_many(conn, [Item(target, TimePassed())], actor=ENGINE, now=now, world=world)
                if batch.still_due:
                    await faults.note(conn, kind, {target: _STILL_DUE})
            failed |= batch.failures
        except DatabaseAway:
            raise
        except Exception as error:  # put aside and shown
            failed[target] = error
    async with db.transaction(ENGINE) as conn:
        await faults.note(conn, kind, failed)
    return failed
