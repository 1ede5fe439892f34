"""Agenda items as lists: a group's agenda and what waits, what is to be followed up, a year's, what is searched for.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there. It gives ids;
the items themselves are few, and are read whole.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import Within
from sip.domain.worktime import at_hour
from sip.store import db
from sip.store.aggregates.agenda import STEMS
from sip.store.seen.groups import counties
from sip.store.seen.scope import Scope, Seen

MOST = 200
_LAST = "\U0010ffff"


async def areas(conn: AsyncConnection, scope: Scope) -> frozenset[str]:
    """The areas in which units of the scope lie."""
    seen = Seen(scope)
    sql = f"select distinct u.area from unit u where u.area is not null and {seen.unit()}"
    return frozenset(row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values))


async def within(conn: AsyncConnection, scope: Scope) -> Within:
    """The areas and the counties in which units of the scope lie: what `access` asks of an item."""
    return Within(await areas(conn, scope), await counties(conn, scope))


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items: of a group, in these states, put of a signal that was counted from this day or a later one; after
    this moment at which they were put, and id.
    """

    group_id: UUID | None = None
    states: Collection[str] | None = None
    signal_since: date | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = MOST


async def listed(conn: AsyncConnection, scope: Scope, query: ItemQuery) -> list[UUID]:
    """In the order in which they were put."""
    seen = Seen(scope)
    asked = seen.given("t.group_id = {}", query.group_id)
    asked += seen.given("t.state = any({}::text[])", None if query.states is None else list(query.states))
    asked += seen.given("t.signal_since >= {}", query.signal_since)
    if query.after is not None:
        asked += f" and (t.put_at, t.id) > ({seen.bind(query.after[0])}, {seen.bind(query.after[1])})"
    limit = seen.bind(query.limit)
    sql = f"select t.id from agenda_item t where {seen.item()}{asked} order by t.put_at, t.id limit {limit}"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def to_follow(conn: AsyncConnection, scope: Scope, group_id: UUID | None, until: date | None) -> list[UUID]:
    """Items with something left to do that was decided, whose day has come by `until`: the earliest first."""
    seen = Seen(scope)
    due = f"exists (select 1 from resolution r where r.item_id = t.id and {_open(seen, until)})"
    first = "(select min(r.due_on) from resolution r where r.item_id = t.id and r.done_at is null)"
    asked = seen.given("t.group_id = {}", group_id)
    sql = f"""select t.id from agenda_item t where {seen.item()}{asked} and {due}
 order by {first}, t.id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


def _open(seen: Seen, until: date | None) -> str:
    return f"r.done_at is null and r.due_on is not null{seen.given('r.due_on <= {}', until)}"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A day on which a group sits: how many items are on its agenda, and how many decisions it has made."""

    day: date
    items: int
    resolutions: int


async def sittings(conn: AsyncConnection, scope: Scope, group_id: UUID) -> list[Sitting]:
    """The latest first: every day that items are listed for, or something was decided on."""
    seen = Seen(scope)
    mine = f"t.group_id = {seen.bind(group_id)} and {seen.item()}"
    sql = f"""select d.day, count(distinct d.item)::int, count(d.number)::int from (
 select t.sitting_on as day, t.id as item, null::integer as number from agenda_item t
 where t.sitting_on is not null and {mine}
 union all select r.decided_on, t.id, r.number from agenda_item t join resolution r on r.item_id = t.id where {mine}) d
 group by d.day order by d.day desc limit {MOST}"""
    return [Sitting(*row) for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def decided_on(conn: AsyncConnection, scope: Scope, group_id: UUID, day: date) -> list[UUID]:
    """Items of which something was decided on this day, or that were listed for it."""
    seen = Seen(scope)
    mine, on = f"t.group_id = {seen.bind(group_id)}", seen.bind(day)
    sql = f"""select t.id from agenda_item t where {mine} and {seen.item()} and (t.sitting_on = {on} or exists (
 select 1 from resolution r where r.item_id = t.id and r.decided_on = {on})) order by t.put_at, t.id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def asking(conn: AsyncConnection, today: date) -> list[UUID]:
    """Undecided items, of any group, whose seats have been asked and whose day is not over: the nearest first. Whose
    seats they are is asked next.
    """
    sql = f"""select t.id from agenda_item t where t.inquiry_by >= $1 and t.inquiry_asked_at is not null
 and t.inquiry_ended_at is null and t.state in ('waiting', 'listed') order by t.inquiry_by, t.id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, today)]


async def of_year(conn: AsyncConnection, scope: Scope, groups: Sequence[UUID] | None, year: int) -> list[UUID]:
    """Items that were put, or of which something was decided, in a year in Sweden; of these groups, or all."""
    seen = Seen(scope)
    begins, ends = date(year, 1, 1), date(year + 1, 1, 1)
    put = f"t.put_at >= {seen.bind(at_hour(begins, 0))} and t.put_at < {seen.bind(at_hour(ends, 0))}"
    first, last = seen.bind(begins), seen.bind(ends)
    asked = seen.given("t.group_id = any({}::uuid[])", groups)
    sql = f"""select t.id from agenda_item t where {seen.item()}{asked} and (
 ({put}) or exists (select 1 from resolution r where r.item_id = t.id
 and r.decided_on >= {first} and r.decided_on < {last})) order by t.put_at, t.id"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def search(conn: AsyncConnection, scope: Scope, said: str) -> list[UUID]:
    """Items that have all of these words, by their Swedish stems, the latest first; a word also finds those that begin
    with it. None where nothing is left of what was said but stop words.
    """
    raw = await db.raw(conn)
    stems = sorted(await raw.fetchval(f"select {STEMS.format('$1::text')}", said))
    if not stems:
        return []
    seen = Seen(scope)
    found = [
        f"t.id in (select w.item_id from agenda_word w where w.stem >= {seen.bind(stem)}"
        f" and w.stem < {seen.bind(stem + _LAST)})"
        for stem in stems
    ]
    sql = f"""select t.id from agenda_item t where {" and ".join(found)} and {seen.item()}
 order by t.put_at desc, t.id limit {MOST}"""
    return [row[0] for row in await raw.fetch(sql, *seen.values)]


async def counted(conn: AsyncConnection, scope: Scope, today: date) -> dict[UUID, tuple[int, date | None, int]]:
    """By group: questions that wait, the next sitting that items are listed for, decisions to be followed up."""
    seen = Seen(scope)
    day = seen.bind(today)
    sql = f"""select t.group_id, count(*) filter (where t.state = 'waiting')::int,
 min(t.sitting_on) filter (where t.state = 'listed' and t.sitting_on >= {day}),
 (coalesce(sum((select count(*) from resolution r where r.item_id = t.id and r.done_at is null)), 0))::int
 from agenda_item t where {seen.item()} group by t.group_id"""
    return {row[0]: (row[1], row[2], row[3]) for row in await (await db.raw(conn)).fetch(sql, *seen.values)}


async def on_days(conn: AsyncConnection, days: Collection[tuple[UUID, date]]) -> dict[tuple[UUID, date], list[UUID]]:
    """What is listed for these groups' days, in the order in which it was put; who may look has been asked."""
    groups, dates = [one for one, _ in days], [day for _, day in days]
    sql = """select t.group_id, t.sitting_on, t.id from agenda_item t
 join unnest($1::uuid[], $2::date[]) as asked(group_id, day) on asked.group_id = t.group_id and asked.day = t.sitting_on
 where t.state <> 'dropped' order by t.put_at, t.id"""
    found: dict[tuple[UUID, date], list[UUID]] = {}
    for group, day, item in await (await db.raw(conn)).fetch(sql, groups, dates):
        found.setdefault((group, day), []).append(item)
    return found
