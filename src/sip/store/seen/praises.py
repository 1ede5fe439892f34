"""Good examples that were said within some days, for the units to be thanked. Protected matters are none of them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.thanks import Praised
from sip.store import db


async def between(conn: AsyncConnection, since: datetime, until: datetime) -> list[Praised]:
    """Those raised from `since` on and before `until`, and not taken back; each pair of units once."""
    rows = await (await db.raw(conn)).fetch(
        "select distinct d.receiving_unit_id, d.receiving_unit_name, d.reporting_unit_name from deviation d"
        " where d.good_example and d.state <> 'withdrawn' and not coalesce(d.facts_protected, false)"
        " and d.raised_at >= $1 and d.raised_at < $2",
        since, until,
    )  # fmt: skip
    return [Praised(*row) for row in rows]
