"""Who sits in standing groups, by the id that a term has: the one place with names (rules, section 18 U6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Address
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert


@dataclass(frozen=True, slots=True)
class SitterRecord:
    """One who sits: name, or alias as she wishes, and function. Without a name she has given way to the function."""

    id: UUID
    group_id: UUID
    name: str | None
    function: str
    email: str | None = None
    phone: str | None = None
    gone_at: datetime | None = None


SHAPE: Shape[SitterRecord] = Shape(SitterRecord).check(tables.sitter)
_READ = f"select {', '.join(SHAPE.columns)} from sitter where id = any($1::uuid[])"
_GONE = "update sitter set name = null, email = null, phone = null, gone_at = $2 where gone_at is null and "
_NO_LINK = """delete from link_token l using sitter s where s.id = $1 and l.purpose = 'sitting'
    and lower(l.address) = lower(s.email)
    and not exists (select 1 from sitter o where o.id <> s.id and lower(o.email) = lower(s.email))
"""
# Every term of hers is over since before that day; one that is in no term (its command was refused) never sat.
_OVER = """id in (
    select s.id from sitter s where s.gone_at is null
        and not exists (select 1 from seat_term t where t.representative_id = s.id
            and (t.last is null or t.last >= $1))
        and not exists (select 1 from seat_term t where t.substitute_id = s.id and (t.last is null or t.last >= $1)))
"""


async def keep(conn: AsyncConnection, sitters: Iterable[SitterRecord]) -> None:
    """Writes new ones; the same again is nothing."""
    rows = [SHAPE.write(one) for one in sitters]
    await insert(await db.raw(conn), tables.sitter, SHAPE.columns, rows, "on conflict (id) do nothing")


async def by_id(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, SitterRecord]:
    """Those that there are."""
    rows = await (await db.raw(conn)).fetch(_READ, list(ids))
    return {row[0]: SHAPE.read(row) for row in rows}


async def addresses(conn: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Address]:
    """Where these are mailed, without their names; who has no address, or is gone, is not there."""
    sql = "select id, email from sitter where id = any($1::uuid[]) and email is not null"
    return {row[0]: Address(row[1], "") for row in await (await db.raw(conn)).fetch(sql, list(ids))}


async def erase(conn: AsyncConnection, sitter_id: UUID, now: datetime) -> None:
    """Her name and all that leads to her are gone, with the links to what she was called to; the function stays. A
    link stays where somebody else who sits is mailed at the same address.
    """
    await (await db.raw(conn)).execute(_NO_LINK, sitter_id)
    await (await db.raw(conn)).execute(f"{_GONE} id = $1", sitter_id, now)


async def give_way(conn: AsyncConnection, before: date, now: datetime) -> int:
    """The names of those whose every term was over before this day; gives how many."""
    done = await (await db.raw(conn)).execute(f"{_GONE}{_OVER}", before, now)
    return int(str(done).rpartition(" ")[2])
