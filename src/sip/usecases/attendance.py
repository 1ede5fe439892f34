"""Attendance: did it take place, who came; first time or corrected (rules, section 8 A1-A2)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sip.domain.events import OutcomeRecorded
from sip.domain.terms import Mark, Outcome
from sip.store.db import Database
from sip.usecases.access import Act
from sip.usecases.commands import Command, command
from sip.usecases.engine.handle import Handled


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
    """The outcome, and marks by party ordinal; a correction carries its reason. Reports follow in the same commit."""
    who = by.actor.name or by.actor.id or by.actor.kind.value
    event = OutcomeRecorded(
        outcome, tuple(sorted(marks.items())), who, reason, responsible_principal_id, next_meeting_on, own_record_copy
    )
    return await command(db, meeting_id, by, Act.RECORD, event, {"reason": reason})
