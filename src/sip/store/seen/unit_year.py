"""One unit's year as the pages show it: how it was called, how soon it answered, who stood in, and when nobody came.

The law of this file: as in `dashboard`: it writes nothing, and a unit outside the scope is not there. Each figure has
its denominator beside it. What is alive is read from its own index, and so is the year: by the start that stands beside
each of the unit's parties. The years before it are not read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.seen.dashboard import THERE, MeetingLine, lines_of, lines_where
from sip.store.seen.scope import Scope, Seen


@dataclass(frozen=True, slots=True)
class UnitYear:
    """Counts of one unit's summons with a start in the year before now. `answered` of `called` said a word before the
    start; `answer_time` is half of them's, from the call. `covered` of `regretted` found somebody. `absent` of `marked`
    are no-shows. `failed` of `called` could not be reached by mail at some time."""

    called: int
    answered: int
    answer_time: timedelta | None
    regretted: int
    covered: int
    marked: int
    absent: int
    failed: int


@dataclass(frozen=True, slots=True)
class UnitHead:
    """Who it is."""

    id: UUID
    name: str
    organisation: str
    principal: str
    phone: str | None


async def head(conn: AsyncConnection, scope: Scope, unit_id: UUID) -> UnitHead | None:
    """The unit, if it is within the scope."""
    seen = Seen(scope)
    sql = f"""select u.id, u.name, o.name, pr.name, u.phone from unit u join organisation o on o.id = u.organisation_id
 join principal pr on pr.id = o.principal_id where u.id = {seen.bind(unit_id)} and {seen.unit()}"""
    row = await (await db.raw(conn)).fetchrow(sql, *seen.values)
    return None if row is None else UnitHead(*row)


_YEAR = """with own as (
 select p.meeting_id, p.ordinal, p.mark, r.began_at, r.answer_kind, r.answer_at, r.acknowledged_at, m.starts_at,
  exists (select 1 from attendee a where a.meeting_id = p.meeting_id and a.party = p.ordinal and a.role <> 'named'
   and a.state in ('accepted', 'named')) as stands,
  exists (select 1 from invitation i where i.meeting_id = p.meeting_id and i.party = p.ordinal
   and i.attendee is null and i.delivery = 'undeliverable') as failed
 from party p join meeting m on m.id = p.meeting_id
 join party_round r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round
 where p.unit_id = $1 and not p.protected and p.obligation = 'summoned' and not p.removed and p.redirected_to is null
  and m.called_at is not null and m.state <> 'cancelled' and p.meets_at >= $2 and p.meets_at < $3)
 select count(*), count(*) filter (where answer_at <= starts_at),
 percentile_cont(0.5) within group (order by extract(epoch from answer_at - began_at))
  filter (where answer_at <= starts_at),
 count(*) filter (where answer_kind = 'regrets'), count(*) filter (where answer_kind = 'regrets' and stands),
 count(*) filter (where mark is not null and mark not in ('unknown', 'excused')),
 count(*) filter (where mark = 'absent'), count(*) filter (where failed) from own"""


async def year(conn: AsyncConnection, unit_id: UUID, now: datetime) -> UnitYear:
    """The figures; the caller has seen to it that the unit is in view (`head`)."""
    row = await (await db.raw(conn)).fetchrow(_YEAR, unit_id, now - timedelta(days=365), now)
    seconds = row[2]
    return UnitYear(row[0], row[1], None if seconds is None else timedelta(seconds=float(seconds)), *row[3:])


async def coming(
    conn: AsyncConnection, scope: Scope, unit_id: UUID, now: datetime, limit: int = 20
) -> list[MeetingLine]:
    """The meetings that it is called to, of those in view, the nearest first."""
    seen = Seen(scope)
    sql = f"""{lines_of(seen)} and m.id = any(array(select p.meeting_id from party p where
 p.unit_id = {seen.bind(unit_id)} and p.ahead_at > {seen.bind(now)} and {THERE} order by p.ahead_at limit 200))
 order by m.starts_at, m.id limit {seen.bind(limit)}"""
    return await lines_where(conn, seen, sql)
