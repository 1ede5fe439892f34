"""One-time codes (RFC 6238) and recovery codes: set up by who has her password, asked for at sign-in and to confirm.

The law of this file: a try is counted before the code is looked at, with the tries of the password, and a right
password alone forgets none of them; a code counts once (RFC 6238, section 5.2). A secret is kept sealed, and shown only
while it is set up (decision 0090).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pyotp
from pyotp.utils import strings_equal
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import local_day
from sip.store import accounts, identities, second_factors, users
from sip.store.db import Database
from sip.store.second_factors import SecondFactor
from sip.store.vault import Vault, WrongKey
from sip.usecases.accounts import administered
from sip.usecases.actor import Actor, ActorKind, ServicePart
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError
from sip.usecases.recorded import recorded
from sip.usecases.sessions import NotLetIn, PasswordDesk, roles_without

STEP_SECONDS = 30
AROUND = 1
"""Steps before and after the present one whose codes are taken: clocks of telephones differ (RFC 6238, section 6)."""
RECOVERY_CODES = 10
TICKET_LIVES = timedelta(minutes=5)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER = "SIP"


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A secret that is being set up: as text for who cannot scan, as the address that a telephone scans, and sealed for
    the form to bring back.
    """

    secret: str
    address: str
    sealed: str


def _own_id(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.USER or actor.id is None:
        raise NotFoundError("user")
    return UUID(actor.id)


async def standing(db: Database, *, actor: Actor) -> tuple[bool, int]:
    """Whether the actor has a second factor, and how many recovery codes are left. Raises NotFoundError."""
    async with db.transaction(actor) as conn:
        found = await second_factors.of_user(conn, _own_id(actor))
    return found is not None, 0 if found is None else found.left


async def begin(db: Database, vault: Vault, desk: PasswordDesk, password: str, name: str, *, actor: Actor) -> NewFactor:
    """A new secret for who knows her password; nothing is stored before a code of it has come.

    Raises InvalidError, and NotFoundError for who has one: it is removed by a code first.
    """
    user_id = _own_id(actor)
    async with db.transaction(actor) as conn:
        await _has_none(conn, user_id)
        found, stored = await users.by_id(conn, user_id), await accounts.password_hash(conn, user_id)
        await users.count_sign_in(conn, user_id)
    if found is None or found.locked or not await desk.right(stored, password):
        raise InvalidError([FieldProblem("current", "password_wrong")])
    async with db.transaction(actor) as conn:
        await users.forget_tries(conn, user_id)
    secret = pyotp.random_base32()
    return _being_set_up(vault, user_id, secret, name)


async def _has_none(conn: AsyncConnection, user_id: UUID) -> None:
    if await second_factors.of_user(conn, user_id) is not None:
        raise NotFoundError("form")


def _being_set_up(vault: Vault, user_id: UUID, secret: str, name: str) -> NewFactor:
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)
    return NewFactor(secret, address, vault.hide(secret.encode(), _about("new factor", user_id)).hex())


def again(vault: Vault, sealed: str, name: str, *, actor: Actor) -> NewFactor:
    """The same one, for a form that is shown once more. Raises NotFoundError for what was not sealed for the actor."""
    user_id = _own_id(actor)
    return _being_set_up(vault, user_id, _opened(vault, sealed, _about("new factor", user_id)).decode(), name)


def _opened(vault: Vault, sealed: str, about: bytes) -> bytes:
    try:
        return vault.show(bytes.fromhex(sealed), about)
    except (WrongKey, ValueError):
        raise NotFoundError("form") from None


async def finish(db: Database, vault: Vault, sealed: str, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """The new secret holds, once a code of it has come; the recovery codes, shown this once.

    Raises NotFoundError, also for who has one already, and InvalidError for a code that is not of it.
    """
    user_id = _own_id(actor)
    secret = _opened(vault, sealed, _about("new factor", user_id)).decode()
    codes = _recovery_codes()
    async with recorded(db, actor, now) as (conn, log):
        step = _step_of(secret, code, await identities.machine_time(conn))
        if step is None:
            raise InvalidError([FieldProblem("code", "code_wrong")])
        await _has_none(conn, user_id)
        kept = vault.hide(secret.encode(), _about("factor", user_id))
        await second_factors.set_up(conn, user_id, kept, step, [_hash(vault, user_id, one) for one in codes])
        await users.forget_tries(conn, user_id)
        log.note("set up second factor", "user", user_id)
    return codes


async def new_recovery_codes(db: Database, vault: Vault, code: str, *, actor: Actor, now: datetime) -> list[str]:
    """Other recovery codes, for who gives a code; those before open nothing. Raises InvalidError."""
    user_id, codes = _own_id(actor), _recovery_codes()
    await _require(db, vault, user_id, code)
    async with recorded(db, actor, now) as (conn, log):
        await second_factors.set_recovery(conn, user_id, [_hash(vault, user_id, one) for one in codes])
        log.note("new recovery codes", "user", user_id)
    return codes


async def remove(db: Database, vault: Vault, code: str, *, actor: Actor, now: datetime) -> None:
    """The actor does without, once she has given a code. Raises InvalidError."""
    user_id = _own_id(actor)
    await _require(db, vault, user_id, code)
    async with recorded(db, actor, now) as (conn, log):
        await second_factors.drop(conn, user_id)
        log.note("remove second factor", "user", user_id)


async def reset(db: Database, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Takes the second factor of who has lost hers; she is signed out everywhere. Raises NotFoundError."""
    async with administered(db, actor, now) as (conn, log):
        if not await second_factors.drop(conn, user_id):
            raise NotFoundError("second factor")
        await users.end_sessions(conn, user_id)
        log.note("remove second factor", "user", user_id)


# -- given


async def _require(db: Database, vault: Vault, user_id: UUID, code: str) -> None:
    if not await _given(db, vault, user_id, code):
        raise InvalidError([FieldProblem("code", "code_wrong")])


async def _given(db: Database, vault: Vault, user_id: UUID, code: str) -> bool:
    """Whether the code is right, and had not been given before. Counted first; then used, in one transaction."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        found = await second_factors.of_user(conn, user_id)
        await users.count_sign_in(conn, user_id)
    if found is None or found.locked:
        return False
    async with db.transaction(ServicePart.SESSIONS) as conn:
        if not await _used(conn, vault, user_id, found, "".join(code.split()).replace("-", "").lower()):
            return False
        await users.forget_tries(conn, user_id)
    return True


async def _used(conn: AsyncConnection, vault: Vault, user_id: UUID, found: SecondFactor, code: str) -> bool:
    if not code.isdecimal():
        return await second_factors.use_recovery(conn, user_id, _hash(vault, user_id, code))
    step = _step_of(vault.show(found.secret, _about("factor", user_id)).decode(), code, found.machine_time)
    return step is not None and await second_factors.use_step(conn, user_id, step)


def _step_of(secret: str, code: str, machine_time: datetime) -> int | None:
    """The step whose code this is, around the present one."""
    plain, present = "".join(code.split()), int(machine_time.timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(present - AROUND, present + AROUND + 1):
        if strings_equal(maker.generate_otp(step), plain):
            return step
    return None


def _recovery_codes() -> list[str]:
    """Of 118 random bits each, in letters and digits that nobody confuses: whoever has the hashes and their key cannot
    try all there are (OWASP ASVS 5.0, 6.5.2).
    """
    return ["-".join(_group() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def _hash(vault: Vault, user_id: UUID, code: str) -> bytes:
    return vault.digest(f"recovery/{user_id}/{code.replace('-', '')}")


def _about(what: str, user_id: UUID) -> bytes:
    return f"{what}/{user_id}".encode()


# -- at sign-in


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """That a password was right: whose, and when; sealed for the browser that gave it."""

    user_id: UUID
    at: datetime


def ticket(vault: Vault, user_id: UUID, at: datetime, visit: str) -> str:
    """For the form that asks for the code. `visit` names the browser."""
    return vault.hide(msgspec.json.encode(Ticket(user_id, at)), f"ticket/{visit}".encode()).hex()


async def sign_in(
    db: Database, vault: Vault, sealed: str, code: str, lives: timedelta, *, visit: str, ends: str | None,
    now: datetime, device: str = "",
) -> str:  # fmt: skip
    """The token of a new session, for who gives a code within five minutes of her password.

    Raises NotLetIn for a wrong code, NotFoundError for a ticket that is none or too old, and ForbiddenError for a user
    without a role.
    """
    held = msgspec.json.decode(_opened(vault, sealed, f"ticket/{visit}".encode()), type=Ticket)
    async with db.transaction(ServicePart.SESSIONS) as conn:
        if await identities.machine_time(conn) > held.at + TICKET_LIVES:
            raise NotFoundError("form")
    if not await _given(db, vault, held.user_id, code):
        raise NotLetIn
    async with db.transaction(ServicePart.SESSIONS) as conn:
        await users.note_sign_in(conn, held.user_id)
        grants = await roles_without(conn, held.user_id, local_day(now))
        if ends is not None:
            await users.end_session(conn, ends)
        token, _ = await users.begin_session(conn, held.user_id, grants[0].id, lives, device)
        await identities.confirm(conn, token)
    return token


# -- to confirm


async def ways_to_confirm(db: Database, *, actor: Actor) -> tuple[bool, tuple[str, ...]]:
    """Whether the actor has a second factor, and the providers that know her. Raises NotFoundError."""
    user_id = _own_id(actor)
    async with db.transaction(actor) as conn:
        found, known = await second_factors.of_user(conn, user_id), await identities.ties(conn, user_id)
    return found is not None, tuple(dict.fromkeys(one.provider for one in known))


async def confirmed(db: Database, session: str, lives: timedelta) -> bool:
    """Whether who has this session has shown within this time, by more than a password, who she is."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await identities.confirmed_within(conn, session, lives)


async def confirm(db: Database, vault: Vault, session: str, code: str, *, actor: Actor) -> str:
    """She has, by this code; the new token of her session. Raises InvalidError for a wrong code."""
    await _require(db, vault, _own_id(actor), code)
    async with db.transaction(ServicePart.SESSIONS) as conn:
        token = users.new_token()
        if not await identities.renew(conn, session, token):
            raise NotFoundError("session")
        await identities.confirm(conn, token)
    return token
