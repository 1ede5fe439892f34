"""Who is there says so herself (rules, section 8 A5). It is evidence for whoever takes attendance, and nothing else."""

from datetime import timedelta

from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.events import CheckedIn
from sip.domain.meeting import CheckIn, Meeting

OPENS = timedelta(minutes=15)
"""Before the start."""

MOST = 20
"""Of one party."""


def check_in(change: Change, event: CheckedIn) -> None:
    """Raises Refusal before it opens, for a party no longer of the meeting, without a name, for too many, and at a
    protected meeting."""
    meeting = change.meeting
    if meeting.protected:
        raise Refusal(Reason.PROTECTED_CASE)
    if change.now < meeting.start - OPENS:
        raise Refusal(Reason.CHECK_IN_EARLY)
    party = change.party(event.party)
    if not party.active:
        raise Refusal(Reason.PARTY_INACTIVE)
    name = event.name.strip()
    if event.attendee is not None:
        name = change.attendee(party.ordinal, event.attendee).name
    if not name:
        raise Refusal(Reason.CHECK_IN_NAMELESS)
    theirs = of_party(meeting, party.ordinal)
    if any(one.name.casefold() == name.casefold() for one in theirs):
        return
    if len(theirs) >= MOST:
        raise Refusal(Reason.TOO_MANY_CHECK_INS, most=str(MOST))
    ordinal = max((one.ordinal for one in meeting.check_ins), default=0) + 1
    there = CheckIn(ordinal, party.ordinal, name, change.now, event.attendee)
    change.update(check_ins=(*meeting.check_ins, there))
    change.note("checked_in", party.ordinal)


def of_party(meeting: Meeting, ordinal: int) -> list[CheckIn]:
    """Those of this party, in the order in which they came."""
    return [one for one in meeting.check_ins if one.party == ordinal]
