"""What the mail floor reports of a called meeting's mails: events as those in `events.py`, and nobody's command."""

from dataclasses import dataclass
from datetime import date, datetime

from sip.domain.agreement import Rung
from sip.domain.terms import AnswerKind, SettledAs


@dataclass(frozen=True, slots=True)
class MailSettled:
    """The sender's result, fed back; fields from the outbox row. `at` is when the relay said so, by clock.now."""

    key: str
    result: SettledAs
    at: datetime
    kind: str
    party: int | None = None
    invitation: int | None = None
    attendee: int | None = None
    round: int | None = None
    rung: Rung | None = None
    email: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Bounced:
    """A permanent failure reported after the relay had accepted (RFC 3464); names a mail, not a party.

    `sent_at` and `round` are that mail's. `elsewhere`: it names a mailbox that we did not write to, one that the unit's
    mail is passed on to.
    """

    key: str
    at: datetime
    party: int | None = None
    invitation: int | None = None
    attendee: int | None = None
    email: str | None = None
    reason: str | None = None
    sent_at: datetime | None = None
    round: int | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ReplySeen:
    """A reply that is journalled and sets no answer: to an older time, to a cancelled meeting, late (`outcome` says).

    `resend` asks for the current REQUEST (or CANCEL) once more, once per SEQUENCE. `unusable_to` is the address that is
    told, once a day, that its mail did not count as an answer.
    """

    outcome: str
    party: int
    invitation: int
    sequence: int
    kind: AnswerKind | None = None
    resend: bool = False
    unusable_to: str | None = None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A calendar asked for the current REQUEST (RFC 5546, section 3.2.6)."""

    party: int
    invitation: int


@dataclass(frozen=True, slots=True)
class AutoReplied:
    """A machine answered that the mailbox is away, perhaps until a day. Noted, never an answer."""

    party: int
    invitation: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HumanWrote:
    """A person wrote words instead of an answer; they stand in the received mail, for the convener's unit alone."""

    party: int
    invitation: int
    unusable_to: str | None = None
