"""The rows of a draft that nobody was told of, taken away whole (rules, section 11).

The law of this file: it deletes, and asks nothing of the rules; who may, and that the journal has told of it, is the
use case's. The application may delete no meeting: the database's own function `erase_draft` does, and takes nothing
but a cancelled draft without mails. What hangs on a meeting goes with it (foreign keys); the journal hangs on nothing.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

_TOLD = """
    select exists (select from outbox where meeting_id = $1) or exists (select from link_token where meeting_id = $1)
        or exists (select from meeting where follows = $1)
"""
# A case that was made in the very commit of the draft, that is of no other meeting, and that no unit has numbered.
_ALONE = """
    select exists (select from case_ c where c.id = $1 and not c.legal_hold
        and not exists (select from meeting o where o.case_id = c.id and o.id <> $2)
        and not exists (select from case_number n where n.case_id = c.id)
        and c.created_at = (select min(j.at) from journal j where j.aggregate = $2))
"""


async def told(conn: AsyncConnection, meeting_id: UUID) -> bool:
    """Whether anything was ever posted about it, a link leads to it, or another meeting follows it."""
    found: bool = await (await db.raw(conn)).fetchval(_TOLD, meeting_id)
    return found


async def erase(conn: AsyncConnection, meeting_id: UUID, case_id: UUID) -> bool:
    """The meeting's rows, and its case where nothing else is of it: gives whether that went too."""
    raw = await db.raw(conn)
    alone: bool = await raw.fetchval(_ALONE, case_id, meeting_id)
    await raw.execute("select erase_draft($1)", meeting_id)
    if alone:
        await raw.execute("delete from case_ where id = $1", case_id)
    return alone
