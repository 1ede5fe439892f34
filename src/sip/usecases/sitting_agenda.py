"""What is listed for a group's sitting goes with it: moved to another day, its questions are taken up then; cancelled,
they wait (rules, section 18 U9).

The law of this file: items are locked before the group and its sitting (rules, section 2).
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import UNDECIDED, AgendaItem, ItemScheduled
from sip.domain.sitting import GroupSitting, SittingState
from sip.domain.worktime import local_day
from sip.store.aggregates import agenda, sittings
from sip.store.aggregates.versioned import Versioned
from sip.store.seen import agenda as seen
from sip.store.seen import sittings as seen_sittings
from sip.usecases.commands import Command, handled, unseen

Listed = Mapping[UUID, Versioned[AgendaItem]]


async def listed_for(conn: AsyncConnection, sitting: GroupSitting, by: Command) -> Listed:
    """The undecided items that are listed for this sitting's day, locked; none where the group has another that day."""
    day = local_day(sitting.start)
    others = await sittings.load_many(conn, await seen_sittings.ahead(conn, [sitting.group_id], by.now))
    if any(one.state.id != sitting.id and local_day(one.state.start) == day for one in others.values()):
        return {}
    found = await seen.on_days(conn, [(sitting.group_id, day)])
    held = await agenda.load_many(conn, [one for ids in found.values() for one in ids], lock=True)
    return {key: one for key, one in held.items() if one.state.state in UNDECIDED and one.state.sitting_on == day}


async def go_with(conn: AsyncConnection, listed: Listed, sitting: GroupSitting, by: Command) -> None:
    """The sitting as it is now: its items are for its day, or wait where it is cancelled."""
    day: date | None = None if sitting.state is SittingState.CANCELLED else local_day(sitting.start)
    for item in sorted(listed):
        if listed[item].state.sitting_on != day:
            await handled(conn, item, ItemScheduled(day), unseen(by), {item: listed[item]})
