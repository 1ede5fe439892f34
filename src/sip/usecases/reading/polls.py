"""A meeting's poll of times as its convener's side reads it, with the agreements that say what notice is fair."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.agreement import Agreement
from sip.domain.meeting import Meeting
from sip.store import agreements
from sip.store.db import Database
from sip.usecases.access import Act
from sip.usecases.actor import Actor
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class PollRead:
    """The meeting, its version, and the agreements of the installation."""

    meeting: Meeting
    version: int
    agreements: tuple[Agreement, ...]


async def of_meeting(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> PollRead:
    """For those who may ask and pick. Raises NotFoundError, ForbiddenError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        found = await required(conn, meeting_id, actor, Act.CONVENE)
        return PollRead(found.state, found.version, await agreements.all_agreements(conn))
