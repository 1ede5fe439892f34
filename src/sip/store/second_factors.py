"""Second factors of users: the sealed secret of their one-time codes, and recovery codes as hashes. Machine time.

The law of this file: a code counts once: the step of the last one only grows, and a recovery code is gone when used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The secret of a user's codes, sealed; how many recovery codes are left; whether the account is locked out after
    too many tries; and what time the machine has.
    """

    secret: bytes
    left: int
    locked: bool
    machine_time: datetime


async def of_user(conn: AsyncConnection, user_id: UUID) -> SecondFactor | None:
    """What an active user has set up; None for nothing."""
    row = await (await db.raw(conn)).fetchrow(
        "select f.secret, (select count(*) from recovery_code r where r.user_id = f.user_id)::int,"
        " coalesce(u.locked_until > statement_timestamp(), false), clock_timestamp()"
        " from second_factor f join app_user u on u.id = f.user_id where f.user_id = $1 and u.active",
        user_id,
    )
    return None if row is None else SecondFactor(*row)


async def set_up(conn: AsyncConnection, user_id: UUID, secret: bytes, step: int, recovery: Sequence[bytes]) -> None:
    """A secret, whose code of this step has been used, and recovery codes, for who has none."""
    await (await db.raw(conn)).execute(
        "insert into second_factor (user_id, secret, last_step) values ($1, $2, $3)",
        user_id,
        secret,
        step,
    )
    await set_recovery(conn, user_id, recovery)


async def set_recovery(conn: AsyncConnection, user_id: UUID, recovery: Sequence[bytes]) -> None:
    """Other recovery codes; those before open nothing."""
    raw = await db.raw(conn)
    await raw.execute("delete from recovery_code where user_id = $1", user_id)
    await raw.execute(
        "insert into recovery_code (user_id, hash) select $1, unnest($2::bytea[])", user_id, list(recovery)
    )


async def use_step(conn: AsyncConnection, user_id: UUID, step: int) -> bool:
    """The code of this step has been given; whether it and no later one had not been before."""
    rows = await (await db.raw(conn)).fetch(
        "update second_factor set last_step = $2 where user_id = $1 and last_step < $2 returning 1", user_id, step
    )
    return bool(rows)


async def use_recovery(conn: AsyncConnection, user_id: UUID, code: bytes) -> bool:
    """A recovery code has been given; whether there was such a one, which is gone now."""
    rows = await (await db.raw(conn)).fetch(
        "delete from recovery_code where user_id = $1 and hash = $2 returning 1", user_id, code
    )
    return bool(rows)


async def drop(conn: AsyncConnection, user_id: UUID) -> bool:
    """Nothing is set up any more; whether something was."""
    raw = await db.raw(conn)
    await raw.execute("delete from recovery_code where user_id = $1", user_id)
    return bool(await raw.fetch("delete from second_factor where user_id = $1 returning 1", user_id))
