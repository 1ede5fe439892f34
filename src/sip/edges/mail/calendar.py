"""The calendar object of a REQUEST or CANCEL, built with icalendar (RFC 5545, 5546).

What clients do decides its shape: one static VTIMEZONE with RRULE (Outlook misreads RDATE lists), no UID on the
VCALENDAR (importers take it for the event's), ORGANIZER with a name (else Outlook takes its reader for the organizer),
exactly one ATTENDEE, which is the recipient, a neutral SUMMARY. State of ours is never kept in X- properties: Exchange
drops them.
"""

from datetime import UTC
from functools import cache

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from sip.domain.effects import Mail, Method
from sip.edges.mail import wording
from sip.edges.mail.envelope import Way
from sip.edges.mail.letter import description_of
from sip.edges.mail.texts import clean, clean_name
from sip.edges.words import words

PRODID = "-//SIP-samordning//SIP//SV"
_VTIMEZONE = b"""BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
""".replace(b"\n", b"\r\n")


_EVENT = b"BEGIN:VEVENT\r\n"


def calendar_of(
    mail: Mail, *, uid: str, organizer: str, attendee: str, name: str, way: Way | None, unit: str, partstat: str
) -> bytes:
    """The calendar object as UTF-8 with CRLF, lines folded at 75 octets.

    `organizer` and `attendee` are bare addresses, `name` the recipient's; `partstat` counts in a REQUEST alone.
    """
    method = mail.method or Method.REQUEST
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    event = Event()
    _when_and_where(event, mail)
    _who(event, mail, organizer, attendee, name, partstat)
    event.add("uid", uid)
    event.add("sequence", mail.sequence)
    event.add("summary", words(mail.to.language)["mail.summary"].format(reference=clean(mail.facts.reference, 40)))
    event.add("description", description_of(mail, way, unit))
    if way is not None:
        event.add("url", way.url)
    event.add("transp", "OPAQUE")
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    busy = "FREE" if method is Method.CANCEL else "TENTATIVE"
    event.add("x-microsoft-cdo-busystatus", vText(busy))
    event.add("x-microsoft-cdo-intendedstatus", vText("FREE" if method is Method.CANCEL else "BUSY"))
    event.add("x-microsoft-disallow-counter", vText("FALSE"))
    calendar.add_component(event)
    # The zone is the same for ever: written once, and put in where the library would write it.
    return bytes(calendar.to_ical()).replace(_EVENT, _timezone() + _EVENT, 1)


@cache
def _timezone() -> bytes:
    return bytes(Timezone.from_ical(_VTIMEZONE).to_ical())


def _when_and_where(event: Event, mail: Mail) -> None:
    facts, language = mail.facts, mail.to.language
    event.add("dtstamp", mail.dtstamp.astimezone(UTC))
    start, end = facts.start.astimezone(wording.STOCKHOLM), facts.end.astimezone(wording.STOCKHOLM)
    if start.fold or end.fold:
        # The hour that comes a second time: as wall time it would be read as the first (RFC 5545, section 3.3.5).
        start, end = facts.start.astimezone(UTC), facts.end.astimezone(UTC)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("location", " / ".join(wording.places(language, facts)))
    if facts.place.video_url and mail.method is Method.REQUEST:
        # The few clients that read CONFERENCE show a button; LOCATION repeats the address for all others (RFC 7986).
        conference = vUri(clean(facts.place.video_url, 2000))
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = "VIDEO"
        conference.params["LABEL"] = "Video"
        event.add("conference", conference)


def _who(event: Event, mail: Mail, organizer: str, attendee: str, name: str, partstat: str) -> None:
    caller = vCalAddress(f"mailto:{organizer}")
    unit = clean_name(mail.facts.convener_unit)
    caller.params["CN"] = clean_name(words(mail.to.language)["mail.organizer"].format(convener_unit=unit))
    event.add("organizer", caller)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["CN"] = name
    invited.params["CUTYPE"] = "INDIVIDUAL"
    invited.params["ROLE"] = "REQ-PARTICIPANT"
    if mail.method is Method.REQUEST:
        invited.params["PARTSTAT"] = partstat
        invited.params["RSVP"] = "TRUE"
    event.add("attendee", invited)
