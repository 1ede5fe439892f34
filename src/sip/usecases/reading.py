"""Reading meetings, reports and received mail, as an actor may; who read what goes to the access log.

The one write a reading causes (rules, section 2).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.domain.people import Role
from sip.store.aggregates import deviations, journal, meetings
from sip.store.aggregates.journal import JournalEntry
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database
from sip.store.post import inbox
from sip.store.seen import access_log, lists
from sip.store.seen.lists import DeviationQuery, InboundRow, MeetingQuery, Within, scope_of
from sip.store.vault import Vault
from sip.usecases.access import MAY, Act, everywhere, require_deviation, require_meeting, require_role
from sip.usecases.actor import Actor
from sip.usecases.problems import ConflictError, ForbiddenError, NotFoundError


def within(actor: Actor) -> Within:
    """The actor's scope, as lists know it."""
    return scope_of(actor.unit_id, actor.organisation_id, actor.principal_id)


def _sees_lists(actor: Actor) -> bool:
    """Without a scope only those see anything whose scope is everything."""
    bare = actor.unit_id is None and actor.organisation_id is None and actor.principal_id is None
    return not bare or everywhere(actor)


async def meeting(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> Versioned[Meeting]:
    """One meeting. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
        require_meeting(actor, None if found is None else found.state)
        assert found is not None
        await access_log.record(conn, actor.columns(), "read", "meeting", [str(meeting_id)], now)
    return found


async def meeting_list(db: Database, query: MeetingQuery, *, actor: Actor, now: datetime) -> list[Versioned[Meeting]]:
    """A page of meetings, by start."""
    require_role(actor, Act.READ_MEETINGS)
    if not _sees_lists(actor):
        return []
    async with db.transaction(actor) as conn:
        ids = await lists.meetings(conn, within(actor), query)
        found = await meetings.load_many(conn, ids)
        await access_log.record(conn, actor.columns(), "list", "meeting", [str(one) for one in ids], now)
    return [found[one] for one in ids if one in found]


async def meeting_journal(
    db: Database, meeting_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The meeting's journal, for the convener's side."""
    async with db.transaction(actor) as conn:
        found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
        require_meeting(actor, None if found is None else found.state, Act.READ_JOURNAL)
        await access_log.record(conn, actor.columns(), "journal", "meeting", [str(meeting_id)], now)
        return await journal.read(conn, meeting_id, after, limit)


async def deviation(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> Versioned[DeviationReport]:
    """One report. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        found = (await deviations.load_many(conn, [report_id])).get(report_id)
        require_deviation(actor, None if found is None else found.state)
        assert found is not None
        await access_log.record(conn, actor.columns(), "read", "deviation", [str(report_id)], now)
    return found


async def deviation_list(
    db: Database,
    *,
    state: str | None,
    meeting_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    actor: Actor,
    now: datetime,
) -> list[Versioned[DeviationReport]]:
    """A page of reports, by when they were raised."""
    require_role(actor, Act.READ_DEVIATIONS)
    if not _sees_lists(actor):
        return []
    query = DeviationQuery(
        state=state,
        closed_only=actor.role is Role.BOARD_MEMBER,
        hearings=everywhere(actor) and actor.role is Role.ADMINISTRATOR,
        meeting_id=meeting_id,
        after=after,
        limit=limit,
    )
    async with db.transaction(actor) as conn:
        ids = await lists.deviations(conn, within(actor), query)
        found = await deviations.load_many(conn, ids)
        await access_log.record(conn, actor.columns(), "list", "deviation", [str(one) for one in ids], now)
    return [found[one] for one in ids if one in found]


async def deviation_journal(
    db: Database, report_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The report's journal, for both sides."""
    async with db.transaction(actor) as conn:
        found = (await deviations.load_many(conn, [report_id])).get(report_id)
        require_deviation(actor, None if found is None else found.state)
        await access_log.record(conn, actor.columns(), "journal", "deviation", [str(report_id)], now)
        return await journal.read(conn, report_id, after, limit)


async def inbound_list(
    db: Database,
    *,
    outcome: str | None = None,
    waiting: bool = False,
    meeting_id: UUID | None = None,
    after: int | None = None,
    before: int | None = None,
    latest: bool = False,
    limit: int,
    actor: Actor,
    now: datetime,
) -> Sequence[InboundRow]:
    """A page of received mail, by number; `waiting`: what the actor's side has to see to (see `lists.inbound`)."""
    require_role(actor, Act.READ_INBOUND)
    if not _sees_lists(actor):
        return []
    async with db.transaction(actor) as conn:
        rows = await lists.inbound(
            conn, within(actor), outcome, waiting, after, limit, meeting_id=meeting_id, before=before, latest=latest
        )
        await access_log.record(conn, actor.columns(), "list", "inbound", [str(row.id) for row in rows], now)
    return rows


async def inbound(db: Database, inbound_id: int, *, actor: Actor, now: datetime) -> InboundRow:
    """One received mail and what came of it, nothing of its words. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        row = await _inbound(conn, inbound_id, actor)
        await access_log.record(conn, actor.columns(), "read", "inbound_line", [str(inbound_id)], now)
    return row


async def _inbound(conn: AsyncConnection, inbound_id: int, actor: Actor) -> InboundRow:
    require_role(actor, Act.READ_INBOUND)
    row = await lists.one_inbound(conn, within(actor), inbound_id) if _sees_lists(actor) else None
    if row is None:
        raise NotFoundError("mail")
    return row


def reads_words(actor: Actor, row: InboundRow) -> bool:
    """Whether the mail's own words are hers to read: of the convener's side; of no meeting, who keeps the whole
    installation (rules, section 3)."""
    return row.convened if row.meeting_id is not None else everywhere(actor)


def sees_to(row: InboundRow) -> bool:
    """Whether it is her side's to see to; what a called unit wrote to another's meeting she only sees."""
    return row.meeting_id is None or row.convened


async def inbound_raw(db: Database, vault: Vault, inbound_id: int, *, actor: Actor, now: datetime) -> bytes:
    """The mail as it came; reading it is logged. Raises NotFoundError when it has been removed or is not hers."""
    async with db.transaction(actor) as conn:
        row = await _inbound(conn, inbound_id, actor)
        found = await inbox.read_raw(conn, vault, inbound_id, actor.columns(), now) if reads_words(actor, row) else None
    if found is None:
        raise NotFoundError("mail")
    return found


async def inbound_seen_to(db: Database, inbound_id: int, *, actor: Actor, now: datetime) -> InboundRow:
    """A person has seen to it: it leaves the list of what waits. A claim is decided instead (ConflictError)."""
    async with db.transaction(actor) as conn:
        row = await _inbound(conn, inbound_id, actor)
        if not sees_to(row):
            raise ForbiddenError(MAY[Act.READ_INBOUND])
        if row.waits and row.claim is not None:
            raise ConflictError("claim_waits")
        await inbox.see_to(conn, inbound_id, now)
        await access_log.record(conn, actor.columns(), "see_to", "inbound", [str(inbound_id)], now)
        return await _inbound(conn, inbound_id, actor)
