"""Reading deviation reports, as an actor may (rules, section 8 D1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.store import registrations
from sip.store.aggregates import deviations, journal
from sip.store.aggregates.journal import JournalEntry
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database, beyond
from sip.store.registrations import Registration
from sip.store.seen import listings, lists
from sip.store.seen.listings import DeviationLine
from sip.store.seen.lists import DeviationQuery
from sip.usecases.access import Act, is_named, require_deviation, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.commands import meeting_of
from sip.usecases.recorded import recorded


async def one(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> Versioned[DeviationReport]:
    """One report. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "deviation", report_id)
        return await required_report(conn, report_id, actor)


async def required_report(conn: AsyncConnection, report_id: UUID, actor: Actor) -> Versioned[DeviationReport]:
    """The report, if the actor sees it. Raises NotFoundError."""
    found = (await deviations.load_many(conn, [report_id])).get(report_id)
    report = None if found is None else found.state
    require_deviation(actor, report, named=await named_for(conn, report, actor))
    assert found is not None
    return found


async def named_for(conn: AsyncConnection, report: DeviationReport | None, actor: Actor) -> bool:
    """Whether the actor is named in the protected meeting that the report is of."""
    if report is None or report.meeting_id is None or not report.protected:
        return False
    meeting = await meeting_of(conn, report.meeting_id)
    return meeting is not None and is_named(actor, meeting)


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
    async with recorded(db, actor, now) as (conn, log):
        ids = await lists.deviations(conn, scope_of(actor), query)
        found = await deviations.load_many(conn, ids)
        log.note("list", "deviation", *ids)
    return [found[one] for one in ids if one in found]


async def journal_of(
    db: Database, report_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The report's journal, for both sides."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("journal", "deviation", report_id)
        await required_report(conn, report_id, actor)
        return await journal.read(conn, report_id, after, limit)


# -- the pages


@dataclass(frozen=True, slots=True)
class DeviationRead:
    """A report with the meeting it is about, if any, both their stories, and its likes: others that it may go on in.
    What the actor's own authorities have noted of it, by their ids.
    """

    report: DeviationReport
    version: int
    meeting: Meeting | None
    entries: list[JournalEntry]
    likes: list[DeviationLine]
    registrations: dict[UUID, Registration]


async def whole(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> DeviationRead:
    """One report with all around it. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "deviation", report_id)
        found = await required_report(conn, report_id, actor)
        report = found.state
        async with beyond(conn):  # of the meeting and its story the page shows what is of the report's party
            entries = await journal.read(conn, report_id)
            meeting = None
            if report.meeting_id is not None:
                meeting = await meeting_of(conn, report.meeting_id)
                entries = [*await journal.read(conn, report.meeting_id), *entries]
        likes = await listings.likes(conn, scope_of(actor), report_id)
        noted = await registrations.of_report(conn, report_id)
        return DeviationRead(report, found.version, meeting, entries, likes, noted)


async def lines(db: Database, *, actor: Actor, now: datetime) -> list[DeviationLine]:
    """The reports that the actor may see, the latest first."""
    require_role(actor, Act.READ_DEVIATIONS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "deviations", None)
        return await listings.deviations(conn, scope_of(actor))
