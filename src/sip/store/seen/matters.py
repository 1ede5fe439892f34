"""Protected meetings, for those they are for: who is named in one, or heads a unit of it (rules, section 13).

The law of this file: as in `dashboard`: it writes nothing. It is the one place that lists them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Role
from sip.domain.terms import MeetingState
from sip.store import db
from sip.store.seen.scope import Scope, ScopeKind, Seen

MOST = 200
Thing = Literal["meeting", "deviation", "inbound", "sketch"]


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One line. `ours`: the scope convenes it. `taken`: where it does not, whether one of its parties has said
    something; where it does, whether they all have.
    """

    id: UUID
    reference: str
    start: datetime
    end: datetime
    state: MeetingState
    convener_unit: str
    ours: bool
    taken: bool


def _there(seen: Seen) -> str:
    return f"m.protected and {seen.meeting()}"


async def listed(conn: AsyncConnection, scope: Scope, who: str, since: datetime) -> list[MatterLine]:
    """Those that end after `since` or are not closed, the nearest first."""
    seen = Seen(scope, who=who)
    if scope.kind is ScopeKind.NOTHING or scope.no_meeting:
        return []
    said = """exists (select 1 from party_round r where r.meeting_id = p.meeting_id and r.party = p.ordinal
 and r.number = p.round and (r.acknowledged_at is not null or r.answer_kind is not null))"""
    called = "p.meeting_id = m.id and p.obligation <> 'convening' and not p.removed and p.redirected_to is null"
    sql = f"""select m.id, m.reference, m.starts_at, m.ends_at, m.state, m.convener_unit_name,
 {seen.covers("m.convener_")},
 case when {seen.covers("m.convener_")} then not exists (select 1 from party p where {called} and not {said})
 else exists (select 1 from party p where {called} and {seen.covers("p.")} and {said}) end
 from meeting m where {_there(seen)} and (m.ends_at > {seen.bind(since)} or m.state in ('called', 'ended'))
 order by m.starts_at, m.id limit {MOST}"""
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [MatterLine(row[0], row[1], row[2], row[3], MeetingState(row[4]), *row[5:]) for row in rows]


async def count(conn: AsyncConnection, scope: Scope, who: str, since: datetime) -> int:
    """How many of them there are."""
    if scope.kind is ScopeKind.NOTHING or scope.no_meeting:
        return 0
    seen = Seen(scope, who=who)
    sql = f"""select count(*) from meeting m where {_there(seen)}
 and (m.ends_at > {seen.bind(since)} or m.state in ('called', 'ended'))"""
    return int(await (await db.raw(conn)).fetchval(sql, *seen.values))


_PROTECTED = {
    "meeting": "select 1 from meeting where id = $1 and protected",
    "deviation": "select 1 from deviation where id = $1 and facts_protected",
    "inbound": "select 1 from inbound i join meeting m on m.id = i.meeting_id where i.id = $1 and m.protected",
    "sketch": "select 1 from sketch where id = $1 and (said->>'protected')::boolean",
}


async def is_protected(conn: AsyncConnection, thing: Thing, key: UUID | int) -> bool:
    """Whether this is, or is of, a protected meeting; of what the transaction does not see it is not known."""
    return bool(await (await db.raw(conn)).fetchval(_PROTECTED[thing], key))


@dataclass(frozen=True, slots=True)
class Somebody:
    """A user who can be named, or is: by name and by the role that her unit has her for."""

    id: UUID
    name: str
    role: Role | None


_OF_UNIT = """select distinct on (a.id) a.id, a.name, r.role from app_user a join user_role r on r.user_id = a.id
 where a.active and r.role not in ('board_member', 'administrator', 'auditor')
 and (r.unit_id = $1 or r.organisation_id = $2 or r.principal_id = $3)
 and (r.valid_from is null or r.valid_from <= $4) and (r.valid_to is null or r.valid_to >= $4)
 order by a.id, r.unit_id is null, r.role"""
_HEADS = """select exists (select 1 from app_user a join user_role r on r.user_id = a.id where a.active
 and r.unit_id = $1 and r.role in ('unit_manager', 'deputy', 'head_of_operations')
 and (r.valid_from is null or r.valid_from <= $2) and (r.valid_to is null or r.valid_to >= $2))"""


async def users_of(
    conn: AsyncConnection, unit_id: UUID, organisation_id: UUID, principal_id: UUID, day: date
) -> list[Somebody]:
    """The users whose role covers this unit today, each once, in no order."""
    rows = await (await db.raw(conn)).fetch(_OF_UNIT, unit_id, organisation_id, principal_id, day)
    return [Somebody(row[0], row[1], Role(row[2])) for row in rows]


async def has_head(conn: AsyncConnection, unit_id: UUID, day: date) -> bool:
    """Whether somebody with a role at its head can sign in for the unit, and so sees it and names others."""
    return bool(await (await db.raw(conn)).fetchval(_HEADS, unit_id, day))


async def names(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these users."""
    rows = await (await db.raw(conn)).fetch("select id, name from app_user where id = any($1::uuid[])", list(ids))
    return {row[0]: row[1] for row in rows}
