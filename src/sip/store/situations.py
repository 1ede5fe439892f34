"""What is counted of a county's week, and what was counted before (rules, section 20).

The law of this file: a week is counted by one statement, so that its numbers are of one moment. Protected meetings are
in none.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.situation import PARTS, Situation
from sip.store import db, tables
from sip.store.rows import insert

_COUNTING = 0x51B_0006
_COLUMNS = ("county_id", "monday", "counted_at", *(one.name for part in PARTS.values() for one in part))

_CALLED = """m.called_at is not null and not m.protected and p.principal_id = any($1::uuid[])
 and p.obligation <> 'convening' and not p.removed and p.redirected_to is null"""
_ROUND = "party_round r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round"
# As `sip.domain.counting` says of a meeting that is closed; a test holds the two together.
_WANTED = "(r.substitution_opened_at is not null or r.answer_kind = 'regrets')"
_FOUND = """exists (select 1 from attendee a where a.meeting_id = p.meeting_id and a.party = p.ordinal
 and a.role <> 'named' and a.state in ('named', 'accepted'))"""
_PAUSED = """exists (select 1 from pause x join party y on y.meeting_id = x.meeting_id and y.ordinal = x.party
 and y.round = x.round where x.meeting_id = m.id and x.kind = 'convener' and x.ended_at is null and x.until > $4)"""
_COUNT = f"""
with of_week as (
 select count(*)::int as meetings, (count(*) filter (where m.state = 'cancelled'))::int as cancelled from meeting m
 where m.convener_principal_id = any($1::uuid[]) and m.called_at is not null and not m.protected
 and m.starts_at >= $2 and m.starts_at < $3
), of_called as (
 select count(*)::int as called, (count(*) filter (where wanted))::int as wanted,
 (count(*) filter (where wanted and found))::int as found, (count(*) filter (where bound))::int as recorded,
 (count(*) filter (where bound and no_show))::int as no_show
 from (select {_WANTED} as wanted, {_FOUND} as found, c.bound, c.no_show
  from meeting m join party p on p.meeting_id = m.id join {_ROUND}
  left join counted_party c on c.meeting_id = p.meeting_id and c.ordinal = p.ordinal
  where {_CALLED} and m.state <> 'cancelled' and m.starts_at >= $2 and m.starts_at < $3) each_one
), of_asked as (
 select count(*)::int as asked, (count(*) filter (where r.answer_kind is null))::int as unanswered
 from meeting m join party p on p.meeting_id = m.id join {_ROUND}
 where {_CALLED} and m.state = 'called' and m.starts_at > $4
), of_planned as (
 select count(*)::int as planned, (count(*) filter (where {_PAUSED}))::int as paused from meeting m
 where m.convener_principal_id = any($1::uuid[]) and not m.protected and m.state = 'called' and m.starts_at > $4
), of_mailboxes as (
 select count(*)::int as mailboxes, (count(*) filter (where u.id = any($5::uuid[])))::int as unverified
 from unit u join organisation o on o.id = u.organisation_id
 where o.principal_id = any($1::uuid[]) and not u.phone_only and (u.archived_at is null or u.archived_at > $4)
 and exists (select 1 from unit_address a where a.unit_id = u.id
  and (a.valid_from is null or a.valid_from <= $6) and (a.valid_to is null or a.valid_to >= $6))
)
select * from of_week, of_called, of_asked, of_planned, of_mailboxes
"""


async def alone(conn: AsyncConnection) -> bool:
    """Whether this transaction alone counts weeks just now."""
    return bool(await (await db.raw(conn)).fetchval("select pg_try_advisory_xact_lock($1)", _COUNTING))


async def uncounted(conn: AsyncConnection, monday: date) -> list[UUID]:
    """The counties whose week that begins on this day has not been counted."""
    rows = await (await db.raw(conn)).fetch(
        "select c.id from county c where not exists"
        " (select 1 from situation s where s.county_id = c.id and s.monday = $1) order by c.id",
        monday,
    )
    return [row[0] for row in rows]


async def count(
    conn: AsyncConnection, county_id: UUID, principals: Iterable[UUID], monday: date, week: tuple[datetime, datetime],
    now: datetime, today: date, unverified: Sequence[UUID],
) -> Situation:  # fmt: skip
    """A county's week from its first moment to the first of the next; `unverified`: units whose mailbox counts so."""
    row = await (await db.raw(conn)).fetchrow(_COUNT, list(principals), *week, now, list(unverified), today)
    return _situation([county_id, monday, now, *row])


async def keep(conn: AsyncConnection, situations: Iterable[Situation]) -> None:
    """Writes them; what is kept never changes."""
    rows = [
        (one.county_id, one.monday, one.counted_at, *(number for part in PARTS for number in one.counts[part]))
        for one in situations
    ]
    await insert(await db.raw(conn), tables.situation, _COLUMNS, rows, "on conflict do nothing")


async def kept(conn: AsyncConnection, county_id: UUID, *, until: date | None = None, limit: int) -> list[Situation]:
    """The latest weeks of a county, the newest first; `until`: none that begins later."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(_COLUMNS)} from situation where county_id = $1 and monday <= coalesce($2, 'infinity'::date)"
        " order by monday desc limit $3",
        county_id,
        until,
        limit,
    )
    return [_situation(list(row)) for row in rows]


async def weeks(conn: AsyncConnection, county_id: UUID) -> list[date]:
    """The Mondays of all weeks that are kept of a county, the newest first."""
    rows = await (await db.raw(conn)).fetch(
        "select monday from situation where county_id = $1 order by monday desc", county_id
    )
    return [row[0] for row in rows]


def _situation(row: Sequence[Any]) -> Situation:
    county_id, monday, counted_at, *numbers = row
    left = iter(numbers)
    counts = {part: tuple(next(left) for _ in figures) for part, figures in PARTS.items()}
    return Situation(county_id, monday, counted_at, counts)
