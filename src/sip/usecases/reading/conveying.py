"""The called units that have not been told whom a meeting concerns, for who tells them (rules, section 3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.convener import awaits_identity
from sip.domain.meeting import Meeting, Party
from sip.store.db import Database
from sip.store.seen import listings
from sip.usecases.access import Act
from sip.usecases.actor import Actor
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class Untold:
    """A meeting as it is, its version, and each unit that waits to be told with its organisation's name."""

    meeting: Meeting
    version: int
    parties: tuple[tuple[Party, str], ...]


async def untold(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> Untold:
    """Raises NotFoundError, and ForbiddenError for who does not convene it."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        found = await required(conn, meeting_id, actor, Act.CONVENE)
        waiting = [party for party in found.state.parties if awaits_identity(party)]
        names = await listings.place_names(conn, [party.organisation_id for party in waiting])
    return Untold(found.state, found.version, tuple((one, names.get(one.organisation_id, "")) for one in waiting))
