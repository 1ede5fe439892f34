"""What an answer through an invitation becomes: the unit's or a person's word, a duty handed on, or a claim where it is
not certain whose it is (mail-cases, sections 1 and 2).

Pure.
"""

from sip.domain import events as e
from sip.domain.address import folded
from sip.domain.meeting import Stamp
from sip.domain.standing import someone_stands
from sip.domain.terms import AnswerKind, AttendeeState, ClaimKind, RegretReason
from sip.usecases.received.evidence import NOT_YET, Doubt, Evidence, sequence_of, who
from sip.usecases.received.heard import KINDS, HeardMail, Wanted, claim, named, of_person, seen
from sip.usecases.received.outcomes import Flag, Why


def reply(heard: HeardMail) -> Wanted:
    """What a REPLY, by a calendar or read from another form, wants."""
    found = who(heard.meeting, heard.invitation, heard.roster, heard.mail)
    if isinstance(found, Why):
        return seen(heard, found)
    said = sequence_of(heard.meeting, heard.invitation, heard.mail, same_start=True)
    if said.old:
        return seen(heard, Why.ANSWERED_OLD_TIME, resend=isinstance(found, Evidence), line=found.line)
    assert found.line is not None
    partstat = found.line.partstat or ""
    if partstat == NOT_YET:
        return Wanted(Why.NOT_YET, None, heard.mail.from_email)  # taken into a calendar, and answered by nobody
    if partstat == "DELEGATED":
        return _delegated(heard, found)
    kind = KINDS.get(partstat)
    if kind is None:
        return seen(heard, Why.NO_ANSWER, line=found.line)
    if isinstance(found, Evidence) and _is_perhaps_automatic(heard, found, kind):
        found = Doubt(ClaimKind.UNCONFIRMED, found.line, found.person, found.line.email, None)
    if isinstance(found, Doubt):
        return claim(heard, found, kind)
    return _answer(heard, found, kind)


def _is_perhaps_automatic(heard: HeardMail, found: Evidence, kind: AnswerKind) -> bool:
    """Marked as only machines mark, and yet perhaps a person's word: anything but a mailbox's own nameless yes."""
    named = found.colleague or found.delegated or found.answered_by != folded(heard.invitation.email)
    return heard.mail.automatic and (kind is not AnswerKind.ATTENDS or (named and found.person is None))


def _answer(heard: HeardMail, found: Evidence, kind: AnswerKind) -> Wanted:
    flags = _flags(heard, found, kind)
    if _applied(heard, found, kind):
        return Wanted(Why.ALREADY_APPLIED, None, found.answered_by, flags)
    party, how = heard.invitation.party, heard.said(found.answered_by)
    if _undoes_another(heard, found, kind):
        return claim(heard, Doubt(ClaimKind.UNCONFIRMED, found.line, None, found.line.email, None), kind)
    if found.person is not None:
        event: object = of_person(party, found.person.ordinal, kind, how, delegated=found.delegated)
        return Wanted(Why.ANSWERED, event, found.answered_by, flags)
    reason = RegretReason.NOT_GIVEN if kind is AnswerKind.REGRETS else None
    speaker = named(found.line.email) if found.colleague else None
    # A delegate who says yes comes herself; of another colleague's yes the agreement says whose it is.
    comes = (speaker,) if speaker is not None and found.delegated and kind is AnswerKind.ATTENDS else ()
    event = e.Answered(
        party, kind, how, heard.invitation.ordinal, names=comes, regret_reason=reason, speaker=speaker
    )  # fmt: skip
    return Wanted(Why.ANSWERED, event, found.answered_by, flags)


def _undoes_another(heard: HeardMail, found: Evidence, kind: AnswerKind) -> bool:
    """Whether a colleague nobody invited takes back a yes that was not hers: she may mean herself alone."""
    party = heard.meeting.party(heard.invitation.party)
    answer = party.round.answer if party.round is not None else None
    if not found.colleague or kind is AnswerKind.ATTENDS:
        return False
    if answer is not None and answer.kind is AnswerKind.ATTENDS:
        return answer.recorded_by != found.answered_by
    return someone_stands(party)


def _known_stamp(heard: HeardMail, found: Evidence) -> Stamp | None:
    return found.person.stamp if found.person is not None else heard.meeting.party(heard.invitation.party).stamp


def _applied(heard: HeardMail, found: Evidence, kind: AnswerKind) -> bool:
    """The same answer again: SEQUENCE, DTSTAMP and PARTSTAT as they stand already (mail-cases, case 2)."""
    if not _same_moment(_known_stamp(heard, found), heard.stamp(same_start=True)):
        return False
    return _stands(heard, found, kind)


def _same_moment(known: Stamp | None, stamp: Stamp) -> bool:
    return known is not None and (known.sequence, known.said_at) == (stamp.sequence, stamp.said_at)


def _stands(heard: HeardMail, found: Evidence, kind: AnswerKind) -> bool:
    if found.person is not None:
        stands = {AnswerKind.ATTENDS: found.person.stands, AnswerKind.REGRETS: not found.person.stands}
        return stands.get(kind, False)
    this = heard.meeting.party(heard.invitation.party).round
    return this is not None and this.answer is not None and this.answer.kind is kind


def _flags(heard: HeardMail, found: Evidence, kind: AnswerKind) -> tuple[Flag, ...]:
    """What was odd about it (mail-cases, cases 5, 8 and 12)."""
    mail, flags = heard.mail, []
    if mail.sequence is not None and mail.sequence > heard.invitation.sequence:
        flags.append(Flag.SEQUENCE_AHEAD)
    same = _same_moment(_known_stamp(heard, found), heard.stamp(same_start=True))
    if same and not _stands(heard, found, kind):
        flags.append(Flag.SAME_STAMP)
    answering = [line for line in mail.attendees if line.partstat not in (None, "NEEDS-ACTION", "DELEGATED")]
    if len(answering) > 1:
        flags.append(Flag.SEVERAL_ATTENDEES)
    return tuple(flags)


def _delegated(heard: HeardMail, found: Evidence | Doubt) -> Wanted:
    """DELEGATED-TO one address (RFC 5546, section 3.2.2.3): a colleague is asked to stand in by a REQUEST of her own,
    anybody else when the convener agrees. Chains go on; what goes round in a circle is for a person."""
    assert found.line is not None
    to = [one for one in found.line.delegated_to if one]
    party = heard.meeting.party(heard.invitation.party)
    circle = {folded(i.email) for i in heard.meeting.invitations if i.party == party.ordinal and i.attendee is None}
    circle |= {found.line.email, folded(heard.invitation.email)}
    if len(to) != 1 or to[0] in circle:
        return seen(heard, Why.DELEGATE_UNCLEAR, line=found.line)
    if isinstance(found, Doubt):
        return seen(heard, Why.DELEGATE_UNCLEAR, line=found.line)  # two doubts at once are for a person
    known = next((p for p in party.attendees if folded(p.email or "") == to[0]), None)
    if known is not None and (known.stands or known.state is AttendeeState.ASKED):
        return Wanted(Why.ALREADY_APPLIED, None, found.answered_by)
    if heard.mail.automatic or not heard.roster.has_colleague(to[0]):
        doubt = Doubt(ClaimKind.DELEGATE, found.line, found.person, to[0], found.answered_by)
        return claim(heard, doubt, AnswerKind.ATTENDS)
    person = named(to[0])
    how = heard.said(found.answered_by)
    if found.person is not None:
        event: object = e.AttendeeAnswered(party.ordinal, found.person.ordinal, AttendeeState.REFUSED, how, person)
    else:
        event = e.SubstituteNamed(party.ordinal, person, how)
    return Wanted(Why.DELEGATED, event, found.answered_by)
