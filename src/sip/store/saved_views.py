"""Searches in the list of meetings that their users want back, each by its name; nobody else sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

MOST = 30
"""Of one user."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """`query` is what stands after the question mark of the list's address."""

    id: UUID
    name: str
    query: str


async def of_user(conn: AsyncConnection, user_id: UUID) -> Sequence[SavedView]:
    """In no order: the database has no Swedish collation."""
    sql = "select id, name, query from saved_view where user_id = $1"
    return [SavedView(*row) for row in await (await db.raw(conn)).fetch(sql, user_id)]


async def keep(conn: AsyncConnection, user_id: UUID, view: SavedView) -> bool:
    """Keeps it, in place of one of the same name; False where the user has as many as she may."""
    sql = f"""insert into saved_view (id, user_id, name, query) select $1::uuid, $2::uuid, $3::text, $4::text
 where (select count(*) from saved_view where user_id = $2 and name <> $3) < {MOST}
 on conflict (user_id, name) do update set query = excluded.query"""
    done = await (await db.raw(conn)).execute(sql, view.id, user_id, view.name, view.query)
    return bool(done != "INSERT 0 0")


async def remove(conn: AsyncConnection, user_id: UUID, view_id: UUID) -> None:
    """Hers alone; nothing where it is gone already."""
    await (await db.raw(conn)).execute("delete from saved_view where user_id = $1 and id = $2", user_id, view_id)
