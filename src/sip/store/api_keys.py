"""Keys of other systems: whose, what they may, how long; one secret each, and for a while the one before it.

The law of this file: a secret is kept as SHA-256 of 130 and more random bits. Runs out and overlap go by the service's
time, use by machine time; that a key is used is noted once an hour at most, and waits for nobody.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Role
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.users import digest


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key without its secret. `scopes`: to what of the API its role is narrowed; nothing: to all of it."""

    id: UUID
    name: str
    role: Role
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyLine:
    """An API key: when it was made, last used (to the hour) and revoked; until when the secret before its own opens
    too, and when that one was last used.
    """

    key: KeyRecord
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    old_until: datetime | None
    old_used_at: datetime | None


KEY: Shape[KeyRecord] = Shape(KeyRecord).check(
    tables.api_key, ("hash", "recorded_at", "revoked_at", "used_at", "old_hash", "old_until", "old_used_at")
)
_COLUMNS = ", ".join(f"k.{column}" for column in KEY.columns)
_NEW = "insert into api_key (id, name, hash, role, unit_id, organisation_id, principal_id, expires_at, scopes)"


def _secret() -> str:
    return f"sip_{secrets.token_urlsafe(32)}"


async def make(conn: AsyncConnection, record: KeyRecord) -> str:
    """A new API key; the text that is returned is stored nowhere and shown once."""
    token = _secret()
    await (await db.raw(conn)).execute(
        f"{_NEW} values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        record.id,
        record.name,
        digest(token),
        record.role,
        record.unit_id,
        record.organisation_id,
        record.principal_id,
        record.expires_at,
        list(record.scopes),
    )
    return token


async def rotate(conn: AsyncConnection, key_id: UUID, old_until: datetime | None) -> str | None:
    """Another secret of a key in use, shown once; the one before opens until then too (None: no longer), and any before
    that nothing more. None where there is no such key.
    """
    token = _secret()
    rows = await (await db.raw(conn)).fetch(
        "update api_key set hash = $2, old_hash = case when $3::timestamptz is null then null else hash end,"
        " old_until = $3, old_used_at = null where id = $1 and revoked_at is null returning 1",
        key_id,
        digest(token),
        old_until,
    )
    return token if rows else None


async def end_old(conn: AsyncConnection, key_id: UUID) -> bool:
    """The secret before the key's own opens nothing more; whether there was one."""
    rows = await (await db.raw(conn)).fetch(
        "update api_key set old_hash = null, old_until = null, old_used_at = null"
        " where id = $1 and old_hash is not null returning 1",
        key_id,
    )
    return bool(rows)


_USED = "coalesce(k.{0} < statement_timestamp() - interval '1 hour', true)"


async def opened(conn: AsyncConnection, token: str, now: datetime) -> KeyRecord | None:
    """The key with this secret, or with this one before its own, unless it was revoked or has run out by now. Notes
    that it is used.
    """
    raw = await db.raw(conn)
    hashed = digest(token)
    row = await raw.fetchrow(
        f"select {_COLUMNS}, k.hash = $1, case when k.hash = $1 then {_USED.format('used_at')}"
        f" else {_USED.format('old_used_at')} end from api_key k"
        " where (k.hash = $1 or (k.old_hash = $1 and k.old_until > $2)) and k.revoked_at is null"
        " and (k.expires_at is null or k.expires_at > $2)",
        hashed,
        now,
    )
    if row is None:
        return None
    found = KEY.read(row)
    own, unnoted = row[KEY.width :]
    if unnoted:
        columns = "used_at" if own else "old_used_at"
        await raw.execute(
            f"update api_key set {columns} = date_trunc('hour', clock_timestamp())"
            " where id = (select id from api_key where id = $1 for update skip locked)",
            found.id,
        )
    return found


async def listed(conn: AsyncConnection) -> list[KeyLine]:
    """Every key, those in use first."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_COLUMNS}, k.recorded_at, k.used_at, k.revoked_at, k.old_until, k.old_used_at"
        " from api_key k order by k.revoked_at nulls first, k.name"
    )
    return [KeyLine(KEY.read(row), *row[KEY.width :]) for row in rows]


async def revoke(conn: AsyncConnection, name: str) -> bool:
    """Ends the key with this name; whether one was in use."""
    status: str = await (await db.raw(conn)).execute(
        "update api_key set revoked_at = clock_timestamp(), old_hash = null, old_until = null"
        " where name = $1 and revoked_at is null",
        name,
    )
    return status.endswith(" 1")
