"""Who answered: the token says which invitation; ATTENDEE, From, Sender, SENT-BY and what our own mail server says of
the sender say who (mail-cases, section 1).

Pure functions over one meeting, one parsed mail and the roster of the invited unit. Three grades come out: certain
(`Evidence`), to be confirmed by the convener's side (`Doubt`), or a reason why it cannot be told at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain.address import domain_of, folded
from sip.domain.meeting import Attendee, Invitation, Meeting, Stamp
from sip.domain.people import Roster
from sip.domain.terms import ClaimKind
from sip.usecases.received.outcomes import Why
from sip.usecases.received.parsed import AttendeeLine, ParsedMail

AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The line that answers; `person` is the named or asked person it is the answer of, None: the unit's.

    `colleague`: somebody of the organisation who was not invited herself; `delegated`: the unit handed its duty to her
    (RFC 5546, section 3.2.2.3).
    """

    line: AttendeeLine
    person: Attendee | None
    answered_by: str
    colleague: bool = False
    delegated: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Whose answer it would be, were it certain; `email` is who speaks by her own words, `sender` another From."""

    kind: ClaimKind
    line: AttendeeLine | None
    person: Attendee | None
    email: str
    sender: str | None


def who(meeting: Meeting, invitation: Invitation, roster: Roster, mail: ParsedMail) -> Evidence | Doubt | Why:
    """Who answers through this invitation, how certain it is, or why it cannot be told."""
    line = _line(invitation, mail)
    if line is None:
        return Why.NO_ATTENDEE
    owner, known = _owner(meeting, invitation), _known(meeting, invitation, line.email)
    invited, colleague = line.email == folded(invitation.email), roster.has_colleague(line.email)
    sender = _other(mail.from_email, line.email)
    if not (invited or colleague or known):
        return Doubt(ClaimKind.PARTY_CRASHER, line, None, line.email, sender)
    person = owner if invited else known
    if not invited and known is None and owner is not None:
        # Through the entry of one person another address of the house: herself by another name, or somebody else.
        if mail.from_email != folded(invitation.email):
            return Doubt(ClaimKind.UNCONFIRMED, line, owner, line.email, sender)
        person = owner
    if not is_of_unit(invitation, roster, mail, line.email):
        return Doubt(ClaimKind.UNCONFIRMED, line, person, line.email, sender)
    delegated = folded(invitation.email) in line.delegated_from
    return Evidence(line, person, _answered_by(line, mail), not invited and person is None, delegated)


def of_counter(
    meeting: Meeting, invitation: Invitation, roster: Roster, mail: ParsedMail
) -> Evidence | Doubt | Why | None:
    """As `who`. Exchange's COUNTER names nobody: then the token says whose it is (None), unless its From is foreign."""
    found = who(meeting, invitation, roster, mail)
    if found is not Why.NO_ATTENDEE:
        return found
    if is_of_unit(invitation, roster, mail, folded(invitation.email)):
        return None
    owner = _owner(meeting, invitation)
    return Doubt(ClaimKind.UNCONFIRMED, None, owner, folded(invitation.email), mail.from_email)


def is_of_unit(invitation: Invitation, roster: Roster, mail: ParsedMail, speaker: str) -> bool:
    """Whether the mail's sender is who she says: the invited address, the one that answers, or a colleague.

    A sender that our own mail server found forged (DMARC) is nobody's colleague; one it knows nothing of is believed,
    for the token was in her hands.
    """
    if mail.authentic is False:
        return False
    sender = mail.from_email
    return sender is None or sender in (folded(invitation.email), speaker) or roster.has_colleague(sender)


def is_shown(invitation: Invitation, roster: Roster, mail: ParsedMail) -> bool:
    """Without a token: whether our mail server vouches for a sender of the unit who answers in its name (case 31)."""
    line = _line(invitation, mail)
    sender = mail.from_email
    ours = sender is not None and (sender == folded(invitation.email) or roster.has_colleague(sender))
    return line is not None and ours and mail.authentic is True and line.email in (folded(invitation.email), sender)


def _owner(meeting: Meeting, invitation: Invitation) -> Attendee | None:
    """The person whose own invitation it is, None for the unit's."""
    people = meeting.party(invitation.party).attendees
    return next((person for person in people if person.ordinal == invitation.attendee), None)


def _known(meeting: Meeting, invitation: Invitation, email: str) -> Attendee | None:
    """The person of the party who has an invitation of her own under this address."""
    own = {i.ordinal for i in meeting.invitations if i.party == invitation.party and i.copy_of is None}
    people = meeting.party(invitation.party).attendees
    known = [p for p in people if folded(p.email or "") == email and p.invitation in own]
    return known[-1] if known else None


def _other(sender: str | None, speaker: str) -> str | None:
    return None if sender == speaker else sender


def _answered_by(line: AttendeeLine, mail: ParsedMail) -> str:
    """The person behind a shared mailbox where the mail tells her: SENT-BY, Sender, From, else the line itself."""
    if line.sent_by:
        return line.sent_by
    sender = mail.sender_email if mail.sender_email and _same_domain(mail.sender_email, mail.from_email) else None
    return sender or mail.from_email or line.email


def _same_domain(one: str, other: str | None) -> bool:
    """A calendar service of the provider's own often stands as Sender: it is nobody."""
    return other is not None and domain_of(one) == domain_of(other)


def _line(invitation: Invitation, mail: ParsedMail) -> AttendeeLine | None:
    """The invited address's own line where it answers, else the only one that does; a delegate's line beside a
    delegation is not the answer."""
    own = [line for line in mail.attendees if line.email == folded(invitation.email)]
    rest = [line for line in mail.attendees if line.partstat not in (None, "NEEDS-ACTION")]
    silent = bool(own) and own[0].partstat in (None, "NEEDS-ACTION") and len(rest) == 1
    if own and not silent and not _is_of_delegate(own[0], rest):
        return own[0]
    others = [line for line in rest if line not in own]
    return others[0] if len(others) == 1 else None


def _is_of_delegate(own: AttendeeLine, answering: list[AttendeeLine]) -> bool:
    """A delegate's REPLY repeats the delegator's line beside her own: the answer is hers (RFC 5546, 4.2.6)."""
    return own.partstat == "DELEGATED" and any(
        line.partstat != "DELEGATED" and own.email in line.delegated_from for line in answering
    )


@dataclass(frozen=True, slots=True)
class CountedSequence:
    """The answer's SEQUENCE as it counts here; `old` when it answers an earlier time or place."""

    sequence: int
    old: bool


def sequence_of(meeting: Meeting, invitation: Invitation, mail: ParsedMail, *, same_start: bool) -> CountedSequence:
    """The staleness rule (mail-cases, section 3): s > C is C, s < R is old, none at all counts by its start.

    `same_start`: whether an answer without SEQUENCE is known by DTSTART (a COUNTER's is the proposed one).
    """
    current, moved = invitation.sequence, invitation.rescheduled
    if mail.sequence is None:
        fits = same_start and mail.start is not None and mail.start == meeting.start
        return CountedSequence(current, not fits)
    return CountedSequence(min(mail.sequence, current), mail.sequence < moved)


def stamp_of(said: CountedSequence, mail: ParsedMail, received_at: datetime, digest: bytes) -> Stamp:
    """(SEQUENCE, d, received, SHA-256), d = min(DTSTAMP, received); far ahead or missing: Date, else arrival."""
    d = mail.dtstamp or mail.sent_at or received_at
    if d > received_at + AHEAD:
        d = received_at
    return Stamp(said.sequence, min(d, received_at), received_at, digest.hex())
