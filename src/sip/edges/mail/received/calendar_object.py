"""The calendar object of a received mail as a value (RFC 5545, 5546), read with icalendar and its traps avoided.

Bytes only: `from_ical` of a text opens files. Size is limited before parsing. Lines that the library drops or misreads
(escaped quotes in CN, DELEGATED-TO without quotes) are read again by hand. SUMMARY and COMMENT never leave this file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Component
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sip.domain.address import folded, is_mailable
from sip.edges.mail.received import booked, zones
from sip.edges.mail.received.mime import decoded
from sip.edges.mail.texts import clean
from sip.usecases.received.parsed import AttendeeLine, Booked, Broken

MAX_BYTES = 300_000
MAX_LINES = 8_000
MAX_COMPONENTS = 200
MAX_EVENTS = 50
_UNFOLD = re.compile(rb"\n[ \t]")
_MAILTO = re.compile(r"mailto:\s*([^\s\";:,<>]+@[^\s\";:,<>]+)", re.IGNORECASE)
# Programs built on libical name their maker before the zone (RFC 5545, section 3.2.19); the library guesses and warns.
_MAKER = re.compile(
    r"(;TZID=\"?)/(?:[^/\";:]+/)+?(?=(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/)",
    re.IGNORECASE,
)
_METHOD = re.compile(rb"^METHOD(?:;[^:\n]*)?:[ \t]*([A-Za-z-]{1,30})[ \t]*$", re.IGNORECASE | re.MULTILINE)


_BLOCK = re.compile(r"[ \t]*(BEGIN|END)[ \t]*:[ \t]*([A-Za-z0-9-]{1,40})[ \t]*$", re.IGNORECASE)
_NAME = re.compile(r"[;:]")
_READ = {
    "VCALENDAR": ("METHOD", "VERSION", "PRODID"),
    "VEVENT": (
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "RECURRENCE-ID", "ORGANIZER", "ATTENDEE",
        "X-MS-OLK-ORIGINALSTART",
    ),
}  # fmt: skip
"""What is read of an object; nothing else of it reaches the library."""


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """What the one calendar object says. `sequence` is None when missing or no number; times are aware, in UTC."""

    method: str | None = None
    uid: str | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    original_start: datetime | None = None
    attendees: tuple[AttendeeLine, ...] = ()
    organizer: str | None = None
    broken: Broken | None = None
    booked: Booked | None = None


def normal(data: bytes, charset: str | None = None) -> bytes | None:
    """The object as UTF-8 with LF and without a byte order mark; None when it is no text (NUL, bare CR)."""
    text = decoded(data, charset).lstrip("\ufeff\r\n\t ")
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "\x00" in text or "\r" in text:
        return None
    return text.encode("utf-8", "replace")


def method_of(data: bytes) -> str | None:
    """METHOD of a normalised object, in upper case, without parsing it."""
    found = _METHOD.search(data[:200_000])
    return found[1].decode().upper() if found else None


def read(data: bytes, method: str | None) -> CalendarReply:
    """One normalised object. `method` is the Content-Type's, used where the object has none. Never raises."""
    if len(data) > MAX_BYTES or data.count(b"\n") > MAX_LINES or data.upper().count(b"BEGIN:") > MAX_COMPONENTS:
        return _broken(Broken.TOO_LARGE)
    try:
        return _read(data, method)
    except Exception:  # the library raises more kinds than it names, and a mail must never stop the receiver
        return _broken(Broken.BROKEN_CALENDAR)


def _read(data: bytes, method: str | None) -> CalendarReply:
    every, brought = zones.split(_UNFOLD.sub(b"", data).decode().split("\n"))
    lines, sound = needed(every)
    found = Calendar.from_ical(_MAKER.sub(r"\1", "\n".join(lines)).encode(), multiple=True)
    calendars = [one for one in found if one.name == "VCALENDAR"]
    if len(calendars) > 1:
        return _broken(Broken.SEVERAL_CALENDARS)
    if not calendars:
        return _broken(Broken.BROKEN_CALENDAR)
    said = _text(calendars[0], "METHOD")
    own = said.upper() if said else method
    events = [one for one in calendars[0].subcomponents if one.name == "VEVENT"]
    if not events:
        return _broken(Broken.NO_EVENT, own)
    uids = {_text(event, "UID") for event in events}
    if len(events) > MAX_EVENTS or len(uids) > 1:
        return _broken(Broken.SEVERAL_EVENTS, own)
    read = _event(events[0], lines, brought, own, several=len(events) > 1)
    if not sound and not any(one.partstat for one in read.attendees):
        return _broken(Broken.BROKEN_CALENDAR, own)  # cut off before it said anything
    if own in ("REQUEST", "CANCEL"):
        return replace(read, booked=booked.read(every, read.organizer, read.uid))
    return read


def needed(lines: list[str]) -> tuple[list[str], bool]:
    """The object with nothing in it but what is read here: one value that cannot be read spoils no answer.

    Alarms, other components, unknown properties and lines that are none are left out; what a gateway wrote round the
    object is, too; what is never ended is ended here, and False says so, but not of Exchange's VCALENDAR.
    """
    kept: list[str] = []
    open_: list[str] = []
    other: str | None = None
    for line in lines:
        found = _BLOCK.match(line)
        word, name = (found[1].upper(), found[2].upper()) if found else ("", "")
        if other is not None and name not in ("VEVENT", "VCALENDAR"):
            other = None if (word, name) == ("END", other) else other
            continue
        other = None
        if word == "BEGIN" and name in ("VCALENDAR", "VEVENT"):
            inside = [] if name == "VCALENDAR" else open_[:1]
            kept += [f"END:{one}" for one in reversed(open_[len(inside) :])]
            open_ = [*inside, name]
            kept.append(f"BEGIN:{name}")
        elif word == "BEGIN":
            other = name
        elif word == "END" and name in open_:
            closed = open_[open_.index(name) :]
            kept += [f"END:{one}" for one in reversed(closed)]
            open_ = open_[: open_.index(name)]
        elif open_ and _NAME.split(line, maxsplit=1)[0].strip().upper() in _READ[open_[-1]]:
            kept.append(_tight(line))
    return kept + [f"END:{one}" for one in reversed(open_)], other is None and "VEVENT" not in open_


def _tight(line: str) -> str:
    """Times and numbers without the spaces that some write round them."""
    head, colon, value = line.rpartition(":")
    return f"{head}{colon}{value.strip()}" if line[:2].upper() == "DT" or line[:3].upper() == "SEQ" else line


def _event(
    event: Component, lines: list[str], brought: Mapping[str, zones.Zone], method: str | None, *, several: bool
) -> CalendarReply:
    organizer = _address(event.get("ORGANIZER")) or _by_hand(lines, "ORGANIZER")
    attendees = _attendees(lines)
    broken = None
    if several or event.get("RECURRENCE-ID") is not None:
        broken = Broken.RECURRENCE
    elif any(_delegation_unclear(one, organizer) for one in attendees):
        broken = Broken.DELEGATION_UNCLEAR
    return CalendarReply(
        method=method,
        uid=_text(event, "UID"),
        sequence=_sequence(event),
        dtstamp=_moment(event, "DTSTAMP", brought),
        start=_moment(event, "DTSTART", brought),
        end=_moment(event, "DTEND", brought),
        original_start=_original_start(event, brought),
        attendees=attendees,
        organizer=organizer,
        broken=broken,
    )


def _attendees(lines: list[str]) -> tuple[AttendeeLine, ...]:
    """Line by line, so that none that the library cannot read takes the speaker's away."""
    raw = [line for line in lines if line.upper().startswith(("ATTENDEE;", "ATTENDEE:"))]
    return tuple(one for line in raw[:MAX_EVENTS] if (one := _attendee(line) or _attendee_by_hand(line)) is not None)


def _attendee(line: str) -> AttendeeLine | None:
    """None where the library gives up, or finds no address; one that is told beside a URN is the attendee's (RFC 7986,
    section 6.2)."""
    try:
        _, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # of the library
    except ValueError:
        return None
    email = _address(value) or _address(params.get("EMAIL"))
    if email is None:
        return None
    partstat = params.get("PARTSTAT")
    return AttendeeLine(
        email=email,
        partstat=clean(str(partstat), 40).upper() or None if partstat else None,
        sent_by=next(iter(_addresses(params.get("SENT-BY"))), None),
        delegated_to=_addresses(params.get("DELEGATED-TO")),
        delegated_from=_addresses(params.get("DELEGATED-FROM")),
    )


def _attendee_by_hand(line: str) -> AttendeeLine | None:
    """What can be had of a line the library dropped: the last address is the attendee, an earlier one a parameter's."""
    addresses = [folded(address) for address in _MAILTO.findall(line) if is_mailable(address)]
    if not addresses:
        return None
    partstat = re.search(r";PARTSTAT=\"?([A-Za-z-]{1,40})", line, re.IGNORECASE)
    # A delegation that has to be guessed is never taken: without DELEGATED-TO it counts as unclear.
    return AttendeeLine(addresses[-1], partstat[1].upper() if partstat else None)


def _delegation_unclear(one: AttendeeLine, organizer: str | None) -> bool:
    """DELEGATED to nobody, several, itself or the organizer: a person has to look (mail-cases, case 20)."""
    if one.partstat != "DELEGATED":
        return False
    return len(one.delegated_to) != 1 or one.delegated_to[0] in (one.email, organizer)


def _by_hand(lines: list[str], name: str) -> str | None:
    for line in lines:
        if line.upper().startswith((f"{name};", f"{name}:")):
            addresses = [folded(address) for address in _MAILTO.findall(line) if is_mailable(address)]
            return addresses[-1] if addresses else None
    return None


def _address(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    email = folded(text[7:] if text[:7].lower() == "mailto:" else text)
    plain = email.replace("%2b", "+").replace("%40", "@")
    return plain if is_mailable(plain) else None


def _addresses(value: object) -> tuple[str, ...]:
    """The addresses of a parameter. One that is malformed makes all of it empty: it is not guessed."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    found = [_address(str(item).strip('"')) for item in items]
    return tuple(one for one in found if one) if all(found) else ()


def _text(component: Component, name: str) -> str | None:
    value = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return clean(str(value), 500) or None if value is not None else None


def _sequence(event: Component) -> int | None:
    text = _text(event, "SEQUENCE")
    return int(text) if text and text.isascii() and text.isdigit() and int(text) < 2**31 else None


def _moment(event: Component, name: str, brought: Mapping[str, zones.Zone]) -> datetime | None:
    """In UTC; None when missing, doubled, a day alone, or in a zone nobody knows."""
    said = event.get(name)
    try:
        value = getattr(said, "dt", None)
    except ValueError:  # the library keeps a value it cannot read, and raises when it is asked for
        return None
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        return zones.in_utc(brought.get(_zone_name(said), ()), value)
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _zone_name(value: object) -> str:
    return str(getattr(value, "params", {}).get("TZID", "")).strip()


def _original_start(event: Component, brought: Mapping[str, zones.Zone]) -> datetime | None:
    """The time that a counter-proposal of Exchange answers, in UTC or in a zone by its Windows name (MS-OXCICAL)."""
    text = _text(event, "X-MS-OLK-ORIGINALSTART") or ""
    name = _zone_name(event.get("X-MS-OLK-ORIGINALSTART"))
    try:
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        local = datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone stands beside it
        if name in brought:
            return zones.in_utc(brought[name], local)
        return local.replace(tzinfo=ZoneInfo(WINDOWS_TO_OLSON.get(name, name))).astimezone(UTC)
    except (ValueError, OSError, ZoneInfoNotFoundError, OverflowError):
        return None


def _broken(why: Broken, method: str | None = None) -> CalendarReply:
    return CalendarReply(method=method, broken=why)
