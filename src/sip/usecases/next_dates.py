"""A next date that has passed without a meeting: the follow-up is drafted, or the plan has ended (section 8 A6)."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import next_date
from sip.domain.attendance import follow_up, follow_up_id
from sip.domain.events import Moved
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState
from sip.store.db import Database, beyond
from sip.usecases import attendance
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, command, handled, hold, meeting_of
from sip.usecases.drafter import DraftedBy
from sip.usecases.engine.handle import Handled


async def end_plan(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """The plan has ended: nobody waits for the next date. Why is neither asked nor kept."""
    return await command(db, meeting_id, by, Act.CONVENE, next_date.PlanEnded())


async def draft(db: Database, meeting_id: UUID, day: date, who: DraftedBy | None, by: Command) -> Handled:
    """The draft of the follow-up, on that day at the same hour: the one that the next date has made is moved, where it
    is a draft of the actor's still; else it is a new one, of the same parties. `who` makes it, and
    convenes where the one before has given way (`sip.usecases.drafter`); None: a program.
    """
    async with db.transaction(by.actor) as conn:
        meeting, _ = await hold(conn, meeting_id)
        found = require_meeting(by.actor, meeting, Act.CONVENE)
        made = await _made(conn, found, by)
        event = follow_up(found, day, by.user_id)
        if made is not None:
            moved = Moved(event.start, event.end, made.form, made.place)
            return await handled(conn, made.id, moved, replace(by, seen_version=None))
        async with beyond(conn):
            taken = await meeting_of(conn, event.id) is not None
        if taken:
            event = replace(event, id=uuid5(meeting_id, f"follow-up/{day}"))
        event = await attendance.answered_for(conn, event, who, by)
        return await handled(conn, event.id, event, replace(by, seen_version=None))


async def _made(conn: AsyncConnection, meeting: Meeting, by: Command) -> Meeting | None:
    """The draft that the next date has made, where it is one still and the actor's to move."""
    there = await meeting_of(conn, follow_up_id(meeting.id))
    if there is None or there.state is not MeetingState.DRAFT:
        return None
    return require_meeting(by.actor, there, Act.CONVENE)
