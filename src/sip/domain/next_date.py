"""A next date that was recorded is followed: a plan whose day passes without a meeting is told of (section 8 A6).

The law of this file: nothing here calls anybody. Whether another meeting of the case has come instead is no state of
this one: it stands in the context when time passes, and is looked up when somebody looks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.domain.change import Change, Refusal
from sip.domain.decision import Reason
from sip.domain.effects import Link, MailKind, Told
from sip.domain.events import TimePassed
from sip.domain.meeting import Meeting
from sip.domain.people import Address
from sip.domain.terms import MeetingState, NextDate
from sip.domain.worktime import at_hour, local_day, office_time

AGAIN_AFTER = 10
"""Working days from the first mail to the Monday of the second, at least."""

_OPEN = frozenset({NextDate.AWAITED, NextDate.TOLD, NextDate.TOLD_AGAIN})


@dataclass(frozen=True, slots=True)
class PlanEnded:
    """The convener's side notes that the plan has ended: nobody waits for its next date. Why is not asked."""


def awaited(meeting: Meeting) -> bool:
    """Whether a next date was recorded that nothing has settled."""
    return meeting.state is MeetingState.CLOSED and meeting.next_meeting_on is not None and meeting.next_date in _OPEN


def looks(state: object, event: object) -> bool:
    """Whether a decision of this event rests on what other meetings the case has."""
    return isinstance(state, Meeting) and isinstance(event, TimePassed) and awaited(state)


def passed_at(meeting: Meeting) -> datetime:
    """The midnight after the next date."""
    assert meeting.next_meeting_on is not None
    return at_hour(meeting.next_meeting_on + timedelta(days=1), 0)


def told_at(meeting: Meeting) -> datetime:
    """The first opening after the date: the morning mail."""
    return office_time().opening_from(passed_at(meeting))


def told_again_at(meeting: Meeting) -> datetime:
    """The opening of the first Monday that is some working days later, or of the first working day after it."""
    later = local_day(office_time().plus_days(told_at(meeting), AGAIN_AFTER))
    return office_time().opening_from(at_hour(later + timedelta(days=-later.weekday() % 7), 0))


def due(meeting: Meeting) -> datetime | None:
    """When it is next looked whether somebody is to be told; never while it is put off."""
    if not awaited(meeting) or meeting.next_date is NextDate.TOLD_AGAIN:
        return None
    step = told_at(meeting) if meeting.next_date is NextDate.AWAITED else told_again_at(meeting)
    waits = (meeting.not_before, None if meeting.snooze is None else meeting.snooze.until)
    return max([step, *(one for one in waits if one is not None)])


def pass_time(change: Change) -> None:
    """Tells the convener, twice at most; where another meeting is on its way it is looked again after that one."""
    meeting, time = change.meeting, office_time()
    step = due(meeting)
    if step is None or step > change.now:
        return
    follower = change.context.follower
    if follower is not None and follower.until is None:
        change.update(next_date=NextDate.FOLLOWED)
        change.note("next_date_followed")
    elif follower is not None and follower.until is not None:
        change.update(not_before=time.opening_after(follower.until))
    elif not time.is_office_time(change.now):
        change.update(not_before=time.next_open(change.now))
    else:
        _tell(change)


def _tell(change: Change) -> None:
    meeting = change.meeting
    assert meeting.next_meeting_on is not None
    last = meeting.next_date is NextDate.TOLD or change.now >= told_again_at(meeting)
    step = NextDate.TOLD_AGAIN if last else NextDate.TOLD
    change.update(next_date=step, not_before=None)
    change.note("next_date_passed")
    day = meeting.next_meeting_on.isoformat()
    for to in _told(change):
        change.notice(
            MailKind.CONVENER_TOLD, to, tail=f"{Told.NEXT_DATE}/{day}/{step}", link=Link.NEXT_DATE,
            detail={"what": Told.NEXT_DATE, "next_on": day},
        )  # fmt: skip


def _told(change: Change) -> list[Address]:
    """The convener; where her address has given way (section 12 K4) her unit's mailbox, else its coordinators."""
    convener = change.meeting.convener
    if "@" in convener.email:
        return [Address(convener.email, convener.person, convener.language)]
    roster = change.context.rosters.get(convener.unit_id)
    if roster is None:
        return []
    if roster.addresses:
        return [Address(roster.addresses[0], roster.name, roster.language)]
    return [Address(person.email, person.name) for person in roster.coordinators if person.email]


def end_plan(change: Change, _: PlanEnded) -> None:
    """The same again changes nothing. Raises Refusal where no next date is waited for."""
    if change.meeting.next_date is NextDate.PLAN_ENDED:
        return
    if not awaited(change.meeting):
        raise Refusal(Reason.NO_NEXT_DATE)
    change.update(next_date=NextDate.PLAN_ENDED, snooze=None)
    change.note("plan_ended")
