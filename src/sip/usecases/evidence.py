"""Who answered: the token says which invitation; ATTENDEE and From say who (imip, section 0, 3 and section 6).

Pure functions over one meeting, one parsed mail and the roster of the invited unit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain.meeting import Attendee, Invitation, Meeting, Stamp
from sip.domain.people import Roster
from sip.usecases.parsed import AttendeeLine, Parsed
from sip.usecases.reply_reasons import Why

AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The line that answers; `person` is the named or asked person it is the answer of, None: the unit's."""

    line: AttendeeLine
    person: Attendee | None


def who(meeting: Meeting, invitation: Invitation, roster: Roster, mail: Parsed) -> Evidence | Why:
    """Who answers through this invitation, or why it cannot be told or believed."""
    line = _line(invitation, mail)
    if line is None:
        return Why.NO_ATTENDEE
    ours = {invitation.email.lower()}
    if line.email not in ours and not roster.has_colleague(line.email):
        return Why.FORWARDED
    sender = mail.from_email
    if sender is not None and sender not in ours | {line.email} and not roster.has_colleague(sender):
        return Why.UNCONFIRMED
    party = meeting.party(invitation.party)
    known = [p for p in party.attendees if p.ordinal == invitation.attendee]
    if not known and line.email not in ours:
        known = [p for p in party.attendees if (p.email or "").lower() == line.email and p.invitation is not None]
    return Evidence(line, known[-1] if known else None)


def _line(invitation: Invitation, mail: Parsed) -> AttendeeLine | None:
    """The invited address's own line, else the only one that answers; a delegate's line beside it is not the answer."""
    own = [line for line in mail.attendees if line.email == invitation.email.lower()]
    if own:
        return own[0]
    rest = [line for line in mail.attendees if line.partstat not in (None, "NEEDS-ACTION")]
    return rest[0] if len(rest) == 1 else None


@dataclass(frozen=True, slots=True)
class Said:
    """The answer's SEQUENCE as it counts here; `old` when it answers an earlier time or place."""

    sequence: int
    old: bool


def sequence_of(meeting: Meeting, invitation: Invitation, mail: Parsed, *, same_start: bool) -> Said:
    """The staleness rule (imip, section 5): s > C is C, s < R is old, none at all counts by its start.

    `same_start`: whether an answer without SEQUENCE is known by DTSTART (a COUNTER's is the proposed one).
    """
    current, moved = invitation.sequence, invitation.rescheduled
    if mail.sequence is None:
        fits = same_start and mail.start is not None and mail.start == meeting.start
        return Said(current, not fits)
    return Said(min(mail.sequence, current), mail.sequence < moved)


def stamp_of(said: Said, mail: Parsed, received_at: datetime, digest: bytes) -> Stamp:
    """(SEQUENCE, d, received, SHA-256), d = min(DTSTAMP, received); far ahead or missing: Date, else arrival."""
    d = mail.dtstamp or mail.sent_at or received_at
    if d > received_at + AHEAD:
        d = received_at
    return Stamp(said.sequence, min(d, received_at), received_at, digest.hex())
