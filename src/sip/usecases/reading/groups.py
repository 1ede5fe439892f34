"""Standing groups as they are read: a county's picture, one group whole, and what is asked of one mailbox.

The law of this file: which county the reader belongs to is asked first; names come with the groups that she sees, and
with whoever holds a link none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.group import GroupState, StandingGroup
from sip.domain.people import PrincipalKind
from sip.domain.sitting import GroupSitting
from sip.store import directory, register, sitters
from sip.store.aggregates import groups, journal
from sip.store.aggregates.journal import JournalEntry
from sip.store.db import Database, beyond
from sip.store.directory import PrincipalRecord
from sip.store.register import County
from sip.store.seen import groups as seen
from sip.store.seen import sittings as seen_sittings
from sip.store.sitters import SitterRecord
from sip.usecases.access import (
    Act,
    appoints,
    everywhere,
    keeps_standing,
    require_role,
    require_standing,
    scope_of,
)
from sip.usecases.actor import Actor
from sip.usecases.counties import in_view
from sip.usecases.reading import sittings
from sip.usecases.recorded import recorded

MOST_PRINCIPALS = 500


@dataclass(frozen=True, slots=True)
class GroupsRead:
    """A county's groups, and those of several. `known` has also groups above them, for seats that follow those.
    `principals` are those of the county; `founds`: where the reader may found one, None for several counties.
    """

    counties: list[County]
    county: County | None
    groups: list[StandingGroup]
    known: Mapping[UUID, StandingGroup]
    names: Mapping[UUID, SitterRecord]
    principals: list[PrincipalRecord]
    founds: frozenset[UUID | None]


@dataclass(frozen=True, slots=True)
class GroupRead:
    """One group with its story and its sittings, the nearest ahead first; `unreached`: of how many calls to one ahead
    the mail did not arrive. `keeps`: the reader keeps it; `opens`: she may say who reads it, also once it is closed;
    `appoints`: the seats that she may fill.
    """

    group: StandingGroup
    version: int
    entries: list[JournalEntry]
    county: County | None
    known: Mapping[UUID, StandingGroup]
    below: list[StandingGroup]
    names: Mapping[UUID, SitterRecord]
    principals: list[PrincipalRecord]
    keeps: bool
    opens: bool
    sittings: list[GroupSitting]
    unreached: Mapping[UUID, int]
    appoints: frozenset[int]


async def overview(db: Database, county_id: UUID | None, *, actor: Actor, now: datetime) -> GroupsRead:
    """The groups of a county in view (None: the first), and those of several. Raises NotFoundError, ForbiddenError."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "standing_group", county_id)
        mine = await seen.counties(conn, scope_of(actor))
        counties, county = await in_view(conn, county_id, actor)
        principals = await _principals(conn, county)
        async with beyond(conn):  # of counties in view, and of several
            ids = await seen.listed(conn, [] if county is None else [county.id])
            found = {one: there.state for one, there in (await groups.load_many(conn, ids)).items()}
            known = await groups.with_above(conn, found)
            names = await _names(conn, known.values())
        founds = {one.id for one in counties if keeps_standing(actor, one.id, mine)}
        several = {None} if keeps_standing(actor, None, mine) else set()
        return GroupsRead(
            counties, county, [found[one] for one in ids], known, names, principals, frozenset({*founds, *several})
        )


async def group(db: Database, group_id: UUID, *, actor: Actor, now: datetime) -> GroupRead:
    """One group. Raises NotFoundError where it is not in view."""
    require_role(actor, Act.READ_GROUPS)
    async with recorded(db, actor, now) as (conn, log):
        mine = await seen.counties(conn, scope_of(actor))
        counties = await register.counties(conn)
        async with beyond(conn):  # it is asked whether the reader sees it
            there = (await groups.load_many(conn, [group_id])).get(group_id)
            found = require_standing(actor, None if there is None else there.state, Act.READ_GROUPS, mine)
            assert there is not None
            known = await groups.with_above(conn, {group_id: found})
            below = await groups.load_many(conn, await seen.below(conn, group_id))
            names = await _names(conn, known.values())
            entries = await journal.read(conn, group_id)
            dates = await sittings.of_group(conn, group_id, now)
            ahead = [there for there in dates if there.start > now]
            asked = {one.id: there.id for there in ahead for one in there.invitations if one.active}
            failed = Counter(asked[one] for one in await seen_sittings.unreached(conn, asked))
        log.note("read", "standing_group", group_id)
        county = next((one for one in counties if one.id == found.county_id), None)
        opens = keeps_standing(actor, found.county_id, mine)
        keeps = opens and found.state is GroupState.STANDING
        return GroupRead(
            found, there.version, entries, county, known,
            [one.state for one in below.values() if found.county_id is None or one.state.county_id in (None, *mine)
             or everywhere(actor)],
            names, await _principals(conn, county), keeps, opens, dates, failed,
            frozenset(seat.number for seat in found.seats if keeps or appoints(actor, seat)),
        )  # fmt: skip


async def _principals(conn: AsyncConnection, county: County | None) -> list[PrincipalRecord]:
    """Those of the county, the region first; of no county all."""
    every = await directory.principals(conn, limit=MOST_PRINCIPALS)
    mine = [one for one in every if county is None or one.id in county.principals]
    return sorted(mine, key=lambda one: (one.kind is not PrincipalKind.REGION, one.name.casefold()))


async def _names(conn: AsyncConnection, found: Iterable[StandingGroup]) -> dict[UUID, SitterRecord]:
    terms = [term for one in found for seat in one.seats for term in seat.terms]
    wanted = {one.id for term in terms for one in (term.representative, term.substitute) if one is not None}
    return await sitters.by_id(conn, sorted(wanted))
