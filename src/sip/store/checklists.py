"""What has been ticked on a meeting's list, and by whom: no state of the meeting, and no rule reads it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.checklist import ChecklistItem
from sip.store import db


@dataclass(frozen=True, slots=True)
class Tick:
    """One line that is done."""

    item: ChecklistItem
    at: datetime
    by_name: str


async def ticks(conn: AsyncConnection, meeting_id: UUID) -> list[Tick]:
    """What is done of a meeting's list."""
    rows = await (await db.raw(conn)).fetch(
        "select item, at, by_name from checklist_tick where meeting_id = $1 order by at, item", meeting_id
    )
    return [Tick(ChecklistItem(row[0]), row[1], row[2]) for row in rows]


async def tick(conn: AsyncConnection, meeting_id: UUID, item: ChecklistItem, by: str, now: datetime) -> None:
    """Done; who ticked it first stands."""
    await (await db.raw(conn)).execute(
        "insert into checklist_tick (meeting_id, item, at, by_name) values ($1, $2, $3, $4) on conflict do nothing",
        meeting_id,
        item,
        now,
        by,
    )


async def untick(conn: AsyncConnection, meeting_id: UUID, item: ChecklistItem) -> None:
    """Not done after all."""
    await (await db.raw(conn)).execute(
        "delete from checklist_tick where meeting_id = $1 and item = $2", meeting_id, item
    )
