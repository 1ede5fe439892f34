"""What groups tell those who sit in none: without sign-in what is open, and to the signed-in what is of their county.

The law of this file: who is nobody reads as nobody (`ServicePart.OUTSIDE`): no table has a row for that, and what is
told comes through the views of the wall alone (decision 0174).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import told
from sip.store.db import Database
from sip.store.told import OUTSIDE, Audience, ToldGroup, ToldResolution, ToldSeat, ToldSitting
from sip.usecases.actor import ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

_FOR_ALL = "it is told to everybody"


@dataclass(frozen=True, slots=True)
class GroupTold:
    """A group as it is told: its seats today, its sittings ahead (the nearest first), its decisions (the latest)."""

    group: ToldGroup
    seats: list[ToldSeat]
    sittings: list[ToldSitting]
    decisions: list[ToldResolution]


async def open_groups(db: Database, *, now: datetime) -> list[ToldGroup]:
    """The open groups that stand, by county and name."""
    async with recorded(db, ServicePart.OUTSIDE, now, nothing=_FOR_ALL) as (conn, _):
        return await told.groups(conn, OUTSIDE)


async def open_group(db: Database, group_id: UUID, *, now: datetime) -> GroupTold:
    """An open group. Raises NotFoundError for any other, whether there is one or not."""
    async with recorded(db, ServicePart.OUTSIDE, now, nothing=_FOR_ALL) as (conn, _):
        return await whole(conn, OUTSIDE, group_id, now)


async def whole(conn: AsyncConnection, audience: Audience, group_id: UUID, now: datetime) -> GroupTold:
    """All that is told of one group to this audience. Raises NotFoundError."""
    found = await told.group(conn, audience, group_id)
    if found is None:
        raise NotFoundError("group")
    return GroupTold(
        found, await told.seats(conn, group_id, local_day(now)), await told.sittings(conn, audience, group_id, now),
        await told.decisions(conn, audience, group_id),
    )  # fmt: skip
