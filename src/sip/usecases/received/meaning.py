"""Which event a mail with a right token is: the answer, a proposal, a substitute named, a claim; or why it is none.

Pure. An answer is judged in `answer.py`, another time proposed in `counter.py`; here all that is neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sip.domain import events as e
from sip.domain.freetext import numbers_within
from sip.domain.meeting import Invitation, Meeting
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, AttendeeState, ClaimKind, MeetingState
from sip.store.post.inbox import Inbound
from sip.usecases.received.answer import reply
from sip.usecases.received.counter import counter
from sip.usecases.received.evidence import is_shown
from sip.usecases.received.heard import HeardMail, Wanted, seen, to_tell
from sip.usecases.received.outcomes import Flag, Why
from sip.usecases.received.parsed import ParsedMail

_SAID = {AttendeeState.ACCEPTED: AnswerKind.ATTENDS, AttendeeState.REFUSED: AnswerKind.REGRETS}
_NAMES_SOMEBODY = (e.Answered, e.AttendeeAnswered, e.Claimed, e.SubstituteNamed)


def wanted(
    meeting: Meeting, invitation: Invitation, roster: Roster | None, mail: ParsedMail, inbound: Inbound, now: datetime
) -> Wanted:
    """What a mail through this invitation wants, in the order of mail-cases, section 2. Nothing of it is believed, kept
    or mailed on where a name or an address in it is a number of a person (domain, section 3).
    """
    party = meeting.party(invitation.party)
    empty = Roster(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)
    heard = HeardMail(meeting, invitation, roster or empty, mail, inbound, now)
    found = _wanted(heard)
    if isinstance(found.event, _NAMES_SOMEBODY) and numbers_within(found.event):
        return seen(heard, Why.PERSON_NUMBER)
    return found


def _wanted(heard: HeardMail) -> Wanted:
    meeting, invitation, mail, now = heard.meeting, heard.invitation, heard.mail, heard.now
    other = _OTHERS.get(mail.kind)
    if other is not None:
        return other(heard)
    gone = _gone(meeting, invitation, now)
    if gone is not None:
        return seen(heard, gone, resend=gone is not Why.LATE)
    if mail.kind == "refresh":
        return Wanted(Why.REFRESH, e.Refreshed(invitation.party, invitation.ordinal), mail.from_email)
    return counter(heard) if mail.kind == "counter" else reply(heard)


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


def _words(heard: HeardMail) -> Wanted:
    if not heard.called:
        return Wanted(Why.HUMAN, None, heard.mail.from_email)
    event = e.HumanWrote(heard.invitation.party, heard.invitation.ordinal, to_tell(heard))
    return Wanted(Why.HUMAN, event, heard.mail.from_email)


def _unusable(heard: HeardMail) -> Wanted:
    """A winmail.dat is a person's mail that only its program can open: its convener is told of it as of words."""
    if heard.mail.broken == "tnef" and not heard.mail.automatic:
        return _words(heard)
    return seen(heard, Why.BROKEN)


def _away(heard: HeardMail) -> Wanted:
    if heard.mail.report is not None:
        return Wanted(Why.DELIVERED)
    if not heard.called:
        return Wanted(Why.AUTO_REPLY, None, heard.mail.from_email)
    event = e.AutoReplied(heard.invitation.party, heard.invitation.ordinal, heard.mail.away_until)
    return Wanted(Why.AUTO_REPLY, event, heard.mail.from_email)


_OTHERS: Mapping[str, Callable[[HeardMail], Wanted]] = {
    "auto_reply": _away,
    "human": _words,
    "broken": lambda heard: replace(_unusable(heard), why=Why.BROKEN, flags=unreadable(heard.mail)),
    "request_like": lambda heard: Wanted(Why.REQUEST_LIKE, None, heard.mail.from_email),
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
