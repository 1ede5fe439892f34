"""Who follows open groups by mail (rules, section 21 O4). An address is kept folded, and shown on no page but hers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language
from sip.store import db

_OPEN = "select g.id from standing_group g where g.readers = 'open' and g.state = 'standing'"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address follows one open group, or has been asked whether it wants to (`told_until` is None)."""

    group_id: UUID
    group: str
    email: str
    language: Language
    told_until: datetime | None


async def ask(conn: AsyncConnection, group_id: UUID, email: str, language: Language, now: datetime) -> bool:
    """Keeps what was asked of a folded address; whether it has still to be confirmed."""
    sql = """insert into subscription (group_id, email, language, asked_at) values ($1, $2, $3, $4)
 on conflict (group_id, email) do update set asked_at = case when subscription.confirmed_at is null
 then excluded.asked_at else subscription.asked_at end returning confirmed_at is null"""
    waits: bool = await (await db.raw(conn)).fetchval(sql, group_id, email, language, now)
    return waits


async def of_address(conn: AsyncConnection, email: str) -> list[Subscription]:
    """What a folded address follows, and is asked about, of groups that are open."""
    return await _read(conn, "s.email = $1", email)


async def confirmed(conn: AsyncConnection) -> list[Subscription]:
    """Every one that is confirmed, of groups that are open, by address."""
    return await _read(conn, "s.confirmed_at is not null")


async def _read(conn: AsyncConnection, where: str, *given: str) -> list[Subscription]:
    sql = f"""select s.group_id, g.name, s.email, s.language, s.told_until from subscription s
 join standing_group g on g.id = s.group_id where g.readers = 'open' and {where} order by s.email, g.name, g.id"""
    rows = await (await db.raw(conn)).fetch(sql, *given)
    return [Subscription(row[0], row[1], row[2], Language(row[3]), row[4]) for row in rows]


async def confirm(conn: AsyncConnection, email: str, groups: Iterable[UUID], now: datetime) -> None:
    """The address wants news of these, from now on."""
    await (await db.raw(conn)).execute(
        "update subscription set confirmed_at = $3, told_until = $3 where email = $1 and group_id = any($2::uuid[])"
        " and confirmed_at is null",
        email, list(groups), now,
    )  # fmt: skip


async def end(conn: AsyncConnection, email: str, groups: Iterable[UUID] | None = None) -> None:
    """The address wants no news of these; None: of none at all."""
    await (await db.raw(conn)).execute(
        "delete from subscription where email = $1 and ($2::uuid[] is null or group_id = any($2))",
        email, None if groups is None else list(groups),
    )  # fmt: skip


async def told(conn: AsyncConnection, now: datetime) -> None:
    """All that is new until now has been told, or was no news."""
    await (await db.raw(conn)).execute("update subscription set told_until = $1 where told_until < $1", now)


async def drop_ended(conn: AsyncConnection, unconfirmed_before: datetime) -> int:
    """Forgets what nobody has confirmed, what is of groups that are open no more or closed, and addresses that a digest
    did not reach; gives how many.
    """
    sql = f"""delete from subscription s where (s.confirmed_at is null and s.asked_at < $1)
 or s.group_id not in ({_OPEN})
 or exists (select 1 from outbox o where o.recipient = s.email and o.kind = 'group_news'
 and (o.state = 'failed' or (o.state = 'sent' and o.reason is not null)) and o.settled_at >= s.confirmed_at)
 returning 1"""
    return len(await (await db.raw(conn)).fetch(sql, unconfirmed_before))
