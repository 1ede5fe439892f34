"""Which meetings need a hand, from what stands beside them: what is alive alone, the first to be too late first.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there. It names only
what may need one; what is needed, the rules say of each (`sip.domain.needs`). What stands beside a meeting may be too
early, never too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.seen.scope import Scope, ScopeKind, Seen


class Whose(StrEnum):
    """Whose meetings a dashboard shows: those one has oneself, those of one's own units, all in view."""

    MINE = "mine"
    UNIT = "unit"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks: her id to the service, her address, and the units that she has a role in."""

    id: str
    email: str = ""
    units: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class MayNeed:
    """A meeting that may need a hand. `closes`: a called unit closes before it begins."""

    id: UUID
    too_late: datetime
    closes: bool


@dataclass(frozen=True, slots=True)
class HandPage:
    """One page of those: after (too late, id) of the one before; `only` these ids, and no others are looked for or
    counted; or of all that are counted those `among` these ids."""

    whose: Whose = Whose.ALL
    after: tuple[datetime, UUID] | None = None
    limit: int = 20
    only: Sequence[UUID] | None = None
    among: Sequence[UUID] | None = None


def _mine(seen: Seen, looker: Looker, whose: Whose, m: str = "m") -> str:
    """Whoever has taken a meeting over has it; until then the person that the call names."""
    if whose is Whose.MINE:
        named = f"({m}.keeper_id is null and {m}.convener_folded = {seen.bind(looker.email.lower())})"
        return f" and ({m}.keeper_id = {seen.bind(looker.id)} or {named})"
    if whose is Whose.UNIT:
        return f" and {m}.convener_unit_id = any({seen.bind(list(looker.units))}::uuid[])"
    return ""


def _open(seen: Seen) -> str:
    return seen.open("m.protected", "m.id")


def _convened(seen: Seen, looker: Looker, page: HandPage, at: str, only: str) -> str:
    """A draft whose day has been needs nobody, unless it has asked for another that is still ahead; nor does a next
    date that another meeting of the case has come for (`sip.store.next_dates`), as far as the reader sees it."""
    asks = f"""exists (select 1 from poll q join poll_time t on t.meeting_id = q.meeting_id
 where q.meeting_id = m.id and q.state in ('open', 'closed') and t.starts_at > {at})"""
    return f"""select m.id, m.too_late_at as at, false as closes from meeting m
 where {seen.covers("m.convener_")} and {_open(seen)} and m.hand_from <= {at}
 and (m.state <> 'draft' or m.starts_at > {at} or {asks})
 and (m.state <> 'closed' or not exists (select 1 from meeting o where o.case_id = m.case_id and o.id <> m.id
 and o.starts_at >= m.ends_at and o.state <> 'cancelled' and (o.state <> 'draft' or o.starts_at > {at})
 and (o.kind <> 'pre_meeting' or m.kind = 'pre_meeting')))
 {_mine(seen, looker, page.whose)}{only.format("m.id")}"""


def _closing(seen: Seen, looker: Looker, page: HandPage, at: str, only: str) -> str:
    """A directory's change is no change of the meeting: asked of the units that have a last day."""
    return f"""select m.id, m.too_late_at, true from unit u
 join party p on p.unit_id = u.id and p.ahead_at >= u.archived_at and p.ahead_at > {at}
 join meeting m on m.id = p.meeting_id where u.archived_at is not null and {seen.covers("m.convener_")}
 and {_open(seen)}
 and (m.snooze_until is null or m.snooze_until <= {at}){_mine(seen, looker, page.whose)}{only.format("m.id")}"""


def _called(seen: Seen, looker: Looker, page: HandPage, at: str, only: str) -> str:
    """What a called unit has to see to is nobody's own, and not what one's own side called it to.

    The meeting is asked of each party that has something (`offset 0`): a general plan takes the policies to leave one
    meeting of all, and would begin with them.
    """
    if page.whose is Whose.MINE or seen.scope.kind is ScopeKind.EVERYTHING:
        return ""
    units = ""
    if page.whose is Whose.UNIT:
        units = f" and p.unit_id = any({seen.bind(list(looker.units))}::uuid[])"
    return f""" union all select p.meeting_id, p.too_late_at, false from party p
 where {seen.covers("p.")} and p.hand_from <= {at} and p.ahead_at > {at} and exists (
 select 1 from meeting m where m.id = p.meeting_id and {_open(seen)} and not {seen.covers("m.convener_")} offset 0)
 {units}{only.format("p.meeting_id")}"""


async def may_need(
    conn: AsyncConnection, scope: Scope, looker: Looker, page: HandPage, now: datetime
) -> tuple[list[MayNeed], int]:
    """A page of the meetings that may need a hand now, the first to be too late first, and how many there are."""
    if scope.no_meeting:
        return [], 0
    seen = Seen(scope)
    at = seen.bind(now)
    only = f" and {{}} = any({seen.bind(list(page.only))}::uuid[])" if page.only is not None else ""
    parts = (_convened, _closing, _called)
    union = [made for part in parts if (made := part(seen, looker, page, at, only))]
    after = seen.given("(w.at, w.id) > ({}, {})", *page.after or ())
    among = seen.given("w.id = any({}::uuid[])", None if page.among is None else list(page.among))
    sql = f"""with w as (select x.id, min(x.at) as at, bool_or(x.closes) as closes from (
 {union[0]} union all {"".join(union[1:])}) x group by x.id)
 select p.id, p.at, p.closes, n.n from (select count(*) as n from w) n left join (
 select * from w where true{after}{among} order by w.at, w.id limit {seen.bind(page.limit)}) p on true
 order by p.at, p.id"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [MayNeed(row[0], row[1], row[2]) for row in rows if row[0] is not None], rows[0][3]


async def put_off(conn: AsyncConnection, scope: Scope, looker: Looker, whose: Whose, now: datetime) -> list[UUID]:
    """The meetings of the convener's side that are put off, the first to come back first; fifty at most."""
    if scope.no_meeting:
        return []
    seen = Seen(scope)
    sql = f"""select m.id from meeting m where {seen.covers("m.convener_")} and {_open(seen)}
 and m.snooze_until > {seen.bind(now)}
 and (m.state in ('draft', 'called', 'ended') or (m.state = 'closed' and m.hand_from is not null))
 {_mine(seen, looker, whose)} order by m.snooze_until, m.id limit 50"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def heard(conn: AsyncConnection, scope: Scope) -> list[UUID]:
    """Reports that wait for a word of a unit within the scope, the first raised first; ten at most."""
    seen = Seen(scope)
    sql = f"""select d.id from deviation d where d.state in ('hearing', 'received', 'in_dialogue')
 and not d.good_example and {seen.deviation()} and {seen.covers("d.receiving_")} order by d.raised_at limit 10"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]
