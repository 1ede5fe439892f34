"""Lists for the API, page by page from a cursor, within a scope; ids only, what they name is read by its own reader.

The law of this file: every statement takes a `Scope`, or names what it is asked about; what is asked is put into the
text and never tried in SQL (`sip.store.seen.scope`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.aggregates.faults import KINDS
from sip.store.seen.scope import Scope, Seen


@dataclass(frozen=True, slots=True)
class MeetingQuery:
    """What a list of meetings is narrowed to. `after` is the last (start, id) of the page before."""

    state: str | None = None
    reference: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


async def meetings(conn: AsyncConnection, scope: Scope, query: MeetingQuery) -> list[UUID]:
    """Ids of meetings the scope convenes or is called to, by start."""
    seen = Seen(scope)
    asked = "".join((
        seen.given("m.state = {}", query.state), seen.given("m.reference = {}", query.reference),
        seen.given("m.starts_at >= {}", query.begins), seen.given("m.starts_at < {}", query.ends),
        seen.given("(m.starts_at, m.id) > ({}, {})", *query.after or ()),
    ))  # fmt: skip
    return await _ids(
        conn, seen, f"select m.id from meeting m where {seen.meeting()}{asked} order by m.starts_at, m.id", query.limit
    )


async def _ids(conn: AsyncConnection, seen: Seen, sql: str, limit: int) -> list[UUID]:
    rows = await (await db.raw(conn)).fetch(f"{sql} limit {seen.bind(limit)}", *seen.values)
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class DeviationQuery:
    """What a list of reports is narrowed to. `after` is the last (raised, id) of the page before."""

    state: str | None = None
    meeting_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


async def deviations(conn: AsyncConnection, scope: Scope, query: DeviationQuery) -> list[UUID]:
    """Ids of reports between units of the scope, by when they were raised."""
    seen = Seen(scope)
    asked = "".join((
        seen.given("d.state = {}", query.state), seen.given("d.meeting_id = {}", query.meeting_id),
        seen.given("(d.raised_at, d.id) > ({}, {})", *query.after or ()),
    ))  # fmt: skip
    return await _ids(
        conn, seen, f"select d.id from deviation d where {seen.deviation()}{asked} order by d.raised_at, d.id",
        query.limit,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """The claim that a received mail made, as it stands. `said` tells one word of the claimant from her next (the
    digest of its mail), `person` is whose answer it would be."""

    ordinal: int
    kind: str
    answer: str
    email: str
    sender: str | None
    person: str | None
    proposed_start: datetime | None
    proposed_end: datetime | None
    said: str
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class InboundRow:
    """One received mail and what came of it; nothing of its words.

    `convened`: the scope is the convener's side of its meeting, for whom alone its words are (rules, section 3).
    `waits`: the scope has to see to it. `unit`, `reference` and `start` say which call it concerns.
    """

    id: int
    received_at: datetime
    recipient: str
    mail_from: str
    source: str
    judged_at: datetime | None
    outcome: str | None
    reason: str | None
    meeting_id: UUID | None
    party: int | None
    invitation: int | None
    handled_at: datetime | None
    readable: bool
    sha256: bytes
    claim: int | None = None
    answered_by: str | None = None
    flags: Sequence[str] = ()
    claim_state: str | None = None
    convened: bool = False
    waits: bool = False
    unit: str | None = None
    reference: str | None = None
    start: datetime | None = None
    asked: ClaimLine | None = None


_FROM_INBOUND = """from inbound i
 left join meeting m on m.id = i.meeting_id
 left join party p on p.meeting_id = i.meeting_id and p.ordinal = i.party
 left join claim c on c.meeting_id = i.meeting_id and c.ordinal = i.claim
 left join attendee a on a.meeting_id = c.meeting_id and a.party = c.party and a.ordinal = c.attendee"""
_PLAIN = 23


def _waits(seen: Seen) -> str:
    """The scope has to see to it. One claimant has one claim: the mail of her newer word waits, that of her older one
    no longer does."""
    return f"""i.outcome in ('refused', 'quarantine', 'unconfirmed') and i.handled_at is null
 and (m.id is null or {seen.covers("m.convener_")})
 and (i.claim is null or c.state = 'waiting' and m.state = 'called' and not m.started and not exists (
   select 1 from inbound n where n.meeting_id = i.meeting_id and n.claim = i.claim and n.id > i.id))"""


def _inbound_of(seen: Seen) -> str:
    return f"""select i.id, i.received_at, i.recipient, i.mail_from, i.source, i.judged_at, i.outcome, i.reason,
 i.meeting_id, i.party, i.invitation, i.handled_at, i.raw is not null, i.sha256, i.claim, i.answered_by, i.flags,
 c.state, m.id is not null and {seen.covers("m.convener_")}, {_waits(seen)}, p.unit_name, m.reference, m.starts_at,
 c.ordinal, c.kind, c.answer, c.email, c.sender, a.name, c.proposed_start, c.proposed_end, c.stamp_digest,
 c.decided_at, c.decided_by {_FROM_INBOUND} where {seen.inbound()}"""


async def inbound(
    conn: AsyncConnection,
    scope: Scope,
    outcome: str | None = None,
    waiting: bool = False,
    after: int | None = None,
    limit: int = 50,
    *,
    meeting_id: UUID | None = None,
    before: int | None = None,
    latest: bool = False,
    who: str | None = None,
) -> list[InboundRow]:
    """Received mail of the scope's meetings and of none, by number; `waiting`: what the scope has to see to. `who`: of
    a protected meeting that this user is named in, too.

    From after `after` on, or the `latest` before `before`, those the latest first.
    """
    seen = Seen(scope, who=who)
    asked = "".join((
        f" and {_waits(seen)}" if waiting else "",
        seen.given("i.outcome = {}", outcome), seen.given("i.meeting_id = {}", meeting_id),
        seen.given("i.id > {}", after), seen.given("i.id < {}", before),
    ))  # fmt: skip
    sql = f"{_inbound_of(seen)}{asked} order by i.id {'desc' if latest else 'asc'} limit {seen.bind(limit)}"
    return [_inbound(row) for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def inbound_waiting(conn: AsyncConnection, scope: Scope, *, claims: bool = True) -> int:
    """How many received mails of the scope wait for a person, with or without those that made a claim."""
    seen = Seen(scope)
    sql = f"select count(*) {_FROM_INBOUND} where {seen.inbound()} and {_waits(seen)}"
    sql += "" if claims else " and i.claim is null"
    return int(await (await db.raw(conn)).fetchval(sql, *seen.values))


async def one_inbound(
    conn: AsyncConnection, scope: Scope, inbound_id: int, *, who: str | None = None
) -> InboundRow | None:
    """One received mail, if it belongs to a meeting of the scope or to none; `who` as above."""
    seen = Seen(scope, who=who)
    sql = f"{_inbound_of(seen)} and i.id = {seen.bind(inbound_id)}"
    row = await (await db.raw(conn)).fetchrow(sql, *seen.values)
    return None if row is None else _inbound(row)


def _inbound(row: Any) -> InboundRow:
    claim = row[_PLAIN:]
    return replace(InboundRow(*row[:_PLAIN]), asked=None if claim[0] is None else ClaimLine(*claim))


async def cases(conn: AsyncConnection, scope: Scope, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of cases that units of the scope keep."""
    seen = Seen(scope)
    sql = f"select c.id from case_ c where {seen.case()}{seen.given('c.id > {}', after)} order by c.id"
    return await _ids(conn, seen, sql, limit)


async def meetings_on_consent(conn: AsyncConnection, case_id: UUID, now: datetime) -> list[UUID]:
    """Meetings of a case that rest on its consent: called ones that have not begun, and drafts of which a poll waits;
    in the order in which they are locked."""
    sql = (
        "select id from meeting m where case_id = $1 and ((state = 'called' and starts_at > $2) or (state = 'draft'"
        " and exists (select from poll p where p.meeting_id = m.id and p.state in ('open', 'closed')))) order by id"
    )
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, case_id, now)]


async def called_in_case(conn: AsyncConnection, scope: Scope, case_id: UUID) -> bool:
    """Whether a unit of the scope is called to a meeting of the case."""
    seen = Seen(scope)
    sql = f"select m.id from meeting m where m.case_id = {seen.bind(case_id)} and {seen.called()} and not m.protected"
    return bool(await _ids(conn, seen, sql, 1))


async def named_in_case(conn: AsyncConnection, scope: Scope, who: str | None, case_id: UUID) -> bool:
    """Whether this user is named in a meeting of a protected case (rules, section 13)."""
    seen = Seen(scope, who=who or "")
    sql = f"select m.id from meeting m where m.case_id = {seen.bind(case_id)} and m.protected and {seen.meeting()}"
    return bool(await _ids(conn, seen, sql, 1))


async def unknown_organisations(conn: AsyncConnection, ids: Iterable[UUID]) -> list[UUID]:
    """Those of the ids that no organisation has."""
    sql = (
        "select t.id from unnest($1::uuid[]) as t(id) where not exists (select 1 from organisation o where o.id = t.id)"
    )
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, list(set(ids)))]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the service still has to do now, and when something is due next (by the service's clock)."""

    timers: int
    outbox: int
    feedback: int
    inbox: int
    next_due: datetime | None


_DUE = " + ".join(f"(select count(*) from {kind} where due_at <= $1)" for kind in KINDS)
_NEXT_DUE = " union all ".join(f"select min(due_at) as at from {kind}" for kind in KINDS)
_WAITING = f"""select
 {_DUE},
 (select count(*) from outbox where (state = 'pending' and (not_before is null or not_before <= $1))
   or state = 'claimed'),
 (select count(*) from outbox where state in ('sent', 'failed', 'dropped') and fed_back_at is null),
 (select count(*) from inbound where judged_at is null),
 (select min(at) from ({_NEXT_DUE}
   union all select min(not_before) from outbox where state = 'pending' and not_before > $1) d)"""


async def waiting(conn: AsyncConnection, now: datetime) -> Waiting:
    """For demonstrations and tests, which move the clock only when nothing is on its way."""
    row = await (await db.raw(conn)).fetchrow(_WAITING, now)
    return Waiting(*row)
