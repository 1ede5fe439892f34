"""The consent that a called meeting rests on, as it changes after the call (rules, section 5 R4; domain, section 3).

The law of this file: without it nothing that the engine begins leaves. It may end by its date, be given back, or cover
fewer than it did; the meeting follows in the transaction that changes the case.
"""

from datetime import date, datetime, timedelta

from sip.domain.change import Change
from sip.domain.effects import Told
from sip.domain.meeting import Meeting
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

ONE_DAY = timedelta(days=1)


def remember(change: Change) -> None:
    """What the meeting has to know of the consent: its last day, None for no end or another legal ground."""
    case = change.context.case
    until = None if case is None else case.ends_on
    if until == change.meeting.consent_until:
        return
    change.update(consent_until=until, consent_told=False, consent_over=False)
    if ends_before(change.meeting):
        change.tell_convener(Told.CONSENT_ENDS, None, until_day=_last_day(change.meeting))


def ends_before(meeting: Meeting) -> bool:
    """Whether the consent ends before the meeting's day."""
    return _ends(meeting) is not None


def _ends(meeting: Meeting) -> date | None:
    """The last day of a consent that ends before the meeting's day."""
    until = meeting.consent_until
    return until if until is not None and until < local_day(meeting.start) else None


def consent_due(meeting: Meeting) -> datetime | None:
    """When the convener is next to be reminded that it ends, or when it has ended; None when neither is to come."""
    until = _ends(meeting)
    if until is None or meeting.consent_over:
        return None
    if meeting.consent_told:
        return at_hour(until + ONE_DAY, 0)
    return office_time().opening_before(at_hour(until, OPENS), 0)


def pass_time(change: Change) -> None:
    """A task for the convener on its last working day; then what waits is dropped, and nothing more is begun."""
    due = consent_due(change.meeting)
    if due is not None and due <= change.now and not change.meeting.consent_told:
        change.update(consent_told=True)
        change.note("consent_last_day")
        change.tell_convener(Told.CONSENT_LAST_DAY, None, until_day=_last_day(change.meeting))
        due = consent_due(change.meeting)
    if due is not None and due <= change.now:
        change.update(consent_over=True)
        change.note("consent_ended")
        change.drop_asks(None)
        for party in change.meeting.parties:
            change.drop_asks(party.ordinal)
            for person in party.attendees:
                change.drop_asks(party.ordinal, person.ordinal)


def _last_day(meeting: Meeting) -> str:
    assert meeting.consent_until is not None
    return meeting.consent_until.isoformat()
