"""A unit that closes: until when it can be called, and who is called in its place (rules, section 5 R6).

The law of this file: a unit is called for a day on which it is open, and goes from a called meeting by a person's press
alone.
"""

from datetime import timedelta

from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Told
from sip.domain.people import Roster
from sip.domain.worktime import local_day


def check_open(change: Change, roster: Roster) -> None:
    """Raises Refusal for a unit that will have closed when the meeting begins; it says when, and who takes over."""
    if not roster.closed_by(change.meeting.start):
        return
    if roster.successor is None:
        raise Refusal(Reason.UNIT_CLOSES, unit=roster.name, closes_on=last_day(roster))
    successor = roster.successor.name
    raise Refusal(Reason.UNIT_SUCCEEDED, unit=roster.name, closes_on=last_day(roster), target=successor)


def tell_closing(change: Change, ordinal: int) -> None:
    """The convener hears at the call that the unit has a last day, should the meeting be moved."""
    roster = change.roster_or_empty(change.party(ordinal))
    if roster.closes_at is not None:
        target = {"target": roster.successor.name} if roster.successor is not None else {}
        change.tell_convener(Told.UNIT_CLOSES, ordinal, closes_on=last_day(roster), **target)


def last_day(roster: Roster) -> str:
    """The last day of a unit that has one, in ISO 8601."""
    assert roster.closes_at is not None
    return local_day(roster.closes_at - timedelta(microseconds=1)).isoformat()
