"""Users and API keys, as those who run the service make them (`sip user`, `sip api-key`).

A user who is in the directory gets the scope that the directory gives her role; anybody else is given one by name.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.auditing import held_apart
from sip.domain.freetext import numbers_within
from sip.domain.people import Role
from sip.domain.worktime import local_day
from sip.store import accounts, api_keys, directory, directory_one, users
from sip.store.api_keys import KeyLine, KeyRecord
from sip.store.db import Database
from sip.store.directory import PersonRecord, RoleRecord
from sip.store.users import GrantRecord, UserRecord
from sip.usecases import key_scopes
from sip.usecases.accounts import administered
from sip.usecases.actor import WITHOUT_PLACE, Actor
from sip.usecases.directory.keys import NAMESPACE, key_id
from sip.usecases.directory.rows import DirectoryFileError, LineError, wrong_line
from sip.usecases.key_scopes import UnknownScopeError
from sip.usecases.recorded import AccessRows
from sip.usecases.users_csv import UserRow

EVERYWHERE = WITHOUT_PLACE


class UserError(ValueError):
    """Why no user or key was made, in one sentence."""


@dataclass(frozen=True, slots=True)
class GrantScope:
    """By keys of the directory: one unit, organisation or principal; or none."""

    unit: str | None = None
    organisation: str | None = None
    principal: str | None = None

    def ids(self) -> tuple[UUID | None, UUID | None, UUID | None]:
        """Raises UserError when more than one is named."""
        if sum(one is not None for one in (self.unit, self.organisation, self.principal)) > 1:
            raise UserError("Name one of unit, organisation and principal, not several.")
        return (
            key_id("unit", self.unit) if self.unit else None,
            key_id("organisation", self.organisation) if self.organisation else None,
            key_id("principal", self.principal) if self.principal else None,
        )


async def add_user(
    db: Database,
    email: str,
    role: Role,
    password_hash: str,
    *,
    name: str | None,
    scope: GrantScope,
    actor: Actor,
    now: datetime,
) -> list[GrantRecord]:
    """A new user, or a further role and another password of a known one. Raises UserError."""
    async with administered(db, actor, now) as (conn, log):
        return await _add(conn, log, now, email, role, password_hash, name, scope)


async def import_users(db: Database, rows: Sequence[UserRow], *, actor: Actor, now: datetime) -> int:
    """Adds a whole file of users, or none of them. Returns how many users there were.

    Raises DirectoryFileError with every line that does not fit the directory.
    """
    given = {row.email: row.password for row in rows if row.password}
    hashes = {email: await asyncio.to_thread(users.hash_password, given[email]) for email in given}
    errors: list[LineError] = []
    async with administered(db, actor, now, nothing="a file without rows") as (conn, log):
        for row in rows:
            scope = GrantScope(row.unit, row.organisation, row.principal)
            try:
                await _add(conn, log, now, row.email, row.role, hashes.get(row.email), row.name, scope)
            except UserError as error:
                errors.append(wrong_line(row.line, "said", sentence=str(error)))
        if errors:
            raise DirectoryFileError(errors)
    return len({row.email for row in rows})


async def set_active(db: Database, email: str, active: bool, *, actor: Actor, now: datetime) -> None:
    """A user who has left may not sign in, and has no session, until she may again. Raises UserError."""
    async with administered(db, actor, now) as (conn, log):
        user = await _user(conn, email)
        await users.set_active(conn, user.id, active)
        act = "enable" if active else "disable"
        log.note(act, "user", user.id)


async def end_role(db: Database, email: str, role: Role, *, actor: Actor, now: datetime) -> int:
    """Takes a role away, everywhere; gives in how many places. Raises UserError where she does not have it."""
    async with administered(db, actor, now) as (conn, log):
        user = await _user(conn, email)
        ended = await users.end_roles(conn, user.id, role, local_day(now) - timedelta(days=1))
        if not ended:
            raise UserError(f"{email} does not act as {role.value}.")
        log.note("end role", "user", user.id)
    return ended


async def end_sessions(db: Database, email: str, *, actor: Actor, now: datetime) -> int:
    """Signs a user out everywhere; gives how many sessions there were. Raises UserError."""
    async with administered(db, actor, now) as (conn, log):
        user = await _user(conn, email)
        ended = await users.end_sessions(conn, user.id)
        log.note("end sessions", "user", user.id)
    return ended


async def _user(conn: AsyncConnection, email: str) -> UserRecord:
    found = await users.by_email(conn, email)
    if found is None:
        raise UserError(f"There is no user {email}.")
    return found


async def _add(
    conn: AsyncConnection,
    log: AccessRows,
    now: datetime,
    email: str,
    role: Role,
    password_hash: str | None,
    name: str | None,
    scope: GrantScope,
) -> list[GrantRecord]:
    _refuse_numbers("The address or the name", email, name)
    person = await _person(conn, email)
    known = await users.by_email(conn, email)
    called = name or (known.name if known else None) or (person.name if person else None)
    if called is None:
        raise UserError(f"{email} is nobody in the directory; give a name.")
    if password_hash is None and known is None:
        raise UserError(f"{email} is new and needs a password.")
    user_id = known.id if known else uuid5(NAMESPACE, f"user/{folded(email)}")
    grants = await _grants(conn, user_id, role, person, scope)
    person_id = person.id if person else None
    record = known or UserRecord(user_id, folded(email), called)  # who was disabled stays so, whoever adds a role
    await users.save_users(conn, [replace(record, email=folded(email), name=called, person_id=person_id)])
    await users.save_grants(conn, grants)
    if not held_apart(await accounts.roles_from(conn, user_id, local_day(now))):
        raise UserError(f"Nobody is both auditor and administrator: end the other role of {email} first.")
    if password_hash is not None:
        await users.set_password(conn, user_id, password_hash)
    log.note("add", "user", user_id)
    return grants


def _refuse_numbers(what: str, *texts: str | None) -> None:
    if numbers_within(texts):
        raise UserError(f"{what} looks like a personal number; none may be kept here.")


async def _person(conn: AsyncConnection, email: str) -> PersonRecord | None:
    everybody = await directory.persons(conn, limit=1_000_000)
    return next((one for one in everybody if folded(one.email or "") == folded(email)), None)


_NO_UNIT = "An auditor's place is an organisation, a principal or everything, not a unit."


async def _grants(
    conn: AsyncConnection, user_id: UUID, role: Role, person: PersonRecord | None, scope: GrantScope
) -> list[GrantRecord]:
    unit, organisation, principal = scope.ids()
    if unit is not None and role is Role.AUDITOR:
        raise UserError(_NO_UNIT)
    if unit or organisation or principal:
        await _check_scope(conn, unit, organisation, principal)
        return [_grant(user_id, role, unit, organisation, principal)]
    held = await _held(conn, person, role)
    if held:
        return [_grant(user_id, role, one.unit_id, one.organisation_id, one.principal_id) for one in held]
    if role in EVERYWHERE:
        return [_grant(user_id, role, None, None, None)]
    raise UserError(f"The directory does not say where this person is {role.value}; name it with --unit KEY.")


async def _held(conn: AsyncConnection, person: PersonRecord | None, role: Role) -> Iterable[RoleRecord]:
    if person is None:
        return []
    return [one for one in await directory.roles(conn, person_id=person.id) if one.role is role]


def _grant(
    user_id: UUID, role: Role, unit: UUID | None, organisation: UUID | None, principal: UUID | None
) -> GrantRecord:
    identity = uuid5(NAMESPACE, f"grant/{user_id}/{role}/{unit or organisation or principal or ''}")
    return GrantRecord(identity, user_id, role, unit, organisation, principal)


async def _check_scope(
    conn: AsyncConnection, unit: UUID | None, organisation: UUID | None, principal: UUID | None
) -> None:
    if unit is not None and await directory_one.unit(conn, unit) is None:
        raise UserError("There is no such unit in the directory.")
    if organisation is not None and await directory_one.organisation(conn, organisation) is None:
        raise UserError("There is no such organisation in the directory.")
    if principal is not None and await directory_one.principal(conn, principal) is None:
        raise UserError("There is no such principal in the directory.")


async def create_key(
    db: Database,
    name: str,
    role: Role,
    scope: GrantScope,
    *,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """A new API key; the text returned is shown once and stored nowhere. `scopes` as `key_scopes.WORDS`. Raises
    UserError.
    """
    unit, organisation, principal = scope.ids()
    if role is Role.AUDITOR and unit is not None:
        raise UserError(_NO_UNIT)
    if not 1 <= len(name.strip()) <= 100:
        raise UserError("Give the key a name of 1 to 100 characters.")
    _refuse_numbers("The key's name", name)
    try:
        narrowed = key_scopes.scopes_of(scopes)
    except UnknownScopeError as error:
        raise UserError(f'There is no scope "{error}"; there are {", ".join(key_scopes.WORDS)}.') from None
    async with administered(db, actor, now) as (conn, log):
        if any(one.key.name == name for one in await api_keys.listed(conn)):
            raise UserError(f'There is a key named "{name}" already; choose another name.')
        await _check_scope(conn, unit, organisation, principal)
        identity = uuid5(NAMESPACE, f"key/{name}/{now.isoformat()}")
        record = KeyRecord(identity, name, role, unit, organisation, principal, expires_at, narrowed)
        token = await api_keys.make(conn, record)
        log.note("add", "api_key", record.id)
    return token


async def revoke_key(db: Database, name: str, *, actor: Actor, now: datetime) -> None:
    """Ends the key with this name. Raises UserError when none is in use."""
    async with administered(db, actor, now) as (conn, log):
        if not await api_keys.revoke(conn, name):
            raise UserError(f'There is no key named "{name}" in use.')
        log.note("revoke", "api_key", name)


async def rotate_key(db: Database, name: str, overlap: timedelta, *, actor: Actor, now: datetime) -> str:
    """Another secret of the key with this name, shown once; the one before opens for so long too. Raises UserError."""
    async with administered(db, actor, now) as (conn, log):
        lines = [one for one in await api_keys.listed(conn) if one.key.name == name and one.revoked_at is None]
        token = await api_keys.rotate(conn, lines[0].key.id, now + overlap if overlap else None) if lines else None
        if token is None:
            raise UserError(f'There is no key named "{name}" in use.')
        log.note("rotate", "api_key", lines[0].key.id)
    return token


async def list_keys(db: Database, *, actor: Actor, now: datetime) -> list[KeyLine]:
    """Every key, those in use first."""
    async with administered(db, actor, now) as (conn, log):
        log.note("list", "api_key", None)
        return await api_keys.listed(conn)
