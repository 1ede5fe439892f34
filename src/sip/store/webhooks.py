"""Endpoints of other systems as they are kept: made, changed, switched off and on, and their messages as a list.

The law of this file: a secret is there sealed alone, and is given to nobody but the sender
(`sip.store.post.webhooks`). Who may keep an endpoint is asked by the use case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.endpoint import HookState, HookTrouble, OffBecause
from sip.domain.people import Address, Language
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.seen.scope import EVERYTHING, Scope, narrowest


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """An endpoint without its secrets. Its place is the narrowest of the three, or everything."""

    id: UUID
    name: str
    url: str
    types: tuple[str, ...]
    made_at: datetime
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    old_until: datetime | None = None
    off_at: datetime | None = None
    off_because: OffBecause | None = None
    failing_since: datetime | None = None

    @property
    def scope(self) -> Scope:
        """Whose meetings and reports it is told of: as a reader of that place sees them, protected ones never."""
        return narrowest(self.unit_id, self.organisation_id, self.principal_id) or EVERYTHING


@dataclass(frozen=True, slots=True)
class HookLine:
    """A message as it is shown: nothing of it but references."""

    id: int
    message_id: str
    type: str
    meeting_id: UUID | None
    deviation_id: UUID | None
    state: HookState
    attempts: int
    made_at: datetime
    settled_at: datetime | None
    code: int | None
    trouble: HookTrouble | None


ENDPOINT: Shape[EndpointRecord] = Shape(EndpointRecord).check(
    tables.webhook_endpoint, ("secret", "old_secret", "rests_until")
)
LINE: Shape[HookLine] = Shape(HookLine).check(
    tables.webhook_message,
    ("endpoint_id", "body", "retry_at", "tried_at", "recorded_at", "tries_before", "resent_by"),
)
COLUMNS = ", ".join(f"e.{column}" for column in ENDPOINT.columns)
OPEN = "('waiting', 'sending', 'later')"
"""The states of a message that may still leave."""


# -- who keeps them


async def save(conn: AsyncConnection, record: EndpointRecord, secret: bytes) -> bool:
    """Makes an endpoint with its sealed secret; False where one with this id is there, which stays as it is."""
    rows = await (await db.raw(conn)).fetch(
        "insert into webhook_endpoint (id, name, url, types, made_at, unit_id, organisation_id, principal_id, secret)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing returning 1",
        record.id, record.name, record.url, list(record.types), record.made_at, record.unit_id, record.organisation_id,
        record.principal_id, secret,
    )  # fmt: skip
    return bool(rows)


async def change(conn: AsyncConnection, endpoint_id: UUID, name: str, url: str, types: Sequence[str]) -> None:
    """Another name, address or choice of events. What was wrong with the address before says nothing of this one."""
    await (await db.raw(conn)).execute(
        "update webhook_endpoint set name = $2, url = $3, types = $4, failing_since = case when url = $3 then"
        " failing_since end, rests_until = case when url = $3 then rests_until end where id = $1",
        endpoint_id, name, url, list(types),
    )  # fmt: skip


async def rotate(conn: AsyncConnection, endpoint_id: UUID, secret: bytes, old_until: datetime | None) -> None:
    """Another secret; the one before signs too until then (None: no longer), and any before that nothing more."""
    await (await db.raw(conn)).execute(
        "update webhook_endpoint set secret = $2, old_until = $3, old_secret = case when $3::timestamptz is null then"
        " null else secret end where id = $1",
        endpoint_id, secret, old_until,
    )  # fmt: skip


async def switch_on(conn: AsyncConnection, endpoint_id: UUID) -> None:
    await (await db.raw(conn)).execute(
        "update webhook_endpoint set off_at = null, off_because = null, failing_since = null, rests_until = null"
        " where id = $1",
        endpoint_id,
    )


async def switch_off(conn: AsyncConnection, endpoint_id: UUID, because: OffBecause, now: datetime) -> bool:
    """Nothing is sent there any more, and what waited is left out; False where it was off already."""
    raw = await db.raw(conn)
    rows = await raw.fetch(
        "update webhook_endpoint set off_at = $2, off_because = $3 where id = $1 and off_at is null returning 1",
        endpoint_id, now, because,
    )  # fmt: skip
    await raw.execute(
        "update webhook_message set state = 'dropped', retry_at = null, settled_at = $2 where endpoint_id = $1"
        f" and state in {OPEN}",
        endpoint_id, now,
    )  # fmt: skip
    return bool(rows)


async def remove(conn: AsyncConnection, endpoint_id: UUID) -> None:
    """Takes it away with its messages."""
    await (await db.raw(conn)).execute("delete from webhook_endpoint where id = $1", endpoint_id)


async def one(conn: AsyncConnection, endpoint_id: UUID) -> EndpointRecord | None:
    row = await (await db.raw(conn)).fetchrow(
        f"select {COLUMNS} from webhook_endpoint e where e.id = $1 for no key update", endpoint_id
    )
    return None if row is None else ENDPOINT.read(row)


async def kept(conn: AsyncConnection, scope: Scope) -> list[EndpointRecord]:
    """The endpoints of whoever administers this: its own place's, or every one; those that are off first."""
    rows = await (await db.raw(conn)).fetch(
        f"select {COLUMNS} from webhook_endpoint e where $1 or (e.unit_id is not distinct from $2"
        " and e.organisation_id is not distinct from $3 and e.principal_id is not distinct from $4)"
        " order by e.off_because is not distinct from 'by_hand', e.off_at is null, e.name, e.id",
        scope.kind is EVERYTHING.kind, *scope.places(),
    )  # fmt: skip
    return [ENDPOINT.read(row) for row in rows]


async def lines(conn: AsyncConnection, endpoint_id: UUID, before: int | None, most: int) -> list[HookLine]:
    """Its messages, the latest first; `before`: those older than this one."""
    rows = await (await db.raw(conn)).fetch(
        f"select {', '.join(LINE.columns)} from webhook_message where endpoint_id = $1"
        " and ($2::bigint is null or id < $2) order by id desc limit $3",
        endpoint_id, before, most,
    )  # fmt: skip
    return [LINE.read(row) for row in rows]


async def keepers(conn: AsyncConnection, endpoint: EndpointRecord, day: date) -> list[tuple[UUID, Address]]:
    """The users who administer the endpoint's place this day; where nobody does, those who administer it all."""
    raw = await db.raw(conn)
    for scope in (endpoint.scope, EVERYTHING):
        rows = await raw.fetch(
            "select u.id, u.email, u.name, u.language from app_user u where u.active and exists (select 1 from"
            " user_role g where g.user_id = u.id and g.role = 'administrator' and g.unit_id is not distinct from $2"
            " and g.organisation_id is not distinct from $3 and g.principal_id is not distinct from $4"
            " and (g.valid_from is null or g.valid_from <= $1) and (g.valid_to is null or g.valid_to >= $1))"
            " order by u.id",
            day, *scope.places(),
        )  # fmt: skip
        if rows:
            return [(row[0], Address(row[1], row[2], Language(row[3]))) for row in rows]
    return []


async def drop_old(conn: AsyncConnection, before: datetime, now: datetime) -> int:
    """Takes away the messages of before this, and secrets whose overlap is over; gives how many messages."""
    raw = await db.raw(conn)
    await raw.execute(
        "update webhook_endpoint set old_secret = null, old_until = null where old_until <= $1",
        now,
    )
    rows = await raw.fetch("delete from webhook_message where made_at < $1 returning 1", before)
    return len(rows)
