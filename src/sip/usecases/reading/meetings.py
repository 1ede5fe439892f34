"""Reading meetings, as an actor may; who read what goes to the access log: the one write a reading causes (rules,
section 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import foreseeing
from sip.domain.decision import Context, Refused
from sip.domain.events import Called
from sip.domain.foreseeing import Foreseen
from sip.domain.meeting import Meeting
from sip.domain.people import Roster
from sip.domain.systemic import Roundabout
from sip.domain.terms import MeetingState
from sip.store import cases, consents
from sip.store.aggregates import journal, meetings, rosters
from sip.store.aggregates.journal import JournalEntry
from sip.store.aggregates.versioned import Versioned
from sip.store.cases import CaseRecord
from sip.store.consents import ConsentLine
from sip.store.db import Database, beyond
from sip.store.seen import listings, lists
from sip.store.seen.listings import DeviationLine
from sip.store.seen.lists import MeetingQuery
from sip.usecases.access import MAY, Act, covers, require_meeting, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.engine.surroundings import Surroundings, World
from sip.usecases.reading import signals
from sip.usecases.reading.matters import NamedOf, named_of
from sip.usecases.recorded import recorded


async def required(
    conn: AsyncConnection, meeting_id: UUID, actor: Actor, act: Act = Act.READ_MEETINGS
) -> Versioned[Meeting]:
    """The meeting as it is, unlocked, if the actor may do this. Raises NotFoundError or ForbiddenError."""
    found = (await meetings.load_many(conn, [meeting_id])).get(meeting_id)
    require_meeting(actor, None if found is None else found.state, act)
    assert found is not None
    return found


async def one(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> Versioned[Meeting]:
    """One meeting. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        return await required(conn, meeting_id, actor)


async def page(db: Database, query: MeetingQuery, *, actor: Actor, now: datetime) -> list[Versioned[Meeting]]:
    """A page of meetings, by start."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        ids = await lists.meetings(conn, scope_of(actor), query)
        found = await meetings.load_many(conn, ids)
        log.note("list", "meeting", *ids)
    return [found[one] for one in ids if one in found]


async def journal_of(
    db: Database, meeting_id: UUID, after: int, limit: int, *, actor: Actor, now: datetime
) -> list[JournalEntry]:
    """The meeting's journal, for the convener's side."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("journal", "meeting", meeting_id)
        await required(conn, meeting_id, actor, Act.READ_JOURNAL)
        return await journal.read(conn, meeting_id, after, limit)


# -- the pages


@dataclass(frozen=True, slots=True)
class MeetingRead:
    """All that a meeting's page shows: its story, its reports, its case where the reader's side keeps it, those of
    its parties that close before it begins, whom a protected one is for, and whether its case goes round.
    """

    meeting: Meeting
    version: int
    entries: list[JournalEntry]
    reports: list[DeviationLine]
    case: CaseRecord | None
    consents: list[ConsentLine]
    closing: dict[UUID, Roster]
    context: Context
    named: Mapping[int, NamedOf]
    roundabout: Roundabout | None


async def whole(db: Database, meeting_id: UUID, *, again: bool = False, actor: Actor, now: datetime) -> MeetingRead:
    """One meeting with all around it; `again`: for an open page that follows along. Raises NotFoundError."""
    async with recorded(db, actor, now, nothing="recorded when it was opened" if again else None) as (conn, log):
        if not again:
            log.note("read", "meeting", meeting_id)
        found = await required(conn, meeting_id, actor)
        meeting = found.state
        context = await _context(conn, meeting, now)
        case = await _kept_case(conn, actor, meeting, context, now)
        # The page shows a called unit the part of the story that is its own party's; consents, of whoever was told, to
        # the side that keeps the case.
        async with beyond(conn):
            entries = await journal.read(conn, meeting_id)
            told = [] if case is None else await consents.read(conn, case.id)
        return MeetingRead(
            meeting,
            found.version,
            entries,
            await listings.deviations(conn, scope_of(actor), meeting=meeting_id, who=actor.id or ""),
            case,
            told,
            _closing(actor, meeting, context),
            context,
            await named_of(conn, meeting, actor, now),
            await signals.of_case(conn, meeting, actor, now),
        )


async def _context(conn: AsyncConnection, meeting: Meeting, now: datetime) -> Context:
    """The world as a decision about the meeting would have it: for what can be done, and what would come of it."""
    around = Surroundings(now, World())
    await around.read(conn, [(meeting, Called())])
    return around.context(meeting, Called())


async def foresee(db: Database, meeting_id: UUID, event: object, *, actor: Actor, now: datetime) -> Foreseen | Refused:
    """What would come of this event. Raises NotFoundError, and ForbiddenError for whoever may not convene."""
    async with recorded(db, actor, now, nothing="she has read the meeting; what she does next is journalled") as (
        conn, _,
    ):  # fmt: skip
        meeting = (await required(conn, meeting_id, actor, Act.CONVENE)).state
        return foreseeing.foresee(meeting, event, await _context(conn, meeting, now))


def _closing(actor: Actor, meeting: Meeting, context: Context) -> dict[UUID, Roster]:
    """The units of a called meeting that will have closed when it begins, where the reader may call another."""
    if meeting.state is not MeetingState.CALLED or actor.role not in MAY[Act.CONVENE]:
        return {}
    there = (context.rosters.get(party.unit_id) for party in meeting.parties if party.active)
    return {one.unit_id: one for one in there if one is not None and one.closed_by(meeting.start)}


async def _kept_case(
    conn: AsyncConnection, actor: Actor, meeting: Meeting, context: Context, now: datetime
) -> CaseRecord | None:
    """The meeting's case, if it is the actor's side that keeps it and her role may."""
    case = await cases.get(conn, meeting.case_id) if actor.role in MAY[Act.KEEP_CASES] else None
    if case is None:
        return None
    keeper = context.rosters.get(case.unit_id) or (await rosters.rosters(conn, [case.unit_id], now)).get(case.unit_id)
    if keeper is None or not covers(actor, keeper.unit_id, keeper.organisation_id, keeper.principal_id):
        return None
    return case


async def current(
    db: Database, meeting_id: UUID, *, actor: Actor, now: datetime, act: Act = Act.READ_MEETINGS
) -> Meeting:
    """The meeting that a form was about, to read the form by. Raises NotFoundError and ForbiddenError."""
    async with recorded(db, actor, now, nothing="she has read it; what she does next is journalled") as (conn, _):
        return (await required(conn, meeting_id, actor, act)).state
