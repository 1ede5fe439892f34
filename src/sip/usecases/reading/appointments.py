"""Meetings and answers for record systems: read as an actor may, with when each was last changed.

The law of this file: what a search gives is narrowed by the one rule of visibility (`sip.store.seen.scope`), read as
the actor, and goes to the access log as every other reading.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import Meeting, Party
from sip.domain.terms import Obligation
from sip.store.aggregates import meetings
from sip.store.db import Database, beyond
from sip.store.seen import appointments as seen
from sip.store.seen.appointments import AppointmentQuery, ResponseQuery
from sip.usecases.access import Act, convenes, has_party, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class ShownMeeting:
    """A meeting as it is, its version, and when anything about it was last recorded."""

    meeting: Meeting
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """The answer that stands for a party, with its meeting."""

    shown: ShownMeeting
    party: Party


def parties_seen(actor: Actor, meeting: Meeting) -> list[Party]:
    """The parties still of the meeting that the actor may see: all of one her side called, else her own."""
    mine = convenes(actor, meeting)
    return [party for party in meeting.parties if party.active and (mine or has_party(actor, party))]


def own_party(actor: Actor, meeting: Meeting, unit_id: UUID) -> Party | None:
    """The called party of this unit, of those that the actor may see."""
    called = (party for party in parties_seen(actor, meeting) if party.obligation is not Obligation.CONVENING)
    return next((party for party in called if party.unit_id == unit_id), None)


async def page(db: Database, query: AppointmentQuery, *, actor: Actor, now: datetime) -> list[ShownMeeting]:
    """A page of meetings, in the order that is asked for."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        if not query.asks_heads:
            ids = await seen.appointments(conn, scope_of(actor), query)
        else:
            async with beyond(conn):  # heads of journals, of the meetings that her scope itself finds
                ids = await seen.appointments(conn, scope_of(actor), query)
        found = await _shown(conn, ids)
        log.note("list", "meeting", *ids)
    return [found[one] for one in ids if one in found]


async def one(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> ShownMeeting:
    """One meeting. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        await required(conn, meeting_id, actor)
        return (await _shown(conn, [meeting_id]))[meeting_id]


async def responses(db: Database, query: ResponseQuery, *, actor: Actor, now: datetime) -> list[PartyAnswer]:
    """A page of answers, by the start of their meetings."""
    require_role(actor, Act.READ_MEETINGS)
    async with recorded(db, actor, now) as (conn, log):
        asked = await seen.responses(conn, scope_of(actor), query)
        found = await _shown(conn, list(dict.fromkeys(meeting for meeting, _ in asked)))
        log.note("list", "meeting", *found)
    return [PartyAnswer(found[meeting], found[meeting].meeting.party(party)) for meeting, party in asked]


async def response(db: Database, meeting_id: UUID, party: int, *, actor: Actor, now: datetime) -> PartyAnswer:
    """The answer that stands for one party. Raises NotFoundError."""
    shown = await one(db, meeting_id, actor=actor, now=now)
    called = (p for p in parties_seen(actor, shown.meeting) if p.obligation is not Obligation.CONVENING)
    found = next((p for p in called if p.ordinal == party), None)
    if found is None or found.round is None or found.round.answer is None:
        raise NotFoundError("party")
    return PartyAnswer(shown, found)


async def _shown(conn: AsyncConnection, ids: list[UUID]) -> dict[UUID, ShownMeeting]:
    found = await meetings.load_many(conn, ids)
    async with beyond(conn):  # when something was recorded, of meetings that were read as hers
        changed = await seen.changed_at(conn, list(found))
    return {key: ShownMeeting(one.state, one.version, changed[key]) for key, one in found.items()}
