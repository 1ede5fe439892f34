"""Which event a mail with a right token is: the answer, a proposal, a substitute named; or why it is none.

Pure. What sets no answer but is to be remembered (answers to an older time, to a cancelled meeting, too late) is a
ReplySeen, which sends the current REQUEST or CANCEL once more.
"""

from dataclasses import dataclass
from datetime import datetime

from sip.domain import events as e
from sip.domain.meeting import (
    AnswerKind,
    AttendeeState,
    Channel,
    Invitation,
    Meeting,
    MeetingState,
    RegretReason,
    Stamp,
)
from sip.domain.people import Roster
from sip.store.inbox import Inbound
from sip.usecases.evidence import Evidence, Said, sequence_of, stamp_of, who
from sip.usecases.parsed import Parsed
from sip.usecases.reply_reasons import Why

KINDS = {
    "ACCEPTED": AnswerKind.ATTENDS,
    "TENTATIVE": AnswerKind.TENTATIVE,
    "DECLINED": AnswerKind.REGRETS,
}
_OTHERS = {
    "auto_reply": Why.AUTO_REPLY,
    "human": Why.HUMAN,
    "broken": Why.BROKEN,
    "request_like": Why.REQUEST_LIKE,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The event, whose it is, and the reason when the rules take it."""

    event: object
    who: str | None
    why: Why


def wanted(
    meeting: Meeting, invitation: Invitation, roster: Roster | None, mail: Parsed, inbound: Inbound, now: datetime
) -> Wanted | Why:
    """What a mail through this invitation wants, in the order of imip, section 5."""
    if mail.kind in _OTHERS:
        return _OTHERS[mail.kind]
    gone = _gone(meeting, invitation, now)
    if gone is not None:
        return _seen(meeting, invitation, mail, gone, resend=gone is not Why.LATE)
    if mail.kind == "refresh":
        return _seen(meeting, invitation, mail, Why.REFRESH, resend=True)
    found = who(meeting, invitation, roster or _empty(meeting, invitation), mail)
    if mail.kind == "counter" and found is Why.NO_ATTENDEE:
        # Exchange's COUNTER names nobody; the token says whose it is.
        return _counter(meeting, invitation, None, mail, inbound, now)
    if isinstance(found, Why):
        return found
    if mail.kind == "counter":
        return _counter(meeting, invitation, found, mail, inbound, now)
    said = sequence_of(meeting, invitation, mail, same_start=True)
    if said.old:
        return _seen(meeting, invitation, mail, Why.ANSWERED_OLD_TIME, resend=True, found=found)
    return _reply(meeting, invitation, roster, found, mail, inbound, said)


def _empty(meeting: Meeting, invitation: Invitation) -> Roster:
    party = meeting.party(invitation.party)
    return Roster(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)


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


def _seen(
    meeting: Meeting,
    invitation: Invitation,
    mail: Parsed,
    why: Why,
    *,
    resend: bool,
    found: Evidence | None = None,
) -> Wanted:
    kind = KINDS.get(found.line.partstat or "") if found is not None else None
    sequence = invitation.sequence if mail.sequence is None else mail.sequence
    event = e.ReplySeen(why, invitation.party, invitation.ordinal, sequence, kind, resend)
    return Wanted(event, found.line.email if found else mail.from_email, why)


def _said(stamp: Stamp, who_said: str | None, mail: Parsed) -> e.Said:
    return e.Said(Channel.MAIL, who_said or "", stamp, mail.automatic, mail.from_email)


def _reply(
    meeting: Meeting,
    invitation: Invitation,
    roster: Roster | None,
    found: Evidence,
    mail: Parsed,
    inbound: Inbound,
    said: Said,
) -> Wanted | Why:
    stamp = stamp_of(said, mail, inbound.received_at, inbound.sha256)
    how = _said(stamp, found.line.email, mail)
    partstat = found.line.partstat or ""
    if partstat == "DELEGATED":
        return _delegated(invitation, roster, found, how)
    kind = KINDS.get(partstat)
    if kind is None:
        return Why.NO_ANSWER
    if _applied(meeting, invitation, found, kind, stamp):
        return Why.ALREADY_APPLIED
    if found.person is not None:
        return Wanted(_of_person(invitation.party, found.person.ordinal, kind, how), found.line.email, Why.ANSWERED)
    reason = RegretReason.NOT_GIVEN if kind is AnswerKind.REGRETS else None
    event = e.Answered(invitation.party, kind, how, invitation.ordinal, regret_reason=reason)
    return Wanted(event, found.line.email, Why.ANSWERED)


def _of_person(party: int, attendee: int, kind: AnswerKind, how: e.Said) -> e.AttendeeAnswered:
    states = {AnswerKind.ATTENDS: AttendeeState.ACCEPTED, AnswerKind.REGRETS: AttendeeState.REFUSED}
    return e.AttendeeAnswered(party, attendee, states.get(kind, AttendeeState.INVITED), how)


def _applied(meeting: Meeting, invitation: Invitation, found: Evidence, kind: AnswerKind, stamp: Stamp) -> bool:
    """The same answer again: SEQUENCE, DTSTAMP and PARTSTAT as they stand already (imip, section 6, case 2)."""
    party = meeting.party(invitation.party)
    known = found.person.stamp if found.person is not None else party.stamp
    if known is None or (known.sequence, known.said_at) != (stamp.sequence, stamp.said_at):
        return False
    if found.person is not None:
        stands = {AnswerKind.ATTENDS: found.person.stands, AnswerKind.REGRETS: not found.person.stands}
        return stands.get(kind, False)
    answer = party.round.answer if party.round is not None else None
    return answer is not None and answer.kind is kind


def _delegated(invitation: Invitation, roster: Roster | None, found: Evidence, how: e.Said) -> Wanted | Why:
    """DELEGATED-TO one address of the same organisation: she is asked to stand in, by a REQUEST of her own."""
    to = [one for one in found.line.delegated_to if one]
    if len(to) != 1 or to[0] in (found.line.email, invitation.email.lower()):
        return Why.DELEGATE_UNCLEAR
    if roster is None or not roster.has_colleague(to[0]):
        return Why.DELEGATE_OUTSIDE
    person = e.NamedPerson(to[0].partition("@")[0], to[0])
    if found.person is not None:
        event: object = e.AttendeeAnswered(
            invitation.party, found.person.ordinal, AttendeeState.REFUSED, how, person
        )  # fmt: skip
    else:
        event = e.SubstituteNamed(invitation.party, person, how)
    return Wanted(event, found.line.email, Why.DELEGATED)


def _counter(
    meeting: Meeting, invitation: Invitation, found: Evidence | None, mail: Parsed, inbound: Inbound, now: datetime
) -> Wanted | Why:
    """Another time proposed. To an older time: shown only. No other time, or a past one: as tentative (case 23)."""
    said = sequence_of(meeting, invitation, mail, same_start=False)
    if mail.start is None or mail.end is None or mail.end <= mail.start:
        return Why.NO_ANSWER
    if said.old and mail.sequence is not None:
        return _seen(meeting, invitation, mail, Why.OUTDATED_PROPOSAL, resend=True, found=found)
    email = found.line.email if found is not None else mail.from_email
    how = _said(stamp_of(said, mail, inbound.received_at, inbound.sha256), email, mail)
    if invitation.attendee is not None:
        return Wanted(_of_person(invitation.party, invitation.attendee, AnswerKind.TENTATIVE, how), email, Why.ANSWERED)
    if (mail.start, mail.end) == (meeting.start, meeting.end) or mail.start <= now:
        return Wanted(
            e.Answered(invitation.party, AnswerKind.TENTATIVE, how, invitation.ordinal), email, Why.ANSWERED
        )  # fmt: skip
    event = e.Answered(
        invitation.party, AnswerKind.PROPOSES, how, invitation.ordinal,
        proposed_start=mail.start, proposed_end=mail.end,
    )  # fmt: skip
    return Wanted(event, email, Why.PROPOSED)
