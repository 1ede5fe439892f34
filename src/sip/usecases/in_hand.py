"""What people do with a meeting at their dashboard: take it over, leave a note, put it off, have a unit asked again.

Each is one command on the meeting, for its convener's side, and stands in its timeline (rules, section 5 L9).
"""

from datetime import datetime
from uuid import UUID

from sip.domain import in_hand
from sip.domain.meeting import Meeting
from sip.store.db import Database
from sip.usecases.access import MAY, Act, convenes, require_meeting
from sip.usecases.actor import Actor
from sip.usecases.commands import Command, command, moment
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import ForbiddenError


def may_have_in_hand(actor: Actor, meeting: Meeting) -> bool:
    """Whether the meeting is the actor's to have in hand: her side convenes, and her role can do something there."""
    return convenes(actor, meeting) and actor.role in MAY[Act.KEEP_IN_HAND]


def _require(actor: Actor, meeting: Meeting | None) -> None:
    found = require_meeting(actor, meeting)
    if not may_have_in_hand(actor, found):
        raise ForbiddenError(MAY[Act.KEEP_IN_HAND], Act.KEEP_IN_HAND)


def _name(actor: Actor) -> str:
    return actor.name or actor.id or actor.kind.value


async def take_over(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """She has it from now on, and whoever looks at her side sees that."""
    event = in_hand.TakenOver(by.actor.id or by.actor.kind.value, _name(by.actor))
    return await command(db, meeting_id, by, lambda meeting: _require(by.actor, meeting), event)


async def remark(db: Database, meeting_id: UUID, text: str, by: Command) -> Handled:
    """A note for one's own side. Raises InvalidError for what free text may not carry."""
    event = in_hand.Remarked(text, _name(by.actor))
    return await command(db, meeting_id, by, lambda meeting: _require(by.actor, meeting), event, {"text": text})


async def snooze(db: Database, meeting_id: UUID, until: datetime, reason: str, by: Command) -> Handled:
    """Out of sight until then; the ladder goes on. Raises InvalidError for what free text may not carry."""
    event = in_hand.Snoozed(moment("until", until), reason, _name(by.actor))
    return await command(db, meeting_id, by, lambda meeting: _require(by.actor, meeting), event, {"reason": reason})


async def wake(db: Database, meeting_id: UUID, by: Command) -> Handled:
    """In sight again."""
    event = in_hand.Woken(_name(by.actor))
    return await command(db, meeting_id, by, lambda meeting: _require(by.actor, meeting), event)


async def ask_again(db: Database, meeting_id: UUID, party: int, by: Command) -> Handled:
    """The unit's mailbox gets the current call once more, now."""
    return await command(db, meeting_id, by, Act.CONVENE, in_hand.AskedAgain(party))
