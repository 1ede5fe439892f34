"""A subscribed calendar as a program fetches it: for whoever has the address.

The law of this file: a calendar is asked for every hour, by the thousand, so one that has not changed costs two
statements, and its fetching is recorded once a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sip.domain.worktime import at_hour, local_day
from sip.store import feeds
from sip.store.db import Database
from sip.store.feeds import Feed
from sip.store.seen import feed_meetings
from sip.store.seen.feed_meetings import FeedMeeting
from sip.usecases.actor import ServicePart
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A calendar, what names its meetings as they are now (None: it has ended), and the meetings where wanted."""

    feed: Feed
    stamp: str | None
    meetings: list[FeedMeeting]


async def fetched(db: Database, secret: str, wants: Callable[[Feed, str], bool], now: datetime) -> FeedRead | None:
    """The calendar with this secret, None when there never was one; `wants` says by its stamp whether it is to be read.

    All of one moment. Recorded by `note_fetch`, which the caller need not do twice a day.
    """
    async with db.snapshot(ServicePart.CALENDARS) as conn:
        feed = await feeds.opened(conn, secret, local_day(now))
        if feed is None or not feed.alive:
            return None if feed is None else FeedRead(feed, None, [])
        begins = feed_meetings.since(now)
        stamp = await feed_meetings.stamp(conn, feed, begins)
        return FeedRead(feed, stamp, await feed_meetings.meetings(conn, feed, begins) if wants(feed, stamp) else [])


async def note_fetch(db: Database, feed: Feed, now: datetime) -> None:
    """Who fetches what: one row in the access log for the day, however often the calendar asks."""
    async with recorded(db, ServicePart.CALENDARS, now) as (_, log):
        day_began = at_hour(local_day(now), 0)
        log.note(feeds.FETCHED, feeds.SUBJECT, feed.record.id, by=feed.owner, once_since=day_began)
