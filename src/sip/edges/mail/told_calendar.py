"""The dates of a standing group as a subscribed calendar (RFC 5545): hours, where to read more; no place, no name."""

from collections.abc import Iterable

from icalendar import Event, vText, vUri

from sip.domain.people import Language
from sip.edges.mail.calendar import timezone, zone_of
from sip.edges.mail.feed import head
from sip.edges.mail.texts import clean_name
from sip.edges.words import word
from sip.store.told import ToldGroup, ToldSitting

_END = b"END:VCALENDAR\r\n"


def dates_of(group: ToldGroup, sittings: Iterable[ToldSitting], *, page: str, domain: str, language: Language) -> bytes:
    """The whole calendar; `page` is where the group is read of."""
    name = clean_name(group.name)
    events = (_event(one, name, page, domain, language) for one in sittings)
    return b"".join((head(name).removesuffix(_END), timezone(), *events, _END))


def _event(sitting: ToldSitting, name: str, page: str, domain: str, language: Language) -> bytes:
    zone = zone_of(sitting.start, sitting.end)
    event = Event()
    event.add("uid", vText(f"told-{sitting.id}@{domain}"))
    event.add("dtstamp", sitting.called_at)
    event.add("dtstart", sitting.start.astimezone(zone))
    event.add("dtend", sitting.end.astimezone(zone))
    event.add("summary", vText(name))
    event.add("description", vText(f"{word(language, 'told.entry')}\n{page}"))
    event.add("url", vUri(page))
    event.add("transp", vText("TRANSPARENT"))
    return bytes(event.to_ical())
