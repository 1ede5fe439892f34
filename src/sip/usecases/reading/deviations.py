"""Reading deviation reports, as an actor may (rules, section 8 D1)."""

from datetime import datetime
from uuid import UUID

from sip.domain.deviation import DeviationReport
from sip.store.aggregates import deviations, journal
from sip.store.aggregates.journal import JournalEntry
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database
from sip.store.seen import access_log, lists
from sip.store.seen.lists import DeviationQuery
from sip.usecases.access import Act, require_deviation, require_role, scope_of
from sip.usecases.actor import Actor


async def one(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> Versioned[DeviationReport]:
    """One report. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        found = (await deviations.load_many(conn, [report_id])).get(report_id)
        require_deviation(actor, None if found is None else found.state)
        assert found is not None
        await access_log.record(conn, actor.columns(), "read", "deviation", [str(report_id)], now)
    return found


async def page(
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
    query = DeviationQuery(state=state, meeting_id=meeting_id, after=after, limit=limit)
    async with db.transaction(actor) as conn:
        ids = await lists.deviations(conn, scope_of(actor), query)
        found = await deviations.load_many(conn, ids)
        await access_log.record(conn, actor.columns(), "list", "deviation", [str(one) for one in ids], now)
    return [found[one] for one in ids if one in found]


async def journal_of(
    db: Database, report_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The report's journal, for both sides."""
    async with db.transaction(actor) as conn:
        found = (await deviations.load_many(conn, [report_id])).get(report_id)
        require_deviation(actor, None if found is None else found.state)
        await access_log.record(conn, actor.columns(), "journal", "deviation", [str(report_id)], now)
        return await journal.read(conn, report_id, after, limit)
