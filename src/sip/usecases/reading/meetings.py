"""Reading meetings, as an actor may; who read what goes to the access log: the one write a reading causes (rules,
section 2).
"""

from datetime import datetime
from uuid import UUID

from sip.domain.meeting import Meeting
from sip.store.aggregates import journal, meetings
from sip.store.aggregates.journal import JournalEntry
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database
from sip.store.seen import access_log, lists
from sip.store.seen.lists import MeetingQuery
from sip.usecases.access import Act, require_meeting, require_role, scope_of
from sip.usecases.actor import Actor


async def one(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> Versioned[Meeting]:
    """One meeting. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
        require_meeting(actor, None if found is None else found.state)
        assert found is not None
        await access_log.record(conn, actor.columns(), "read", "meeting", [str(meeting_id)], now)
    return found


async def page(db: Database, query: MeetingQuery, *, actor: Actor, now: datetime) -> list[Versioned[Meeting]]:
    """A page of meetings, by start."""
    require_role(actor, Act.READ_MEETINGS)
    async with db.transaction(actor) as conn:
        ids = await lists.meetings(conn, scope_of(actor), query)
        found = await meetings.load_many(conn, ids)
        await access_log.record(conn, actor.columns(), "list", "meeting", [str(one) for one in ids], now)
    return [found[one] for one in ids if one in found]


async def journal_of(
    db: Database, meeting_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The meeting's journal, for the convener's side."""
    async with db.transaction(actor) as conn:
        found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
        require_meeting(actor, None if found is None else found.state, Act.READ_JOURNAL)
        await access_log.record(conn, actor.columns(), "journal", "meeting", [str(meeting_id)], now)
        return await journal.read(conn, meeting_id, after, limit)
