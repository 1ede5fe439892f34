"""A subscribed calendar as a program fetches it: for whoever has the address.

The law of this file: a calendar is asked for every hour, by the thousand, so one that has not changed costs two
statements, and its fetching is recorded once a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.worktime import at_hour, local_day
from sip.store import feeds, told
from sip.store.db import Database
from sip.store.feeds import Feed, FeedKind
from sip.store.seen import feed_meetings
from sip.store.seen.feed_meetings import FeedMeeting
from sip.store.told import ToldGroup, ToldSitting
from sip.usecases.actor import ServicePart
from sip.usecases.reading.told import PAST, audience_of
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class GroupDates:
    """A group's sittings, as they are told to whose calendar it is."""

    group: ToldGroup
    sittings: list[ToldSitting]

    @property
    def stamp(self) -> str:
        """What names them as they are now."""
        return sha256(msgspec.json.encode((self.group.name, self.sittings))).hexdigest()


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A calendar, what names its meetings as they are now (None: it has ended), and the meetings where wanted; of a
    standing group's its sittings.
    """

    feed: Feed
    stamp: str | None
    meetings: list[FeedMeeting]
    dates: GroupDates | None = None


async def fetched(db: Database, secret: str, wants: Callable[[Feed, str], bool], now: datetime) -> FeedRead | None:
    """The calendar with this secret, None when there never was one; `wants` says by its stamp whether it is to be read.

    All of one moment. Recorded by `note_fetch`, which the caller need not do twice a day.
    """
    async with db.snapshot(ServicePart.CALENDARS) as conn:
        feed = await feeds.opened(conn, secret, local_day(now))
        if feed is None or not feed.alive:
            return None if feed is None else FeedRead(feed, None, [])
        if feed.record.kind is FeedKind.GROUP:
            return await _of_group(conn, feed, now)
        begins = feed_meetings.since(now)
        stamp = await feed_meetings.stamp(conn, feed, begins)
        return FeedRead(feed, stamp, await feed_meetings.meetings(conn, feed, begins) if wants(feed, stamp) else [])


async def _of_group(conn: AsyncConnection, feed: Feed, now: datetime) -> FeedRead:
    """A group's: it ends when its owner is no longer told of the group."""
    assert feed.record.group_id is not None
    audience = await audience_of(conn, feed.record.scope)
    group = await told.group(conn, audience, feed.record.group_id)
    if group is None:
        return FeedRead(feed, None, [])
    dates = GroupDates(group, await told.sittings(conn, audience, group.id, now - PAST))
    return FeedRead(feed, dates.stamp, [], dates)


async def note_fetch(db: Database, feed: Feed, now: datetime) -> None:
    """Who fetches what: one row in the access log for the day, however often the calendar asks."""
    async with recorded(db, ServicePart.CALENDARS, now) as (_, log):
        day_began = at_hour(local_day(now), 0)
        log.note(feeds.FETCHED, feeds.SUBJECT, feed.record.id, by=feed.owner, once_since=day_began)
