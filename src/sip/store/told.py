"""What standing groups tell outside, as views in the schema of the wall, and how they are read (rules, section 21).

The law of this file: nothing is told that is not a column of a view here (decision 0174). The views work as the tables'
owner: who is nobody reads through them what is open, and nothing of any table. For the service they have what the
signed-in read too, with whether each row is `open`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agenda import ItemSource
from sip.domain.group import GroupState, SeatFunction, StandingKind
from sip.store import db
from sip.store.aggregates.agenda import STEMS
from sip.store.seen.scope import SERVICE

MOST = 500
MOST_DECISIONS = 200
_LAST = "\U0010ffff"

_SERVICE = f"coalesce(current_setting('sip.sees', true), '') = '{SERVICE.word}'"
_OPEN = "g.readers = 'open'"
_TOLD = f"({_OPEN} or {_SERVICE})"
_BY_ITSELF = ", ".join(f"'{one}'" for one in (ItemSource.BY_HAND, ItemSource.REFERRED))
# A question with nothing behind it that is about certain units.
_CLEAN = "({0}.source in (" + _BY_ITSELF + ") and cardinality({0}.reports) = 0 and {0}.signal_kind is null)"
# The questions that this one was referred from, however far: `union` ends where it goes round.
_FROM = """with recursive up as (select i.origin_item_id as id union
 select o.origin_item_id from up join agenda_item o on o.id = up.id)
 select 1 from up join agenda_item o on o.id = up.id left join standing_group h on h.id = o.group_id where """
_NAMED = "t.{0}_shown and s.function = 'user_representative' and t.{0}_consent_on is not null"

VIEWS: Mapping[str, str] = {
    "told_group": f"""select g.id, g.kind, g.name, g.state, g.county_id, c.name as county, g.area,
 g.mandate_text as mandate, g.mandate_goal as goal, g.mandate_ends_on as ends_on, g.mandate_report_on as report_on,
 {_OPEN} as open, g.opened_at,
 case when a.readers = 'open' or {_SERVICE} then a.id end as above_id,
 case when a.readers = 'open' or {_SERVICE} then a.name end as above_name,
 case when a.readers = 'open' or {_SERVICE} then a.county_id end as above_county_id,
 coalesce(a.readers = 'open', false) as above_open
 from standing_group g left join county c on c.id = g.county_id left join standing_group a on a.id = g.above_id
 where {_TOLD}""",
    "told_seat": f"""select s.group_id, s.number, s.function, s.wanted, s.above is not null as follows,
 array(select distinct b.principal from seat_body b where b.group_id = s.group_id and b.seat = s.number
 order by b.principal) as principals, {_OPEN} as open, g.county_id
 from group_seat s join standing_group g on g.id = s.group_id where s.closed_on is null and {_TOLD}""",
    "told_term": f"""select t.group_id, t.seat, t.principal, t.first, t.last,
 case when {_NAMED.format("representative")} then r.name end as name,
 case when {_NAMED.format("substitute")} then b.name end as substitute
 from seat_term t join group_seat s on s.group_id = t.group_id and s.number = t.seat
 join standing_group g on g.id = t.group_id
 left join sitter r on r.id = t.representative_id left join sitter b on b.id = t.substitute_id where {_TOLD}""",
    "told_sitting": f"""select x.id, x.group_id, x.starts_at, x.ends_at, x.called_at,
 {_OPEN} and x.starts_at >= g.opened_at as open, g.county_id
 from group_sitting x join standing_group g on g.id = x.group_id
 where x.state = 'called' and ({_OPEN} and x.starts_at >= g.opened_at or {_SERVICE})""",
    "told_decision": f"""select * from (select r.item_id, r.number, g.id as group_id, g.name as group_name, g.county_id,
 i.title, r.text, r.grounds, r.decided_on, r.decided_at, r.due_on, r.done_at,
 {_OPEN} and r.decided_at > g.opened_at and not exists ({_FROM} h.readers is distinct from 'open') as open
 from resolution r join agenda_item i on i.id = r.item_id join standing_group g on g.id = i.group_id
 where {_TOLD} and {_CLEAN.format("i")} and not exists ({_FROM} not {_CLEAN.format("o")})) d
 where d.open or {_SERVICE}""",
}
"""What is told: name of each view, and its statement."""


@dataclass(frozen=True, slots=True)
class Audience:
    """To whom: from outside what is open; to the `signed_in` also what is of these counties (None: of all), and what is
    of several.
    """

    signed_in: bool = False
    counties: frozenset[UUID] | None = frozenset()

    def reads(self, row: str, first: int) -> tuple[str, tuple[Any, ...]]:
        """The condition on a view's row, with parameters from this number on."""
        counties = None if self.counties is None else list(self.counties)
        within = f"${first + 1}::uuid[] is null or {row}.county_id is null or {row}.county_id = any(${first + 1})"
        return f"({row}.open or (${first}::boolean and ({within})))", (self.signed_in, counties)


OUTSIDE = Audience()


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """A group: what it is for. Without a county it is of several."""

    id: UUID
    kind: StandingKind
    name: str
    state: GroupState
    county_id: UUID | None
    county: str | None
    area: str | None
    mandate: str
    goal: str | None
    ends_on: date | None
    report_on: date | None
    open: bool
    opened_at: datetime | None
    above_id: UUID | None = None
    above_name: str | None = None


@dataclass(frozen=True, slots=True)
class ToldSeat:
    """A seat: `principals` may appoint to it, `principal` has, None: nobody sits. A name is a user representative's."""

    number: int
    function: SeatFunction
    wanted: str
    follows: bool
    principals: tuple[str, ...]
    principal: str | None
    name: str | None
    substitute: str | None


@dataclass(frozen=True, slots=True)
class ToldSitting:
    """When the group sits."""

    id: UUID
    start: datetime
    end: datetime
    called_at: datetime


@dataclass(frozen=True, slots=True)
class ToldResolution:
    """What a group has decided on a question. With `due_on` there is something to do, which is done at `done_at`."""

    item_id: UUID
    number: int
    group_id: UUID
    group_name: str
    title: str
    text: str
    grounds: str
    decided_on: date
    decided_at: datetime
    due_on: date | None
    done_at: datetime | None
    open: bool

    @property
    def changed_at(self) -> datetime:
        """When what is told of it was last another."""
        return self.decided_at if self.due_on is None or self.done_at is None else self.done_at


_GROUP = """g.id, g.kind, g.name, g.state, g.county_id, g.county, g.area, g.mandate, g.goal, g.ends_on, g.report_on,
 g.open, g.opened_at"""
_DECISION = """d.item_id, d.number, d.group_id, d.group_name, d.title, d.text, d.grounds, d.decided_on, d.decided_at,
 d.due_on, d.done_at, d.open"""


def _group(row: Any) -> ToldGroup:
    return ToldGroup(row[0], StandingKind(row[1]), row[2], GroupState(row[3]), *row[4:])


async def groups(conn: AsyncConnection, audience: Audience) -> list[ToldGroup]:
    """The groups that stand, by county (of several last) and name."""
    reads, given = audience.reads("g", 1)
    sql = f"""select {_GROUP} from wall.told_group g where g.state = 'standing' and {reads}
 order by g.county, g.name, g.id limit {MOST}"""
    return [_group(row) for row in await (await db.raw(conn)).fetch(sql, *given)]


async def group(conn: AsyncConnection, audience: Audience, group_id: UUID) -> ToldGroup | None:
    """One group, also one that is closed."""
    reads, given = audience.reads("g", 2)
    above = "g.above_open or ($2::boolean and ($3::uuid[] is null or g.above_county_id is null" \
        " or g.above_county_id = any($3)))"  # fmt: skip
    sql = f"""select {_GROUP}, case when {above} then g.above_id end, case when {above} then g.above_name end
 from wall.told_group g where g.id = $1 and {reads}"""
    row = await (await db.raw(conn)).fetchrow(sql, group_id, *given)
    return None if row is None else _group(row)


async def seats(conn: AsyncConnection, group_id: UUID, day: date) -> list[ToldSeat]:
    """The seats of a group that is told of, as they are filled on this day."""
    sql = """select s.number, s.function, s.wanted, s.follows, s.principals, t.principal, t.name, t.substitute
 from wall.told_seat s left join wall.told_term t on t.group_id = s.group_id and t.seat = s.number and t.first <= $2
 and (t.last is null or t.last >= $2) where s.group_id = $1 order by s.number"""
    rows = await (await db.raw(conn)).fetch(sql, group_id, day)
    return [ToldSeat(row[0], SeatFunction(row[1]), row[2], row[3], tuple(row[4]), *row[5:]) for row in rows]


async def sittings(conn: AsyncConnection, audience: Audience, group_id: UUID, since: datetime) -> list[ToldSitting]:
    """The group's sittings that end after this moment, the nearest first."""
    reads, given = audience.reads("x", 3)
    sql = f"""select x.id, x.starts_at, x.ends_at, x.called_at from wall.told_sitting x
 where x.group_id = $1 and x.ends_at > $2 and {reads} order by x.starts_at, x.id limit {MOST_DECISIONS}"""
    return [ToldSitting(*row) for row in await (await db.raw(conn)).fetch(sql, group_id, since, *given)]


async def decisions(conn: AsyncConnection, audience: Audience, group_id: UUID) -> list[ToldResolution]:
    """What the group has decided, the latest first."""
    reads, given = audience.reads("d", 2)
    sql = f"""select {_DECISION} from wall.told_decision d where d.group_id = $1 and {reads}
 order by d.decided_on desc, d.decided_at desc, d.item_id, d.number limit {MOST_DECISIONS}"""
    return [ToldResolution(*row) for row in await (await db.raw(conn)).fetch(sql, group_id, *given)]


async def search(conn: AsyncConnection, audience: Audience, said: str) -> list[ToldResolution]:
    """Decisions in which all of these words stand, by their Swedish stems, the latest first; a word also finds those
    that begin with it. Words of what is not told of the question find nothing.
    """
    raw = await db.raw(conn)
    stems = sorted(await raw.fetchval(f"select {STEMS.format('$1::text')}", said))
    if not stems:
        return []
    reads, given = audience.reads("d", 1)
    told = STEMS.format("d.title || ' ' || d.text || ' ' || d.grounds")
    found = [
        f"d.item_id in (select w.item_id from agenda_word w where w.stem >= ${n} and w.stem < ${n + 1})"
        f' and exists (select 1 from unnest({told}) x where x collate "C" >= ${n} and x collate "C" < ${n + 1})'
        for n in range(3, 3 + 2 * len(stems), 2)
    ]
    sql = f"""select {_DECISION} from wall.told_decision d where {reads} and {" and ".join(found)}
 order by d.decided_on desc, d.decided_at desc, d.item_id, d.number limit {MOST_DECISIONS}"""
    bounds = [one for stem in stems for one in (stem, stem + _LAST)]
    return [ToldResolution(*row) for row in await raw.fetch(sql, *given, *bounds)]
