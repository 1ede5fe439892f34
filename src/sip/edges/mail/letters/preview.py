"""Every mail with sample data, taken apart for looking at: subject, plain text, HTML, calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any

from icalendar import Calendar

from sip.domain.effects import AnyMail
from sip.domain.people import Language
from sip.edges.mail.addresses import Home
from sip.edges.mail.letters.samples import BASE_URL, HOME, composed, every_preview

_SHOWN = (
    "SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "ATTENDEE", "STATUS", "SEQUENCE", "UID", "URL",
    "DESCRIPTION",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail as its reader would get it; `ics` is the calendar object, None where there is none."""

    name: str
    subject: str
    sender: str
    to: str
    plain: str
    html: str
    ics: bytes | None
    eml: bytes

    @property
    def unfolded(self) -> str:
        """The lines of the calendar object, each on one."""
        return "" if self.ics is None else self.ics.decode().replace("\r\n ", "").replace("\r\n", "\n")

    @property
    def calendar(self) -> list[tuple[str, str]]:
        """What a calendar reads of it, by property."""
        if self.ics is None:
            return []
        found = Calendar.from_ical(self.ics)
        event = found.walk("VEVENT")[0]
        rows = [("METHOD", str(found["METHOD"]))]
        for name in _SHOWN:
            if name in event:
                value: Any = event[name]
                rows.append((name, str(value.dt) if name.startswith("DT") else str(value)))
        return rows


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list: a name, its subject, and whether a calendar part goes with it."""

    name: str
    subject: str
    calendar: bool


@cache  # nothing in them changes, and every one is composed for it
def listed(language: Language) -> tuple[Listed, ...]:
    """Every mail that can be looked at."""
    return tuple(
        Listed(name, taken_apart(name, mails, HOME, BASE_URL).subject, mails[0].method is not None)
        for name, mails in every_preview(language).items()
    )


def names() -> list[str]:
    """Of every mail that can be looked at."""
    return list(every_preview(Language.SV))


def preview(name: str, language: Language, home: Home = HOME, base_url: str = BASE_URL) -> Preview:
    """One of them. Raises KeyError for a name that is none."""
    return taken_apart(name, every_preview(language)[name], home, base_url)


def taken_apart(name: str, mails: Sequence[AnyMail], home: Home, base_url: str) -> Preview:
    """These mails as one, composed as if they left now, with made-up links and codes."""
    ready = composed(*mails, home=home, base_url=base_url)
    message = message_from_bytes(ready.data, policy=default)
    assert isinstance(message, EmailMessage)
    return Preview(
        name,
        str(message["Subject"]),
        str(message["From"]),
        str(message["To"]),
        _part(message, "text/plain").decode().replace("\r\n", "\n"),
        _part(message, "text/html").decode().replace("\r\n", "\n"),
        _part(message, "text/calendar") or None,
        ready.data,
    )


def _part(message: EmailMessage, kind: str) -> bytes:
    for part in message.walk():
        if part.get_content_type() == kind:
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            return data
    return b""
