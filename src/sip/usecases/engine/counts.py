"""Counts beside what is written: of meetings that are over and of reports, in the transaction that closes them.

The law of this file: it asks nobody's leave, for it is the writer's own; it looks past the actor, since a meeting has
units that its closer does not see.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.counting import is_over
from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.store import statistics
from sip.store.aggregates import deviations, meetings
from sip.store.aggregates.versioned import Rewrite
from sip.store.db import Database, beyond
from sip.usecases.actor import ENGINE

_BATCH = 200


async def write(conn: AsyncConnection, rewrites: Iterable[Rewrite[Any]]) -> None:
    """What these aggregates, which have just been written, count as."""
    changed = statistics.changed(rewrites)
    over = [one for one in changed if isinstance(one, Meeting) and is_over(one)]
    reports = [one for one in changed if isinstance(one, DeviationReport)]
    if not over and not reports:
        return
    async with beyond(conn):  # all units of the meeting are counted, whoever closes it
        await statistics.rewrite_meetings(conn, over)
        await statistics.rewrite_reports(conn, reports)


async def catch_up(db: Database) -> int:
    """Counts what was over before there were counts, batch by batch; gives how many aggregates it looked at."""
    done = 0
    while (found := await _batch(db)) > 0:
        done += found
    return done


async def _batch(db: Database) -> int:
    async with db.transaction(ENGINE) as conn:
        meeting_ids = await statistics.uncounted(conn, "meeting", _BATCH)
        report_ids = await statistics.uncounted(conn, "deviation", _BATCH)
        here = await meetings.load_many(conn, meeting_ids, lock=True)
        await statistics.rewrite_meetings(conn, [one.state for one in here.values()])
        there = await deviations.load_many(conn, report_ids, lock=True)
        await statistics.rewrite_reports(conn, [one.state for one in there.values()])
        await statistics.counted(conn, [*meeting_ids, *report_ids])
        return len(meeting_ids) + len(report_ids)
