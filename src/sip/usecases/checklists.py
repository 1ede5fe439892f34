"""The list of what is to be done around a meeting: read and ticked by anybody of the convener's side."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.checklist import ChecklistItem, checklist
from sip.domain.meeting import Meeting
from sip.store import checklists
from sip.store.checklists import Tick
from sip.store.db import Database
from sip.usecases.access import Act
from sip.usecases.actor import Actor
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class ChecklistRead:
    """A meeting with its lines, each with who ticked it; what was ticked before the meeting changed stands last."""

    meeting: Meeting
    lines: tuple[tuple[ChecklistItem, Tick | None], ...]


async def read(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> ChecklistRead:
    """The list. Raises NotFoundError, and ForbiddenError for who is not of the convener's side."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        meeting = (await required(conn, meeting_id, actor, Act.RECORD)).state
        done = {one.item: one for one in await checklists.ticks(conn, meeting_id)}
    items = checklist(meeting.kind, meeting.purpose, meeting.form, meeting.place.kind)
    return ChecklistRead(meeting, tuple((item, done.get(item)) for item in dict.fromkeys((*items, *done))))


async def tick(db: Database, meeting_id: UUID, item: ChecklistItem, done: bool, *, actor: Actor, now: datetime) -> None:
    """One line is done, or not after all. Raises NotFoundError, ForbiddenError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("tick" if done else "untick", "meeting", meeting_id)
        await required(conn, meeting_id, actor, Act.RECORD)
        if done:
            await checklists.tick(conn, meeting_id, item, actor.name or "", now)
        else:
            await checklists.untick(conn, meeting_id, item)
