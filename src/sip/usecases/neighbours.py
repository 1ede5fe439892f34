"""The standing groups next to a group: the one above it, and those below (rules, section 18 U9)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.group import GroupState, StandingGroup
from sip.store.aggregates import groups
from sip.store.seen import groups as seen


async def neighbours(conn: AsyncConnection, group_id: UUID) -> list[StandingGroup]:
    """Those that still stand, the one above first; none of a board that nobody has founded."""
    own = (await groups.load_many(conn, [group_id])).get(group_id)
    if own is None:
        return []
    above = [] if own.state.above is None else [own.state.above.id]
    ids = [*above, *await seen.below(conn, group_id)]
    found = await groups.load_many(conn, ids)
    return [found[one].state for one in ids if one in found and found[one].state.state is GroupState.STANDING]
