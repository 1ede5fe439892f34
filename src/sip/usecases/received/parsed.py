"""What one received mail turned out to be: a value without the mail's own words.

SUMMARY, COMMENT, DESCRIPTION and the text of the body are never in it (rules, section 3). The mail floor makes it of
bytes (`sip.edges.mail.received.imip`); here it is judged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """`request_like`: a REQUEST, CANCEL, PUBLISH or ADD sent to us, which is never obeyed."""

    REPLY = "reply"
    COUNTER = "counter"
    REFRESH = "refresh"
    REQUEST_LIKE = "request_like"
    BOUNCE = "bounce"
    DELAY = "delay"
    AUTO_REPLY = "auto_reply"
    HUMAN = "human"
    BROKEN = "broken"


class Broken(StrEnum):
    """Why a mail cannot be used as it is; each has its sentence for people."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TNEF = "tnef"
    BROKEN_CALENDAR = "broken_calendar"
    SEVERAL_CALENDARS = "several_calendars"
    SEVERAL_EVENTS = "several_events"
    NO_EVENT = "no_event"
    RECURRENCE = "recurrence"
    METHOD_DISAGREES = "method_disagrees"
    DELEGATION_UNCLEAR = "delegation_unclear"
    FORWARDED_CALENDAR = "forwarded_calendar"


@dataclass(frozen=True, slots=True)
class AttendeeLine:
    """One ATTENDEE line. Addresses in lower case; `partstat` in upper case, None where the line has none."""

    email: str
    partstat: str | None = None
    sent_by: str | None = None
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """What an invitation of somebody's says beside its time and guests. `place` is what she wrote there, for telling a
    unit's name by alone: it may be somebody's home, and is never kept.
    """

    uid: str | None = None
    organizer: str | None = None
    all_day: bool = False
    recurring: bool = False
    video_url: str | None = None
    place: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery report (RFC 3464), or what could be told of a bounce without one.

    `named` is whom it says was not reached: the address we wrote to where it is told, else what became of it; all
    readings of one, folded. `recipient` is the same for people.
    """

    action: str
    status: str | None = None
    diagnostic: str | None = None
    recipient: str | None = None
    named: tuple[str, ...] = ()
    original_message_id: str | None = None
    envelope_id: str | None = None
    returned_token: str | None = None


def no_words() -> str | None:
    """Of a mail that no person wrote."""
    return None


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. `tokens` are candidates out of the headers and the calendar; the envelope's recipient comes first.

    `automatic` says that a machine sent it (RFC 3834; of an answer by calendar what only machines do tells), `bulk`
    that a list or mass mailer did.
    `authentic` is what our own mail server found of the sender (RFC 8601): shown, forged, or nothing known.
    `sent_at` is the Date header, `away_until` the last day an automatic answer says the mailbox is away, `tnef_class`
    what a winmail.dat is (`tnef.MessageClass`); `booked` of a REQUEST or CANCEL of somebody else's meeting.
    `words` reads what a person wrote, without what it answers and who signed it, for a report's thread and nothing
    else: it takes its while, and gives None where there is nothing, or more than a thread takes.
    """

    kind: Kind
    broken: Broken | None = None
    method: str | None = None
    uid: str | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    original_start: datetime | None = None
    attendees: tuple[AttendeeLine, ...] = ()
    organizer_token: str | None = None
    tokens: tuple[str, ...] = ()
    from_email: str | None = None
    sender_email: str | None = None
    authentic: bool | None = None
    automatic: bool = False
    bulk: bool = False
    away_until: date | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    report: DeliveryReport | None = None
    tnef_class: str | None = None
    booked: Booked | None = None
    words: Callable[[], str | None] = field(default=no_words, repr=False, compare=False)


class Parse(Protocol):
    """`mail_from` is the envelope's sender, empty for the null path."""

    def __call__(self, raw: bytes, *, mail_from: str) -> ParsedMail: ...
