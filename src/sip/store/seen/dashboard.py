"""What pages list, read straight from the tables into small frozen values (house, law 11): no domain object is built.

The law of this file: it writes nothing, and every query takes a `Scope`, so that a row outside it is not there. The
standing in SQL is the same word as `sip.domain.standing.standing`; a test holds the two together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import MeetingKind
from sip.domain.standing import Standing
from sip.domain.terms import Form, MeetingState, Obligation, Purpose
from sip.store import db
from sip.store.seen.scope import Scope, Seen

SOON = timedelta(days=5)
"""How near its start a meeting with somebody missing needs a hand even before the engine has asked (calendar days)."""

MOST = 200
"""The most rows a list shows."""


class Need(StrEnum):
    """Why a meeting needs a hand, most pressing first."""

    CLAIM = "claim"
    QUESTION = "question"
    UNDELIVERABLE = "undeliverable"
    CLOSES = "closes"
    UNCOVERED = "uncovered"
    ATTENDANCE = "attendance"
    ANSWER = "answer"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing that needs a hand. `party` and `unit` are None where it concerns the whole meeting."""

    need: Need
    meeting_id: UUID
    reference: str
    purpose: Purpose
    start: datetime
    party: int | None = None
    unit: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class PartyLine:
    ordinal: int
    unit: str
    obligation: Obligation
    standing: Standing


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting in a list. `parties` are those the reader may see; `convening`: the reader's side called it."""

    id: UUID
    reference: str
    kind: MeetingKind
    purpose: Purpose
    form: Form
    start: datetime
    end: datetime
    state: MeetingState
    convener_unit: str
    convening: bool
    parties: tuple[PartyLine, ...] = ()


# Same cases, in the same order, as domain/standing.py.
_STANDS = (
    "exists (select 1 from attendee a where a.meeting_id = p.meeting_id and a.party = p.ordinal"
    " and a.state in ('named', 'accepted'))"
)
_RELEASED = (
    "p.released and p.obligation = 'summoned'"
    " and (r.answer_kind is null or r.answer_kind not in ('attends', 'tentative', 'regrets'))"
)
_STANDING = f"""case
 when p.removed then 'removed'
 when p.redirected_to is not null then 'redirected'
 when {_RELEASED} then 'released'
 when p.excused_at is not null and not (p.released and p.obligation = 'summoned') then 'excused'
 when r.number is null then 'not_called'
 when r.answer_kind = 'regrets' and {_STANDS} then 'substitute_attends'
 when r.answer_kind = 'regrets' and r.substitution_open and not r.substitution_exhausted then 'seeking_substitute'
 when r.answer_kind = 'attends' then case when {_STANDS} then 'attends' else 'name_missing' end
 when r.answer_kind is not null then r.answer_kind
 when {_STANDS} then 'attends'
 when r.undeliverable then 'undeliverable'
 when r.acknowledged_at is null then 'no_answer'
 else 'acknowledged' end"""
_ROUND = "left join party_round r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round"
THERE = "not p.removed and p.redirected_to is null"


def _lines_of(seen: Seen) -> str:
    return f"""select m.id, m.reference, m.kind, m.purpose, m.form, m.starts_at, m.ends_at, m.state,
 m.convener_unit_name, {seen.covers("m.convener_")} from meeting m where {seen.meeting()}"""


def _hands_of(seen: Seen, now: datetime) -> str:
    mine, ours = seen.covers("m.convener_"), seen.covers("p.")
    return f"""select m.id, m.reference, m.purpose, m.starts_at, p.ordinal, p.unit_name, {_STANDING} as standing,
 {mine} as mine, {ours} as ours, r.answer_decided, r.convener_asked, r.phone_only, p.identity_at is not null,
 p.obligation = 'summoned' and not p.released and p.excused_at is null
 and not coalesce(r.stands_without, false), coalesce(u.archived_at <= m.starts_at, false)
 from meeting m join party p on p.meeting_id = m.id join unit u on u.id = p.unit_id {_ROUND}
 where {seen.meeting()} and m.state = 'called' and not m.started and m.ends_at > {seen.bind(now)} and {THERE}
 and p.obligation <> 'convening' and ({mine} or {ours}) order by m.starts_at, m.id, p.ordinal limit 2000"""


def _meeting_hands_of(seen: Seen, now: datetime) -> str:
    mine, at = seen.covers("m.convener_"), seen.bind(now)
    return f"""select m.id, m.reference, m.purpose, m.starts_at, m.state from meeting m
 where {seen.meeting()} and {mine} and ((m.state = 'draft' and m.starts_at > {at})
 or (m.state in ('called', 'ended') and m.ends_at <= {at}))
 order by m.starts_at limit 500"""


def _claim_hands_of(seen: Seen, now: datetime) -> str:
    return f"""select distinct m.id, m.reference, m.purpose, m.starts_at, p.ordinal, p.unit_name, {_STANDING}
 from claim c join meeting m on m.id = c.meeting_id join party p on p.meeting_id = m.id and p.ordinal = c.party {_ROUND}
 where {seen.meeting()} and {seen.covers("m.convener_")} and c.state = 'waiting' and m.state = 'called'
 and not m.started and m.ends_at > {seen.bind(now)} and {THERE} order by m.starts_at, m.id, p.ordinal limit 500"""


QUESTIONS = frozenset(
    {
        Standing.PROPOSES,
        Standing.CONTESTS,
        Standing.REDIRECTS,
        Standing.UNKNOWN_IDENTITY,
        Standing.NOT_OURS,
        Standing.INFORMS,
        Standing.REPRESENTED,
    }
)
"""Standings that wait for the convener (or, for NOT_OURS, the coordinator) to decide."""

_COMES = frozenset({Standing.ATTENDS, Standing.NAME_MISSING, Standing.SUBSTITUTE_ATTENDS})
_WAITS_FOR_UNIT = frozenset({Standing.NO_ANSWER, Standing.ACKNOWLEDGED, Standing.NAME_MISSING})


async def hands(conn: AsyncConnection, scope: Scope, now: datetime) -> list[Hand]:
    """What needs a hand within the scope, the most pressing kind first, then by the meeting's start."""
    raw = await db.raw(conn)

    async def rows(of: Callable[[Seen, datetime], str]) -> Sequence[Any]:
        seen = Seen(scope)
        found: Sequence[Any] = await raw.fetch(of(seen, now), *seen.values)
        return found

    found = [_hand(Need.CLAIM, row) for row in await rows(_claim_hands_of)]
    claimed = {(hand.meeting_id, hand.party) for hand in found}
    for row in await rows(_hands_of):
        need = _need(row, now)
        # Whether somebody comes turns on the claim: one hand is enough.
        if need is not None and not (need is Need.UNCOVERED and (row[0], row[4]) in claimed):
            found.append(_hand(need, row))
    for row in await rows(_meeting_hands_of):
        need = Need.DRAFT if row[4] == MeetingState.DRAFT else Need.ATTENDANCE
        found.append(Hand(need, row[0], row[1], Purpose(row[2]), row[3]))
    order = {need: n for n, need in enumerate(Need)}
    return sorted(found, key=lambda hand: (order[hand.need], hand.start))


def _hand(need: Need, row: Any) -> Hand:
    return Hand(need, row[0], row[1], Purpose(row[2]), row[3], row[4], row[5], Standing(row[6]))


def _need(row: Any, now: datetime) -> Need | None:
    start, standing, mine, ours = row[3], Standing(row[6]), row[7], row[8]
    decided, asked, phone_only, identity, bound, closes = row[9:15]
    if ours and not mine:
        if standing in _WAITS_FOR_UNIT:
            return Need.ANSWER
        return Need.QUESTION if standing is Standing.NOT_OURS else None
    if standing in QUESTIONS and not decided and not (standing is Standing.UNKNOWN_IDENTITY and identity):
        return Need.QUESTION
    if closes:
        return Need.CLOSES
    if standing is Standing.UNDELIVERABLE or (phone_only and standing is Standing.NO_ANSWER):
        return Need.UNDELIVERABLE
    if bound and standing not in _COMES and (asked or start - now <= SOON):
        return Need.UNCOVERED
    return None


async def coming(conn: AsyncConnection, scope: Scope, now: datetime, limit: int = 50) -> list[MeetingLine]:
    """Meetings that have not ended, the nearest first."""
    seen = Seen(scope)
    sql = f"{_lines_of(seen)} and m.state in ('called', 'ended') and m.ends_at > {seen.bind(now)}"
    return await _lines(conn, seen, f"{sql} order by m.starts_at, m.id limit {seen.bind(limit)}")


async def meetings(
    conn: AsyncConnection, scope: Scope, *, reference: str | None = None, before: datetime | None = None
) -> list[MeetingLine]:
    """All meetings within the scope, the latest first; `reference` asks for those of one case."""
    seen = Seen(scope)
    sql = f"{_lines_of(seen)}{seen.given('m.reference = {}', reference)}{seen.given('m.starts_at < {}', before)}"
    return await _lines(conn, seen, f"{sql} order by m.starts_at desc, m.id limit {MOST}")


async def _lines(conn: AsyncConnection, seen: Seen, sql: str) -> list[MeetingLine]:
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    parties = await party_lines(conn, seen.scope, [row[0] for row in rows])
    return [
        MeetingLine(
            id=row[0],
            reference=row[1],
            kind=MeetingKind(row[2]),
            purpose=Purpose(row[3]),
            form=Form(row[4]),
            start=row[5],
            end=row[6],
            state=MeetingState(row[7]),
            convener_unit=row[8],
            convening=row[9],
            parties=parties.get(row[0], ()),
        )
        for row in rows
    ]


async def party_rows(conn: AsyncConnection, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The parties of meetings that are in view, whoever may see them, by meeting and in order. A row: meeting, ordinal,
    unit, obligation, standing, ours, mine, whether the agreement shows the other units."""
    seen = Seen(scope)
    sql = f"""select p.meeting_id, p.ordinal, p.unit_name, p.obligation, {_STANDING} as standing,
 {seen.covers("p.")} as ours, {seen.covers("m.convener_")} as mine, s.show_other_units
 from party p join meeting m on m.id = p.meeting_id join rule_set s on s.hash = p.rule_set {_ROUND}
 where p.meeting_id = any({seen.bind(list(ids))}::uuid[]) and {THERE} order by p.meeting_id, p.ordinal"""
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in await (await db.raw(conn)).fetch(sql, *seen.values):
        rows[row[0]].append(row)
    return rows


async def party_lines(conn: AsyncConnection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, tuple[PartyLine, ...]]:
    """The parties that the reader may see: all of a meeting her side called, else her own and, where the agreement
    shows them, the others (rules, section 3)."""
    found: dict[UUID, tuple[PartyLine, ...]] = {}
    for meeting, parties in (await party_rows(conn, scope, ids)).items():
        everything = any(row[6] or (row[5] and row[7]) for row in parties)
        found[meeting] = tuple(
            PartyLine(row[1], row[2], Obligation(row[3]), Standing(row[4])) for row in parties if everything or row[5]
        )
    return found
