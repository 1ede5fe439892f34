"""What signals are counted from: counted reports of units in view, and the meetings of one case (rules, section 16).

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there. It reads what is
counted, which holds no word and no protected matter.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.deviation import Category, Cause
from sip.domain.systemic import PLANS, REDIRECTS, Reported, Roundabout
from sip.store import db
from sip.store.seen.scope import Scope, Seen

MOST = 100


async def reported(conn: AsyncConnection, scope: Scope, since: date) -> list[Reported]:
    """Counted reports on units of the scope from this month on, good examples left out."""
    seen = Seen(scope)
    sql = f"""select c.deviation_id, c.month, c.unit_id, c.reporting_unit_id, c.cause, c.categories
 from counted_report c where c.month >= {seen.bind(since)} and not c.good_example and {seen.covers("c.")}"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [
        Reported(
            row[0], row[1], row[2], row[3], None if row[4] is None else Cause(row[4]), tuple(map(Category, row[5]))
        )
        for row in rows
    ]


async def roundabouts(
    conn: AsyncConnection, scope: Scope, since: datetime, case: UUID | None = None
) -> list[Roundabout]:
    """Cases that go round, by their meetings in view that were called since then; of one case, or all. Protected ones
    never.
    """
    seen = Seen(scope)
    asked = seen.given("m.case_id = {}", case)
    redirected = "select 1 from party p where p.meeting_id = m.id and p.redirected_to is not null"
    sql = f"""select * from (select m.case_id, min(m.reference) as reference,
 sum((select count(*) from ({redirected}) x))::int as redirects,
 count(*) filter (where m.follows is null and m.kind <> 'pre_meeting')::int as plans
 from meeting m where m.called_at >= {seen.bind(since)} and m.state <> 'draft' and not m.protected{asked}
 and {seen.meeting()} group by m.case_id) c
 where c.redirects >= {REDIRECTS} or c.plans >= {PLANS} order by c.reference limit {MOST}"""
    return [Roundabout(*row) for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def names(conn: AsyncConnection, units: list[UUID]) -> dict[UUID, str]:
    """The units' names."""
    rows = await (await db.raw(conn)).fetch("select id, name from unit where id = any($1::uuid[])", units)
    return {row[0]: row[1] for row in rows}


async def area_of(conn: AsyncConnection, units: list[UUID]) -> dict[UUID, str | None]:
    """The areas in which the units lie."""
    rows = await (await db.raw(conn)).fetch("select id, area from unit where id = any($1::uuid[])", units)
    return {row[0]: row[1] for row in rows}
