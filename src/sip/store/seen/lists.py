"""Lists for the API, page by page from a cursor, within a scope; ids only, what they name is read by its own reader.

A scope is a unit, else an organisation, else a principal, else (all three None) the whole installation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.aggregates.faults import KINDS


@dataclass(frozen=True, slots=True)
class Within:
    """What is looked in, the narrowest part alone."""

    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None

    def bind(self) -> tuple[UUID | None, UUID | None, UUID | None]:
        return self.unit_id, self.organisation_id, self.principal_id


def scope_of(unit_id: UUID | None, organisation_id: UUID | None, principal_id: UUID | None) -> Within:
    """The narrowest of the three."""
    if unit_id is not None:
        return Within(unit_id=unit_id)
    if organisation_id is not None:
        return Within(organisation_id=organisation_id)
    return Within(principal_id=principal_id)


def _in(prefix: str) -> str:
    return (
        f"($1::uuid is null or {prefix}unit_id = $1) and ($2::uuid is null or {prefix}organisation_id = $2)"
        f" and ($3::uuid is null or {prefix}principal_id = $3)"
    )


_CALLED = (
    f"exists (select 1 from party p where p.meeting_id = m.id and p.obligation <> 'convening' and not p.removed"
    f" and {_in('p.')})"
)
_SEEN = f"(({_in('m.convener_')}) or (m.called_at is not null and {_CALLED}))"


@dataclass(frozen=True, slots=True)
class MeetingQuery:
    """What a list of meetings is narrowed to. `after` is the last (start, id) of the page before."""

    state: str | None = None
    reference: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


_MEETINGS = f"""select m.id from meeting m where {_SEEN}
 and ($4::text is null or m.state = $4) and ($5::text is null or m.reference = $5)
 and ($6::timestamptz is null or m.starts_at >= $6) and ($7::timestamptz is null or m.starts_at < $7)
 and ($8::timestamptz is null or (m.starts_at, m.id) > ($8, $9::uuid))
 order by m.starts_at, m.id limit $10"""


async def meetings(conn: AsyncConnection, within: Within, query: MeetingQuery) -> list[UUID]:
    """Ids of meetings the scope convenes or is called to, by start."""
    start, last = query.after or (None, None)
    rows = await (await db.raw(conn)).fetch(
        _MEETINGS, *within.bind(), query.state, query.reference, query.begins, query.ends, start, last, query.limit
    )
    return [row[0] for row in rows]


# During the hearing only the two units see a report (rules, section 8 D1), and an administrator of everything.
_SIDES = (
    f"(({_in('d.reporting_')}) or ({_in('d.receiving_')}))"
    " and (d.state <> 'hearing' or $1::uuid is not null or ($2::uuid is null and $3::uuid is null and $6))"
)
_DEVIATIONS = f"""select d.id from deviation d where {_SIDES} and ($4::text is null or d.state = $4)
 and (not $5 or d.state = 'closed') and ($7::uuid is null or d.meeting_id = $7)
 and ($8::timestamptz is null or (d.raised_at, d.id) > ($8, $9::uuid)) order by d.raised_at, d.id limit $10"""


@dataclass(frozen=True, slots=True)
class DeviationQuery:
    """What a list of reports is narrowed to. `hearings`: an unbounded scope may see hearings, too."""

    state: str | None = None
    closed_only: bool = False
    hearings: bool = False
    meeting_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


async def deviations(conn: AsyncConnection, within: Within, query: DeviationQuery) -> list[UUID]:
    """Ids of reports between units of the scope, by when they were raised."""
    raised, last = query.after or (None, None)
    rows = await (await db.raw(conn)).fetch(
        _DEVIATIONS, *within.bind(), query.state, query.closed_only, query.hearings, query.meeting_id, raised, last,
        query.limit,
    )  # fmt: skip
    return [row[0] for row in rows]


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


_CONVENES = _in("m.convener_")
# One claimant has one claim: the mail of her newer word waits, that of her older one no longer does.
_WAITS = f"""i.outcome in ('refused', 'quarantine', 'unconfirmed') and i.handled_at is null
 and (m.id is null or ({_CONVENES}))
 and (i.claim is null or c.state = 'waiting' and m.state = 'called' and not m.started and not exists (
   select 1 from inbound n where n.meeting_id = i.meeting_id and n.claim = i.claim and n.id > i.id))"""
# Mail about a meeting is there for its convener's side, and for the called unit it came from; of what belongs to no
# meeting, only for the whole installation and for the principal whose own mail domain it came from.
_INBOUND_SEEN = f"""case when m.id is not null then ({_CONVENES}) or (m.called_at is not null and exists (
   select 1 from party o where o.meeting_id = m.id and o.ordinal = i.party and o.obligation <> 'convening'
     and not o.removed and {_in("o.")}))
 when $1::uuid is not null then false
 else ($2::uuid is null and $3::uuid is null) or exists (
   select 1 from organisation_domain d join organisation o on o.id = d.organisation_id
   where d.domain = lower(split_part(coalesce(nullif(i.mail_from, ''), i.answered_by), '@', 2))
     and ($2::uuid is null or o.id = $2) and ($3::uuid is null or o.principal_id = $3)) end"""
_FROM_INBOUND = """from inbound i
 left join meeting m on m.id = i.meeting_id
 left join party p on p.meeting_id = i.meeting_id and p.ordinal = i.party
 left join claim c on c.meeting_id = i.meeting_id and c.ordinal = i.claim
 left join attendee a on a.meeting_id = c.meeting_id and a.party = c.party and a.ordinal = c.attendee"""
_INBOUND = f"""select i.id, i.received_at, i.recipient, i.mail_from, i.source, i.judged_at, i.outcome, i.reason,
 i.meeting_id, i.party, i.invitation, i.handled_at, i.raw is not null, i.sha256, i.claim, i.answered_by, i.flags,
 c.state, m.id is not null and ({_CONVENES}), {_WAITS}, p.unit_name, m.reference, m.starts_at,
 c.ordinal, c.kind, c.answer, c.email, c.sender, a.name, c.proposed_start, c.proposed_end, c.stamp_digest,
 c.decided_at, c.decided_by {_FROM_INBOUND}"""
_PLAIN = 23


async def inbound(
    conn: AsyncConnection,
    within: Within,
    outcome: str | None = None,
    waiting: bool = False,
    after: int | None = None,
    limit: int = 50,
    *,
    meeting_id: UUID | None = None,
    before: int | None = None,
    latest: bool = False,
) -> list[InboundRow]:
    """Received mail of the scope's meetings and of none, by number; `waiting`: what the scope has to see to.

    From after `after` on, or the `latest` before `before`, those the latest first.
    """
    sql = (
        f"{_INBOUND} where {_INBOUND_SEEN} and ($4::text is null or i.outcome = $4)"
        f" and (not $5 or ({_WAITS})) and ($6::uuid is null or i.meeting_id = $6)"
        " and ($7::bigint is null or i.id > $7) and ($8::bigint is null or i.id < $8)"
        f" order by i.id {'desc' if latest else 'asc'} limit $9"
    )
    rows = await (await db.raw(conn)).fetch(
        sql, *within.bind(), outcome, waiting, meeting_id, after, before, limit
    )  # fmt: skip
    return [_inbound(row) for row in rows]


async def inbound_waiting(conn: AsyncConnection, within: Within, *, claims: bool = True) -> int:
    """How many received mails of the scope wait for a person, with or without those that made a claim."""
    sql = f"select count(*) {_FROM_INBOUND} where {_INBOUND_SEEN} and {_WAITS} and ($4 or i.claim is null)"
    return int(await (await db.raw(conn)).fetchval(sql, *within.bind(), claims))


async def one_inbound(conn: AsyncConnection, within: Within, inbound_id: int) -> InboundRow | None:
    """One received mail, if it belongs to a meeting of the scope or to none."""
    sql = f"{_INBOUND} where {_INBOUND_SEEN} and i.id = $4"
    row = await (await db.raw(conn)).fetchrow(sql, *within.bind(), inbound_id)
    return None if row is None else _inbound(row)


def _inbound(row: Any) -> InboundRow:
    claim = row[_PLAIN:]
    return replace(InboundRow(*row[:_PLAIN]), asked=None if claim[0] is None else ClaimLine(*claim))


async def cases(conn: AsyncConnection, within: Within, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of cases that units of the scope keep."""
    sql = (
        "select c.id from case_ c join unit u on u.id = c.unit_id join organisation o on o.id = u.organisation_id"
        " where ($1::uuid is null or u.id = $1) and ($2::uuid is null or o.id = $2)"
        " and ($3::uuid is null or o.principal_id = $3) and ($4::uuid is null or c.id > $4) order by c.id limit $5"
    )
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *within.bind(), after, limit)]


async def called_meetings_of_case(conn: AsyncConnection, case_id: UUID, now: datetime) -> list[UUID]:
    """Called meetings of a case that have not begun, in the order in which they are locked."""
    sql = "select id from meeting where case_id = $1 and state = 'called' and starts_at > $2 order by id"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, case_id, now)]


async def called_in_case(conn: AsyncConnection, within: Within, case_id: UUID) -> bool:
    """Whether a unit of the scope is called to a meeting of the case."""
    sql = f"select 1 from meeting m where m.case_id = $4 and m.called_at is not null and {_CALLED} limit 1"
    return await (await db.raw(conn)).fetchval(sql, *within.bind(), case_id) is not None


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
