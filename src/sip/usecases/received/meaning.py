"""Which event a mail with a right token is: the answer, a proposal, a substitute named, a claim; or why it is none.

Pure. What sets no answer but is to be remembered (answers to an older time, to a cancelled meeting, too late, unusable)
is a ReplySeen, which sends the current REQUEST or CANCEL once more or tells the sender.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sip.domain import events as e
from sip.domain.address import folded
from sip.domain.freetext import numbers_within
from sip.domain.meeting import Invitation, Meeting, Stamp
from sip.domain.people import Roster
from sip.domain.standing import someone_stands
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind, MeetingState, RegretReason
from sip.store.post.inbox import Inbound
from sip.usecases.received.evidence import (
    NOT_YET,
    Asked,
    Doubt,
    Evidence,
    is_shown,
    of_counter,
    sequence_of,
    stamp_of,
    who,
)
from sip.usecases.received.outcomes import Flag, Why
from sip.usecases.received.parsed import AttendeeLine, ParsedMail

KINDS: Mapping[str, AnswerKind] = {
    "ACCEPTED": AnswerKind.ATTENDS,
    "TENTATIVE": AnswerKind.TENTATIVE,
    "DECLINED": AnswerKind.REGRETS,
}
_SAID = {AttendeeState.ACCEPTED: AnswerKind.ATTENDS, AttendeeState.REFUSED: AnswerKind.REGRETS}
_CLAIMS = {
    ClaimKind.UNCONFIRMED: Why.UNCONFIRMED,
    ClaimKind.PARTY_CRASHER: Why.PARTY_CRASHER,
    ClaimKind.DELEGATE: Why.DELEGATE_OUTSIDE,
}
_NAMES_SOMEBODY = (e.Answered, e.AttendeeAnswered, e.Claimed, e.SubstituteNamed)
_UNUSABLE = frozenset({Why.NO_ATTENDEE, Why.NO_ANSWER, Why.DELEGATE_UNCLEAR, Why.BROKEN, Why.PERSON_NUMBER})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The event, whose it is, and the reason when the rules take it. `event` None: only the reason is written."""

    why: Why
    event: object = None
    who: str | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class _Letter:
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


def wanted(
    meeting: Meeting, invitation: Invitation, roster: Roster | None, mail: ParsedMail, inbound: Inbound, now: datetime
) -> Wanted:
    """What a mail through this invitation wants, in the order of mail-cases, section 2. Nothing of it is believed, kept
    or mailed on where a name or an address in it is a number of a person (domain, section 3).
    """
    party = meeting.party(invitation.party)
    empty = Roster(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)
    letter = _Letter(meeting, invitation, roster or empty, mail, inbound, now)
    found = _wanted(letter)
    if isinstance(found.event, _NAMES_SOMEBODY) and numbers_within(found.event):
        return _seen(letter, Why.PERSON_NUMBER)
    return found


def _wanted(letter: _Letter) -> Wanted:
    meeting, invitation, mail, now = letter.meeting, letter.invitation, letter.mail, letter.now
    other = _OTHERS.get(mail.kind)
    if other is not None:
        return other(letter)
    gone = _gone(meeting, invitation, now)
    if gone is not None:
        return _seen(letter, gone, resend=gone is not Why.LATE)
    if mail.kind == "refresh":
        return Wanted(Why.REFRESH, e.Refreshed(invitation.party, invitation.ordinal), mail.from_email)
    return _counter(letter) if mail.kind == "counter" else _reply(letter)


def without_token(
    meeting: Meeting, invitation: Invitation, roster: Roster | None, mail: ParsedMail, asked: Wanted
) -> Wanted:
    """Only its UID says which invitation it answers (mail-cases, cases 31 and 32): an answer that our mail server
    vouches for waits for the convener's word, and nothing else is believed."""
    event = asked.event
    if asked.why is Why.REQUEST_LIKE:
        return asked
    shown = roster is not None and is_shown(meeting, invitation, roster, mail)
    if shown and asked.why is Why.ALREADY_APPLIED:
        return asked
    if not shown or not isinstance(event, e.Answered | e.AttendeeAnswered):
        return Wanted(Why.UNPROVEN, None, mail.from_email)
    attendee = event.attendee if isinstance(event, e.AttendeeAnswered) else None
    kind = _SAID.get(event.state, AnswerKind.TENTATIVE) if isinstance(event, e.AttendeeAnswered) else event.kind
    proposed = (None, None) if isinstance(event, e.AttendeeAnswered) else (event.proposed_start, event.proposed_end)
    claimed = e.Claimed(
        invitation.party, invitation.ordinal, ClaimKind.UNCONFIRMED, kind, mail.from_email or "", event.said, None,
        attendee, *proposed,
    )  # fmt: skip
    return Wanted(Why.UNCONFIRMED, claimed, mail.from_email, asked.flags)


# -- what is no answer


def _words(letter: _Letter) -> Wanted:
    if not letter.called:
        return Wanted(Why.HUMAN, None, letter.mail.from_email)
    event = e.HumanWrote(letter.invitation.party, letter.invitation.ordinal, _to_tell(letter))
    return Wanted(Why.HUMAN, event, letter.mail.from_email)


def _unusable(letter: _Letter) -> Wanted:
    """A winmail.dat is a person's mail that only its program can open: its convener is told of it as of words."""
    if letter.mail.broken == "tnef" and not letter.mail.automatic:
        return _words(letter)
    return _seen(letter, Why.BROKEN)


def _away(letter: _Letter) -> Wanted:
    if letter.mail.report is not None:
        return Wanted(Why.DELIVERED)
    if not letter.called:
        return Wanted(Why.AUTO_REPLY, None, letter.mail.from_email)
    event = e.AutoReplied(letter.invitation.party, letter.invitation.ordinal, letter.mail.away_until)
    return Wanted(Why.AUTO_REPLY, event, letter.mail.from_email)


_OTHERS: Mapping[str, Callable[[_Letter], Wanted]] = {
    "auto_reply": _away,
    "human": _words,
    "broken": lambda letter: replace(_unusable(letter), why=Why.BROKEN, flags=unreadable(letter.mail)),
    "request_like": lambda letter: Wanted(Why.REQUEST_LIKE, None, letter.mail.from_email),
}


def unreadable(mail: ParsedMail) -> tuple[Flag, ...]:
    """Why a mail cannot be used as it is, for those who look at it; of a winmail.dat what it seems to be."""
    if mail.kind != "broken" or mail.broken is None:
        return ()
    return (Flag(f"tnef_{mail.tnef_class}" if mail.tnef_class is not None else mail.broken),)


def _gone(meeting: Meeting, invitation: Invitation, now: datetime) -> Why | None:
    """Whether an answer still means anything: cancelled, over, or the unit no longer of the meeting."""
    if meeting.state is MeetingState.CANCELLED:
        return Why.CANCELLED
    if meeting.state is not MeetingState.CALLED or now >= meeting.start:
        return Why.LATE
    if not meeting.party(invitation.party).active or (not invitation.active and not _still(meeting, invitation)):
        return Why.REMOVED
    return None


def _still(meeting: Meeting, invitation: Invitation) -> bool:
    """An address that was given up for the next one; its answer still counts for the unit."""
    return invitation.attendee is None and meeting.party(invitation.party).active


def _seen(letter: _Letter, why: Why, *, resend: bool = False, line: AttendeeLine | None = None) -> Wanted:
    """Remembered, no answer. Nothing is sent to a machine (RFC 3834, section 2)."""
    mail, invitation = letter.mail, letter.invitation
    kind = KINDS.get(line.partstat or "") if line is not None else None
    sequence = invitation.sequence if mail.sequence is None else mail.sequence
    to = _to_tell(letter) if why in _UNUSABLE else None
    again = resend and not mail.automatic
    event = e.ReplySeen(why, invitation.party, invitation.ordinal, sequence, kind, again, to)
    return Wanted(why, event, line.email if line else mail.from_email)


def _to_tell(letter: _Letter) -> str | None:
    """Who is told that it did not count: a sender of the unit's, never a machine, a list or an empty return path."""
    mail, sender = letter.mail, letter.mail.from_email
    if sender is None or mail.automatic or mail.bulk or mail.authentic is False or not letter.inbound.mail_from:
        return None
    ours = sender == folded(letter.invitation.email) or letter.roster.has_colleague(sender)
    return sender if ours else None


# -- answers


def _reply(letter: _Letter) -> Wanted:
    found = who(letter.meeting, letter.invitation, letter.roster, letter.mail)
    if isinstance(found, Why):
        return _seen(letter, found)
    said = sequence_of(letter.meeting, letter.invitation, letter.mail, same_start=True)
    if said.old:
        return _seen(letter, Why.ANSWERED_OLD_TIME, resend=isinstance(found, Evidence), line=found.line)
    assert found.line is not None
    partstat = found.line.partstat or ""
    if partstat == NOT_YET:
        return Wanted(Why.NOT_YET, None, letter.mail.from_email)  # taken into a calendar, and answered by nobody
    if partstat == "DELEGATED":
        return _delegated(letter, found)
    kind = KINDS.get(partstat)
    if kind is None:
        return _seen(letter, Why.NO_ANSWER, line=found.line)
    if isinstance(found, Evidence) and _is_perhaps_automatic(letter, found, kind):
        found = Doubt(ClaimKind.UNCONFIRMED, found.line, found.person, found.line.email, None)
    if isinstance(found, Doubt):
        return _claim(letter, found, kind)
    return _answer(letter, found, kind)


def _is_perhaps_automatic(letter: _Letter, found: Evidence, kind: AnswerKind) -> bool:
    """Marked as only machines mark, and yet perhaps a person's word: anything but a mailbox's own nameless yes."""
    named = found.colleague or found.delegated or found.answered_by != folded(letter.invitation.email)
    return letter.mail.automatic and (kind is not AnswerKind.ATTENDS or (named and found.person is None))


def _answer(letter: _Letter, found: Evidence, kind: AnswerKind) -> Wanted:
    flags = _flags(letter, found, kind)
    if _applied(letter, found, kind):
        return Wanted(Why.ALREADY_APPLIED, None, found.answered_by, flags)
    party, how = letter.invitation.party, letter.said(found.answered_by)
    if _undoes_another(letter, found, kind):
        return _claim(letter, Doubt(ClaimKind.UNCONFIRMED, found.line, None, found.line.email, None), kind)
    if found.person is not None:
        event: object = _of_person(party, found.person.ordinal, kind, how, delegated=found.delegated)
        return Wanted(Why.ANSWERED, event, found.answered_by, flags)
    reason = RegretReason.NOT_GIVEN if kind is AnswerKind.REGRETS else None
    speaker = named(found.line.email) if found.colleague else None
    # A delegate who says yes comes herself; of another colleague's yes the agreement says whose it is.
    comes = (speaker,) if speaker is not None and found.delegated and kind is AnswerKind.ATTENDS else ()
    event = e.Answered(
        party, kind, how, letter.invitation.ordinal, names=comes, regret_reason=reason, speaker=speaker
    )  # fmt: skip
    return Wanted(Why.ANSWERED, event, found.answered_by, flags)


def _undoes_another(letter: _Letter, found: Evidence, kind: AnswerKind) -> bool:
    """Whether a colleague nobody invited takes back a yes that was not hers: she may mean herself alone."""
    party = letter.meeting.party(letter.invitation.party)
    answer = party.round.answer if party.round is not None else None
    if not found.colleague or kind is AnswerKind.ATTENDS:
        return False
    if answer is not None and answer.kind is AnswerKind.ATTENDS:
        return answer.recorded_by != found.answered_by
    return someone_stands(party)


def named(email: str) -> e.NamedPerson:
    """Staff known by an address alone."""
    return e.NamedPerson(email.partition("@")[0], email)


def _of_person(party: int, attendee: int, kind: AnswerKind, how: e.Said, *, delegated: bool) -> e.AttendeeAnswered:
    states = {AnswerKind.ATTENDS: AttendeeState.ACCEPTED, AnswerKind.REGRETS: AttendeeState.REFUSED}
    return e.AttendeeAnswered(party, attendee, states.get(kind, AttendeeState.INVITED), how, delegated=delegated)


def _known_stamp(letter: _Letter, found: Evidence) -> Stamp | None:
    return found.person.stamp if found.person is not None else letter.meeting.party(letter.invitation.party).stamp


def _applied(letter: _Letter, found: Evidence, kind: AnswerKind) -> bool:
    """The same answer again: SEQUENCE, DTSTAMP and PARTSTAT as they stand already (mail-cases, case 2)."""
    if not _same_moment(_known_stamp(letter, found), letter.stamp(same_start=True)):
        return False
    return _stands(letter, found, kind)


def _same_moment(known: Stamp | None, stamp: Stamp) -> bool:
    return known is not None and (known.sequence, known.said_at) == (stamp.sequence, stamp.said_at)


def _stands(letter: _Letter, found: Evidence, kind: AnswerKind) -> bool:
    if found.person is not None:
        stands = {AnswerKind.ATTENDS: found.person.stands, AnswerKind.REGRETS: not found.person.stands}
        return stands.get(kind, False)
    this = letter.meeting.party(letter.invitation.party).round
    return this is not None and this.answer is not None and this.answer.kind is kind


def _flags(letter: _Letter, found: Evidence, kind: AnswerKind) -> tuple[Flag, ...]:
    """What was odd about it (mail-cases, cases 5, 8 and 12)."""
    mail, flags = letter.mail, []
    if mail.sequence is not None and mail.sequence > letter.invitation.sequence:
        flags.append(Flag.SEQUENCE_AHEAD)
    same = _same_moment(_known_stamp(letter, found), letter.stamp(same_start=True))
    if same and not _stands(letter, found, kind):
        flags.append(Flag.SAME_STAMP)
    answering = [line for line in mail.attendees if line.partstat not in (None, "NEEDS-ACTION", "DELEGATED")]
    if len(answering) > 1:
        flags.append(Flag.SEVERAL_ATTENDEES)
    return tuple(flags)


def _claim(letter: _Letter, doubt: Doubt, kind: AnswerKind) -> Wanted:
    proposed = (letter.mail.start, letter.mail.end) if kind is AnswerKind.PROPOSES else (None, None)
    speaker = doubt.sender or doubt.email
    event = e.Claimed(
        letter.invitation.party, letter.invitation.ordinal, doubt.kind, kind, doubt.email,
        letter.said(speaker, same_start=kind is not AnswerKind.PROPOSES), doubt.sender,
        None if doubt.person is None else doubt.person.ordinal, *proposed,
        tell=letter.invitation.email if letter.mail.automatic else None,
    )  # fmt: skip
    machine = letter.mail.automatic and doubt.kind is ClaimKind.UNCONFIRMED
    return Wanted(Why.PERHAPS_AUTOMATIC if machine else _CLAIMS[doubt.kind], event, speaker)


def _delegated(letter: _Letter, found: Evidence | Doubt) -> Wanted:
    """DELEGATED-TO one address (RFC 5546, section 3.2.2.3): a colleague is asked to stand in by a REQUEST of her own,
    anybody else when the convener agrees. Chains go on; what goes round in a circle is for a person."""
    assert found.line is not None
    to = [one for one in found.line.delegated_to if one]
    party = letter.meeting.party(letter.invitation.party)
    circle = {folded(i.email) for i in letter.meeting.invitations if i.party == party.ordinal and i.attendee is None}
    circle |= {found.line.email, folded(letter.invitation.email)}
    if len(to) != 1 or to[0] in circle:
        return _seen(letter, Why.DELEGATE_UNCLEAR, line=found.line)
    if isinstance(found, Doubt):
        return _seen(letter, Why.DELEGATE_UNCLEAR, line=found.line)  # two doubts at once are for a person
    known = next((p for p in party.attendees if folded(p.email or "") == to[0]), None)
    if known is not None and (known.stands or known.state is AttendeeState.ASKED):
        return Wanted(Why.ALREADY_APPLIED, None, found.answered_by)
    if letter.mail.automatic or not letter.roster.has_colleague(to[0]):
        doubt = Doubt(ClaimKind.DELEGATE, found.line, found.person, to[0], found.answered_by)
        return _claim(letter, doubt, AnswerKind.ATTENDS)
    person = named(to[0])
    how = letter.said(found.answered_by)
    if found.person is not None:
        event: object = e.AttendeeAnswered(party.ordinal, found.person.ordinal, AttendeeState.REFUSED, how, person)
    else:
        event = e.SubstituteNamed(party.ordinal, person, how)
    return Wanted(Why.DELEGATED, event, found.answered_by)


def _counter(letter: _Letter) -> Wanted:
    """Another time proposed. To an older time: shown only. No other time, or a past one: as tentative (case 23)."""
    meeting, invitation, mail = letter.meeting, letter.invitation, letter.mail
    found = of_counter(meeting, invitation, letter.roster, mail)
    if isinstance(found, Why):
        return _seen(letter, found)
    line = None if found is None else found.line
    if mail.start is not None and mail.end is None:
        # An end that cannot be read keeps no proposal from the convener: it is as long as the meeting.
        mail = replace(mail, end=mail.start + (meeting.end - meeting.start))
        letter = replace(letter, mail=mail)
    if mail.start is None or mail.end is None or mail.end <= mail.start:
        return _seen(letter, Why.NO_ANSWER, line=line)
    old = sequence_of(meeting, invitation, mail, same_start=False).old and mail.sequence is not None
    if old or (mail.original_start is not None and mail.original_start != meeting.start):
        return _seen(letter, Why.OUTDATED_PROPOSAL, resend=not isinstance(found, Doubt), line=line)
    no_other_time = (mail.start, mail.end) == (meeting.start, meeting.end) or mail.start <= letter.now
    kind = AnswerKind.TENTATIVE if no_other_time or invitation.attendee is not None else AnswerKind.PROPOSES
    if mail.automatic and not isinstance(found, Doubt):
        owner = None if found is None else found.person
        found = Doubt(ClaimKind.UNCONFIRMED, line, owner, folded(invitation.email), None)
    if isinstance(found, Doubt):
        return _claim(letter, found, kind)
    email = found.answered_by if found is not None else mail.from_email
    how = letter.said(email, same_start=False)
    if invitation.attendee is not None:
        event: object = _of_person(invitation.party, invitation.attendee, kind, how, delegated=False)
    else:
        proposed = (mail.start, mail.end) if kind is AnswerKind.PROPOSES else (None, None)
        event = e.Answered(
            invitation.party, kind, how, invitation.ordinal, proposed_start=proposed[0], proposed_end=proposed[1]
        )
    return Wanted(Why.PROPOSED if kind is AnswerKind.PROPOSES else Why.ANSWERED, event, email)
