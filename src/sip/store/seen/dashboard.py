"""What pages list, read straight from the tables into small frozen values (house, law 11): no domain object is built.

The law of this file: it writes nothing, and every query takes a `Scope`, so that a row outside it is not there. The
standing in SQL is the same word as `sip.domain.standing.standing`; a test holds the two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import MeetingKind
from sip.domain.bounds import LONGEST_MEETING
from sip.domain.standing import Standing
from sip.domain.terms import Form, MeetingState, Obligation, Purpose
from sip.store import db
from sip.store.seen.scope import Scope, Seen

MOST = 200
"""The most rows a list shows."""


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A called unit in a list. `ours`: the unit is within the reader's scope."""

    ordinal: int
    unit: str
    obligation: Obligation
    standing: Standing
    unit_id: UUID
    ours: bool


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
_STANDS = "a.party is not null"
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
# Meetings, rounds and people of all at once, not looked up for each party anew.
_OF_ALL = """with r as materialized (select * from party_round where meeting_id = {0}),
 m as materialized (select * from meeting where id = {0}),
 a as materialized (select distinct meeting_id, party from attendee where meeting_id = {0}
  and state in ('named', 'accepted'))"""
_BESIDE = (
    "left join r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round"
    " left join a on a.meeting_id = p.meeting_id and a.party = p.ordinal"
)
"""A party's round, and whether somebody stands for it."""
THERE = "not p.removed and p.redirected_to is null"


def lines_of(seen: Seen) -> str:
    """The beginning of a statement that gives meetings in view, as `lines_where` reads them."""
    return f"""select m.id, m.reference, m.kind, m.purpose, m.form, m.starts_at, m.ends_at, m.state,
 m.convener_unit_name, {seen.covers("m.convener_")} from meeting m where {seen.meeting()}"""


async def coming(
    conn: AsyncConnection, scope: Scope, now: datetime, limit: int = 50, *, only: Sequence[UUID] | None = None
) -> list[MeetingLine]:
    """Meetings that have not ended, the nearest first; `only`: of these."""
    seen = Seen(scope)
    sql = f"""{lines_of(seen)} and m.state in ('called', 'ended') and m.ends_at > {seen.bind(now)}
 and m.starts_at > {seen.bind(now - LONGEST_MEETING)}
 {seen.given("m.id = any({}::uuid[])", None if only is None else list(only))}"""
    return await lines_where(conn, seen, f"{sql} order by m.starts_at, m.id limit {seen.bind(limit)}")


async def lines_where(conn: AsyncConnection, seen: Seen, sql: str) -> list[MeetingLine]:
    """The lines that a statement gives, with the parties that the reader may see."""
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
    unit, obligation, standing, ours, mine, whether the agreement shows the other units, the unit's id."""
    seen = Seen(scope)
    asked = f"any({seen.bind(list(ids))}::uuid[])"
    sql = f"""{_OF_ALL.format(asked)}
 select p.meeting_id, p.ordinal, p.unit_name, p.obligation, {_STANDING} as standing,
 {seen.covers("p.")} as ours, {seen.covers("m.convener_")} as mine, s.show_other_units,
 p.unit_id from party p join m on m.id = p.meeting_id join rule_set s on s.hash = p.rule_set {_BESIDE}
 where p.meeting_id = {asked} and {THERE} order by p.meeting_id, p.ordinal"""
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
            PartyLine(row[1], row[2], Obligation(row[3]), Standing(row[4]), row[8], row[5])
            for row in parties
            if everything or row[5]
        )
    return found
