"""What whoever takes attendance is shown: the meeting, its principals, the draft that follows.

The law of this file: the same for who is signed in and for the chair behind her mailed link; each door has judged
before who it is.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.attendance import follow_up_id
from sip.domain.meeting import Meeting
from sip.store.aggregates import meetings
from sip.store.db import Database, beyond
from sip.store.seen import listings
from sip.usecases.access import Act, sees
from sip.usecases.actor import Actor
from sip.usecases.reading.links import Opened, holder
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class AttendanceRead:
    """The meeting, its principals by id and name in no order, and the meeting that its next date has made: also one
    that has been handed over, which the reader may not open (`opens`).
    """

    meeting: Meeting
    version: int
    principals: tuple[tuple[str, str], ...]
    follow_up: Meeting | None
    opens: bool = False


async def desk(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> AttendanceRead:
    """For whoever is signed in and may record. Raises NotFoundError, ForbiddenError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        found = await required(conn, meeting_id, actor, Act.RECORD)
        read = await _read(conn, found.state, found.version)
        return replace(read, opens=read.follow_up is not None and sees(actor, read.follow_up))


async def behind_link(db: Database, opened: Opened, now: datetime) -> AttendanceRead:
    """For the chair behind her link, which has been opened."""
    who = holder(opened.ref)
    async with recorded(db, who, now, nothing="recorded when the link was opened") as (conn, _):
        return await _read(conn, opened.meeting, opened.version)


async def _read(conn: AsyncConnection, meeting: Meeting, version: int) -> AttendanceRead:
    here = {party.principal_id for party in meeting.parties} | {meeting.convener.principal_id}
    named = tuple((str(identity), name) for identity, name in await listings.principals(conn) if identity in here)
    following = follow_up_id(meeting.id)
    async with beyond(conn):  # that there is one and when, wherever it has been handed over to
        found = (await meetings.load_many(conn, [following])).get(following)
    return AttendanceRead(meeting, version, named, None if found is None else found.state)
