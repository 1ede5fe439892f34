"""What the directory lacks of units that are called to a coming meeting: told before a step reaches nobody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Gap
from sip.store.aggregates import rosters
from sip.store.seen import gaps
from sip.usecases.access import MAY, Act, scope_of
from sip.usecases.actor import Actor

SHOWN = 10


@dataclass(frozen=True, slots=True)
class GapLine:
    """A unit, what it lacks, and the start of the nearest meeting that it is called to."""

    unit_id: UUID
    name: str
    gaps: tuple[Gap, ...]
    next_start: datetime


@dataclass(frozen=True, slots=True)
class GapsRead:
    """The first SHOWN of the units that lack something, and how many there are in all."""

    lines: list[GapLine]
    count: int


async def of_coming(conn: AsyncConnection, *, actor: Actor, now: datetime) -> GapsRead:
    """Those within the actor's scope, the nearest meeting first; none for who does not watch the directory."""
    if actor.role not in MAY[Act.WATCH_GAPS]:
        return GapsRead([], 0)
    found, count = await gaps.lacking(conn, scope_of(actor), now, SHOWN)
    known = await rosters.rosters(conn, [one.unit_id for one in found], now)
    return GapsRead([GapLine(one.unit_id, one.name, known[one.unit_id].gaps, one.next_start) for one in found], count)
