"""Attendance: did it take place, who came, when is the next one; first time or corrected (rules, section 8 A1-A2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.attendance import follow_up
from sip.domain.events import MeetingDrafted, OutcomeRecorded
from sip.domain.meeting import Meeting
from sip.domain.terms import Mark, Outcome
from sip.store.db import Database, beyond
from sip.usecases import drafter
from sip.usecases.access import Act, require_meeting
from sip.usecases.commands import Command, handled, hold, meeting_of
from sip.usecases.drafter import DraftedBy
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError, refuse_texts


async def record(
    db: Database,
    meeting_id: UUID,
    outcome: Outcome,
    marks: Mapping[int, Mark],
    by: Command,
    *,
    reason: str | None = None,
    responsible_principal_id: UUID | None = None,
    next_meeting_on: date | None = None,
    own_record_copy: bool = False,
) -> Handled:
    """The outcome, and marks by party ordinal; a correction carries its reason. Reports follow in the same commit, and
    the draft of the next meeting where its day is said.
    """
    who = by.actor.name or by.actor.id or by.actor.kind.value
    event = OutcomeRecorded(
        outcome, tuple(sorted(marks.items())), who, reason, responsible_principal_id, next_meeting_on, own_record_copy
    )
    refuse_texts({"reason": reason})
    async with db.transaction(by.actor) as conn:
        meeting, held = await hold(conn, meeting_id)
        require_meeting(by.actor, meeting, Act.RECORD)
        done = await handled(conn, meeting_id, event, by, held)
        if done.refused is None and next_meeting_on is not None and isinstance(done.state, Meeting):
            await _follow(conn, done.state, next_meeting_on, by)  # refused: the attendance stands (rules, section 8 A1)
    return done


async def follow(db: Database, meeting_id: UUID, by: Command) -> Handled | None:
    """The draft that follows on the next date that was recorded, where none could be made then; None: there is one.

    Raises NotFoundError where no next date was recorded.
    """
    async with db.transaction(by.actor) as conn:
        meeting, _ = await hold(conn, meeting_id)
        found = require_meeting(by.actor, meeting, Act.RECORD)
        if found.next_meeting_on is None:
            raise NotFoundError("next date")
        return await _follow(conn, found, found.next_meeting_on, by)


async def _follow(conn: AsyncConnection, meeting: Meeting, day: date, by: Command) -> Handled | None:
    event = follow_up(meeting, day, by.user_id)
    async with beyond(conn):  # whether there is one, wherever it has been handed over to
        there = await meeting_of(conn, event.id)
    if there is not None:
        return None
    event = await answered_for(conn, event, None, by)
    return await handled(conn, event.id, event, replace(by, seen_version=None))


async def answered_for(
    conn: AsyncConnection, event: MeetingDrafted, who: DraftedBy | None, by: Command
) -> MeetingDrafted:
    """A draft made of an earlier meeting, with a convener whom one reaches: names of staff do not outlive theirs."""
    if not drafter.has_given_way(event.convener):
        return event
    convener = await drafter.of_today(conn, event.convener, who, by.now)
    return replace(event, convener=convener, chair_name=None, chair_email=None)
