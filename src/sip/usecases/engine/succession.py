"""Open reports, and decisions that are not done, follow their units to the one that takes over when they close (rules,
section 8 D8 and section 16 G5); and reports that were before a board when there were no agendas come on one.

The law of this file: it only finds who has closed and says who has taken over; what follows is the rules'.
"""

from datetime import datetime

from sip.domain.agenda import OwnerSucceeded, forwarded_item
from sip.domain.deviation import UnitSucceeded
from sip.domain.forwarding import item_of
from sip.store.aggregates import agenda, deviations, faults
from sip.store.db import Database
from sip.store.seen import signals
from sip.usecases.actor import ENGINE
from sip.usecases.engine.handle import World, handle_many
from sip.usecases.engine.work import Item


async def follow(db: Database, now: datetime, world: World, limit: int = 200) -> int:
    """Gives how many sides of reports followed; one whose rules raise is noted, and tried again later."""
    count = 0
    while True:
        async with db.transaction(ENGINE) as conn:
            found = await deviations.succeeded(conn, now, limit)
            items = [Item(report, UnitSucceeded(side, by)) for report, side, by in found]
            if not items:
                return count
            batch = await handle_many(conn, items, actor=ENGINE, now=now, world=world)
            await faults.note(conn, "deviation", batch.failures)
        count += len(items) - sum(one is None for one in batch.handled)


async def follow_decisions(db: Database, now: datetime, world: World, limit: int = 200) -> int:
    """Gives how many owners of decisions followed; one whose rules raise is noted, and tried again later."""
    count = 0
    while True:
        async with db.transaction(ENGINE) as conn:
            found = await agenda.succeeded(conn, now, limit)
            items = [Item(item, OwnerSucceeded(before, by)) for item, before, by in found]
            if not items:
                return count
            batch = await handle_many(conn, items, actor=ENGINE, now=now, world=world)
            await faults.note(conn, "agenda_item", batch.failures)
        count += len(items) - sum(one is None for one in batch.handled)


async def put_forwarded(db: Database, now: datetime, world: World) -> int:
    """Puts what was forwarded before there were agendas, and never had an item; gives how many."""
    async with db.transaction(ENGINE) as conn:
        there = {forwarded_item(report): report for report in await deviations.forwarded(conn)}
        missing = sorted(there.keys() - await agenda.known(conn, list(there)))
        reports = await deviations.load_many(conn, [there[one] for one in missing])
        items = []
        for one in missing:
            report = reports[there[one]].state
            units = report.reporting.unit_id, report.receiving.unit_id
            areas = await signals.area_of(conn, list(units))
            items.append(Item(one, item_of(report, (areas.get(units[0]), areas.get(units[1])))))
        if items:
            batch = await handle_many(conn, items, actor=ENGINE, now=now, world=world)
            await faults.note(conn, "agenda_item", batch.failures)
    return len(items)
