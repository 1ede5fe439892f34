"""Subscribed calendars: made, given another address, and ended, by those they belong to.

The law of this file: a calendar shows what its owner sees in the role she has when she makes it, and never outlives
that role, her or the key. The secret is given out here and stored nowhere. What is made twice under one id is one
calendar with the latest address.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.store import directory_one, feeds, told, users
from sip.store.db import Database, beyond
from sip.store.feeds import Feed, FeedKind, FeedLine, FeedRecord
from sip.usecases.access import MAY, Act, covers, require_role, scope_of
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ConflictError, FieldProblem, ForbiddenError, InvalidError, NotFoundError
from sip.usecases.reading.told import audience_of
from sip.usecases.recorded import AccessRows, recorded

MOST = 20
"""How many living calendars one user or key may have."""


@dataclass(frozen=True, slots=True)
class Made:
    """A calendar with the secret of its address, to be shown once."""

    feed: Feed
    secret: str


def offers(actor: Actor) -> tuple[FeedKind, ...]:
    """What the actor may subscribe to, without saying more."""
    found = []
    if actor.kind is ActorKind.USER:
        found.append(FeedKind.PERSON)
    if actor.unit_id is not None and actor.role in MAY[Act.READ_MEETINGS]:
        found.append(FeedKind.UNIT)
    if actor.role in MAY[Act.WATCH_AREA]:
        found.append(FeedKind.AREA)
    return tuple(found)


async def make(
    db: Database,
    feed_id: UUID,
    kind: FeedKind,
    language: Language,
    *,
    unit_id: UUID | None = None,
    group_id: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Made:
    """A new calendar; `unit_id` names another unit within the actor's scope, `group_id` a group for its sittings.

    Raises ForbiddenError, NotFoundError for a unit outside the scope or a group that she is not told of, InvalidError,
    and ConflictError for too many.
    """
    day = local_day(now)
    async with recorded(db, actor, now) as (conn, log):
        if kind is FeedKind.GROUP:
            record = await _record_of_group(conn, feed_id, language, group_id, actor, now)
        else:
            record = await _record(conn, feed_id, kind, language, unit_id, actor, now)
        others = [one for one in await feeds.lines(conn, day, owner=_owner(actor)) if one.feed.record.id != feed_id]
        if len(others) >= MOST:
            raise ConflictError("feeds_full")
        await feeds.save(conn, record)
        return await _with_secret(conn, log, feed_id, "add", actor, now)


async def rotate(db: Database, feed_id: UUID, *, actor: Actor, now: datetime) -> Made:
    """Another address for one's own calendar; the one before ends at once. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        return await _with_secret(conn, log, feed_id, "rotate", actor, now)


async def revoke(db: Database, feed_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Ends one's own calendar, or as who keeps the unit one that shows it. Raises NotFoundError."""
    async with recorded(db, actor, now) as (conn, log):
        async with beyond(conn):  # also another user's, where it shows the unit that she keeps
            found = await feeds.one(conn, feed_id, local_day(now), lock=True)
        if found is None or not found.alive or not (_owns(actor, found) or await _keeps(conn, actor, found)):
            raise NotFoundError("feed")
        async with beyond(conn):  # as above
            await feeds.revoke(conn, feed_id, now)
        log.note("revoke", feeds.SUBJECT, feed_id)


async def listed(db: Database, *, actor: Actor, now: datetime) -> tuple[list[FeedLine], list[FeedLine]]:
    """The actor's own living calendars, and those of others that show the unit she keeps."""
    day, owner = local_day(now), _owner(actor)
    keeps = actor.unit_id if actor.role in MAY[Act.KEEP_UNIT] else None
    async with recorded(db, actor, now) as (conn, log):
        async with beyond(conn):  # whose calendars show her unit: other users, by name
            found = await feeds.lines(conn, day, owner=owner, unit=keeps)
        log.note("list", feeds.SUBJECT, None)
    own = [line for line in found if _owns(actor, line.feed)]
    return own, [line for line in found if not _owns(actor, line.feed)]


async def _with_secret(
    conn: AsyncConnection, log: AccessRows, feed_id: UUID, act: str, actor: Actor, now: datetime
) -> Made:
    async with beyond(conn):  # what a group is called; whether it is hers is asked next
        found = await feeds.one(conn, feed_id, local_day(now), lock=True)
    if found is None or not found.alive or not _owns(actor, found):
        raise NotFoundError("feed")
    secret = await feeds.new_secret(conn, feed_id, now)
    log.note(act, feeds.SUBJECT, feed_id)
    return Made(found, secret)


def _owner(actor: Actor) -> UUID:
    if actor.id is None or actor.kind not in (ActorKind.USER, ActorKind.API_KEY):
        raise ForbiddenError(())
    return UUID(actor.id)


def _owns(actor: Actor, feed: Feed) -> bool:
    record = feed.record
    return _owner(actor) == (record.user_id if actor.kind is ActorKind.USER else record.api_key_id)


async def _keeps(conn: AsyncConnection, actor: Actor, feed: Feed) -> bool:
    unit = feed.record.unit_id
    keeps = feed.record.kind is FeedKind.UNIT and actor.role in MAY[Act.KEEP_UNIT]
    return keeps and unit is not None and await _covered(conn, actor, unit)


async def _covered(conn: AsyncConnection, actor: Actor, unit_id: UUID) -> bool:
    unit = await directory_one.unit(conn, unit_id)
    organisation = await directory_one.organisation(conn, unit.organisation_id) if unit is not None else None
    if unit is None or organisation is None:
        return False
    return covers(actor, unit_id, organisation.id, organisation.principal_id)


async def _record(
    conn: AsyncConnection,
    feed_id: UUID,
    kind: FeedKind,
    language: Language,
    unit_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> FeedRecord:
    user, key = (_owner(actor), None) if actor.kind is ActorKind.USER else (None, _owner(actor))
    if kind is FeedKind.PERSON:
        if user is None:
            raise InvalidError([FieldProblem("kind", "feed_person")])
        return FeedRecord(feed_id, kind, language, now, user_id=user)
    require_role(actor, Act.READ_MEETINGS if kind is FeedKind.UNIT else Act.WATCH_AREA)
    grant = await _grant(conn, actor, local_day(now)) if user is not None else None
    if kind is FeedKind.AREA:
        return FeedRecord(feed_id, kind, language, now, user, grant, key, *scope_of(actor).places())
    wanted = unit_id or actor.unit_id
    if wanted is None:
        raise InvalidError([FieldProblem("unit_id", "unit_needed")])
    if not await _covered(conn, actor, wanted):
        raise NotFoundError("unit")
    return FeedRecord(feed_id, kind, language, now, user, grant, key, wanted)


async def _record_of_group(
    conn: AsyncConnection, feed_id: UUID, language: Language, group_id: UUID | None, actor: Actor, now: datetime
) -> FeedRecord:  # fmt: skip
    """Of a group that she is told of (rules, section 21 O3)."""
    require_role(actor, Act.READ_DECISIONS)
    if group_id is None:
        raise InvalidError([FieldProblem("group_id", "required")])
    scope = scope_of(actor)
    audience = await audience_of(conn, scope)
    async with beyond(conn):  # for whom has been asked
        if await told.group(conn, audience, group_id) is None:
            raise NotFoundError("group")
    user, key = (_owner(actor), None) if actor.kind is ActorKind.USER else (None, _owner(actor))
    grant = await _grant(conn, actor, local_day(now)) if user is not None else None
    return FeedRecord(
        feed_id, FeedKind.GROUP, language, now, user, grant, key, *scope.places(), group_id=group_id
    )  # fmt: skip


async def _grant(conn: AsyncConnection, actor: Actor, day: date) -> UUID:
    """The role the user acts in. Raises ForbiddenError when it ended meanwhile."""
    acts_in = (actor.role, actor.unit_id, actor.organisation_id, actor.principal_id)
    for one in await users.grants_of(conn, _owner(actor), day):
        if (one.role, one.unit_id, one.organisation_id, one.principal_id) == acts_in:
            return one.id
    raise ForbiddenError(())
