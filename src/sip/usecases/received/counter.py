"""What another time proposed becomes (mail-cases, case 23): a proposal, hesitation, or a claim. Pure."""

from dataclasses import replace

from sip.domain import events as e
from sip.domain.address import folded
from sip.domain.terms import AnswerKind, ClaimKind
from sip.usecases.received.evidence import Doubt, of_counter, sequence_of
from sip.usecases.received.heard import HeardMail, Wanted, claim, of_person, seen
from sip.usecases.received.outcomes import Why


def counter(heard: HeardMail) -> Wanted:
    """Another time proposed. To an older time: shown only. No other time, or a past one: as tentative (case 23)."""
    meeting, invitation, mail = heard.meeting, heard.invitation, heard.mail
    found = of_counter(meeting, invitation, heard.roster, mail)
    if isinstance(found, Why):
        return seen(heard, found)
    line = None if found is None else found.line
    if mail.start is not None and mail.end is None:
        # An end that cannot be read keeps no proposal from the convener: it is as long as the meeting.
        mail = replace(mail, end=mail.start + (meeting.end - meeting.start))
        heard = replace(heard, mail=mail)
    if mail.start is None or mail.end is None or mail.end <= mail.start:
        return seen(heard, Why.NO_ANSWER, line=line)
    old = sequence_of(meeting, invitation, mail, same_start=False).old and mail.sequence is not None
    if old or (mail.original_start is not None and mail.original_start != meeting.start):
        return seen(heard, Why.OUTDATED_PROPOSAL, resend=not isinstance(found, Doubt), line=line)
    no_other_time = (mail.start, mail.end) == (meeting.start, meeting.end) or mail.start <= heard.now
    kind = AnswerKind.TENTATIVE if no_other_time or invitation.attendee is not None else AnswerKind.PROPOSES
    if mail.automatic and not isinstance(found, Doubt):
        owner = None if found is None else found.person
        found = Doubt(ClaimKind.UNCONFIRMED, line, owner, folded(invitation.email), None)
    if isinstance(found, Doubt):
        return claim(heard, found, kind)
    email = found.answered_by if found is not None else mail.from_email
    how = heard.said(email, same_start=False)
    if invitation.attendee is not None:
        event: object = of_person(invitation.party, invitation.attendee, kind, how, delegated=False)
    else:
        proposed = (mail.start, mail.end) if kind is AnswerKind.PROPOSES else (None, None)
        event = e.Answered(
            invitation.party, kind, how, invitation.ordinal, proposed_start=proposed[0], proposed_end=proposed[1]
        )
    return Wanted(Why.PROPOSED if kind is AnswerKind.PROPOSES else Why.ANSWERED, event, email)
