"""A next date that has passed without a meeting: the follow-up is drafted, or the plan has ended (section 8 A6)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import next_date
from sip.domain.attendance import follow_up, follow_up_id
from sip.domain.events import MeetingDrafted, Moved
from sip.domain.meeting import Convener, Meeting
from sip.domain.terms import MeetingState
from sip.store.aggregates import rosters
from sip.store.db import Database, beyond
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, command, handled, hold, meeting_of
from sip.usecases.engine.handle import Handled


@dataclass(frozen=True, slots=True)
class DraftedBy:
    """Who drafts it, and answers for it where the convener's own address has given way (rules, section 12 K4)."""

    name: str
    email: str


async def end_plan(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """The plan has ended: nobody waits for the next date. Why is neither asked nor kept."""
    return await command(db, meeting_id, by, Act.CONVENE, next_date.PlanEnded())


async def draft(db: Database, meeting_id: UUID, day: date, who: DraftedBy | None, by: Command) -> Handled:
    """The draft of the follow-up, on that day at the same hour: the one that the next date has made is moved, where it
    is a draft of the actor's still; else it is a new one, of the same parties. Without `who`, of a program, the
    convener is the one before.
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
        event = await _answered_for(conn, event, who, by)
        return await handled(conn, event.id, event, replace(by, seen_version=None))


async def _made(conn: AsyncConnection, meeting: Meeting, by: Command) -> Meeting | None:
    """The draft that the next date has made, where it is one still and the actor's to move."""
    there = await meeting_of(conn, follow_up_id(meeting.id))
    if there is None or there.state is not MeetingState.DRAFT:
        return None
    return require_meeting(by.actor, there, Act.CONVENE)


async def _answered_for(
    conn: AsyncConnection, event: MeetingDrafted, who: DraftedBy | None, by: Command
) -> MeetingDrafted:
    """With who drafts it as convener, where nobody can be written to any more: names of staff do not outlive theirs."""
    convener = event.convener
    if "@" in convener.email or who is None:
        return event
    roster = (await rosters.rosters(conn, [convener.unit_id], by.now)).get(convener.unit_id)
    phone = (roster.phone if roster is not None else None) or convener.phone
    own = Convener(
        convener.unit_id, convener.unit_name, convener.organisation_id, convener.principal_id, who.name, who.email,
        phone, convener.language,
    )  # fmt: skip
    return replace(event, convener=own, chair_name=None, chair_email=None)
