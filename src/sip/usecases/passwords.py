"""What a password must be, and asking for the one that somebody has.

The law of this file: a password is taken as it was typed, to the letter. Length counts and not composition; what is
tried first is refused: those that many use, and words of the place.
"""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.breached import is_breached
from sip.domain.passwords import rests_on
from sip.store import accounts
from sip.store.db import Database
from sip.store.users import UserRecord
from sip.usecases.actor import Actor
from sip.usecases.problems import FieldProblem, InvalidError
from sip.usecases.recorded import recorded
from sip.usecases.sessions import PasswordDesk
from sip.usecases.users_csv import PASSWORD_LEAST, is_known_bad

LONGEST_PASSWORD = 200


async def check(desk: PasswordDesk, password: str) -> None:
    """Raises InvalidError for a password that is too short, too long, among those that are tried first, or leaked."""
    if not PASSWORD_LEAST <= len(password) <= LONGEST_PASSWORD:
        raise InvalidError([FieldProblem("password", "password_length")])
    if is_known_bad(password):
        raise InvalidError([FieldProblem("password", "password_known")])
    if desk.breached is not None and await asyncio.to_thread(is_breached, desk.breached, password):
        raise InvalidError([FieldProblem("password", "password_leaked")])


async def refuse_words_of_the_place(conn: AsyncConnection, user: UserRecord, password: str) -> None:
    """Raises InvalidError for a password of the names of authorities here, of the user's own and of the service."""
    if rests_on(password, [*await accounts.names_of_authorities(conn), user.name, user.email]):
        raise InvalidError([FieldProblem("password", "password_of_place")])


async def require_own(db: Database, desk: PasswordDesk, current: str, *, actor: Actor, now: datetime) -> None:
    """Raises InvalidError where this is not the actor's password."""
    if not await desk.right(await _stored(db, actor, now), current):
        raise InvalidError([FieldProblem("current", "password_wrong")])


async def has_one(db: Database, *, actor: Actor, now: datetime) -> bool:
    """Whether the actor has a password here; who signs in with a provider may have none."""
    return await _stored(db, actor, now) is not None


async def _stored(db: Database, actor: Actor, now: datetime) -> str | None:
    async with recorded(db, actor, now, nothing="only the password's own hash is read") as (conn, _):
        return await accounts.password_hash(conn, UUID(actor.id))
