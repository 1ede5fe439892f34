"""The one door to the rules: `decide(state, event, context) -> Decision | Refused`, and `next_due(state)`.

Total and idempotent: the same event twice has no second effect; events may come late, twice and out of order. Which
command is possible in which state stands in `TRANSITIONS` as data; the state diagrams in docs/ are drawn from it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sip.domain import (
    answering,
    attendance,
    attendees,
    calling,
    claiming,
    convener,
    delivering,
    escalation,
    hearing,
    reporting,
    saying,
)
from sip.domain import events as e
from sip.domain.change import Change, Refusal
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.deviation import (
    CauseGiven,
    DeviationClosed,
    DeviationRaised,
    DeviationReport,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
)
from sip.domain.meeting import Meeting, deviation_id
from sip.domain.terms import MeetingState

S = MeetingState
D = DeviationState

TRANSITIONS: Mapping[type, Mapping[S | None, tuple[S, ...]]] = {
    e.MeetingDrafted: {None: (S.DRAFT,)},
    e.TextChanged: {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED,)},
    e.HandedOver: {S.DRAFT: (S.DRAFT,)},
    e.PartyAdded: {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED,)},
    e.PartyRemoved: {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED,)},
    e.Called: {S.DRAFT: (S.CALLED,)},
    e.Moved: {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED,)},
    e.Cancelled: {S.DRAFT: (S.CANCELLED,), S.CALLED: (S.CANCELLED,)},
    e.Answered: {S.CALLED: (S.CALLED,)},
    e.Acknowledged: {S.CALLED: (S.CALLED,)},
    e.AttendeeAnswered: {S.CALLED: (S.CALLED,)},
    e.SubstituteNamed: {S.CALLED: (S.CALLED,)},
    e.IdentityConveyed: {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED,)},
    e.PauseSet: {S.CALLED: (S.CALLED,)},
    e.Decided: {S.CALLED: (S.CALLED,)},
    e.Excused: {S.CALLED: (S.CALLED,)},
    e.Released: {S.CALLED: (S.CALLED,)},
    e.GoAhead: {S.CALLED: (S.CALLED,)},
    e.Claimed: {S.CALLED: (S.CALLED,)},
    e.ClaimDecided: {S.CALLED: (S.CALLED,)},
    e.OutcomeRecorded: {
        S.CALLED: (S.ENDED, S.CLOSED),
        S.ENDED: (S.ENDED, S.CLOSED),
        S.CLOSED: (S.ENDED, S.CLOSED),
    },
    e.TimePassed: {S.CALLED: (S.CALLED, S.ENDED), S.ENDED: (S.ENDED,)},
}
"""Event -> state it is possible in -> states it may lead to."""

DEVIATION_TRANSITIONS: Mapping[type, Mapping[D | None, tuple[D, ...]]] = {
    DeviationRaised: {None: (D.HEARING,), D.WITHDRAWN: (D.HEARING,)},
    HearingAnswered: {D.HEARING: (D.RECEIVED, D.DISPUTED)},
    CauseGiven: {D.HEARING: (D.ANSWERED,), D.RECEIVED: (D.ANSWERED,)},
    DisputeSettled: {D.DISPUTED: (D.RECEIVED,)},
    DeviationClosed: {D.ANSWERED: (D.CLOSED,)},
    DeviationWithdrawn: {state: (D.WITHDRAWN,) for state in D if state is not D.WITHDRAWN},
    e.TimePassed: {D.HEARING: (D.RECEIVED,), D.RECEIVED: (D.RECEIVED,)},
}

ACTS: Mapping[type, Callable[[Change, Any], None]] = {
    e.TextChanged: calling.change_text,
    e.HandedOver: calling.hand_over,
    e.PartyAdded: calling.add_party,
    e.PartyRemoved: calling.remove_party,
    e.Called: calling.call,
    e.Moved: calling.move,
    e.Cancelled: calling.cancel,
    e.Answered: answering.answer,
    e.Acknowledged: answering.acknowledge,
    e.AttendeeAnswered: attendees.answer_of_attendee,
    e.SubstituteNamed: attendees.name_substitute,
    e.IdentityConveyed: convener.convey_identity,
    e.PauseSet: convener.pause,
    e.Decided: convener.decide_question,
    e.Excused: convener.excuse,
    e.Released: convener.release,
    e.GoAhead: lambda change, event: change.note("go_ahead"),
    e.OutcomeRecorded: attendance.record,
    e.Claimed: claiming.claim,
    e.ClaimDecided: claiming.decide_claim,
}
"""What each command of a person does, once its state allows it."""

BEFORE_START = (
    e.TextChanged, e.PartyAdded, e.PartyRemoved, e.Moved, e.Cancelled, e.GoAhead,
)  # fmt: skip
"""Possible before S only, though the state may still say called (rules, section 8 A2)."""


def decide(state: Meeting | DeviationReport | None, event: object, context: Context) -> Decision | Refused:
    """What follows of an event. Never raises for what a person, a mail or the clock may bring."""
    try:
        if isinstance(state, DeviationReport) or isinstance(event, DeviationRaised):
            return _decide_deviation(state, event, context)
        if state is None:
            if not isinstance(event, e.MeetingDrafted):
                return Refused(Reason.NOT_FOUND)
            return calling.draft(event, context)
        return _decide_meeting(state, event, context)
    except Refusal as refusal:
        return Refused(refusal.reason, refusal.detail)


def _decide_meeting(meeting: Meeting, event: object, context: Context) -> Decision | Refused:
    change = Change(meeting, context)
    match event:
        case e.TimePassed():
            _pass_time(change)
        case e.MailSettled():
            delivering.settle(change, event)
        case e.Bounced():
            delivering.bounce(change, event)
        case e.ReplySeen():
            saying.see_reply(change, event)
        case e.Refreshed():
            saying.refresh(change, event)
        case e.AutoReplied():
            saying.see_auto_reply(change, event)
        case e.HumanWrote():
            saying.see_words(change, event)
        case e.MeetingDrafted():
            return Refused(Reason.ALREADY_EXISTS)
        case _:
            _command(change, event)
    escalation.settle_cover(change)
    if _before_start(change) and type(event) in ACTS:
        escalation.ask_convener(change, engine=False)
    reporting.reconcile(change)
    return change.decision()


def _command(change: Change, event: object) -> None:
    """A person's command: possible in this state, or Refused."""
    allowed = TRANSITIONS.get(type(event), {})
    if change.meeting.state not in allowed:
        raise Refusal(Reason.WRONG_STATE, state=change.meeting.state)
    called = change.meeting.state is MeetingState.CALLED
    if called and isinstance(event, BEFORE_START) and change.now >= change.meeting.start:
        raise Refusal(Reason.ALREADY_STARTED)
    ACTS[type(event)](change, event)


def _before_start(change: Change) -> bool:
    meeting = change.meeting
    return meeting.state is MeetingState.CALLED and not meeting.started and change.now < meeting.start


def _pass_time(change: Change) -> None:
    if change.meeting.state is MeetingState.CALLED and not change.meeting.started:
        if change.now < change.meeting.start:
            escalation.pass_time(change)
            return
        attendance.begin(change)
    if change.meeting.state is MeetingState.CALLED and change.now >= change.meeting.end:
        attendance.end(change)
    due = attendance.meeting_due(change.meeting)
    if change.meeting.state is MeetingState.ENDED and due is not None and due <= change.now:
        attendance.ask(change)


def _decide_deviation(state: object, event: object, context: Context) -> Decision | Refused:
    if isinstance(event, DeviationRaised):
        report = state if isinstance(state, DeviationReport) else None
        return hearing.raise_report(report, event, deviation_id(event.meeting_id, event.party), context)
    assert isinstance(state, DeviationReport)
    return hearing.decide_report(state, event, context)


def next_due(state: Meeting | DeviationReport) -> datetime | None:
    """The moment this aggregate next needs a tick, None when only people or mail can move it."""
    if isinstance(state, DeviationReport):
        return hearing.report_due(state)
    due = attendance.meeting_due(state)
    if state.state is not MeetingState.CALLED or state.started:
        return due
    for party in state.parties:
        theirs = escalation.party_due(state, party)
        if theirs is not None and (due is None or theirs < due):
            due = theirs
    return due
