"""Open reports follow their units to the one that takes over when they close (rules, section 8 D8).

The law of this file: it only finds who has closed and says who has taken over; what follows is the rules'.
"""

from datetime import datetime

from sip.domain.deviation import UnitSucceeded
from sip.store.aggregates import deviations, faults
from sip.store.db import Database
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
