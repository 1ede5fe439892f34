"""Whom providers' subjects mean, what counts once, and what a session rests on. All times here are machine time.

The law of this file: a subject means the one user that an administrator said, and no other (decision 0089).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.users import HOLDS, digest

ENDED = "sip_sessions"
"""The channel that names each session that ends, by the beginning of its hash (a trigger of the table tells)."""


def session_name(token: str) -> str:
    """How a session is named where it must open nothing."""
    return digest(token)[:8].hex()


@dataclass(frozen=True, slots=True)
class Tie:
    """A provider's subject that means this user."""

    provider: str
    subject: str
    user_id: UUID


async def user_of(conn: AsyncConnection, provider: str, subject: str) -> UUID | None:
    """The active user that is meant."""
    found: UUID | None = await (await db.raw(conn)).fetchval(
        "select i.user_id from user_identity i join app_user u on u.id = i.user_id"
        " where i.provider = $1 and i.subject = $2 and u.active",
        provider,
        subject,
    )
    return found


async def ties(conn: AsyncConnection, user_id: UUID) -> list[Tie]:
    """All that mean this user."""
    rows = await (await db.raw(conn)).fetch(
        "select provider, subject, user_id from user_identity where user_id = $1 order by provider, subject", user_id
    )
    return [Tie(*row) for row in rows]


async def tie(conn: AsyncConnection, one: Tie) -> UUID:
    """Says whom a subject means, unless it means somebody already; gives whom it means now."""
    found: UUID = await (await db.raw(conn)).fetchval(
        "insert into user_identity (provider, subject, user_id) values ($1, $2, $3)"
        " on conflict (provider, subject) do update set user_id = user_identity.user_id returning user_id",
        one.provider,
        one.subject,
        one.user_id,
    )
    return found


async def untie(conn: AsyncConnection, one: Tie) -> bool:
    """It means nobody any more; her sessions by that provider end. Whether it meant her."""
    raw = await db.raw(conn)
    gone = await raw.fetch(
        "delete from user_identity where provider = $1 and subject = $2 and user_id = $3 returning 1",
        one.provider,
        one.subject,
        one.user_id,
    )
    if gone:
        await raw.execute("delete from web_session where user_id = $1 and provider = $2", one.user_id, one.provider)
    return bool(gone)


async def commissions(conn: AsyncConnection, user_id: UUID) -> Mapping[UUID, str]:
    """The assignment that each of the user's roles goes with, by role; a role without one is not there."""
    rows = await (await db.raw(conn)).fetch(
        "select c.user_role_id, c.commission from role_commission c join user_role g on g.id = c.user_role_id"
        " where g.user_id = $1",
        user_id,
    )
    return {row[0]: row[1] for row in rows}


async def set_commission(conn: AsyncConnection, user_id: UUID, grant_id: UUID, commission: str) -> bool:
    """The assignment that a role of this user goes with, "" for none; whether there is such a role. Sessions that act
    in it and did not bring that assignment end.
    """
    raw = await db.raw(conn)
    if await raw.fetchval("select 1 from user_role where id = $1 and user_id = $2", grant_id, user_id) is None:
        return False
    await raw.execute("delete from role_commission where user_role_id = $1", grant_id)
    if commission:
        await raw.execute(
            "insert into role_commission (user_role_id, commission) values ($1, $2)", grant_id, commission
        )
        await raw.execute(
            "delete from web_session where user_role_id = $1 and commission is distinct from $2",
            grant_id,
            commission,
        )
    return True


async def first_use(conn: AsyncConnection, what: str, lives: timedelta) -> datetime | None:
    """The machine's time, if this is used for the first time while it lives; None if it was used before."""
    found: datetime | None = await (await db.raw(conn)).fetchval(
        "insert into used_once (hash, until) values ($1, clock_timestamp() + $2) on conflict (hash) do nothing"
        " returning clock_timestamp()",
        hashlib.sha256(what.encode()).digest(),
        lives,
    )
    return found


async def machine_time(conn: AsyncConnection) -> datetime:
    """What time the machine of the database has."""
    found: datetime = await (await db.raw(conn)).fetchval("select clock_timestamp()")
    return found


async def drop_used(conn: AsyncConnection) -> int:
    """Forgets what could not come again; gives how many."""
    rows = await (await db.raw(conn)).fetch("delete from used_once where until <= statement_timestamp() returning 1")
    return len(rows)


@dataclass(frozen=True, slots=True)
class Origin:
    """The provider a session was begun at: its own names of user and session, the assignment, its ID token, sealed."""

    provider: str
    sub: str
    sid: str
    commission: str
    id_token: bytes


async def note_origin(conn: AsyncConnection, token: str, origin: Origin) -> None:
    """Where a session comes from."""
    await (await db.raw(conn)).execute(
        "update web_session set provider = $2, provider_sub = $3, provider_sid = $4, commission = $5, id_token = $6"
        " where hash = $1",
        digest(token),
        origin.provider,
        origin.sub,
        origin.sid,
        origin.commission,
        origin.id_token,
    )


async def origin_of(conn: AsyncConnection, token: str) -> Origin | None:
    """Where a session comes from; None where it was begun with a password."""
    row: Any = await (await db.raw(conn)).fetchrow(
        "select provider, provider_sub, provider_sid, commission, id_token from web_session"
        " where hash = $1 and provider is not null",
        digest(token),
    )
    return None if row is None else Origin(*row)


async def end_provided(conn: AsyncConnection, provider: str, sub: str, sid: str) -> int:
    """Ends the sessions that a provider says are over: of its session `sid`, or without one all of its user `sub`."""
    rows = await (await db.raw(conn)).fetch(
        "delete from web_session where provider = $1 and ($2 = '' or provider_sub = $2)"
        " and ($3 = '' or provider_sid = $3) and ($2 <> '' or $3 <> '') returning 1",
        provider,
        sub,
        sid,
    )
    return len(rows)


async def confirm(conn: AsyncConnection, token: str) -> None:
    """Whoever has this session has just shown who she is, by more than a password."""
    await (await db.raw(conn)).execute(
        "update web_session set confirmed_at = clock_timestamp() where hash = $1", digest(token)
    )


async def confirmed_within(conn: AsyncConnection, token: str, lives: timedelta) -> bool:
    """Whether she has shown it within this time."""
    found: bool = await (await db.raw(conn)).fetchval(
        "select coalesce(bool_or(confirmed_at > statement_timestamp() - $2::interval), false) from web_session"
        " where hash = $1",
        digest(token),
        lives,
    )
    return found


async def renew(conn: AsyncConnection, token: str, to: str) -> bool:
    """The session goes on under another token, and no longer under this one; whether there was one."""
    rows = await (await db.raw(conn)).fetch(
        "update web_session set hash = $2 where hash = $1 returning 1", digest(token), digest(to)
    )
    return bool(rows)


async def holding(conn: AsyncConnection, names: list[str]) -> set[str]:
    """Those of these sessions that hold; each by its name."""
    rows = await (await db.raw(conn)).fetch(
        "select encode(substr(hash, 1, 8), 'hex') from web_session s join app_user u on u.id = s.user_id"
        f" where encode(substr(hash, 1, 8), 'hex') = any($1::text[]) and u.active and {HOLDS}",
        names,
    )
    return {row[0] for row in rows}
