"""Counts as rows: written beside the aggregate that they are of, in its own transaction, and never worked out later.

The law of this file: one aggregate has its rows or none; another decision rewrites them, but for what its unit was when
it was first counted. Whoever calls it sees for the service: a closing counts units that the closer may not see.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Rung
from sip.domain.counting import (
    CountedMeeting,
    CountedParty,
    CountedProtected,
    CountedReport,
    Past,
    of_meeting,
    of_protected,
    of_report,
)
from sip.domain.deviation import DeviationReport
from sip.domain.meeting import Meeting
from sip.store import db, tables
from sip.store.aggregates.versioned import Rewrite
from sip.store.codec import Shape
from sip.store.rows import insert

PLACE = ("area", "organisation_kind", "principal_kind")
MEETING: Shape[CountedMeeting] = Shape(CountedMeeting).check(tables.counted_meeting, PLACE)
PARTY: Shape[CountedParty] = Shape(CountedParty).check(tables.counted_party, PLACE)
PROTECTED: Shape[CountedProtected] = Shape(CountedProtected).check(tables.counted_protected)
REPORT: Shape[CountedReport] = Shape(CountedReport).check(tables.counted_report, PLACE)

_PLACES = """select u.id, u.area, o.kind, p.kind from unit u join organisation o on o.id = u.organisation_id
 join principal p on p.id = o.principal_id where u.id = any($1::uuid[])"""
_FIRED = """select meeting_id, party, rung from rung where meeting_id = any($1::uuid[]) and fired_at is not null
 order by meeting_id, party, round, ordinal"""
_PAUSED = "select distinct meeting_id from pause where meeting_id = any($1::uuid[]) and kind = 'convener'"
_GONE = """delete from counted_party c where c.meeting_id = any($1::uuid[]) and not exists (
 select 1 from unnest($2::uuid[], $3::integer[]) as k(meeting_id, ordinal)
 where k.meeting_id = c.meeting_id and k.ordinal = c.ordinal)"""


async def rewrite_meetings(conn: AsyncConnection, meetings: Sequence[Meeting]) -> None:
    """What these meetings count as now; one that is not over has no rows."""
    if not meetings:
        return
    raw, ids = await db.raw(conn), [meeting.id for meeting in meetings]
    pasts = await _pasts(raw, ids)
    found = [counted for meeting in meetings if (counted := of_meeting(meeting, pasts[meeting.id])) is not None]
    parties = [party for _, several in found for party in several]
    keys = [party.meeting_id for party in parties], [party.ordinal for party in parties]
    await raw.execute(_GONE, ids, *keys)
    over = {meeting.meeting_id for meeting, _ in found}
    await _drop(raw, tables.counted_meeting, "meeting_id", set(ids) - over)
    await _put(raw, tables.counted_meeting, MEETING, ("meeting_id",), [meeting for meeting, _ in found])
    await _put(raw, tables.counted_party, PARTY, ("meeting_id", "ordinal"), parties)
    hidden = [PROTECTED.write(one) for meeting in meetings if (one := of_protected(meeting)) is not None]
    await insert(raw, tables.counted_protected, PROTECTED.columns, hidden, "on conflict do nothing")


async def rewrite_reports(conn: AsyncConnection, reports: Sequence[DeviationReport]) -> None:
    """What these reports count as now; one in its hearing, withdrawn or merged has no row."""
    if not reports:
        return
    raw = await db.raw(conn)
    found = [counted for report in reports if (counted := of_report(report)) is not None]
    gone = {report.id for report in reports} - {counted.deviation_id for counted in found}
    await _drop(raw, tables.counted_report, "deviation_id", gone)
    await _put(raw, tables.counted_report, REPORT, ("deviation_id",), found)


def changed(rewrites: Iterable[Rewrite[Any]]) -> list[Any]:
    """The values, of what is to be written, that differ from what was read."""
    return [one.new.state for one in rewrites if one.old is None or one.old.state is not one.new.state]


async def _pasts(raw: Any, ids: list[UUID]) -> dict[UUID, Past]:
    fired: dict[UUID, dict[int, list[Rung]]] = defaultdict(lambda: defaultdict(list))
    for meeting, party, rung in await raw.fetch(_FIRED, ids):
        fired[meeting][party].append(Rung(rung))
    paused = {row[0] for row in await raw.fetch(_PAUSED, ids)}
    return {one: Past(fired[one], one in paused) for one in ids}


async def _put(raw: Any, table: Table, shape: Shape[Any], keys: tuple[str, ...], counted: Sequence[Any]) -> None:
    if not counted:
        return
    places = {row[0]: row[1:] for row in await raw.fetch(_PLACES, list({one.unit_id for one in counted}))}
    rest = ", ".join(f"{column} = excluded.{column}" for column in shape.columns if column not in keys)
    await insert(
        raw, table, (*shape.columns, *PLACE), [(*shape.write(one), *places[one.unit_id]) for one in counted],
        f"on conflict ({', '.join(keys)}) do update set {rest}",
    )  # fmt: skip


async def _drop(raw: Any, table: Table, key: str, ids: Iterable[UUID]) -> None:
    if gone := list(ids):
        await raw.execute(f"delete from {table.name} where {key} = any($1::uuid[])", gone)


# -- what was over before there were counts


async def uncounted(conn: AsyncConnection, kind: str, limit: int) -> list[UUID]:
    """Aggregates of the kind that are still to be counted."""
    rows = await (await db.raw(conn)).fetch("select id from uncounted where kind = $1 limit $2", kind, limit)
    return [row[0] for row in rows]


async def counted(conn: AsyncConnection, ids: Sequence[UUID]) -> None:
    """These have been, or are no more."""
    await (await db.raw(conn)).execute("delete from uncounted where id = any($1::uuid[])", list(ids))
