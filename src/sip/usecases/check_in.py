"""Whoever is at a meeting says so herself, by the link and the QR code of its room (rules, section 8 A5).

The law of this file: the token is proof enough of being there, and of nothing else; a wrong one opens nothing, and a
look keeps nothing but its row in the access log.
"""

import hmac
from datetime import datetime
from uuid import UUID

from sip.domain.check_in import OPENS
from sip.domain.events import CheckedIn
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState
from sip.store.aggregates import meetings
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.commands import Command, command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError, refuse_texts
from sip.usecases.recorded import recorded

ROOM = Actor(ActorKind.MAIL, name="check-in")
"""Whoever holds the link of a room, before she has said who she is."""


def who_is_there(name: str | None = None) -> Actor:
    """She who has said who she is."""
    return Actor(ActorKind.MAIL, name=name or ROOM.name)


def is_open(meeting: Meeting, now: datetime) -> bool:
    """Whether one can check in now."""
    if meeting.protected:
        return False
    return meeting.state in (MeetingState.CALLED, MeetingState.ENDED) and now >= meeting.start - OPENS


async def room(db: Database, vault: Vault, meeting_id: UUID, token: str, now: datetime) -> Meeting:
    """The meeting of this link. Raises NotFoundError for a wrong token, and for what was never called or
    is protected.
    """
    async with recorded(db, ServicePart.LINKS, now) as (conn, log):
        found = None
        if _right(vault, meeting_id, token):
            found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
        if found is None or found.state.called_at is None or found.state.protected:
            raise NotFoundError("link")
        log.note("read", "meeting", meeting_id, by=ROOM)
        return found.state


async def check_in(db: Database, vault: Vault, meeting_id: UUID, token: str, event: CheckedIn, by: Command) -> Handled:
    """She is there. Raises NotFoundError as `room`, InvalidError for what a name may not carry."""

    def may(meeting: Meeting | None) -> None:
        if meeting is None or meeting.called_at is None or meeting.protected or not _right(vault, meeting_id, token):
            raise NotFoundError("link")

    refuse_texts({"name": event.name})
    return await command(db, meeting_id, by, may, event)


def _right(vault: Vault, meeting_id: UUID, token: str) -> bool:
    return hmac.compare_digest(vault.room(meeting_id).encode(), token.lower().encode())
