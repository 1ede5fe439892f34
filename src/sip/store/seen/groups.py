"""Standing groups as lists: of a county, what is asked of a mailbox, what is above (rules, section 18).

The law of this file: as in `dashboard`: it writes nothing. It gives ids; the groups themselves are few, and are read
whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.group import GroupState, StandingKind
from sip.store import db
from sip.store.seen.scope import EVERYTHING, Scope, Seen

MOST = 500


async def counties(conn: AsyncConnection, scope: Scope) -> frozenset[UUID]:
    """The counties in which a principal of the scope lies, or the one that a unit of it is of."""
    seen = Seen(scope)
    lies = f"exists (select 1 from unit u join organisation o on o.id = u.organisation_id where {seen.unit()}"
    sql = f"select distinct p.county_id from county_principal p where {lies} and o.principal_id = p.principal_id)"
    found = {row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)}
    if scope.place is not None:
        own = "select county_id from county_principal where principal_id = $1"
        found |= {row[0] for row in await (await db.raw(conn)).fetch(own, scope.place)}
    return frozenset(found)


async def listed(conn: AsyncConnection, county_ids: Iterable[UUID]) -> list[UUID]:
    """Groups of these counties, and of several, by name."""
    sql = f"""select id from standing_group where county_id is null or county_id = any($1::uuid[])
 order by name, id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, list(county_ids))]


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """Which groups: of a county (and those of several), of a kind, in a state; after this name and id."""

    county_id: UUID | None = None
    kind: StandingKind | None = None
    state: GroupState | None = None
    after: tuple[str, UUID] | None = None
    limit: int = 50


async def page(conn: AsyncConnection, counties: Iterable[UUID] | None, query: GroupQuery) -> list[UUID]:
    """Groups of these counties, None: of any, and of several, by name."""
    seen = Seen(EVERYTHING)
    asked = "true"
    if counties is not None:
        asked += f" and (county_id is null or county_id = any({seen.bind(list(counties))}::uuid[]))"
    if query.county_id is not None:
        asked += f" and (county_id is null or county_id = {seen.bind(query.county_id)})"
    asked += seen.given("kind = {}", query.kind) + seen.given("state = {}", query.state)
    if query.after is not None:
        asked += f" and (name, id) > ({seen.bind(query.after[0])}, {seen.bind(query.after[1])})"
    sql = f"select id from standing_group where {asked} order by name, id limit {seen.bind(query.limit)}"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def asked_of(conn: AsyncConnection, email: str) -> list[UUID]:
    """Groups of which a seat may be asked of this mailbox: it is in the list of a seat's bodies."""
    sql = f"select distinct group_id from seat_body where lower(email) = lower($1) order by group_id limit {MOST}"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, email)]


async def below(conn: AsyncConnection, group_id: UUID) -> list[UUID]:
    """Groups that this one is above, by name."""
    sql = f"select id from standing_group where above_id = $1 order by name, id limit {MOST}"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, group_id)]
