"""Users, their roles, sessions and keys as an administrator keeps them in a browser, and each user's own account.

The law of this file: only who administers the whole installation keeps users, and nobody takes away the last of them:
a change that would leave nobody who can sign in and administer everything is refused (decision 0071). A password is
chosen behind a mailed link, which never says whether there is such a user.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import account
from sip.domain.address import folded
from sip.domain.auditing import held_apart
from sip.domain.effects import Notice, NoticeKind
from sip.domain.optional import NoticeTopic
from sip.domain.people import Address, Language, Role
from sip.domain.worktime import local_day
from sip.store import accounts, api_keys, directory_one, users
from sip.store.accounts import Account, SessionLine
from sip.store.api_keys import KeyLine, KeyRecord
from sip.store.db import Database
from sip.store.post import tokens
from sip.store.post.outbox import Posting
from sip.store.seen import listings
from sip.store.users import GrantRecord, UserRecord
from sip.usecases import key_scopes, passwords
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.directory.keeping import PartKind
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_numbers
from sip.usecases.recorded import AccessRows, recorded, recorded_beyond
from sip.usecases.sessions import PasswordDesk


def require_keeper(actor: Actor) -> None:
    """Raises NotFoundError for who does not administer the whole installation."""
    if not has_role(actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("users")


@asynccontextmanager
async def administered(
    db: Database, actor: Actor, now: datetime, *, nothing: str | None = None
) -> AsyncIterator[tuple[AsyncConnection, AccessRows]]:
    """A recorded transaction on others' users, sessions and keys. Raises NotFoundError as `require_keeper`."""
    require_keeper(actor)
    async with recorded_beyond(db, actor, now, nothing=nothing) as (conn, log):
        yield conn, log


@dataclass(frozen=True, slots=True)
class UsersRead:
    """A page of users with all their roles, and the names of the places that these are held in."""

    users: list[Account]
    more: bool
    grants: dict[UUID, list[GrantRecord]]
    places: dict[UUID, str]


async def found(
    db: Database, words: Sequence[str], after: UUID | None, *, only: UUID | None = None, actor: Actor, now: datetime
) -> UsersRead:
    """Users by words, or one of them. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        log.note("list" if only is None else "read", "user", only)
        listed, more = await accounts.found(conn, words, after=after, only=only)
        if only is not None and not listed:
            raise NotFoundError("user")
        held = await accounts.grants(conn, [one.user.id for one in listed])
        places = [place for one in held if (place := one.unit_id or one.organisation_id or one.principal_id)]
        by_user: dict[UUID, list[GrantRecord]] = {}
        for one in held:
            by_user.setdefault(one.user_id, []).append(one)
        return UsersRead(listed, more, by_user, await listings.place_names(conn, places))


# -- users and their roles


@dataclass(frozen=True, slots=True)
class RoleWanted:
    """A role to be given: where (None: in the whole installation), from and to which day."""

    role: Role
    kind: PartKind | None
    place: UUID | None
    valid_from: date | None = None
    valid_to: date | None = None


async def invite(
    db: Database, email: str, name: str, language: Language, wanted: RoleWanted, *, actor: Actor, now: datetime
) -> UUID:
    """A new user, who is mailed a link to choose her password. Raises InvalidError for an address that has a user."""
    require_keeper(actor)
    refuse_numbers({"email": email, "name": name})
    user_id = uuid5(NAMESPACE, f"user/{folded(email)}")
    async with administered(db, actor, now) as (conn, log):
        if await users.by_email(conn, email) is not None:
            raise InvalidError([FieldProblem("email", "user_taken")])
        await users.save_users(conn, [UserRecord(user_id, folded(email), name, language)])
        await users.save_grants(conn, [await _grant(conn, user_id, wanted)])
        to = Address(folded(email), name, language)
        await _post(conn, account.invitation(user_id, to, actor.name or "", now), now)
        log.note("invite", "user", user_id)
    return user_id


async def _post(conn: AsyncConnection, notice: Notice, now: datetime) -> None:
    posting = Posting()
    posting.mail(notice, engine=False)
    await posting.write(conn, now)


async def _grant(conn: AsyncConnection, user_id: UUID, wanted: RoleWanted) -> GrantRecord:
    """Raises InvalidError for a place that is not there, and for an auditor of a unit."""
    if wanted.role is Role.AUDITOR and wanted.kind == "unit":
        raise InvalidError([FieldProblem("place", "auditor_of_unit")])
    unit = wanted.place if wanted.kind == "unit" else None
    organisation = wanted.place if wanted.kind == "organisation" else None
    principal = wanted.place if wanted.kind == "principal" else None
    there = (
        wanted.place is None
        or (unit is not None and await directory_one.unit(conn, unit) is not None)
        or (organisation is not None and await directory_one.organisation(conn, organisation) is not None)
        or (principal is not None and await directory_one.principal(conn, principal) is not None)
    )
    if not there:
        raise InvalidError([FieldProblem("place", "unknown_place")])
    identity = uuid5(NAMESPACE, f"grant/{user_id}/{wanted.role}/{wanted.place or ''}")
    return GrantRecord(
        identity, user_id, wanted.role, unit, organisation, principal, wanted.valid_from, wanted.valid_to
    )


async def _user(conn: AsyncConnection, user_id: UUID) -> Account:
    listed, _ = await accounts.found(conn, (), after=None, only=user_id)
    if not listed:
        raise NotFoundError("user")
    return listed[0]


async def invite_again(db: Database, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The link to choose a password once more; the links before it hold no longer. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        one = (await _user(conn, user_id)).user
        await tokens.drop_account_links(conn, user_id)
        to = Address(one.email, one.name, one.language)
        await _post(conn, account.invitation(user_id, to, actor.name or "", now), now)
        log.note("invite", "user", user_id)


async def give_role(db: Database, user_id: UUID, wanted: RoleWanted, *, actor: Actor, now: datetime) -> None:
    """A further role; the same in the same place again changes its dates.

    Raises NotFoundError, and InvalidError for a place that is not there, for who would be auditor and administrator,
    and for the last administrator's last day.
    """
    async with administered(db, actor, now) as (conn, log):
        await _user(conn, user_id)
        await users.save_grants(conn, [await _grant(conn, user_id, wanted)])
        if not held_apart(await accounts.roles_from(conn, user_id, local_day(now))):
            raise InvalidError([FieldProblem("role", "held_apart")])
        await require_somebody_left(conn, now)
        log.note("give role", "user", user_id)


async def end_role(db: Database, user_id: UUID, grant_id: UUID, last: date, *, actor: Actor, now: datetime) -> None:
    """A role's last day. Raises NotFoundError, and InvalidError for the last administrator's."""
    async with administered(db, actor, now) as (conn, log):
        if not await accounts.end_grant(conn, grant_id, user_id, last, local_day(now)):
            raise NotFoundError("role")
        await require_somebody_left(conn, now)
        log.note("end role", "user", user_id)


async def set_active(db: Database, user_id: UUID, active: bool, *, actor: Actor, now: datetime) -> None:
    """Whether a user may sign in; who may not has no session.

    Raises NotFoundError, and InvalidError for the last administrator.
    """
    async with administered(db, actor, now) as (conn, log):
        await _user(conn, user_id)
        await users.set_active(conn, user_id, active)
        await require_somebody_left(conn, now)
        log.note("enable" if active else "disable", "user", user_id)


async def require_somebody_left(conn: AsyncConnection, now: datetime) -> None:
    """Raises InvalidError, which takes all of it back, where nobody would be left to administer the installation."""
    if not await accounts.administrators(conn, local_day(now)):
        raise InvalidError([FieldProblem("", "last_administrator")])


# -- sessions


async def sessions(db: Database, token: str, *, own: bool, actor: Actor, now: datetime) -> list[SessionLine]:
    """The sessions of everybody, or the actor's own. Raises NotFoundError."""
    reads = recorded if own else administered
    async with reads(db, actor, now) as (conn, log):
        log.note("list", "session", None)
        return await accounts.sessions(conn, _own_id(actor) if own else None, users.digest(token))


async def end_session(db: Database, session_id: str, *, own: bool, actor: Actor, now: datetime) -> None:
    """Signs somebody out in one place: the actor herself, or anybody. Raises NotFoundError."""
    reads = recorded if own else administered
    async with reads(db, actor, now) as (conn, log):
        log.note("end session", "user", _own_id(actor) if own else None)
        if not await accounts.end_session(conn, session_id, _own_id(actor) if own else None):
            raise NotFoundError("session")


async def end_sessions(db: Database, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Signs a user out everywhere. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        await _user(conn, user_id)
        await users.end_sessions(conn, user_id)
        log.note("end sessions", "user", user_id)


def _own_id(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.USER or actor.id is None:
        raise NotFoundError("user")
    return UUID(actor.id)


# -- keys


async def keys(db: Database, *, actor: Actor, now: datetime) -> tuple[list[KeyLine], dict[UUID, str]]:
    """Every key, with the names of the places they are held in. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        log.note("list", "api_key", None)
        listed = await api_keys.listed(conn)
        places = [p for one in listed if (p := one.key.unit_id or one.key.organisation_id or one.key.principal_id)]
        return listed, await listings.place_names(conn, places)


async def make_key(
    db: Database,
    name: str,
    wanted: RoleWanted,
    expires_at: datetime | None,
    *,
    scopes: Iterable[str] = (),
    actor: Actor,
    now: datetime,
) -> str:
    """A new key; the text returned is shown once and stored nowhere. Raises InvalidError for a name that is taken."""
    require_keeper(actor)
    refuse_numbers({"name": name})
    async with administered(db, actor, now) as (conn, log):
        if any(one.key.name == name for one in await api_keys.listed(conn)):
            raise InvalidError([FieldProblem("name", "key_taken")])
        held = await _grant(conn, uuid5(NAMESPACE, f"key/{name}"), wanted)
        identity = uuid5(NAMESPACE, f"key/{name}/{now.isoformat()}")
        record = KeyRecord(
            identity, name, wanted.role, held.unit_id, held.organisation_id, held.principal_id, expires_at,
            key_scopes.scopes_of(scopes),
        )  # fmt: skip
        token = await api_keys.make(conn, record)
        log.note("add", "api_key", identity)
    return token


async def revoke_key(db: Database, key_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Ends a key. Raises NotFoundError for one that is not in use."""
    async with administered(db, actor, now) as (conn, log):
        one = next((line.key for line in await api_keys.listed(conn) if line.key.id == key_id), None)
        if one is None or not await api_keys.revoke(conn, one.name):
            raise NotFoundError("key")
        log.note("revoke", "api_key", key_id)


async def rotate_key(db: Database, key_id: UUID, overlap: timedelta, *, actor: Actor, now: datetime) -> str:
    """Another secret of a key in use, shown once; the one before opens for so long too. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        token = await api_keys.rotate(conn, key_id, now + overlap if overlap else None)
        if token is None:
            raise NotFoundError("key")
        log.note("rotate", "api_key", key_id)
    return token


async def end_old_secret(db: Database, key_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The secret that a key had before opens nothing more. Raises NotFoundError where it has none."""
    async with administered(db, actor, now) as (conn, log):
        if not await api_keys.end_old(conn, key_id):
            raise NotFoundError("key")
        log.note("end old secret", "api_key", key_id)


# -- one's own account


async def forgotten(db: Database, email: str, now: datetime) -> None:
    """A link to another password is mailed, where there is such a user and she has not been mailed too many. Nothing
    tells which.
    """
    async with db.transaction(ServicePart.SESSIONS) as conn:
        found = await users.by_email(conn, email)
        if found is None or not found.active:
            return
        since = now - account.FORGOTTEN_FOR
        if await accounts.mailed_since(conn, found.id, NoticeKind.ACCOUNT_PASSWORD, since) >= account.MOST_ASKED:
            return
        await _post(conn, account.forgotten(found.id, Address(found.email, found.name, found.language), now), now)


async def choose_password(db: Database, desk: PasswordDesk, user_id: UUID, password: str, *, now: datetime) -> None:
    """Behind a mailed link: the password, once. Every session and every such link of the user ends.

    Raises InvalidError, and NotFoundError for a user who may not sign in.
    """
    await passwords.check(desk, password)
    hashed = await asyncio.to_thread(users.hash_password, password)
    async with recorded(db, ServicePart.LINKS, now) as (conn, log):
        one = (await _user(conn, user_id)).user
        if not one.active:
            raise NotFoundError("link")
        await passwords.refuse_words_of_the_place(conn, one, password)
        await users.set_password(conn, user_id, hashed)
        await tokens.drop_account_links(conn, user_id)
        log.note("choose password", "user", user_id, by=Actor(ActorKind.USER, str(user_id), one.name))


async def change_password(
    db: Database, desk: PasswordDesk, current: str, password: str, *, actor: Actor, now: datetime
) -> None:
    """Another password, by who knows the one before; every session of the user ends. Raises InvalidError."""
    user_id = _own_id(actor)
    await passwords.require_own(db, desk, current, actor=actor, now=now)
    await passwords.check(desk, password)
    hashed = await asyncio.to_thread(users.hash_password, password)
    async with recorded(db, actor, now) as (conn, log):
        await passwords.refuse_words_of_the_place(conn, (await _user(conn, user_id)).user, password)
        await users.set_password(conn, user_id, hashed)
        await tokens.drop_account_links(conn, user_id)
        log.note("change password", "user", user_id)


async def prefer(db: Database, language: Language, *, actor: Actor, now: datetime) -> None:
    """The language that a user wants. Raises NotFoundError for who is no user."""
    user_id = _own_id(actor)
    async with recorded(db, actor, now, nothing="it is her own") as (conn, _):
        await accounts.set_language(conn, user_id, language)


async def switched_off(db: Database, *, actor: Actor, now: datetime) -> frozenset[NoticeTopic]:
    """What the actor does without. Raises NotFoundError for who is no user."""
    user_id = _own_id(actor)
    async with recorded(db, actor, now, nothing="it is her own") as (conn, _):
        return await accounts.muted(conn, user_id)


async def switch_off(db: Database, topics: Iterable[NoticeTopic], *, actor: Actor, now: datetime) -> None:
    """All that the actor does without from now on; what is not named comes. Raises NotFoundError for who is no user."""
    user_id = _own_id(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("choose notices", "user", user_id)
        await accounts.mute(conn, user_id, topics)
