"""Patterns for new meetings: seen by who convenes there, kept by coordinators and administrators.

The law of this file: a pattern is made from a meeting that its keeper's side convenes, and belongs to the keeper's
organisation or principal; of whoever keeps for everything it is the convening unit's principal's.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import Meeting
from sip.store import directory_one, patterns
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.patterns import PatternRecord
from sip.store.seen.scope import ScopeKind
from sip.usecases.access import Act, everywhere, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_texts
from sip.usecases.reading.meetings import required
from sip.usecases.recorded import recorded

_WHY = "patterns are words, of nobody's meeting"


async def seen(db: Database, *, actor: Actor, now: datetime) -> list[PatternRecord]:
    """Those that the actor's new meetings can begin with."""
    require_role(actor, Act.CONVENE)
    async with recorded(db, actor, now, nothing=_WHY) as (conn, _):
        return await _seen(conn, actor, now)


async def _seen(conn: AsyncConnection, actor: Actor, now: datetime) -> list[PatternRecord]:
    if everywhere(actor):
        return await patterns.of(conn, [], [], every=True)
    organisation, principal = actor.organisation_id, actor.principal_id
    if actor.unit_id is not None:
        roster = (await rosters.rosters(conn, [actor.unit_id], now)).get(actor.unit_id)
        organisation = roster.organisation_id if roster else None
        principal = roster.principal_id if roster else None
    elif organisation is not None:
        there = await directory_one.organisation(conn, organisation)
        principal = there.principal_id if there else principal
    return await patterns.of(conn, [organisation] if organisation else [], [principal] if principal else [])


async def keep(db: Database, meeting_id: UUID, name: str, by: Command) -> PatternRecord:
    """The text of a meeting, under a name. Raises InvalidError for a name, NotFoundError, ForbiddenError."""
    require_role(by.actor, Act.KEEP_PATTERNS)
    refuse_texts({"name": name})
    if not name.strip():
        raise InvalidError([FieldProblem("name", "required")])
    async with recorded(db, by.actor, by.now) as (conn, log):
        log.note("read", "meeting", meeting_id)
        meeting = (await required(conn, meeting_id, by.actor, Act.CONVENE)).state
        record = _record(meeting, name.strip(), by)
        await patterns.save(conn, record)
    return record


def _record(meeting: Meeting, name: str, by: Command) -> PatternRecord:
    scope = scope_of(by.actor)
    narrow = scope.kind in (ScopeKind.UNIT, ScopeKind.ORGANISATION)
    return PatternRecord(
        uuid5(NAMESPACE, f"pattern/{by.event_id}"), name, meeting.kind, meeting.purpose, meeting.purpose_text,
        meeting.questions, meeting.form, int((meeting.end - meeting.start).total_seconds() // 60),
        meeting.convener.organisation_id if narrow else None, None if narrow else meeting.convener.principal_id,
        by.now,
    )  # fmt: skip


async def change(
    db: Database, pattern_id: UUID, name: str, purpose_text: str, questions: tuple[str, ...], *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Other words in one that the actor keeps. Raises InvalidError, NotFoundError."""
    refuse_texts({"name": name, "purpose_text": purpose_text, "questions": questions})
    async with recorded(db, actor, now, nothing=_WHY) as (conn, _):
        record = await _kept(conn, pattern_id, actor, now)
        await patterns.save(conn, replace(record, name=name, purpose_text=purpose_text, questions=questions))


async def _kept(conn: AsyncConnection, pattern_id: UUID, actor: Actor, now: datetime) -> PatternRecord:
    require_role(actor, Act.KEEP_PATTERNS)
    for one in await _seen(conn, actor, now):
        if one.id == pattern_id:
            return one
    raise NotFoundError("pattern")


async def drop(db: Database, pattern_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Takes one away that the actor keeps. Raises NotFoundError."""
    async with recorded(db, actor, now, nothing=_WHY) as (conn, _):
        await patterns.drop(conn, (await _kept(conn, pattern_id, actor, now)).id)
