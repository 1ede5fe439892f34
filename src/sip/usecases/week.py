"""Each unit that wants it is told at the opening of its week who goes where (rules, section 4 T4).

The law of this file: it tells and changes no meeting; meetings are locked while it reads, so that no answer can slip in
between. Keys are by unit, meeting and week: a pass that was cut short is begun again without telling anything twice.
A morning that was missed is made up for while that day's office time lasts, and not later.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sip.domain.week import WEEK, earlier_working_days, mails, monday_of
from sip.domain.worktime import OPENS, at_hour, local_day, office_time
from sip.store import heartbeats
from sip.store.aggregates import meetings
from sip.store.aggregates.rosters import rosters
from sip.store.db import Database
from sip.store.post.outbox import Posting
from sip.store.seen import week
from sip.usecases.actor import ENGINE

DONE = "week"
_AT_ONCE = 100


async def tell_due(db: Database, now: datetime) -> int:
    """Tells units whose week begins this morning; gives how many were told."""
    today = local_day(now)
    if not office_time().is_office_time(now):
        return 0
    async with db.transaction(ENGINE) as conn:
        told_at = (await heartbeats.seen(conn)).get(DONE)
        if told_at is not None and told_at >= at_hour(today, OPENS):
            return 0
        units = await week.units(conn, today, now, earlier_working_days(today))
    told = 0
    for first in range(0, len(units), _AT_ONCE):
        told += await _tell(db, units[first : first + _AT_ONCE], now, monday_of(today))
    async with db.transaction(ENGINE) as conn:
        await heartbeats.beat(conn, DONE, now)
    return told


async def _tell(db: Database, units: Sequence[UUID], now: datetime, monday: date) -> int:
    posting = Posting()
    told = 0
    async with db.transaction(ENGINE) as conn:
        found = await week.meetings_of(conn, units, now, at_hour(monday + 2 * WEEK, 0))
        wanted = sorted({meeting for theirs in found.values() for meeting in theirs})
        loaded = await meetings.load_many(conn, wanted, lock=True)
        known = await rosters(conn, found, now)
        for unit_id, theirs in found.items():
            made = mails(known[unit_id], (loaded[one].state for one in theirs), now, monday)
            told += bool(made)
            for mail in made:
                posting.mail(mail, engine=True)
        await posting.write(conn, now)
    return told
