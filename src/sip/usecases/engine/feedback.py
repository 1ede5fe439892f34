"""Meetings, reports without one and test calls are told what became of their mails: each result once, in batches, the
aggregate locked first (rules, section 2).
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Rung
from sip.domain.deviation import ReportMailFailed
from sip.domain.events import MailSettled
from sip.domain.terms import SettledAs
from sip.store.aggregates import faults
from sip.store.aggregates.registry import that_takes
from sip.store.db import Database
from sip.store.post import feedback
from sip.store.post.feedback import Settled
from sip.usecases import mailbox_checks
from sip.usecases.actor import ENGINE
from sip.usecases.engine.handle import Surroundings, World, handle_loaded
from sip.usecases.engine.work import Item

_TOLD = that_takes(MailSettled)
_TOLD_ALONE = that_takes(ReportMailFailed)
_SETTLED_AS: Mapping[str, SettledAs] = {
    "sent": SettledAs.ACCEPTED,
    "failed": SettledAs.FAILED,
    "dropped": SettledAs.DROPPED,
}


def _event(row: Settled) -> MailSettled:
    return MailSettled(
        key=row.key,
        result=_SETTLED_AS[row.state],
        at=row.settled_at,
        kind=row.kind,
        party=row.party,
        invitation=row.invitation,
        attendee=row.attendee,
        round=row.round,
        rung=None if row.rung is None else Rung(row.rung),
        email=row.recipient,
        reason=row.reason,
    )


async def feed_back(db: Database, now: datetime, world: World, limit: int = 200) -> int:
    """Tells the meetings what became of their mails, and reports without one what failed; gives how many results were
    told.

    One that somebody else holds is told in the next pass; one whose rules raise is put aside and noted.
    """
    around = Surroundings(now, world)
    count = await _until_all(db, lambda conn, aside: _tell(conn, now, world, limit, around, aside))
    count += await _until_all(db, lambda conn, aside: _tell_alone(conn, now, world, limit, aside))
    return count + await _tell_units(db, limit)


async def _until_all(db: Database, tell: Callable[[AsyncConnection, set[UUID]], Awaitable[tuple[int, bool]]]) -> int:
    """Batch after batch, each a transaction, until there is none left but those put aside."""
    aside: set[UUID] = set()
    count = 0
    while True:
        async with db.transaction(ENGINE) as conn:
            told, more = await tell(conn, aside)
        count += told
        if not more:
            return count


async def _tell_alone(
    conn: AsyncConnection, now: datetime, world: World, limit: int, aside: set[UUID]
) -> tuple[int, bool]:
    """One batch of failures to reports without a meeting: how many were told, and whether there may be more."""
    wanted = {row.deviation_id for row in await feedback.failed_alone(conn, limit, list(aside))}
    if not wanted:
        return 0, False
    loaded = await _TOLD_ALONE.lock_free(conn, wanted)
    aside.update(wanted - loaded.keys())
    # Read once more, now that they are locked: what another process has told meanwhile is not there.
    rows = [row for row in await feedback.failed_alone(conn, limit, list(aside)) if row.deviation_id in loaded]
    items = [
        Item(row.deviation_id, ReportMailFailed(row.key, row.kind, row.recipient, row.reason), f"mail/{row.id}")
        for row in rows
    ]
    batch = await handle_loaded(conn, loaded, items, actor=ENGINE, now=now, world=world)
    await faults.note(conn, _TOLD_ALONE.kind, batch.failures)
    aside.update(batch.failures)
    done = [row.id for row in rows if row.deviation_id not in batch.failures]
    await feedback.told(conn, done)
    return len(done), True


async def _tell_units(db: Database, limit: int) -> int:
    """Results of mails that belong to no meeting: test calls know of theirs."""
    count = 0
    while True:
        async with db.transaction(ENGINE) as conn:
            rows = await feedback.untold_notices(conn, limit)
            await mailbox_checks.settle(conn, rows)
            await feedback.told(conn, [row.id for row in rows])
        count += len(rows)
        if len(rows) < limit:
            return count


async def _tell(
    conn: AsyncConnection, now: datetime, world: World, limit: int, around: Surroundings, aside: set[UUID]
) -> tuple[int, bool]:
    """One batch: how many were told, and whether there may be more."""
    wanted = await feedback.meetings_to_tell(conn, limit, list(aside))
    if not wanted:
        return 0, False
    loaded = await _TOLD.lock_free(conn, wanted)
    aside.update(set(wanted) - loaded.keys())
    rows = await feedback.untold(conn, list(loaded), limit)
    # What concerns a report moves no meeting; only that it failed is told, to those responsible for its recipient.
    heard = [row for row in rows if row.deviation_id is None or row.state == "failed"]
    items = [Item(row.meeting_id, _event(row), f"mail/{row.id}") for row in heard]
    batch = await handle_loaded(conn, loaded, items, actor=ENGINE, now=now, world=world, surroundings=around)
    await faults.note(conn, _TOLD.kind, batch.failures)
    aside.update(batch.failures)
    done = [row.id for row in rows if row not in heard or row.meeting_id not in batch.failures]
    await feedback.told(conn, done)
    return len(done), True
