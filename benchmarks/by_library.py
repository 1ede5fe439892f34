"""The same calendar, built with icalendar property by property: what the service's own writing is held against."""

from collections.abc import Sequence
from datetime import UTC

from icalendar import Calendar, Event, Timezone, vText

from sip.edges.mail.calendar import timezone, zone_of
from sip.edges.mail.feed import head
from sip.edges.mail.feed_entry import FeedEntry, Site, entry_of, name_of, whose
from sip.store.feeds import Feed
from sip.store.seen.feed_meetings import FeedMeeting


def calendar_by_library(feed: Feed, meetings: Sequence[FeedMeeting], site: Site) -> bytes:
    """As `sip.edges.mail.feed.calendar_of`, every event through the library."""
    calendar = Calendar.from_ical(head(name_of(feed)))
    assert isinstance(calendar, Calendar)
    calendar.add_component(Timezone.from_ical(timezone()))
    own = whose(feed)
    for meeting in meetings:
        calendar.add_component(event_by_library(entry_of(feed, meeting, own, site)))
    return bytes(calendar.to_ical())


def event_by_library(entry: FeedEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0).astimezone(UTC))
    event.add("last-modified", entry.changed_at.replace(microsecond=0).astimezone(UTC))
    event.add("sequence", entry.sequence)
    zone = zone_of(entry.start, entry.end)
    event.add("dtstart", entry.start.astimezone(zone))
    event.add("dtend", entry.end.astimezone(zone))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.busy == "FREE" else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", vText(entry.busy))
    return event
