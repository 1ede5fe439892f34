"""The calendar object of a REQUEST or CANCEL, built with icalendar (RFC 5545, 5546): of a meeting, or of a test call.

What clients do decides its shape: one static VTIMEZONE with RRULE (Outlook misreads RDATE lists), no UID on the
VCALENDAR (importers take it for the event's), ORGANIZER with a name (else Outlook takes its reader for the organizer),
exactly one ATTENDEE, which is the recipient, a neutral SUMMARY. State of ours is never kept in X- properties: Exchange
drops them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from sip.domain.change import facts_of
from sip.domain.effects import Mail, MeetingFacts, Method
from sip.domain.meeting import Invitation, Meeting, invitation_id
from sip.domain.people import Language
from sip.domain.terms import Purpose
from sip.edges.mail.envelope import Way
from sip.edges.mail.letters import wording
from sip.edges.mail.letters.letter import description_of
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


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar entry says, whoever it goes to. `caller` is the organizer's name; `books`: the time is taken."""

    method: Method
    dtstamp: datetime
    sequence: int
    start: datetime
    end: datetime
    caller: str
    summary: str
    description: str
    location: str | None = None
    video_url: str | None = None
    books: bool = True


def calendar_of(
    mail: Mail, *, uid: str, organizer: str, attendee: str, name: str, way: Way | None, unit: str, partstat: str
) -> bytes:
    """The calendar object of a meeting's mail; as `written` in all else."""
    entry = entry_of(mail, way, unit)
    return written(
        entry,
        uid=uid,
        organizer=organizer,
        attendee=attendee,
        name=name,
        link=way.url if way else None,
        partstat=partstat,
    )


def entry_of(mail: Mail, way: Way | None, unit: str) -> CalendarEntry:
    """What a meeting's mail says in the calendar, where it leads by this way and is to this unit."""
    table, facts, language = words(mail.to.language), mail.facts, mail.to.language
    return CalendarEntry(
        method=mail.method or Method.REQUEST,
        dtstamp=mail.dtstamp,
        sequence=mail.sequence,
        start=facts.start,
        end=facts.end,
        caller=clean_name(table["mail.organizer"].format(convener_unit=clean_name(facts.convener_unit))),
        summary=summary_of(table, facts),
        description=description_of(mail, way, unit),
        location=" / ".join(wording.places(language, facts)),
        video_url=clean(facts.place.video_url, 2000) if facts.place.video_url else None,
    )


def summary_of(table: Mapping[str, str], facts: MeetingFacts) -> str:
    """What the entry is called: neutral, with the case's reference."""
    key = "mail.summary_pre_meeting" if facts.purpose is Purpose.PRE_MEETING else "mail.summary"
    return table[key].format(reference=clean(facts.reference, 40))


def published(meeting: Meeting, invitation: Invitation, language: Language, *, domain: str, organizer: str) -> bytes:
    """The meeting as a file to add to a calendar: the UID and SEQUENCE of the invitation, so that what came by mail and
    this are one entry, and later updates and a cancellation find it. PUBLISH, with nobody asked to answer (RFC 5546,
    section 3.2.1): the answer has been given where the file is offered.
    """
    table, facts = words(language), facts_of(meeting)
    said = clean_name(table["mail.organizer"].format(convener_unit=clean_name(facts.convener_unit)))
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    zone = zone_of(facts.start, facts.end)
    event.add("dtstamp", (invitation.sent_at or facts.start).astimezone(UTC))
    event.add("dtstart", facts.start.astimezone(zone))
    event.add("dtend", facts.end.astimezone(zone))
    event.add("location", " / ".join(wording.places(language, facts)))
    caller = vCalAddress(f"mailto:{organizer}")
    caller.params["CN"] = said
    event.add("organizer", caller)
    event.add("uid", f"{invitation_id(meeting.id, invitation.copy_of or invitation.ordinal)}@{domain}")
    event.add("sequence", invitation.sequence)
    event.add("summary", summary_of(table, facts))
    call = f"{clean_name(facts.convener_person)} {clean(facts.convener_phone, 60)}".strip()
    event.add("description", f"{table['mail.label.caller']}: {clean_name(facts.convener_unit)}, {call}")
    event.add("transp", "OPAQUE")
    event.add("status", "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical()).replace(_EVENT, timezone() + _EVENT, 1)


def written(
    entry: CalendarEntry, *, uid: str, organizer: str, attendee: str, name: str, link: str | None, partstat: str
) -> bytes:
    """The calendar object as UTF-8 with CRLF, lines folded at 75 octets.

    `organizer` and `attendee` are bare addresses, `name` the recipient's; `partstat` counts in a REQUEST alone.
    """
    cancel = entry.method is Method.CANCEL
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", entry.method.value)
    event = Event()
    _when_and_where(event, entry)
    _who(event, entry, organizer, attendee, name, partstat)
    event.add("uid", uid)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    if link:
        event.add("url", link)
    event.add("transp", "OPAQUE" if entry.books else "TRANSPARENT")
    event.add("status", "CANCELLED" if cancel else "CONFIRMED")
    event.add("x-microsoft-cdo-busystatus", vText("TENTATIVE" if entry.books and not cancel else "FREE"))
    event.add("x-microsoft-cdo-intendedstatus", vText("BUSY" if entry.books and not cancel else "FREE"))
    event.add("x-microsoft-disallow-counter", vText("FALSE"))
    calendar.add_component(event)
    # The zone is the same for ever: written once, and put in where the library would write it.
    return bytes(calendar.to_ical()).replace(_EVENT, timezone() + _EVENT, 1)


@cache
def timezone() -> bytes:
    """The one VTIMEZONE, as the library writes it."""
    return bytes(Timezone.from_ical(_VTIMEZONE).to_ical())


def zone_of(start: datetime, end: datetime) -> tzinfo:
    """The zone that both times are written in: Sweden's, but UTC where either is in the autumn hour that comes twice.

    RFC 5545, section 3.3.5, means the first of the two, libical and others the second.
    """
    here = (moment.astimezone(wording.STOCKHOLM) for moment in (start, end))
    twice = any(one.replace(fold=0).utcoffset() != one.replace(fold=1).utcoffset() for one in here)
    return UTC if twice else wording.STOCKHOLM


def _when_and_where(event: Event, entry: CalendarEntry) -> None:
    event.add("dtstamp", entry.dtstamp.astimezone(UTC))
    zone = zone_of(entry.start, entry.end)
    event.add("dtstart", entry.start.astimezone(zone))
    event.add("dtend", entry.end.astimezone(zone))
    if entry.location is not None:
        event.add("location", entry.location)
    if entry.video_url and entry.method is Method.REQUEST:
        # The few clients that read CONFERENCE show a button; LOCATION repeats the address for all others (RFC 7986).
        conference = vUri(entry.video_url)
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = "VIDEO"
        conference.params["LABEL"] = "Video"
        event.add("conference", conference)


def _who(event: Event, entry: CalendarEntry, organizer: str, attendee: str, name: str, partstat: str) -> None:
    caller = vCalAddress(f"mailto:{organizer}")
    caller.params["CN"] = entry.caller
    event.add("organizer", caller)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["CN"] = name
    invited.params["CUTYPE"] = "INDIVIDUAL"
    invited.params["ROLE"] = "REQ-PARTICIPANT"
    if entry.method is Method.REQUEST:
        invited.params["PARTSTAT"] = partstat
        invited.params["RSVP"] = "TRUE"
    event.add("attendee", invited)
