"""Called meetings, and polls of drafts, follow their units to the address in force today, as soon as the directory
changes (section 5 R5 and section 9 P2).

The law of this file: it only finds who is behind and says that something changed; what follows is the rules'. A meeting
that somebody else holds is told in the next pass; one whose rules raise is put aside and noted, and the rest served.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.events import ContactsChanged
from sip.domain.worktime import local_day
from sip.store import contacts, heartbeats
from sip.store.aggregates import faults
from sip.store.aggregates.registry import that_takes
from sip.store.db import Database
from sip.usecases.actor import ENGINE
from sip.usecases.engine.handle import World, handle_loaded
from sip.usecases.engine.work import Item

LOOKED = "contacts"
_FOLLOWING = that_takes(ContactsChanged)


async def follow(db: Database, now: datetime, world: World, limit: int = 200) -> int:
    """Tells the meetings that are behind; gives how many followed."""
    aside: set[UUID] = set()
    count = 0
    async with db.transaction(ENGINE) as conn:
        await _look_at_dates(conn, now)
    while True:
        async with db.transaction(ENGINE) as conn:
            followed, more = await _batch(conn, now, world, limit, aside)
        count += followed
        if not more:
            return count


async def _look_at_dates(conn: AsyncConnection, now: datetime) -> None:
    """Once a day: addresses begin and end by their dates, too."""
    today, seen = local_day(now), (await heartbeats.seen(conn)).get(LOOKED)
    since = date.min if seen is None else local_day(seen)
    if since < today:
        await contacts.note_dates(conn, since, today)
        await heartbeats.beat(conn, LOOKED, now)


async def _batch(conn: AsyncConnection, now: datetime, world: World, limit: int, aside: set[UUID]) -> tuple[int, bool]:
    """One batch: how many followed, and whether there may be more."""
    units = await contacts.changed(conn, limit)
    if not units:
        return 0, False
    wanted = await contacts.behind(conn, units, local_day(now), now, limit, list(aside))
    loaded = await _FOLLOWING.lock_free(conn, wanted)
    items = [Item(target, ContactsChanged()) for target in loaded]
    batch = await handle_loaded(conn, loaded, items, actor=ENGINE, now=now, world=world)
    await faults.note(conn, _FOLLOWING.kind, batch.failures)
    aside.update(batch.failures)
    if len(wanted) < limit and len(loaded) == len(wanted):
        await contacts.followed(conn, units)
        return len(loaded) - len(batch.failures), len(units) == limit
    aside.update(set(wanted) - loaded.keys())
    return len(loaded) - len(batch.failures), len(wanted) == limit
