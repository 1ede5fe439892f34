"""A mail as the one who gets it sees it: who wrote, what it says, its links, and the calendar entry in it.

The law of this file: everything is read from the bytes with a mail parser and a calendar parser, nothing is known
beforehand. What cannot be read is left out; a mail never stops the one who reads.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote

from icalendar import Calendar, Event

from sip.demo.hours import STOCKHOLM

LINK = re.compile(r"https?://[^\s<>\"')\]]+")
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{3}\b")


@dataclass(frozen=True, slots=True)
class Invite:
    """The one calendar entry of an invitation or a cancellation, as the calendar keeps it."""

    method: str
    uid: str
    sequence: int
    dtstamp: datetime | None
    start: datetime
    end: datetime
    summary: str
    location: str
    organizer: str
    organizer_name: str
    attendee: str


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail in one mailbox. `recipient` is the envelope's, `answers_to` where an answer goes."""

    recipient: str
    mail_from: str
    message_id: str
    sender: str
    answers_to: str
    subject: str
    date: datetime | None
    automatic: bool
    text: str
    links: tuple[str, ...]
    invite: Invite | None
    raw: bytes

    @property
    def references(self) -> tuple[str, ...]:
        """The references of the matters it is about, in the order they are named; each once."""
        words = f"{self.subject}\n{self.invite.summary if self.invite else ''}\n{self.text}"
        return tuple(dict.fromkeys(REFERENCE.findall(words)))


def read(raw: bytes, recipient: str, mail_from: str = "") -> ReadMail:
    """The mail as its reader sees it."""
    message = message_from_bytes(raw, policy=policy.default)
    _, sender = parseaddr(str(message.get("From", "")))
    _, answers_to = parseaddr(str(message.get("Reply-To", "") or sender))
    text = _text(message)
    return ReadMail(
        recipient=recipient.lower(),
        mail_from=mail_from,
        message_id=str(message.get("Message-ID", "")).strip(),
        sender=sender,
        answers_to=answers_to,
        subject=str(message.get("Subject", "")),
        date=_date(message),
        automatic=str(message.get("Auto-Submitted", "no")).strip().lower() != "no",
        text=text,
        links=tuple(dict.fromkeys(link.rstrip(".,;:") for link in LINK.findall(text))),
        invite=_invite(message, recipient),
        raw=raw,
    )


def _date(message: EmailMessage) -> datetime | None:
    value = getattr(message.get("Date"), "datetime", None)
    return value if isinstance(value, datetime) else None


def _text(message: EmailMessage) -> str:
    """The plain text part, else the HTML part as it stands (its links are all that is wanted of it)."""
    for part in (message.get_body(("plain",)), message.get_body(("html",))):
        if part is not None:
            content = part.get_content()
            if isinstance(content, str) and content.strip():
                return content
    return ""


def _invite(message: EmailMessage, recipient: str) -> Invite | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _entry(payload, recipient)
    return None


def _entry(payload: bytes, recipient: str) -> Invite | None:
    """The entry in a calendar part, or None where a calendar would show nothing."""
    try:
        calendar = Calendar.from_ical(payload)
    except ValueError:
        return None
    events = calendar.walk("VEVENT")
    if len(events) != 1 or not isinstance(event := events[0], Event):
        return None
    organizer, attendees = event.get("ORGANIZER"), event.get("ATTENDEE") or []
    attendees = attendees if isinstance(attendees, list) else [attendees]
    mine = next((a for a in attendees if _address(a) == recipient.lower()), attendees[0] if attendees else None)
    stamp = event.get("DTSTAMP")
    return Invite(
        method=str(calendar.get("METHOD", "")).upper(),
        uid=str(event.get("UID", "")),
        sequence=int(event.get("SEQUENCE", 0)),
        dtstamp=stamp.dt if stamp is not None else None,
        start=_moment(event.start),
        end=_moment(event.end),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        organizer=_address(organizer),
        organizer_name=str(organizer.params.get("CN", "")) if organizer is not None else "",
        attendee=_address(mine),
    )


def _moment(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=STOCKHOLM)
    return value if value.tzinfo else value.replace(tzinfo=STOCKHOLM)


def _address(value: object) -> str:
    return unquote(re.sub(r"(?i)^mailto:", "", str(value or ""))).lower()
