"""Who asks: signing in and out, the session that a cookie carries, the key that a program carries.

The law of this file: nobody is known before it has said who she is, so its transactions are the keeper of sessions'. A
wrong password and an unknown address look and take the same; a session gets a new token at each sign-in.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import api_keys, second_factors, users
from sip.store.api_keys import KeyRecord
from sip.store.db import Database
from sip.store.seen import listings
from sip.store.users import GrantRecord, Session
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import ForbiddenError, NotFoundError

_HASHES_AT_ONCE = 2
_MOST_WAITING = 20
_LONGEST_PASSWORD = 200


class NotLetIn(Exception):  # noqa: N818 - said as one sentence
    """Unknown, wrong, or locked for a while after too many tries: which of them is nobody's to know."""


class CodeWanted(Exception):  # noqa: N818 - a step on the way, no error
    """The password was right; `user_id` has a second factor, whose code is asked for now. `at`: machine time."""

    def __init__(self, user_id: UUID, at: datetime) -> None:
        super().__init__()
        self.user_id, self.at = user_id, at


class PasswordDesk:
    """Passwords are looked at in threads, a few at once; who comes when it is full is sent away."""

    def __init__(self, breached: Path | None = None) -> None:
        self.breached = breached
        """The file of those that have leaked, where the installation has one."""
        self._places = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._waiting = 0

    @property
    def full(self) -> bool:
        return self._waiting >= _MOST_WAITING

    async def right(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one stored; as slow where there is none."""
        self._waiting += 1
        try:
            async with self._places:
                fits = await asyncio.to_thread(users.check_password, stored, password[:_LONGEST_PASSWORD])
        finally:
            self._waiting -= 1
        return fits and len(password) <= _LONGEST_PASSWORD


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in use: who acts and in which role, all her roles, and the names of the places they are held in."""

    session: Session
    actor: Actor
    grants: tuple[GrantRecord, ...]
    places: dict[UUID, str]

    def place(self, grant: GrantRecord) -> str | None:
        """Where a role is held, None for the whole installation."""
        held_in = _held_in(grant)
        return self.places.get(held_in) if held_in is not None else None


async def roles_without(conn: AsyncConnection, user_id: UUID, day: date) -> list[GrantRecord]:
    """The roles of who comes in here, and has chosen no assignment at a provider. Raises ForbiddenError for none."""
    grants = await users.grants_within(conn, user_id, day, "")
    if not grants:
        raise ForbiddenError(())
    return grants


def _held_in(grant: GrantRecord) -> UUID | None:
    return grant.unit_id or grant.organisation_id or grant.principal_id


async def signed_in(db: Database, token: str, now: datetime, idle: timedelta, *, used: bool = True) -> SignedIn | None:
    """The session with this token; None when it has ended, or the role acted in has.

    It ends when it is not used for `idle`, in machine time. `used`: whether this request is somebody's, and no script's
    by itself; that is noted once a minute.
    """
    day = local_day(now)
    async with db.transaction(ServicePart.SESSIONS) as conn:
        found = await users.session(conn, token, day, idle)
        if found is None or found.grant is None:
            return None
        if used and found.unnoted:
            await users.note_use(conn, token, idle)
        grants = await users.grants_within(conn, found.user.id, day, found.commission)
        places = await listings.place_names(conn, [place for one in grants if (place := _held_in(one)) is not None])
    user, grant = found.user, found.grant
    actor = Actor(
        ActorKind.USER, str(user.id), user.name, grant.unit_id, grant.role, grant.organisation_id, grant.principal_id
    )  # fmt: skip
    return SignedIn(found, actor, tuple(grants), places)


async def user_of(db: Database, token: str) -> UUID | None:
    """Whose session this is."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await users.user_of(conn, token)


async def fell_idle(db: Database, token: str) -> bool:
    """Whether the session with this token ended because it was not used."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await users.fell_idle(conn, token)


async def sign_in(
    db: Database,
    desk: PasswordDesk,
    email: str,
    password: str,
    lives: timedelta,
    *,
    ends: str | None,
    now: datetime,
    device: str = "",
) -> str:
    """The token of a new session, in the first of the user's roles; the session with the token `ends` is over.

    The try is counted before the password is looked at. Raises NotLetIn, ForbiddenError for a user without a role, and
    CodeWanted for one with a second factor: her tries are not forgotten before its code has come.
    """
    async with db.transaction(ServicePart.SESSIONS) as conn:
        found = await users.for_sign_in(conn, email)
        await users.count_sign_in(conn, found.user.id if found else None)
    right = await desk.right(found.password_hash if found else None, password)
    if found is None or not right or found.locked:
        raise NotLetIn
    async with db.transaction(ServicePart.SESSIONS) as conn:
        factor = await second_factors.of_user(conn, found.user.id)
        if factor is not None:
            raise CodeWanted(found.user.id, factor.machine_time)
        await users.note_sign_in(conn, found.user.id)
        grants = await roles_without(conn, found.user.id, local_day(now))
        if ends is not None:
            await users.end_session(conn, ends)
        token, _ = await users.begin_session(conn, found.user.id, grants[0].id, lives, device)
    return token


async def sign_out(db: Database, token: str, *, actor: Actor) -> None:
    """Ends the session."""
    async with db.transaction(actor) as conn:
        await users.end_session(conn, token)


async def choose_role(db: Database, token: str, grant_id: UUID, *, actor: Actor) -> str:
    """The session acts in another of the user's roles from now on; its new token. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        other = await users.choose_role(conn, token, grant_id)
    if other is None:
        raise NotFoundError("role")
    return other


@dataclass(frozen=True, slots=True)
class Program:
    """Another system at work: who acts, and the key it came with."""

    actor: Actor
    key: KeyRecord


async def program(db: Database, secret: str, now: datetime) -> Program | None:
    """Whose API key this is; None for one that never was or has ended."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        key = await api_keys.opened(conn, secret, now)
    if key is None:
        return None
    places = key.unit_id, key.role, key.organisation_id, key.principal_id
    return Program(Actor(ActorKind.API_KEY, str(key.id), key.name, *places), key)
