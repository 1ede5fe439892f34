"""Sittings of standing groups as lists: of a group, what a mailbox is called to, whose an answer is (section 18).

The law of this file: as in `groups` beside it: it writes nothing, and gives ids.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.seen.scope import EVERYTHING, Seen

MOST = 200


async def of_group(conn: AsyncConnection, group_id: UUID, now: datetime) -> list[UUID]:
    """The group's sittings: those ahead, the nearest first, then those that have been, the latest first."""
    sql = f"""select id from group_sitting where group_id = $1
 order by starts_at < $2, abs(extract(epoch from starts_at - $2)), id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, group_id, now)]


@dataclass(frozen=True, slots=True)
class SittingQuery:
    """Which sittings of a group: that begin in this span, after this start and id."""

    begins: datetime | None = None
    ends: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


async def page(conn: AsyncConnection, group_id: UUID, query: SittingQuery) -> list[UUID]:
    """In the order in which they begin."""
    seen = Seen(EVERYTHING)
    asked = f"group_id = {seen.bind(group_id)}"
    asked += seen.given("starts_at >= {}", query.begins) + seen.given("starts_at < {}", query.ends)
    if query.after is not None:
        asked += f" and (starts_at, id) > ({seen.bind(query.after[0])}, {seen.bind(query.after[1])})"
    sql = f"select id from group_sitting where {asked} order by starts_at, id limit {seen.bind(query.limit)}"
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def ahead(conn: AsyncConnection, group_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """Sittings of these groups that are called and have not begun, in the order in which they are locked."""
    sql = """select id from group_sitting where group_id = any($1::uuid[]) and state = 'called' and starts_at > $2
 order by id"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, list(group_ids), now)]


async def called_at(conn: AsyncConnection, email: str, now: datetime) -> list[UUID]:
    """Sittings ahead to which somebody with this address has an invitation in force, the nearest first."""
    sql = f"""select s.id from group_sitting s where s.state = 'called' and s.starts_at > $2 and exists (
    select 1 from sitting_invitation i join sitter p on p.id = i.sitter
    where i.sitting_id = s.id and i.active and lower(p.email) = lower($1))
 order by s.starts_at, s.id limit {MOST}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, email, now)]


async def by_reply_token(conn: AsyncConnection, token: str) -> tuple[UUID, UUID] | None:
    """The invitation that is answered to this address, and its sitting."""
    return await _one(conn, "reply_token = $1", token.lower())


async def by_entry(conn: AsyncConnection, entry: UUID) -> tuple[UUID, UUID] | None:
    """The invitation with this UID, and its sitting."""
    return await _one(conn, "id = $1", entry)


async def _one(conn: AsyncConnection, where: str, value: str | UUID) -> tuple[UUID, UUID] | None:
    row = await (await db.raw(conn)).fetchrow(f"select id, sitting_id from sitting_invitation where {where}", value)
    return None if row is None else (row[0], row[1])


async def unreached(conn: AsyncConnection, entries: Iterable[UUID]) -> dict[UUID, str]:
    """Entries whose newest mail did not arrive: the relay would not have it, or it came back; what was said of it."""
    sql = """select entry_id, coalesce(reason, '') from (
 select distinct on (o.entry_id) o.entry_id, o.state, o.reason from outbox o
 where o.entry_id = any($1::uuid[]) and o.method is distinct from 'CANCEL' and o.state in ('sent', 'failed')
 order by o.entry_id, o.id desc) newest where state = 'failed' or reason is not null"""
    return dict(await (await db.raw(conn)).fetch(sql, list(entries)))
