"""A pre-meeting of professionals, without the person: when it is offered as a first step (rules, section 11).

The law of this file: it is an offer to the convener. Nothing waits for it, and no meeting is the less for it.
"""

from enum import StrEnum

from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Meeting
from sip.domain.terms import AnswerKind, MeetingState


class WhyBefore(StrEnum):
    """What suggests that professionals meet first."""

    REPORTED = "reported"
    MOVED = "moved"
    CONTESTED = "contested"
    GOES_ROUND = "goes_round"


def suggested_by(meeting: Meeting, *, reported: bool, goes_round: bool) -> tuple[WhyBefore, ...]:
    """All that suggests it; nothing for a draft, a cancelled or a protected meeting, and for a pre-meeting itself.

    A meeting that has been moved is one before its second move; it is past being moved once it is closed.
    """
    if meeting.protected or meeting.kind is MeetingKind.PRE_MEETING:
        return ()
    if meeting.state in (MeetingState.DRAFT, MeetingState.CANCELLED):
        return ()
    ahead = meeting.state is MeetingState.CALLED and not meeting.started
    found = {
        WhyBefore.REPORTED: reported,
        WhyBefore.MOVED: ahead and meeting.moves > 0,
        WhyBefore.CONTESTED: ahead and any(_contests(meeting, party.ordinal) for party in meeting.parties),
        WhyBefore.GOES_ROUND: goes_round,
    }
    return tuple(why for why, so in found.items() if so)


def _contests(meeting: Meeting, ordinal: int) -> bool:
    """The party says that it is not concerned, or does not see why it is called."""
    party = meeting.party(ordinal)
    answer = party.round.answer if party.round is not None else None
    return party.active and party.bound and answer is not None and answer.kind is AnswerKind.CONTESTS
