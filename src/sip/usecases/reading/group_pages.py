"""Standing groups and their sittings page by page, as a key reads them (rules, section 18 U10).

The law of this file: as in `groups` beside it: which county the reader belongs to is asked first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.group import StandingGroup
from sip.domain.sitting import GroupSitting
from sip.store.aggregates import groups, sittings
from sip.store.aggregates.versioned import Versioned
from sip.store.db import Database, beyond
from sip.store.seen import groups as seen
from sip.store.seen import sittings as seen_sittings
from sip.store.seen.groups import GroupQuery
from sip.store.seen.sittings import SittingQuery
from sip.usecases.access import Act, everywhere, require_role, require_standing, scope_of, sees_standing
from sip.usecases.actor import Actor
from sip.usecases.counties import in_view
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """Groups in the order of their names; `known` has also those above them, whom seats may follow."""

    groups: list[StandingGroup]
    known: Mapping[UUID, StandingGroup]


async def page(db: Database, query: GroupQuery, *, actor: Actor, now: datetime) -> GroupsPage:
    """Raises ForbiddenError, and NotFoundError for a county that is not in view."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "standing_group", query.county_id)
        if query.county_id is not None:
            await in_view(conn, query.county_id, actor)
        mine = await seen.counties(conn, scope_of(actor))
        async with beyond(conn):  # of counties in view, and of several
            ids = await seen.page(conn, None if everywhere(actor) else mine, query)
            found = {one: there.state for one, there in (await groups.load_many(conn, ids)).items()}
            known = await groups.with_above(conn, found)
        return GroupsPage([found[one] for one in ids if sees_standing(actor, found[one], mine)], known)


async def sitting_page(
    db: Database, group_id: UUID, query: SittingQuery, *, actor: Actor, now: datetime
) -> list[Versioned[GroupSitting]]:
    """A group's sittings in the order in which they begin. Raises NotFoundError where the group is not in view."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        mine = await seen.counties(conn, scope_of(actor))
        async with beyond(conn):  # it is asked whether the reader sees the group
            there = (await groups.load_many(conn, [group_id])).get(group_id)
            require_standing(actor, None if there is None else there.state, Act.READ_GROUPS, mine)
            ids = await seen_sittings.page(conn, group_id, query)
            found = await sittings.load_many(conn, ids)
        log.note("list", "group_sitting", group_id)
        return [found[one] for one in ids]
