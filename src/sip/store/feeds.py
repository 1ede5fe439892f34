"""Subscribed calendars: whose they are, what they show, and the secrets their addresses hold.

The law of this file: a secret is stored as its hash alone. A feed lives only as long as what gave it: a user who is
active and still has the role, or an API key in use. Who fetched it stands in the access log, once a day at most, for
fetching changes nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language
from sip.store import db, tables
from sip.store.aggregates.journal import ActorColumns
from sip.store.codec import Shape
from sip.store.post.tokens import hash_of, new_token
from sip.store.rows import insert
from sip.store.seen.scope import EVERYTHING, NOTHING, Scope, narrowest

SUBJECT, FETCHED = "feed", "fetch"
"""How a fetch stands in the access log: kind of subject and act."""


class FeedKind(StrEnum):
    """A unit's meetings, a person's own, all that a coordinator watches, or a standing group's sittings."""

    UNIT = "unit"
    PERSON = "person"
    AREA = "area"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """One feed. It belongs to a user (in one of her roles, but for her own meetings) or to an API key. Of a group's
    sittings the place is hers, who reads them.
    """

    id: UUID
    kind: FeedKind
    language: Language
    made_at: datetime
    user_id: UUID | None = None
    user_role_id: UUID | None = None
    api_key_id: UUID | None = None
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    principal_id: UUID | None = None
    revoked_at: datetime | None = None
    group_id: UUID | None = None

    @property
    def scope(self) -> Scope:
        """What it may show; an area without a place is everything."""
        placed = narrowest(self.unit_id, self.organisation_id, self.principal_id)
        return placed or (EVERYTHING if self.kind in (FeedKind.AREA, FeedKind.GROUP) else NOTHING)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with what it is called by: its owner's name, the address of her who owns it, the place it shows.

    `alive`: neither revoked nor without the role, user or key that gave it.
    """

    record: FeedRecord
    alive: bool
    owner: ActorColumns
    email: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed in a list; `fetched_at` is the first fetch of the latest day there was one."""

    feed: Feed
    fetched_at: datetime | None


FEED: Shape[FeedRecord] = Shape(FeedRecord).check(tables.feed)

_NAMES = ", ".join(f"f.{column}" for column in FEED.columns)
_VALID = "({0}.valid_from is null or {0}.valid_from <= $1) and ({0}.valid_to is null or {0}.valid_to >= $1)"
_GIVEN = f"""case when f.api_key_id is not null then k.revoked_at is null
 when f.kind = 'person' then u.active and exists (select 1 from user_role h where h.user_id = u.id
 and {_VALID.format("h")})
 else u.active and g.id is not null and {_VALID.format("g")} end"""
# $1 is the day on which roles must be valid.
_FEEDS = f"""select {_NAMES}, f.revoked_at is null and ({_GIVEN}) as alive, u.email, coalesce(u.name, k.name),
 coalesce(g.role, k.role), coalesce(w.name, n.name, o.name, p.name)
 from feed f left join app_user u on u.id = f.user_id left join user_role g on g.id = f.user_role_id
 left join api_key k on k.id = f.api_key_id left join unit n on n.id = f.unit_id
 left join organisation o on o.id = f.organisation_id left join principal p on p.id = f.principal_id
 left join standing_group w on w.id = f.group_id"""


def _feed(row: Any) -> Feed:
    record = FEED.read(row)
    alive, email, name, role, place = row[FEED.width : FEED.width + 5]
    kind, owner = ("user", record.user_id) if record.user_id is not None else ("api_key", record.api_key_id)
    return Feed(record, alive, ActorColumns(kind, str(owner), name, record.unit_id, role), email, place)


async def save(conn: AsyncConnection, record: FeedRecord) -> None:
    """Makes a feed; one that is there already stays as it was made."""
    rows = [FEED.write(record)]
    await insert(await db.raw(conn), tables.feed, FEED.columns, rows, "on conflict (id) do nothing")


async def new_secret(conn: AsyncConnection, feed_id: UUID, now: datetime) -> str:
    """A new secret, shown once; the one before it ends."""
    raw, secret = await db.raw(conn), new_token()
    await raw.execute(
        "update feed_secret set ended_at = $2 where feed_id = $1 and ended_at is null", feed_id, now
    )  # fmt: skip
    await raw.execute(
        "insert into feed_secret (hash, feed_id, made_at) values ($1, $2, $3)", hash_of(secret), feed_id, now
    )
    return secret


async def revoke(conn: AsyncConnection, feed_id: UUID, now: datetime) -> None:
    """Ends a feed for good."""
    await (await db.raw(conn)).execute(
        "update feed set revoked_at = $2 where id = $1 and revoked_at is null", feed_id, now
    )


async def opened(conn: AsyncConnection, secret: str, day: date) -> Feed | None:
    """What this secret opens or once opened (then it is not alive); None when it never was one."""
    row = await (await db.raw(conn)).fetchrow(
        f"select x.*, s.ended_at is null from feed_secret s join lateral ({_FEEDS} where f.id = s.feed_id) x on true"
        " where s.hash = $2",
        day,
        hash_of(secret.lower()),
    )
    if row is None:
        return None
    found = _feed(row)
    return found if row[-1] else Feed(found.record, False, found.owner, found.email, found.place)


async def one(conn: AsyncConnection, feed_id: UUID, day: date, *, lock: bool = False) -> Feed | None:
    """One feed; `lock` keeps others from changing it until the transaction ends."""
    row = await (await db.raw(conn)).fetchrow(
        f"{_FEEDS} where f.id = $2{' for no key update of f' if lock else ''}", day, feed_id
    )
    return None if row is None else _feed(row)


async def lines(
    conn: AsyncConnection, day: date, *, owner: UUID | None = None, unit: UUID | None = None
) -> list[FeedLine]:
    """The living feeds of an owner (a user or a key) or those that show a unit, in the order they were made."""
    raw = await db.raw(conn)
    rows = await raw.fetch(
        f"select * from ({_FEEDS} where f.user_id = $2 or f.api_key_id = $2 or (f.kind = 'unit' and f.unit_id = $3))"
        " x where alive order by made_at, id",
        day,
        owner,
        unit,
    )
    found = [_feed(row) for row in rows]
    fetched = await last_fetched(conn, [one.record.id for one in found])
    return [FeedLine(one, fetched.get(one.record.id)) for one in found]


# -- who fetched it


async def last_fetched(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each was fetched last, to the day."""
    rows = await (await db.raw(conn)).fetch(
        "select subject_id, max(at) from access_log where subject_kind = $1 and subject_id = any($2::text[])"
        " and action = $3 group by subject_id",
        SUBJECT,
        [str(one) for one in ids],
        FETCHED,
    )
    return {UUID(row[0]): row[1] for row in rows}
