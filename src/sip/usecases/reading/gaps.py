"""What the directory lacks of units that are called to a coming meeting: told before a step reaches nobody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Gap
from sip.store.aggregates import rosters
from sip.store.seen import listings
from sip.usecases.access import MAY, Act, scope_of
from sip.usecases.actor import Actor


@dataclass(frozen=True, slots=True)
class GapLine:
    """A unit, what it lacks, and the start of the nearest meeting that it is called to."""

    unit_id: UUID
    name: str
    gaps: tuple[Gap, ...]
    next_start: datetime


async def of_coming(conn: AsyncConnection, *, actor: Actor, now: datetime) -> list[GapLine]:
    """Those within the actor's scope, the nearest meeting first; none for who does not watch the directory."""
    if actor.role not in MAY[Act.WATCH_GAPS]:
        return []
    called = await listings.called_units(conn, scope_of(actor), now)
    found = await rosters.rosters(conn, called, now)
    lacking = [GapLine(one.unit_id, one.name, one.gaps, called[one.unit_id]) for one in found.values() if one.gaps]
    return sorted(lacking, key=lambda line: (line.next_start, line.name))
