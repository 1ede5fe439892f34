"""How far the IMAP account has been read, and by whom: one reader at a time, in machine time.

The law of this file: two readers are harmless, one is enough. Whoever loses its hold stops; what it had in hand is read
again and is nothing new.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

LEASE = timedelta(minutes=5)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class AccountFolder:
    """A folder of an account, and who reads it."""

    account: str
    folder: str
    reader: str


@dataclass(frozen=True, slots=True)
class Position:
    """All messages up to `last_uid` are dealt with, while the server's UIDVALIDITY is this one."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class State:
    """How the reading goes: when it was last at the end (service's clock), and what went wrong since."""

    read_at: datetime | None
    failures: int
    last_error: str | None


async def take(conn: AsyncConnection, place: AccountFolder) -> Position | None:
    """Takes hold of the account; None while another reader has it, or while it is let rest after a failure."""
    raw = await db.raw(conn)
    await raw.execute(
        "insert into mailbox (account, folder) values ($1, $2) on conflict do nothing", place.account, place.folder
    )
    row = await raw.fetchrow(
        "update mailbox set reader = $3, held_until = clock_timestamp() + $4 where account = $1 and folder = $2"
        " and (reader is null or reader = $3 or held_until < statement_timestamp())"
        " and (retry_at is null or retry_at <= statement_timestamp()) returning uid_validity, last_uid",
        place.account,
        place.folder,
        place.reader,
        LEASE,
    )
    return None if row is None else Position(*row)


async def hold(conn: AsyncConnection, place: AccountFolder, position: Position) -> bool:
    """Notes how far it is read and keeps the hold; False when another reader has taken it."""
    status: str = await (await db.raw(conn)).execute(
        "update mailbox set uid_validity = $4, last_uid = $5, held_until = clock_timestamp() + $6"
        " where account = $1 and folder = $2 and reader = $3",
        place.account,
        place.folder,
        place.reader,
        position.uid_validity,
        position.last_uid,
        LEASE,
    )
    return status.endswith(" 1")


async def at_the_end(conn: AsyncConnection, place: AccountFolder, now: datetime) -> None:
    """It has been read to its end, and others may take it."""
    await (await db.raw(conn)).execute(
        "update mailbox set reader = null, held_until = null, retry_at = null, failures = 0, last_error = null,"
        " read_at = $4 where account = $1 and folder = $2 and reader = $3",
        place.account,
        place.folder,
        place.reader,
        now,
    )


async def put_off(conn: AsyncConnection, place: AccountFolder, error: str) -> None:
    """Something went wrong: it rests for 1, 2, 4, then 5 minutes. `error` is a sentence for who runs the service."""
    await (await db.raw(conn)).execute(
        "update mailbox set reader = null, held_until = null, failures = failures + 1, last_error = $4,"
        " retry_at = clock_timestamp() + least(power(2, least(failures, 6)), 5) * interval '1 minute'"
        " where account = $1 and folder = $2 and reader = $3",
        place.account,
        place.folder,
        place.reader,
        error[:_LONGEST],
    )


async def state(conn: AsyncConnection, account: str, folder: str) -> State | None:
    """How the reading goes, None when it has not begun."""
    row = await (await db.raw(conn)).fetchrow(
        "select read_at, failures, last_error from mailbox where account = $1 and folder = $2", account, folder
    )
    return None if row is None else State(*row)
