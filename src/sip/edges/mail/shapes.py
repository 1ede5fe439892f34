"""What calendar mails of one shape share, whatever meeting they are of: headers and calendar lines, built with the
libraries once for each kind, method and language.

The law of this file: the bytes are those of `compose` and `calendar.written`. A field that is not here is the
libraries' own; what a meeting puts in is written by the library's own type for it (subject, date, TEXT, URI), or, for
times and numbers, as RFC 5545 has them. The property test of `prepared` holds all of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from icalendar import Parameters, vText, vUri

from sip.domain.effects import Mail, Method
from sip.domain.people import Address
from sip.edges.mail import compose, marks
from sip.edges.mail.addresses import Home
from sip.edges.mail.calendar import CalendarEntry, written, zone_of
from sip.edges.mail.envelope import OutgoingEnvelope
from sip.edges.mail.letters.letter import Letter
from sip.edges.mail.marks import MEETING, Pieces, of_meeting, of_recipient

TOKEN = "a" * 26
"""Stands for the reply token in a shared Reply-To."""
_QUOTED = re.compile('"?((?:\ue100name\ue101)|(?:\ue102caller\ue103))"?')
_DATED = ("DTSTART", "DTEND", "DTSTAMP", "SEQUENCE")
_WHENEVER = datetime(2026, 1, 1, 12, tzinfo=UTC)
Fields = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class MailHeads:
    """The header fields by name, in their order, and the heads of the three parts."""

    fields: Fields
    parts: tuple[bytes, bytes, bytes]

    def of(self, subject: str, date: datetime) -> Fields:
        """The fields of the mails of a meeting."""
        own = {"Subject": lambda: compose.field("Subject", subject), "Date": lambda: _date(date)}
        return tuple((name, own[name]() if name in own else raw) for name, raw in self.fields)


@lru_cache(maxsize=256)
def _date(moment: datetime) -> bytes:
    return compose.field("Date", moment)


def heads_of(mail: Mail, envelope: OutgoingEnvelope, home: Home, letter: Letter) -> MailHeads:
    """Of all mails of this kind, method and language that can be answered, or cannot, at the same address."""
    hollow = compose.hollow(
        replace(mail, to=Address("a@a.example", "a", mail.to.language)),
        replace(envelope, reply_token=TOKEN if envelope.reply_token else None, thread="<t>"),
        home,
        letter,
    )
    head, *parts = hollow.data.split(f"--{compose.boundary_of(hollow.message_id)}".encode())
    heads = [part.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" for part in parts]
    fields = re.split(rb"\r\n(?![ \t])", head.rstrip(b"\r\n"))
    named = tuple((field.partition(b":")[0].decode(), field + b"\r\n") for field in fields)
    return MailHeads(named, (heads[0], heads[1], heads[2]))


def calendar_lines(entry: CalendarEntry, *, linked: bool, partstat: str) -> tuple[bytes | Pieces, ...]:
    """The calendar object of a meeting: fixed lines folded as they are, runs of them as one; those with a recipient's
    marks unfolded, to be filled.
    """
    zone = zone_of(entry.start, entry.end)
    video = bool(entry.video_url) and entry.method is Method.REQUEST
    shape = _shape(entry.method, entry.books, entry.location is not None, video, linked, partstat, zone is UTC)
    values = _values(entry, zone)
    found: list[bytes | Pieces] = []
    for line in shape:
        put: bytes | str = line if isinstance(line, bytes) else MEETING.sub(lambda mark: values[mark[1]](), line)
        if isinstance(put, str):
            if marks.has_recipient(put):
                found.append(marks.pieces(put))
                continue
            put = marks.fold(put.encode()) + b"\r\n"
        last = found[-1] if found else None
        if isinstance(last, bytes):
            found[-1] = last + put
        else:
            found.append(put)
    return tuple(found)


def _values(entry: CalendarEntry, zone: tzinfo) -> Mapping[str, Callable[[], str]]:
    return {
        "caller": lambda: parameter(entry.caller),
        "summary": lambda: _text(entry.summary),
        "description": lambda: _text(entry.description),
        "location": lambda: _text(entry.location or ""),
        "video": lambda: str(vUri(entry.video_url or "").to_ical().decode()),
        "DTSTART": lambda: _time(entry.start, zone),
        "DTEND": lambda: _time(entry.end, zone),
        "DTSTAMP": lambda: _time(entry.dtstamp, UTC),
        "SEQUENCE": lambda: str(entry.sequence),
    }


@lru_cache(maxsize=256)
def _shape(
    method: Method, books: bool, located: bool, video: bool, linked: bool, partstat: str, utc: bool
) -> tuple[bytes | str, ...]:
    """The lines of such a calendar object: folded where they are the same in all, with marks where they are not."""
    entry = CalendarEntry(
        method=method, dtstamp=_WHENEVER, sequence=0, start=_WHENEVER, end=_WHENEVER, caller=of_meeting("caller"),
        summary=of_meeting("summary"), description=of_meeting("description"),
        location=of_meeting("location") if located else None, video_url=of_meeting("video") if video else None,
        books=books,
    )  # fmt: skip
    whole = written(
        entry, uid=of_recipient("uid"), organizer=of_recipient("organizer"), attendee=of_recipient("email"),
        name=of_recipient("name"), link=of_recipient("link") if linked else None, partstat=partstat,
    )  # fmt: skip
    found: list[bytes | str] = []
    before, of_event, after = whole.decode().replace("\r\n ", "").partition("BEGIN:VEVENT\r\n")
    for line in before.split("\r\n")[:-1]:
        found.append(marks.fold(line.encode()) + b"\r\n")
    for line in (of_event + after).split("\r\n")[:-1]:
        name = line.partition(":")[0].partition(";")[0]
        if name in _DATED:
            zoned = ";TZID=Europe/Stockholm" if name in ("DTSTART", "DTEND") and not utc else ""
            found.append(f"{name}{zoned}:{of_meeting(name)}")
        elif "\ue100" in line or "\ue102" in line:
            found.append(_QUOTED.sub(r"\1", line))
        else:
            found.append(marks.fold(line.encode()) + b"\r\n")
    return tuple(found)


def _text(value: str) -> str:
    return str(vText(value).to_ical().decode())


def _time(moment: datetime, zone: tzinfo) -> str:
    """Wall time in Sweden, or UTC (RFC 5545, section 3.3.5, forms 3 and 2)."""
    return f"{moment.astimezone(zone):%Y%m%dT%H%M%S}{'Z' if zone is UTC else ''}"


@lru_cache(maxsize=8192)
def parameter(name: str) -> str:
    """A name as icalendar writes it as a parameter's value, with quotes where it needs them."""
    wrote: bytes = Parameters({"CN": name}).to_ical()
    return wrote.decode().partition("=")[2]
