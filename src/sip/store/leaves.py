"""Days on which staff are away (rules, section 7 S5): of a unit, and by meeting for whoever is asked to stand in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert


@dataclass(frozen=True, slots=True)
class LeaveRecord:
    """Both days are days of it; `email` is folded. Who has none is known by her name."""

    id: UUID
    unit_id: UUID
    name: str
    email: str | None
    first_day: date
    last_day: date


LEAVE: Shape[LeaveRecord] = Shape(LeaveRecord).check(tables.leave, ("recorded_at",))
_COLUMNS = ", ".join(LEAVE.columns)
_BY_MEETING = """
    select distinct m.id, l.email from meeting m
    join party p on p.meeting_id = m.id and not p.removed
    join unit u on u.organisation_id = p.organisation_id join leave l on l.unit_id = u.id and l.email is not null
    where m.id = any($1::uuid[])
        and (m.starts_at at time zone 'Europe/Stockholm')::date between l.first_day and l.last_day
"""


async def keep(conn: AsyncConnection, record: LeaveRecord) -> None:
    """The same id again changes nothing."""
    row = LEAVE.write(record)
    await insert(await db.raw(conn), tables.leave, LEAVE.columns, [row], "on conflict (id) do nothing")


async def one(conn: AsyncConnection, identity: UUID) -> LeaveRecord | None:
    """The leave of this id."""
    row = await (await db.raw(conn)).fetchrow(f"select {_COLUMNS} from leave where id = $1", identity)
    return None if row is None else LEAVE.read(row)


async def of_unit(conn: AsyncConnection, unit_id: UUID, today: date) -> list[LeaveRecord]:
    """Those that are not over, by their first day."""
    sql = f"select {_COLUMNS} from leave where unit_id = $1 and last_day >= $2 order by first_day, name, id"
    return [LEAVE.read(row) for row in await (await db.raw(conn)).fetch(sql, unit_id, today)]


async def by_meeting(conn: AsyncConnection, meeting_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Who (folded addresses) of the parties' organisations is away on the day of each of these meetings."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for meeting, email in await (await db.raw(conn)).fetch(_BY_MEETING, list(meeting_ids)):
        found[meeting].add(email)
    return {meeting: frozenset(emails) for meeting, emails in found.items()}


async def remove(conn: AsyncConnection, identity: UUID) -> None:
    """It is taken back."""
    await (await db.raw(conn)).execute("delete from leave where id = $1", identity)


async def drop_over(conn: AsyncConnection, ended_before: date) -> int:
    """Removes those whose last day lies before this one; gives how many."""
    raw = await db.raw(conn)
    return len(await raw.fetch("delete from leave where last_day < $1 returning 1", ended_before))
