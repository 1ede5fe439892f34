"""What groups tell those who sit in none: without sign-in what is open, and to the signed-in what is of their county.

The law of this file: who is nobody reads as nobody (`ServicePart.OUTSIDE`): no table has a row for that, and what is
told comes through the views of the wall alone (decision 0174).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import told
from sip.store.db import Database, beyond
from sip.store.seen import groups as seen
from sip.store.seen.scope import Scope, ScopeKind
from sip.store.told import OUTSIDE, Audience, ToldGroup, ToldResolution, ToldSeat, ToldSitting
from sip.usecases.access import Act, require_role, scope_of
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded

PAST, NONE = timedelta(days=60), timedelta()
"""How long a calendar keeps what has been; a page keeps none of it."""
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


async def open_group(db: Database, group_id: UUID, *, now: datetime, past: timedelta = NONE) -> GroupTold:
    """An open group, with sittings as long `past`. Raises NotFoundError for any other, whether there is one or not."""
    async with recorded(db, ServicePart.OUTSIDE, now, nothing=_FOR_ALL) as (conn, _):
        return await whole(conn, OUTSIDE, group_id, now, past)


async def whole(
    conn: AsyncConnection, audience: Audience, group_id: UUID, now: datetime, past: timedelta = NONE
) -> GroupTold:  # fmt: skip
    """All that is told of one group to this audience. Raises NotFoundError."""
    found = await told.group(conn, audience, group_id)
    if found is None:
        raise NotFoundError("group")
    return GroupTold(
        found, await told.seats(conn, group_id, local_day(now)),
        await told.sittings(conn, audience, group_id, now - past), await told.decisions(conn, audience, group_id),
    )  # fmt: skip


# -- to the signed-in


@dataclass(frozen=True, slots=True)
class DecisionsRead:
    """The groups that the reader is told of, and what was found among what they decided."""

    groups: list[ToldGroup]
    found: list[ToldResolution]


async def audience_of(conn: AsyncConnection, scope: Scope) -> Audience:
    """What somebody with this scope is told beside what is open."""
    if scope.kind is ScopeKind.NOTHING or scope.audits:
        return OUTSIDE
    return Audience(True, None if scope.kind is ScopeKind.EVERYTHING else await seen.counties(conn, scope))


async def decisions(db: Database, said: str, *, actor: Actor, now: datetime) -> DecisionsRead:
    """The county's groups, and with words the decisions that have them. Raises ForbiddenError."""
    require_role(actor, Act.READ_DECISIONS)
    async with recorded(db, actor, now) as (conn, log):
        audience = await audience_of(conn, scope_of(actor))
        async with beyond(conn):  # for whom has been asked
            groups = await told.groups(conn, audience)
            found = await told.search(conn, audience, said) if said else []
        log.note("search" if said else "list", "standing_group", None)
        return DecisionsRead(groups, found)


async def group(db: Database, group_id: UUID, *, actor: Actor, now: datetime) -> GroupTold:
    """One group as it is told to who is signed in. Raises ForbiddenError, and NotFoundError."""
    require_role(actor, Act.READ_DECISIONS)
    async with recorded(db, actor, now) as (conn, log):
        audience = await audience_of(conn, scope_of(actor))
        async with beyond(conn):  # for whom has been asked
            found = await whole(conn, audience, group_id, now)
        log.note("read", "standing_group", group_id)
        return found
