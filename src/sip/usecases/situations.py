"""A county's week is counted when it is over, kept, and read (rules, section 20).

The law of this file: a week is counted once. What was missed is not made up for: who had not answered then, nobody
knows later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sip.domain.situation import Situation, Told, told, week_over
from sip.domain.week import WEEK
from sip.domain.worktime import at_hour, local_day
from sip.store import register, situations
from sip.store.db import Database, beyond
from sip.store.register import County
from sip.usecases import counties, mailbox_checks
from sip.usecases.access import Act, require_role
from sip.usecases.actor import ENGINE, Actor
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

COMPARED = 4
"""Weeks beside each other on a page."""
ALL = 53 * 20
"""Weeks in a file: twenty years."""


@dataclass(frozen=True, slots=True)
class SituationWeek:
    """A week as it is told; None is hidden."""

    monday: date
    counted_at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class SituationsRead:
    """A county's weeks, the newest first; `county`: None where none is in view. `weeks`: all that are kept."""

    counties: list[County]
    county: County | None
    shown: list[SituationWeek]
    weeks: list[date]


async def count_due(db: Database, now: datetime) -> int:
    """Counts the week that is over for each county that has not been counted; gives how many were."""
    monday = week_over(now)
    async with db.transaction(ENGINE) as conn:
        due = set(await situations.uncounted(conn, monday))
        if not due or not await situations.alone(conn):
            return 0
        week, today = (at_hour(monday, 0), at_hour(monday + WEEK, 0)), local_day(now)
        unverified = await mailbox_checks.unverified(conn, now)
        found = [
            await situations.count(conn, one.id, one.principals, monday, week, now, today, unverified)
            for one in await register.counties(conn)
            if one.id in due
        ]
        await situations.keep(conn, found)
    return len(found)


async def read(
    db: Database, county_id: UUID | None, until: date | None, *, actor: Actor, now: datetime, small: int,
    limit: int = COMPARED,
) -> SituationsRead:  # fmt: skip
    """A county's weeks (None: the first in view) up to the one that begins on `until` (None: the latest).

    Raises NotFoundError for a county that is not in view or a week that is not kept, and ForbiddenError.
    """
    require_role(actor, Act.READ_SITUATIONS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "situation", county_id)
        in_view, county = await counties.in_view(conn, county_id, actor)
        if county is None:
            return SituationsRead(in_view, None, [], [])
        async with beyond(conn):  # whether the county is in view has been asked
            found = await situations.kept(conn, county.id, until=until, limit=limit)
            weeks = await situations.weeks(conn, county.id)
    if until is not None and (not found or found[0].monday != until):
        raise NotFoundError("situation")
    return SituationsRead(in_view, county, [_week(one, small) for one in found], weeks)


def _week(one: Situation, small: int) -> SituationWeek:
    return SituationWeek(one.monday, one.counted_at, told(one.counts, small))
