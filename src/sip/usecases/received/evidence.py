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
NOT_YET = "NEEDS-ACTION"


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
    line = _line(meeting, invitation, mail)
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

    A sender that our own mail server found forged (DMARC) is nobody's colleague, nor is one that From does not tell
    (RFC 5322, section 3.6.2); one it knows nothing of is believed, for the token was in her hands.
    """
    sender = mail.from_email
    if mail.authentic is False or sender is None:
        return False
    return sender in (folded(invitation.email), speaker) or roster.has_colleague(sender)


def is_shown(meeting: Meeting, invitation: Invitation, roster: Roster, mail: ParsedMail) -> bool:
    """Without a token: whether our mail server vouches for a sender of the unit who answers in its name (case 31)."""
    line = _line(meeting, invitation, mail)
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


def _line(meeting: Meeting, invitation: Invitation, mail: ParsedMail) -> AttendeeLine | None:
    """The line that speaks (decision 0021). A list of guests may come with an answer, each as they answered once.

    The invited address's own line where it answers; else that of the very sender; else, for the token says whose
    answer it is, the invited address's own, silent as it is. Without one, the only line that answers and is no other
    guest's. A delegate's line beside a delegation is hers.
    """
    own = next((line for line in mail.attendees if line.email == folded(invitation.email)), None)
    answering = [line for line in mail.attendees if line.partstat not in (None, NOT_YET)]
    others = [line for line in answering if line is not own and line.email != folded(invitation.email)]
    if own is not None and own in answering and not _is_of_delegate(own, answering):
        return own
    senders = {mail.from_email, mail.sender_email} - {None}
    hers = [line for line in others if senders & {line.email, line.sent_by}]
    if len(hers) == 1:
        return hers[0]
    if own is not None and own not in answering:
        return own
    guests = {folded(one.email) for one in meeting.invitations if one.party != invitation.party}
    left = [line for line in others if line.email not in guests]
    return left[0] if len(left) == 1 else None


def _is_of_delegate(own: AttendeeLine, answering: list[AttendeeLine]) -> bool:
    """A delegate's REPLY repeats the delegator's line beside her own: the answer is hers (RFC 5546, 4.2.6)."""
    return own.partstat == "DELEGATED" and any(
        line.partstat != "DELEGATED" and own.email in line.delegated_from for line in answering
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """When our REQUESTs of this round were written: the first, and the latest to this invitation."""

    first: datetime | None
    latest: datetime | None

    def is_of_request(self, moment: datetime) -> bool:
        """Whether a time in an answer is that of a REQUEST (some programs copy its DTSTAMP), or lies before all."""
        first, latest = (None if one is None else one.replace(microsecond=0) for one in (self.first, self.latest))
        return (first is not None and moment <= first) or moment == latest


@dataclass(frozen=True, slots=True)
class CountedSequence:
    """The answer's SEQUENCE as it counts here; `old` when it answers an earlier time or place."""

    sequence: int
    old: bool


def sequence_of(meeting: Meeting, invitation: Invitation, mail: ParsedMail, *, same_start: bool) -> CountedSequence:
    """The staleness rule (mail-cases, section 3): s > C is C, s < R is old; none at all is 0 where nothing
    was ever moved (RFC 5546, section 3.2.3), else it counts by its start.

    `same_start`: whether an answer without SEQUENCE is known by DTSTART (a COUNTER's is the proposed one).
    """
    current, moved = invitation.sequence, invitation.rescheduled
    if mail.sequence is None:
        fits = same_start and mail.start is not None and mail.start == meeting.start
        return CountedSequence(current, moved > 0 and not fits)
    return CountedSequence(min(mail.sequence, current), mail.sequence < moved)


def stamp_of(said: CountedSequence, mail: ParsedMail, received_at: datetime, digest: bytes, asked: Asked) -> Stamp:
    """(SEQUENCE, d, received, SHA-256), d = min(when it was given, received): DTSTAMP unless it is a copy of ours, else
    Date unless that is as old, else arrival; what is far ahead is arrival too (rules, section 3)."""
    told = (one for one in (mail.dtstamp, mail.sent_at) if one is not None and not asked.is_of_request(one))
    d = next(told, received_at)
    if d > received_at + AHEAD:
        d = received_at
    return Stamp(said.sequence, min(d, received_at), received_at, digest.hex())
