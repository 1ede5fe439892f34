"""Signing in with a provider's word, and whom such a word means.

The law of this file: a subject means whom an administrator said, never whoever has its address; a state and a word of
log-out count once (decision 0089). Nobody is known before, so its transactions are the keeper of sessions'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sip import retention
from sip.domain.identity import LogOut, ProvidedIdentity
from sip.domain.worktime import local_day
from sip.store import identities, users
from sip.store.db import Database
from sip.store.identities import Origin, Tie
from sip.store.vault import Vault, WrongKey
from sip.usecases.accounts import administered, require_keeper, require_somebody_left
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import FieldProblem, ForbiddenError, InvalidError, NotFoundError, refuse_numbers

TRY_LIVES = timedelta(minutes=10)
"""How long somebody may be at a provider's pages before she comes back."""


class UnknownIdentityError(Exception):
    """A provider named somebody whom no user here is tied to."""


class OtherCommissionError(Exception):
    """She chose an assignment that none of her roles goes with."""


@dataclass(frozen=True, slots=True)
class Provided:
    """What a provider's word gives: its name, whom it named, its ID token, and whether that confirms who she is."""

    provider: str
    identity: ProvidedIdentity
    id_token: str
    confirms: bool


async def machine_time(db: Database) -> datetime:
    """What time the machine has, which providers go by; the service's own clock can be set in demo and test."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await identities.machine_time(conn)


async def take_state(db: Database, state: str) -> datetime | None:
    """The machine's time, if this state comes back for the first time; None if it has been used."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await identities.first_use(conn, f"state/{state}", 2 * TRY_LIVES)


async def sign_in(
    db: Database, vault: Vault, word: Provided, lives: timedelta, *, ends: str | None, now: datetime, device: str
) -> str:
    """The token of a new session; the session with the token `ends` is over.

    Raises UnknownIdentityError, OtherCommissionError, and ForbiddenError for a user without a role.
    """
    async with db.transaction(ServicePart.SESSIONS) as conn:
        user_id = await identities.user_of(conn, word.provider, word.identity.subject)
        if user_id is None:
            raise UnknownIdentityError
        fitting = await users.grants_within(conn, user_id, local_day(now), word.identity.commission)
        if not fitting:
            raise OtherCommissionError if await identities.commissions(conn, user_id) else ForbiddenError(())
        if ends is not None:
            await users.end_session(conn, ends)
        await users.note_sign_in(conn, user_id)
        token, _ = await users.begin_session(conn, user_id, fitting[0].id, lives, device)
        identity, sealed = word.identity, vault.hide(word.id_token.encode(), _about(word.provider))
        origin = Origin(word.provider, identity.sub, identity.sid, identity.commission, sealed)
        await identities.note_origin(conn, token, origin)
        if word.confirms:
            await identities.confirm(conn, token)
    return token


async def confirm(db: Database, word: Provided, session: str, *, actor: Actor) -> str:
    """She has shown the provider anew who she is: the new token of her session. Raises UnknownIdentityError where it
    named somebody else.
    """
    async with db.transaction(ServicePart.SESSIONS) as conn:
        user_id = await identities.user_of(conn, word.provider, word.identity.subject)
        if user_id is None or str(user_id) != actor.id or actor.kind is not ActorKind.USER:
            raise UnknownIdentityError
        token = users.new_token()
        if not await identities.renew(conn, session, token):
            raise UnknownIdentityError
        await identities.confirm(conn, token)
    return token


async def origin(db: Database, vault: Vault, session: str, *, actor: Actor) -> tuple[str, str] | None:
    """The provider that a session was begun at and its ID token; None for a password."""
    async with db.transaction(actor) as conn:
        found = await identities.origin_of(conn, session)
    if found is None:
        return None
    try:
        return found.provider, vault.show(found.id_token, _about(found.provider)).decode()
    except WrongKey:
        return found.provider, ""


def _about(provider: str) -> bytes:
    return f"id token/{provider}".encode()


async def logged_out(db: Database, provider: str, word: LogOut) -> int:
    """Ends what a provider says is over, once for each word; gives how many sessions."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        if await identities.first_use(conn, f"log-out/{provider}/{word.jti}", retention.TRY.life) is None:
            return 0
        return await identities.end_provided(conn, provider, word.sub, word.sid)


async def ended_among(db: Database, open_ones: Sequence[str]) -> set[str]:
    """Those of these sessions, by their names, that hold no longer."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return set(open_ones) - await identities.holding(conn, list(open_ones))


# -- kept by an administrator


async def ties(db: Database, user_id: UUID, *, actor: Actor, now: datetime) -> tuple[list[Tie], Mapping[UUID, str]]:
    """The subjects that mean a user, and the assignments of her roles. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        if await users.by_id(conn, user_id) is None:
            raise NotFoundError("user")
        log.note("read", "user_identity", user_id)
        return await identities.ties(conn, user_id), await identities.commissions(conn, user_id)


async def tie(db: Database, one: Tie, *, actor: Actor, now: datetime) -> None:
    """A subject means this user from now on.

    Raises NotFoundError, and InvalidError for a value that means another user or looks like a personal number.
    """
    require_keeper(actor)
    refuse_numbers({"subject": one.subject})
    async with administered(db, actor, now) as (conn, log):
        if await users.by_id(conn, one.user_id) is None:
            raise NotFoundError("user")
        if await identities.tie(conn, one) != one.user_id:
            raise InvalidError([FieldProblem("subject", "identity_taken")])
        log.note("tie", "user", one.user_id)


async def untie(db: Database, one: Tie, *, actor: Actor, now: datetime) -> None:
    """It means her no longer, and what she does by it ends. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        if not await identities.untie(conn, one):
            raise NotFoundError("identity")
        log.note("untie", "user", one.user_id)


async def set_commission(
    db: Database, user_id: UUID, grant_id: UUID, commission: str, *, actor: Actor, now: datetime
) -> None:
    """The assignment that a role goes with, "" for none.

    Raises NotFoundError, and InvalidError for the role of the last administrator who can come in by her password.
    """
    async with administered(db, actor, now) as (conn, log):
        if not await identities.set_commission(conn, user_id, grant_id, commission):
            raise NotFoundError("role")
        await require_somebody_left(conn, now)
        log.note("tie role", "user", user_id)
