"""Who signs in: users with a password and dated roles, and sessions. All times here are machine time.

Passwords are kept as argon2id, API keys and session tokens as SHA-256 of 130 and more random bits. Nothing here is
written by a reading request.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language, Role
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.directory import upsert

FAILURES_BEFORE_LOCK = 8
LOCKED_FOR = timedelta(minutes=15)
_hasher = PasswordHasher()
# What a password is checked against when there is no such user, so that the time tells nothing: the hash of 256 random
# bits that nobody kept. Written down, for to make one takes as long as a sign-in, of every process that begins.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$v7Bniv6sqNQKkUCkeNDlQA"
    "$jkiMivp7365Tkt23NozjOaZ7c5PJSnjw594u+1LGn78"
)  # fmt: skip
_ON_DAY = "(valid_from is null or valid_from <= $2) and (valid_to is null or valid_to >= $2)"


@dataclass(frozen=True, slots=True)
class UserRecord:
    id: UUID
    email: str
    name: str
    language: Language = Language.SV
    active: bool = True
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """A role a user may act in, in one unit, organisation or principal, or everywhere (administrators)."""

    id: UUID
    user_id: UUID
    role: Role
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in needs: the stored password, and until when the account is locked after too many failures."""

    user: UserRecord
    password_hash: str | None
    locked: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A session in use: the user, the role acted in, the secret that forms are signed with, and the sign-in provider
    and the assignment that it was begun with.
    """

    user: UserRecord
    grant: GrantRecord | None
    csrf_secret: str
    expires_at: datetime
    provider: str | None = None
    commission: str = ""
    unnoted: bool = False
    """Whether it was last noted more than a minute ago that it is used."""


USER: Shape[UserRecord] = Shape(UserRecord).check(
    tables.app_user,
    ("email_folded", "password_hash", "recorded_at", "signed_in_at", "failed_sign_ins", "locked_until", "muted"),
)
GRANT: Shape[GrantRecord] = Shape(GrantRecord).check(tables.user_role)


def _names(shape: Shape[Any], table: str) -> str:
    return ", ".join(f"{table}.{column}" for column in shape.columns)


def digest(token: str) -> bytes:
    """How a session's token and an API key are kept."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """The name of a session that only its cookie knows."""
    return secrets.token_urlsafe(32)


def hash_password(password: str) -> str:
    """Takes about a tenth of a second of one core: call it in a thread."""
    return _hasher.hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """As slow for nobody as for somebody; call it in a thread."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


async def save_users(conn: AsyncConnection, records: Sequence[UserRecord]) -> None:
    """Makes or changes users, their passwords apart."""
    await upsert(conn, tables.app_user, USER, records)


async def set_password(conn: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    """A new password; ends the user's sessions and unlocks."""
    raw = await db.raw(conn)
    await raw.execute(
        "update app_user set password_hash = $2, failed_sign_ins = 0, locked_until = null where id = $1",
        user_id,
        password_hash,
    )
    await end_sessions(conn, user_id)


async def save_grants(conn: AsyncConnection, records: Sequence[GrantRecord]) -> None:
    await upsert(conn, tables.user_role, GRANT, records)


async def users(conn: AsyncConnection, after: UUID | None = None, limit: int = 1000) -> list[UserRecord]:
    """In the order of their ids."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_names(USER, 'u')} from app_user u where ($1::uuid is null or id > $1) order by id limit $2",
        after,
        limit,
    )
    return [USER.read(row) for row in rows]


async def by_email(conn: AsyncConnection, email: str) -> UserRecord | None:
    """The user with this address, in any case of letters, active or not."""
    row = await (await db.raw(conn)).fetchrow(
        f"select {_names(USER, 'u')} from app_user u where u.email_folded = lower($1)", email.strip()
    )
    return None if row is None else USER.read(row)


async def for_sign_in(conn: AsyncConnection, email: str) -> SignIn | None:
    """The active user with this address, in any case of letters."""
    row = await (await db.raw(conn)).fetchrow(
        f"select {_names(USER, 'u')}, u.password_hash, coalesce(u.locked_until > statement_timestamp(), false)"
        " from app_user u where u.email_folded = lower($1) and u.active",
        email.strip(),
    )
    return None if row is None else SignIn(USER.read(row), row[USER.width], row[USER.width + 1])


async def by_id(conn: AsyncConnection, user_id: UUID) -> SignIn | None:
    """The active user with this id."""
    row = await (await db.raw(conn)).fetchrow(
        f"select {_names(USER, 'u')}, u.password_hash, coalesce(u.locked_until > statement_timestamp(), false)"
        " from app_user u where u.id = $1 and u.active",
        user_id,
    )
    return None if row is None else SignIn(USER.read(row), row[USER.width], row[USER.width + 1])


_COUNT = """
    update app_user set
        failed_sign_ins = case when locked_until <= statement_timestamp() then 1 else failed_sign_ins + 1 end,
        locked_until = case when locked_until > statement_timestamp() then locked_until
            when locked_until is null and failed_sign_ins + 1 >= $2 then clock_timestamp() + $3 end
    where id = $1
"""


async def count_sign_in(conn: AsyncConnection, user_id: UUID | None) -> None:
    """One more try, counted before its password is looked at; after too many the account is locked for a while. A lock
    that has run out is out: the count begins again. For nobody (None) the same is done, and nothing changed.
    """
    await (await db.raw(conn)).execute(_COUNT, user_id or UUID(int=0), FAILURES_BEFORE_LOCK, LOCKED_FOR)


async def note_sign_in(conn: AsyncConnection, user_id: UUID) -> None:
    """The password was right: the tries are forgotten."""
    await (await db.raw(conn)).execute(
        "update app_user set signed_in_at = clock_timestamp(), failed_sign_ins = 0, locked_until = null where id = $1",
        user_id,
    )


async def forget_tries(conn: AsyncConnection, user_id: UUID) -> None:
    """What was given was right: the tries are forgotten."""
    await (await db.raw(conn)).execute(
        "update app_user set failed_sign_ins = 0, locked_until = null where id = $1", user_id
    )


async def set_active(conn: AsyncConnection, user_id: UUID, active: bool) -> None:
    """Whether the user may sign in; who may not has no session."""
    await (await db.raw(conn)).execute("update app_user set active = $2 where id = $1", user_id, active)
    if not active:
        await end_sessions(conn, user_id)


async def end_sessions(conn: AsyncConnection, user_id: UUID) -> int:
    """Ends the user's sessions; gives how many there were."""
    rows = await (await db.raw(conn)).fetch("delete from web_session where user_id = $1 returning 1", user_id)
    return len(rows)


async def end_roles(conn: AsyncConnection, user_id: UUID, role: Role, last: date) -> int:
    """The role, wherever the user has it, ends with this day, and the sessions in it at once; gives how many did."""
    rows = await (await db.raw(conn)).fetch(
        "with ended as (update user_role set valid_to = greatest($3::date, valid_from) where user_id = $1 and role = $2"
        " and (valid_to is null or valid_to > $3) returning id), gone as (delete from web_session"
        " where user_role_id in (select id from ended)) select id from ended",
        user_id,
        role,
        last,
    )
    return len(rows)


async def grants_of(conn: AsyncConnection, user_id: UUID, day: date) -> list[GrantRecord]:
    """The roles that a user has on this day, whatever assignment each goes with: the worker may not read those."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_names(GRANT, 'g')} from user_role g where user_id = $1 and {_ON_DAY} order by role, id", user_id, day
    )
    return [GRANT.read(row) for row in rows]


async def grants_within(conn: AsyncConnection, user_id: UUID, day: date, commission: str) -> list[GrantRecord]:
    """The roles a user may act in on this day with this assignment, "" for none, as with a password: those that go
    with it first, and none that goes with another.
    """
    rows = await (await db.raw(conn)).fetch(
        f"select {_names(GRANT, 'g')} from user_role g left join role_commission c on c.user_role_id = g.id"
        f" where user_id = $1 and {_ON_DAY} and coalesce(c.commission, $3) = $3"
        " order by c.commission is null, role, id",
        user_id,
        day,
        commission,
    )
    return [GRANT.read(row) for row in rows]


async def begin_session(
    conn: AsyncConnection, user_id: UUID, grant_id: UUID | None, lives: timedelta, device: str = ""
) -> tuple[str, str]:
    """A new session: (token for the cookie, secret for forms). Never continues one made before signing in. `device`:
    what it was begun on, in a word or two.
    """
    token, csrf = new_token(), secrets.token_hex(32)
    await (await db.raw(conn)).execute(
        "insert into web_session (hash, user_id, user_role_id, csrf_secret, expires_at, device)"
        " values ($1, $2, $3, $4, clock_timestamp() + $5, $6)",
        digest(token),
        user_id,
        grant_id,
        csrf,
        lives,
        device,
    )
    return token, csrf


HOLDS = "s.expires_at > statement_timestamp() and s.idle_at > statement_timestamp()"
"""What a session (`s`) must meet: its hours are not over, and it was used."""
NOTED_EVERY = timedelta(minutes=1)
"""That a session is used is written no more often: pages are many, and one row of a session is not fought over."""


async def session(conn: AsyncConnection, token: str, day: date, idle: timedelta) -> Session | None:
    """The session with this token, its user still active and its role still valid on this day; it ends when it is not
    used for `idle`.
    """
    row = await (await db.raw(conn)).fetchrow(
        f"select {_names(USER, 'u')}, {_names(GRANT, 'g')}, s.csrf_secret, s.expires_at, s.provider,"
        " coalesce(s.commission, ''), s.idle_at not between statement_timestamp() + $3::interval - $4::interval"
        " and statement_timestamp() + $3::interval"
        " from web_session s join app_user u on u.id = s.user_id"
        " left join user_role g on g.id = s.user_role_id and (g.valid_from is null or g.valid_from <= $2)"
        " and (g.valid_to is null or g.valid_to >= $2)"
        f" where s.hash = $1 and {HOLDS} and u.active",
        digest(token),
        day,
        idle,
        NOTED_EVERY,
    )
    if row is None:
        return None
    after = USER.width + GRANT.width
    grant = None if row[USER.width] is None else GRANT.read(row, USER.width)
    return Session(USER.read(row), grant, *row[after : after + 5])


async def note_use(conn: AsyncConnection, token: str, idle: timedelta) -> None:
    """The session is in use: it goes on for so long. Waits for nobody who holds its row."""
    await (await db.raw(conn)).execute(
        "update web_session set idle_at = clock_timestamp() + $2::interval"
        " where hash = (select hash from web_session where hash = $1 for update skip locked)",
        digest(token),
        idle,
    )


async def user_of(conn: AsyncConnection, token: str) -> UUID | None:
    """Whose session has this token."""
    found: UUID | None = await (await db.raw(conn)).fetchval(
        "select user_id from web_session where hash = $1", digest(token)
    )
    return found


async def fell_idle(conn: AsyncConnection, token: str) -> bool:
    """Whether there is a session with this token that nothing is wrong with but that it was not used."""
    found: bool = await (await db.raw(conn)).fetchval(
        "select exists (select from web_session where hash = $1 and expires_at > statement_timestamp()"
        " and idle_at <= statement_timestamp())",
        digest(token),
    )
    return found


async def choose_role(conn: AsyncConnection, token: str, grant_id: UUID) -> str | None:
    """Acts in another of the user's own roles from now on, under another token, which is returned; None for a role that
    is not hers.
    """
    other = new_token()
    status: str = await (await db.raw(conn)).execute(
        "update web_session s set user_role_id = g.id, hash = $3 from user_role g"
        " where s.hash = $1 and g.id = $2 and g.user_id = s.user_id",
        digest(token),
        grant_id,
        digest(other),
    )
    return other if status.endswith(" 1") else None


async def end_session(conn: AsyncConnection, token: str) -> None:
    await (await db.raw(conn)).execute("delete from web_session where hash = $1", digest(token))


async def drop_ended_sessions(conn: AsyncConnection) -> int:
    """Removes sessions that have had their hours, which nobody could have used any more; gives how many."""
    raw = await db.raw(conn)
    return len(await raw.fetch("delete from web_session where expires_at <= statement_timestamp() returning 1"))
