"""Test calls to mailboxes as rows, which mailboxes are verified, and which units are to be asked.

The law of this file: a reply token is made here, and read only by composing and by looking one up; no value holds it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.mailbox_check import MailboxCheck
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.post.tokens import new_token
from sip.store.rows import insert

CHECK: Shape[MailboxCheck] = Shape(MailboxCheck).check(tables.mailbox_check, ("reply_token", "recorded_at"))
_NAMES = ", ".join(f'"{column}"' for column in CHECK.columns)
# One process at a time begins the day's checks, so that no unit is asked twice.
_ASKING = 0x51B_0003
_IN_FORCE = "(a.valid_from is null or a.valid_from <= $1) and (a.valid_to is null or a.valid_to >= $1)"
_IN_USE = "not u.phone_only and (u.archived_at is null or u.archived_at > $2)"
_FIRST = f"""(select lower(a.email) from unit_address a where a.unit_id = u.id and {_IN_FORCE}
    order by a.ordinal limit 1)"""


async def alone(conn: AsyncConnection) -> bool:
    """Whether this transaction alone asks units just now."""
    return bool(await (await db.raw(conn)).fetchval("select pg_try_advisory_xact_lock($1)", _ASKING))


async def save(conn: AsyncConnection, checks: Sequence[MailboxCheck]) -> None:
    """New ones get their token here; known ones are changed."""
    rest = ", ".join(f'"{column}" = excluded."{column}"' for column in CHECK.columns[1:])
    rows = [(*CHECK.write(check), new_token()) for check in checks]
    await insert(
        await db.raw(conn),
        tables.mailbox_check,
        (*CHECK.columns, "reply_token"),
        rows,
        f"on conflict (id) do update set {rest}",
    )


async def by_token(conn: AsyncConnection, token: str) -> MailboxCheck | None:
    """The check that is answered to this address, locked."""
    return await _one(conn, "reply_token = $1 for update", token.lower())


async def by_id(conn: AsyncConnection, identity: UUID, *, lock: bool = False) -> MailboxCheck | None:
    return await _one(conn, f"id = $1{' for update' if lock else ''}", identity)


async def _one(conn: AsyncConnection, where: str, value: Any) -> MailboxCheck | None:
    row = await (await db.raw(conn)).fetchrow(f"select {_NAMES} from mailbox_check where {where}", value)
    return None if row is None else CHECK.read(row)


async def latest(conn: AsyncConnection, unit_ids: Sequence[UUID]) -> dict[UUID, MailboxCheck]:
    """The newest check of each unit that has one."""
    rows = await (await db.raw(conn)).fetch(
        f"select distinct on (unit_id) {_NAMES} from mailbox_check where unit_id = any($1::uuid[])"
        " order by unit_id, asked_at desc",
        list(unit_ids),
    )
    found = [CHECK.read(row) for row in rows]
    return {check.unit_id: check for check in found}


_OPEN_TODAY = "not exists (select 1 from closed_day d where d.unit_id = u.id and d.day = $1)"
_TO_ASK = f"""
    select u.id from (select u.id, {_FIRST} as first from unit u where {_IN_USE} and {_OPEN_TODAY}) u
    left join verified_mailbox v on v.unit_id = u.id and v.email = u.first
    where u.first is not null and (v.verified_at is null or v.verified_at <= $3) and not exists (
        select 1 from mailbox_check c where c.unit_id = u.id and c.email = u.first
        and coalesce(c.asked_again_at, c.asked_at) > $3)
    order by v.verified_at nulls first, u.id limit $4
"""


async def to_ask(conn: AsyncConnection, today: date, now: datetime, since: datetime, limit: int) -> list[UUID]:
    """Units whose first address is new, or neither verified nor asked since `since`; those never verified first."""
    rows = await (await db.raw(conn)).fetch(_TO_ASK, today, now, since, limit)
    return [row[0] for row in rows]


_TO_ASK_AGAIN = f"""
    select {", ".join(f'c."{column}"' for column in CHECK.columns)} from mailbox_check c join unit u on u.id = c.unit_id
    left join verified_mailbox v on v.unit_id = c.unit_id and v.email = c.email
    where c.outcome is null and c.asked_again_at is null and c.asked_at < $3 and {_IN_USE} and {_OPEN_TODAY}
        and c.email = {_FIRST} and (v.verified_at is null or v.verified_at < c.asked_at)
        and not exists (select 1 from mailbox_check n where n.unit_id = c.unit_id and n.asked_at > c.asked_at)
    order by c.asked_at, c.id limit $4 for update of c skip locked
"""


async def to_ask_again(
    conn: AsyncConnection, today: date, now: datetime, before: datetime, limit: int
) -> list[MailboxCheck]:
    """Checks asked once, before `before`, that no person has answered; locked."""
    rows = await (await db.raw(conn)).fetch(_TO_ASK_AGAIN, today, now, before, limit)
    return [CHECK.read(row) for row in rows]


async def unverified(conn: AsyncConnection, today: date, now: datetime, since: datetime) -> list[UUID]:
    """Units with a mailbox that nobody has been seen to read since `since`."""
    sql = (
        f"select u.id from (select u.id, {_FIRST} as first from unit u where {_IN_USE}) u"
        " left join verified_mailbox v on v.unit_id = u.id and v.email = u.first"
        " where u.first is not null and (v.verified_at is null or v.verified_at < $3) order by u.id"
    )
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, today, now, since)]


async def verified(conn: AsyncConnection, unit_ids: Sequence[UUID], today: date) -> dict[UUID, datetime]:
    """When the mailbox that each unit is called at today was last verified, where it was."""
    rows = await (await db.raw(conn)).fetch(
        "select v.unit_id, v.verified_at from verified_mailbox v join (select distinct on (a.unit_id) a.unit_id,"
        f" lower(a.email) as email from unit_address a where a.unit_id = any($2::uuid[]) and {_IN_FORCE}"
        " order by a.unit_id, a.ordinal) f on f.unit_id = v.unit_id and f.email = v.email",
        today,
        list(unit_ids),
    )
    return {row[0]: row[1] for row in rows}


async def verify(conn: AsyncConnection, unit_id: UUID, email: str, at: datetime) -> None:
    """A person acted through this mailbox of the unit's, or answered a test call to it (rules, section 8 A3)."""
    await verify_all(conn, [(unit_id, email)], at)


async def verify_all(conn: AsyncConnection, mailboxes: Sequence[tuple[UUID, str]], at: datetime) -> None:
    """As `verify`, of many mailboxes at once; by order of their keys, since another may hold them."""
    if not mailboxes:
        return
    which = sorted({(unit_id, folded(email)) for unit_id, email in mailboxes})
    await (await db.raw(conn)).execute(
        "insert into verified_mailbox as v (unit_id, email, verified_at)"
        " select unit_id, email, $3 from unnest($1::uuid[], $2::text[]) as t(unit_id, email) on conflict"
        " (unit_id, email) do update set verified_at = greatest(v.verified_at, excluded.verified_at)",
        [unit_id for unit_id, _ in which],
        [email for _, email in which],
        at,
    )
