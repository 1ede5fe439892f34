"""A mail through an invitation with all it came through, and what any judge of it may make of it: a reply that is only
remembered, a claim that waits for the convener's word, a person's own answer.

Pure. What sets no answer but is to be remembered (answers to an older time, to a cancelled meeting, too late, unusable)
is a ReplySeen, which sends the current REQUEST or CANCEL once more or tells the sender.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sip.domain import events as e
from sip.domain.address import folded
from sip.domain.meeting import Invitation, Meeting, Stamp
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind, MeetingState
from sip.store.post.inbox import Inbound
from sip.usecases.received.evidence import Asked, Doubt, sequence_of, stamp_of
from sip.usecases.received.outcomes import Flag, Why
from sip.usecases.received.parsed import AttendeeLine, ParsedMail

KINDS: Mapping[str, AnswerKind] = {
    "ACCEPTED": AnswerKind.ATTENDS,
    "TENTATIVE": AnswerKind.TENTATIVE,
    "DECLINED": AnswerKind.REGRETS,
}
_CLAIMS = {
    ClaimKind.UNCONFIRMED: Why.UNCONFIRMED,
    ClaimKind.PARTY_CRASHER: Why.PARTY_CRASHER,
    ClaimKind.DELEGATE: Why.DELEGATE_OUTSIDE,
}
_UNUSABLE = frozenset({Why.NO_ATTENDEE, Why.NO_ANSWER, Why.DELEGATE_UNCLEAR, Why.BROKEN, Why.PERSON_NUMBER})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The event, whose it is, and the reason when the rules take it. `event` None: only the reason is written."""

    why: Why
    event: object = None
    who: str | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class HeardMail:
    """One mail with what it came through."""

    meeting: Meeting
    invitation: Invitation
    roster: Roster
    mail: ParsedMail
    inbound: Inbound
    now: datetime

    @property
    def called(self) -> bool:
        return self.meeting.state is MeetingState.CALLED and self.now < self.meeting.start

    def stamp(self, *, same_start: bool) -> Stamp:
        said = sequence_of(self.meeting, self.invitation, self.mail, same_start=same_start)
        return stamp_of(said, self.mail, self.inbound.received_at, self.inbound.sha256, self._asked)

    @property
    def _asked(self) -> Asked:
        this = self.meeting.party(self.invitation.party).round
        return Asked(None if this is None else this.began_at, self.invitation.sent_at)

    def said(self, who_said: str | None, *, same_start: bool = True) -> e.Said:
        mail = self.mail
        return e.Said(Channel.MAIL, who_said or "", self.stamp(same_start=same_start), mail.automatic, mail.from_email)


def seen(heard: HeardMail, why: Why, *, resend: bool = False, line: AttendeeLine | None = None) -> Wanted:
    """Remembered, no answer. Nothing is sent to a machine (RFC 3834, section 2)."""
    mail, invitation = heard.mail, heard.invitation
    kind = KINDS.get(line.partstat or "") if line is not None else None
    sequence = invitation.sequence if mail.sequence is None else mail.sequence
    to = to_tell(heard) if why in _UNUSABLE else None
    again = resend and not mail.automatic
    event = e.ReplySeen(why, invitation.party, invitation.ordinal, sequence, kind, again, to)
    return Wanted(why, event, line.email if line else mail.from_email)


def to_tell(heard: HeardMail) -> str | None:
    """Who is told that it did not count: a sender of the unit's, never a machine, a list or an empty return path."""
    mail, sender = heard.mail, heard.mail.from_email
    if sender is None or mail.automatic or mail.bulk or mail.authentic is False or not heard.inbound.mail_from:
        return None
    ours = sender == folded(heard.invitation.email) or heard.roster.has_colleague(sender)
    return sender if ours else None


def claim(heard: HeardMail, doubt: Doubt, kind: AnswerKind) -> Wanted:
    """It waits for the convener's word (mail-cases, section 1)."""
    proposed = (heard.mail.start, heard.mail.end) if kind is AnswerKind.PROPOSES else (None, None)
    speaker = doubt.sender or doubt.email
    event = e.Claimed(
        heard.invitation.party, heard.invitation.ordinal, doubt.kind, kind, doubt.email,
        heard.said(speaker, same_start=kind is not AnswerKind.PROPOSES), doubt.sender,
        None if doubt.person is None else doubt.person.ordinal, *proposed,
        tell=heard.invitation.email if heard.mail.automatic else None,
    )  # fmt: skip
    machine = heard.mail.automatic and doubt.kind is ClaimKind.UNCONFIRMED
    return Wanted(Why.PERHAPS_AUTOMATIC if machine else _CLAIMS[doubt.kind], event, speaker)


def named(email: str) -> e.NamedPerson:
    """Staff known by an address alone."""
    return e.NamedPerson(email.partition("@")[0], email)


def of_person(party: int, attendee: int, kind: AnswerKind, how: e.Said, *, delegated: bool) -> e.AttendeeAnswered:
    """A person's own answer; anything but yes and no leaves her invited."""
    states = {AnswerKind.ATTENDS: AttendeeState.ACCEPTED, AnswerKind.REGRETS: AttendeeState.REFUSED}
    return e.AttendeeAnswered(party, attendee, states.get(kind, AttendeeState.INVITED), how, delegated=delegated)
