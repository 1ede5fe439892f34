"""Users and sessions as lists, for who keeps them; and who is left to keep them.

The law of this file: it shows and counts; what is changed is changed by `users`. A session is named here by the
beginning of its hash, which opens nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.optional import NoticeTopic
from sip.domain.people import Language, Role
from sip.store import db
from sip.store.users import GRANT, HOLDS, USER, GrantRecord, UserRecord

MOST = 50
"""Users of one page."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user with what tells whether she can sign in: when she last did, whether she has a password, until when she is
    locked out, and what became of the latest mail about her account (None: none was sent).
    """

    user: UserRecord
    signed_in_at: datetime | None
    has_password: bool
    locked: bool
    mailed: str | None
    sessions: int
    tied: bool
    """Whether a sign-in provider knows her."""
    second_factor: bool


_ACCOUNT = f"""select {", ".join(f"u.{column}" for column in USER.columns)}, u.signed_in_at,
 u.password_hash is not null,
 coalesce(u.locked_until > statement_timestamp(), false),
 (select o.state from outbox o where o.user_id = u.id order by o.id desc limit 1),
 (select count(*) from web_session s where s.user_id = u.id and {HOLDS}),
 exists (select 1 from user_identity i where i.user_id = u.id),
 exists (select 1 from second_factor f where f.user_id = u.id) from app_user u"""


def _account(row: Any) -> Account:
    return Account(USER.read(row), *row[USER.width :])


async def found(
    conn: AsyncConnection, words: Sequence[str], *, after: UUID | None, only: UUID | None = None
) -> tuple[list[Account], bool]:
    """Users whose name or address holds every word, by address, and whether there are more after these."""
    rows = await (await db.raw(conn)).fetch(
        f"""{_ACCOUNT} where not exists (select from unnest($1::text[]) as t(w)
 where position(t.w in lower(u.name || ' ' || u.email)) = 0) and ($3::uuid is null or u.id = $3)
 and ($2::uuid is null or (u.email_folded, u.id) > (select x.email_folded, x.id from app_user x where x.id = $2))
 order by u.email_folded, u.id limit {MOST + 1}""",
        [word.lower() for word in words],
        after,
        only,
    )
    return [_account(row) for row in rows[:MOST]], len(rows) > MOST


async def grants(conn: AsyncConnection, user_ids: Sequence[UUID]) -> list[GrantRecord]:
    """Every role of these users, those that have ended too."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(GRANT.columns)} from user_role where user_id = any($1::uuid[])"
        " order by valid_to nulls first, role, id",
        list(user_ids),
    )
    return [GRANT.read(row) for row in rows]


async def roles_from(conn: AsyncConnection, user_id: UUID, today: date) -> list[Role]:
    """The roles that a user has today or will have."""
    held = await grants(conn, [user_id])
    return [one.role for one in held if one.valid_to is None or one.valid_to >= today]


_RIGHT = """u.active and g.role = 'administrator'
 and num_nonnulls(g.unit_id, g.organisation_id, g.principal_id) = 0 and (g.valid_from is null or g.valid_from <= $1)"""


async def administrators(conn: AsyncConnection, today: date) -> list[UUID]:
    """Users with a password who administer the whole installation today, without an assignment that only a provider
    gives, and have no last day; locked until the transaction ends.
    """
    rows = await (await db.raw(conn)).fetch(
        "select u.id from app_user u where exists (select 1 from user_role g where g.user_id = u.id"
        f" and g.valid_to is null and {_RIGHT} and not exists (select 1 from role_commission c"
        " where c.user_role_id = g.id)) and u.password_hash is not null"
        " order by u.id for update of u",
        today,
    )
    return [row[0] for row in rows]


async def administering(conn: AsyncConnection, today: date) -> list[UserRecord]:
    """Users who administer the whole installation today, also those whose last day is to come."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(f'u.{column}' for column in USER.columns)} from app_user u where exists (select 1"
        f" from user_role g where g.user_id = u.id and (g.valid_to is null or g.valid_to >= $1) and {_RIGHT})"
        " order by u.id",
        today,
    )
    return [USER.read(row) for row in rows]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session that holds: whose, in which role, since when, and what it was begun on. `own`: the reader's."""

    id: str
    user: UserRecord
    role: Role | None
    since: datetime
    until: datetime
    device: str
    own: bool


async def sessions(conn: AsyncConnection, user_id: UUID | None, token_hash: bytes) -> list[SessionLine]:
    """The sessions of a user, or of everybody, that hold now; the latest first."""
    rows = await (await db.raw(conn)).fetch(
        f"""select {", ".join(f"u.{column}" for column in USER.columns)}, encode(substr(s.hash, 1, 8), 'hex'), g.role,
 s.recorded_at, s.expires_at, s.device, s.hash = $2 from web_session s join app_user u on u.id = s.user_id
 left join user_role g on g.id = s.user_role_id where {HOLDS}
 and ($1::uuid is null or s.user_id = $1) order by s.recorded_at desc limit 500""",
        user_id,
        token_hash,
    )
    width = USER.width
    return [
        SessionLine(row[width], USER.read(row), Role(row[width + 1]) if row[width + 1] else None, *row[width + 2 :])
        for row in rows
    ]


async def end_session(conn: AsyncConnection, session_id: str, user_id: UUID | None) -> bool:
    """Ends one session, of this user or of anybody; whether there was one."""
    rows = await (await db.raw(conn)).fetch(
        "delete from web_session where encode(substr(hash, 1, 8), 'hex') = $1 and ($2::uuid is null or user_id = $2)"
        " returning 1",
        session_id,
        user_id,
    )
    return bool(rows)


async def mailed_since(conn: AsyncConnection, user_id: UUID, kind: str, since: datetime) -> int:
    """How many mails of this kind the user was sent after that moment of the service's clock."""
    number: int = await (await db.raw(conn)).fetchval(
        "select count(*) from outbox where user_id = $1 and kind = $2 and (payload->>'dtstamp')::timestamptz > $3",
        user_id,
        kind,
        since,
    )
    return number


async def muted(conn: AsyncConnection, user_id: UUID) -> frozenset[NoticeTopic]:
    """What the user has switched off; a topic of another version is none."""
    found = await (await db.raw(conn)).fetchval("select muted from app_user where id = $1", user_id)
    return frozenset(NoticeTopic(one) for one in found or () if one in set(NoticeTopic))


async def mute(conn: AsyncConnection, user_id: UUID, topics: Iterable[NoticeTopic]) -> None:
    """All that the user does without."""
    await (await db.raw(conn)).execute("update app_user set muted = $2 where id = $1", user_id, sorted(topics))


async def set_language(conn: AsyncConnection, user_id: UUID, language: Language) -> None:
    """The language that a user has chosen, of pages and of mails to her."""
    await (await db.raw(conn)).execute("update app_user set language = $2 where id = $1", user_id, language)


async def names_of_authorities(conn: AsyncConnection) -> list[str]:
    """The names of all principals and organisations."""
    rows = await (await db.raw(conn)).fetch("select name from principal union select name from organisation")
    return [row[0] for row in rows]


async def password_hash(conn: AsyncConnection, user_id: UUID) -> str | None:
    """What the user's password is checked against."""
    found: str | None = await (await db.raw(conn)).fetchval("select password_hash from app_user where id = $1", user_id)
    return found


async def end_grant(conn: AsyncConnection, grant_id: UUID, user_id: UUID, last: date, today: date) -> bool:
    """One role ends with this day, and if that has passed the sessions in it; whether there was such a role."""
    rows = await (await db.raw(conn)).fetch(
        "with ended as (update user_role set valid_to = greatest($3::date, valid_from) where id = $1 and user_id = $2"
        " returning id, valid_to), gone as (delete from web_session where user_role_id in"
        " (select id from ended where valid_to < $4::date)) select id from ended",
        grant_id,
        user_id,
        last,
        today,
    )
    return bool(rows)
