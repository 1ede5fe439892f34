"""What may be erased whole: a draft of which nobody has been told anything (rules, section 11). Pure.

The law of this file: it says no to whatever somebody else may have seen. That nothing was ever posted is the store's to
know.
"""

from sip.domain.attendance import follow_up_id
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState


def throwable(meeting: Meeting) -> bool:
    """Whether the draft can be thrown away. The one follow-up that a next date makes is not made twice, and is
    cancelled instead (section 8 A1); so is one whose parties were asked about times.
    """
    follows = None if meeting.follows is None else follow_up_id(meeting.follows)
    return meeting.state is MeetingState.DRAFT and meeting.poll is None and meeting.id != follows
