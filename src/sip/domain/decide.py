"""The one door to the rules: `decide(state, event, context) -> Decision | Refused`, and `next_due(state)`.

Idempotent, and total for whatever a person, a mail or the clock may bring: the same event twice has no second effect;
events may come late, twice and out of order. What each kind of aggregate takes, in which state, and where it may lead
stands in its table as data (`MEETING.table`, and so of the other kinds), which alone decides what runs and is held to
after every decision; docs/states.md is drawn from it. A further kind of aggregate is one more entry of `MACHINES`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain import (
    answering,
    attendance,
    attendees,
    calling,
    chair,
    check_in,
    claiming,
    consent,
    contacts,
    convener,
    delivering,
    escalation,
    in_hand,
    next_date,
    poll,
    poll_upkeep,
    polling,
    protected,
    reporting,
    saying,
    substitution,
)
from sip.domain import events as e
from sip.domain.change import Change, Refusal
from sip.domain.conflict import EVERYTHING, NOTHING, MeetingPart, Parts, meet
from sip.domain.decision import AnyState, Context, Decision, Reason, Refused
from sip.domain.gathering import GROUP_SITTING
from sip.domain.hearing import DEVIATION
from sip.domain.machine import Leads, Machine, Row, UnknownEventError
from sip.domain.meeting import Meeting
from sip.domain.resolving import AGENDA_ITEM
from sip.domain.seating import STANDING_GROUP
from sip.domain.terms import MeetingState

S = MeetingState
_CALLED: Leads = {S.CALLED: (S.CALLED,)}
_DRAFT_OR_CALLED: Leads = {S.DRAFT: (S.DRAFT,), **_CALLED}
_ANY: Leads = {state: (state,) for state in S}
_SINCE_THE_CALL: Leads = {state: (state,) for state in S if state is not S.DRAFT}
_UNLESS_CANCELLED: Leads = {state: (state,) for state in S if state is not S.CANCELLED}
_RECORDED = (S.ENDED, S.CLOSED)


def _pass_time(change: Change, _: e.TimePassed) -> None:
    if change.meeting.state is MeetingState.DRAFT:
        poll_upkeep.pass_time(change)
    if change.meeting.state is MeetingState.CALLED and not change.meeting.started:
        if change.now < change.meeting.start:
            consent.pass_time(change)
            poll_upkeep.pass_time(change)
            if not change.meeting.consent_over:
                contacts.follow(change)
                escalation.pass_time(change)
            return
        attendance.begin(change)
    if change.meeting.state is MeetingState.CALLED and change.now >= change.meeting.end:
        attendance.end(change)
    if change.meeting.state is MeetingState.CLOSED:
        next_date.pass_time(change)
        return
    due = attendance.meeting_due(change.meeting)
    if due is not None and due <= change.now:
        attendance.ask(change)


def _command(act: Any, leads: Leads = _CALLED, **more: Any) -> Row:
    return Row(leads, act, command=True, **more)


def _news(act: Any, leads: Leads = _SINCE_THE_CALL, **more: Any) -> Row:
    """What the mail floor reports: taken from the call on, to the end and after, and never another state. It is no
    person's change.
    """
    return Row(leads, act, changes=_nothing, **more)


def _fate_of_mail(act: Any) -> Any:
    """A mail that asked for times may have been sent of a draft; its fate is the poll's alone."""

    def settle(change: Change, event: e.MailSettled | e.Bounced) -> None:
        if poll_upkeep.is_about(event):
            poll_upkeep.settle_mail(change, event)
        else:
            act(change, event)

    return settle


def _on(rests_on: MeetingPart, changes: Parts | None = None) -> dict[str, Any]:
    """A row's parts: what it rests on, and what it changes (the same, unless said)."""
    one: Parts = frozenset({rests_on})
    return {"rests_on": lambda _: one, "changes": lambda _: one if changes is None else changes}


def _nothing(_: object) -> Parts:
    return NOTHING


def _poll_alone(_: object) -> Parts:
    return frozenset({MeetingPart.POLL})


def _at_the_desk(act: Any) -> Row:
    """Who has a meeting in hand is another matter than the call: no command rests on it, and it rests on nothing."""
    return Row(_UNLESS_CANCELLED, act, case=False, rests_on=_nothing, changes=_nothing)


def _for_named(act: Any) -> Row:
    """Who may see it is another matter than the call, too; of what is over somebody may still have to be shown."""
    return Row(_ANY, act, case=False, rests_on=_nothing, changes=_nothing)


def _follow_consent(change: Change, event: e.ConsentChanged) -> None:
    if change.meeting.state is MeetingState.DRAFT:
        poll_upkeep.follow_consent(change)
        return
    calling.follow_consent(change, event)
    if _before_start(change):
        contacts.follow(change)


def _drafted_units(event: e.MeetingDrafted) -> Iterator[UUID]:
    yield event.convener.unit_id
    yield from (party.unit_id for party in event.parties)


TABLE: Mapping[type, Row] = {
    e.MeetingDrafted: Row({None: (S.DRAFT,)}, units=_drafted_units),
    e.TextChanged: _command(calling.change_text, _DRAFT_OR_CALLED, before_start=True, **_on(MeetingPart.TEXT)),
    e.HandedOver: _command(
        calling.hand_over,
        _DRAFT_OR_CALLED,
        before_start=True,
        units=lambda event: (event.convener.unit_id,),
        **_on(MeetingPart.CONVENER),
    ),
    e.PartyAdded: _command(
        calling.add_party,
        _DRAFT_OR_CALLED,
        before_start=True,
        units=lambda event: (event.party.unit_id,),
        **_on(MeetingPart.SCHEDULE, frozenset({MeetingPart.PARTIES})),
    ),
    e.PartyRemoved: _command(calling.remove_party, _DRAFT_OR_CALLED, before_start=True),
    e.SuccessorCalled: _command(
        contacts.call_successor,
        units=lambda event: (event.unit_id,),
        changes=lambda event: frozenset({event.party, MeetingPart.PARTIES}),
    ),
    e.Called: _command(calling.call, {S.DRAFT: (S.CALLED,)}),
    e.Moved: _command(calling.move, _DRAFT_OR_CALLED, before_start=True, **_on(MeetingPart.SCHEDULE, EVERYTHING)),
    e.Cancelled: _command(
        calling.cancel,
        {S.DRAFT: (S.CANCELLED,), S.CALLED: (S.CANCELLED,)},
        before_start=True,
        **_on(MeetingPart.SCHEDULE, EVERYTHING),
    ),
    e.Answered: _command(answering.answer),
    e.Acknowledged: _command(answering.acknowledge),
    e.AttendeeAnswered: _command(attendees.answer_of_attendee),
    e.AttendeeOnLeave: _command(attendees.on_leave),
    e.SubstituteNamed: _command(attendees.name_substitute),
    e.IdentityConveyed: _command(convener.convey_identity, _DRAFT_OR_CALLED),
    e.IdentityConveyedToAll: _command(
        convener.convey_identity_to_all, _DRAFT_OR_CALLED, **_on(MeetingPart.PARTIES, NOTHING)
    ),
    e.IdentityKnown: _command(convener.know_identity),
    e.ReadingAsked: Row(_CALLED, convener.send_reading_code, changes=_nothing),
    e.PauseSet: _command(convener.pause),
    e.Decided: _command(convener.decide_question),
    e.Excused: _command(convener.excuse),
    e.Released: _command(convener.release),
    e.ConsentChanged: _command(
        _follow_consent,
        {S.DRAFT: (S.DRAFT,), S.CALLED: (S.CALLED, S.CANCELLED)},
        before_start=True,
        **_on(MeetingPart.SCHEDULE),
    ),
    e.ContactsChanged: Row(_DRAFT_OR_CALLED, contacts.follow_event, before_start=True, case=False, changes=_nothing),
    e.GoAhead: _command(convener.let_stand, before_start=True, **_on(MeetingPart.SCHEDULE, NOTHING)),
    e.Claimed: _command(claiming.claim, changes=_nothing),
    e.ClaimDecided: _command(
        claiming.decide_claim, rests_on=_nothing, changes=lambda _: frozenset({MeetingPart.PARTIES})
    ),
    e.OutcomeRecorded: _command(
        attendance.record,
        {S.CALLED: _RECORDED, S.ENDED: _RECORDED, S.CLOSED: _RECORDED},
        **_on(MeetingPart.OUTCOME),
    ),
    chair.ChairLinkSent: _command(
        chair.send_link, {S.CALLED: (S.CALLED,), S.ENDED: (S.ENDED,)}, rests_on=_nothing, changes=_nothing
    ),
    protected.UserNamed: _for_named(protected.name_user),
    protected.UserUnnamed: _for_named(protected.unname_user),
    in_hand.TakenOver: _at_the_desk(in_hand.take_over),
    in_hand.Remarked: _at_the_desk(in_hand.remark),
    in_hand.Snoozed: _at_the_desk(in_hand.snooze),
    in_hand.Woken: _at_the_desk(in_hand.wake),
    next_date.PlanEnded: Row(
        {S.CLOSED: (S.CLOSED,)}, next_date.end_plan, case=False, rests_on=_nothing, changes=_nothing
    ),
    in_hand.AskedAgain: _command(in_hand.ask_again, changes=_nothing),
    e.CheckedIn: Row(
        {S.CALLED: (S.CALLED,), S.ENDED: (S.ENDED,)},
        check_in.check_in,
        case=False,
        rests_on=_nothing,
        changes=_nothing,
    ),
    poll.PollAsked: _command(polling.ask, _DRAFT_OR_CALLED, before_start=True, **_on(MeetingPart.POLL)),
    poll.PollAnswered: _command(
        polling.answer, _DRAFT_OR_CALLED, before_start=True, rests_on=_nothing, changes=_poll_alone
    ),
    poll.PollPicked: _command(
        polling.pick,
        _DRAFT_OR_CALLED,
        before_start=True,
        rests_on=lambda _: frozenset({MeetingPart.POLL, MeetingPart.SCHEDULE}),
        changes=lambda _: EVERYTHING,
    ),
    poll.PollWithdrawn: _command(polling.withdraw, _DRAFT_OR_CALLED, before_start=True, **_on(MeetingPart.POLL)),
    e.MailSettled: _news(_fate_of_mail(delivering.settle), _ANY, case=False),
    e.Bounced: _news(_fate_of_mail(delivering.bounce), _ANY),
    e.ReplySeen: _news(saying.see_reply),
    e.Refreshed: _news(saying.refresh),
    e.AutoReplied: _news(saying.see_auto_reply),
    e.HumanWrote: _news(saying.see_words),
    e.TimePassed: Row({**_ANY, S.CALLED: (S.CALLED, S.ENDED)}, _pass_time, case=False, changes=_nothing),
}
"""All that can happen to a meeting."""


_ENDING = (e.Cancelled, e.ConsentChanged)
"""They decide first whether there is a meeting to be told of, and follow the contacts themselves (section 5 R5)."""


def _decide_meeting(meeting: Meeting | None, event: Any, row: Row, context: Context) -> Decision:
    if meeting is None:
        return calling.draft(event, context)
    assert row.act is not None, "only a draft is made of its event, and only where there is no meeting"
    change = Change(meeting, context)
    if row.before_start and meeting.state is MeetingState.CALLED and context.now >= meeting.start:
        raise Refusal(Reason.ALREADY_STARTED)
    if row.command and _before_start(change) and not isinstance(event, _ENDING):
        contacts.follow(change)
    row.act(change, event)
    protected.follow(change)
    poll_upkeep.settle(change, meeting)
    chair.follow(change, meeting)
    escalation.settle_cover(change)
    if row.command and _before_start(change):
        escalation.ask_convener(change)
    reporting.reconcile(change)
    in_hand.follow(change, meeting)
    return change.decision()


def _before_start(change: Change) -> bool:
    meeting = change.meeting
    return meeting.state is MeetingState.CALLED and change.now < meeting.start


def _meeting_due(meeting: Meeting) -> datetime | None:
    due = attendance.meeting_due(meeting)
    if meeting.state is MeetingState.DRAFT:
        return poll_upkeep.due(meeting)
    if meeting.state is not MeetingState.CALLED or meeting.started:
        return due
    if meeting.consent_over:
        return due
    theirs = (escalation.party_due(meeting, party) for party in meeting.parties)
    others = (due, consent.consent_due(meeting), poll_upkeep.due(meeting), *theirs)
    return min(at for at in others if at is not None)


def _meeting_units(meeting: Meeting) -> Iterator[UUID]:
    yield meeting.convener.unit_id
    for party in meeting.parties:
        yield party.unit_id
        answer = party.round.answer if party.round is not None else None
        if answer is not None and answer.target_unit_id is not None:
            yield answer.target_unit_id


MEETING = Machine(
    kind="meeting",
    state=Meeting,
    states=MeetingState,
    table=TABLE,
    decide=_decide_meeting,
    next_due=_meeting_due,
    meeting_id=lambda meeting: meeting.id,
    units=_meeting_units,
    case_id=lambda found: found.case_id,
)

MACHINES: tuple[Machine[Any], ...] = (MEETING, DEVIATION, AGENDA_ITEM, STANDING_GROUP, GROUP_SITTING)
"""Every kind of aggregate, in the order in which they are locked (rules, section 2)."""

_BY_STATE: Mapping[type, Machine[Any]] = {machine.state: machine for machine in MACHINES}
_BY_BEGINNING: Mapping[type, Machine[Any]] = {
    event: machine for machine in MACHINES for event, row in machine.table.items() if row.begins
}


def decide(state: AnyState | None, event: object, context: Context) -> Decision | Refused:
    """What follows of an event; never raises for what a person, a mail or the clock may bring.

    Raises RuleError for a fault of the rules: an event that the aggregate's table has no row for, a state that it does
    not lead to, a rule without end.
    """
    machine = machine_of(state, event)
    if machine is None:
        return Refused(Reason.NOT_FOUND)
    row = machine.row(event)
    before = None if state is None else state.state
    targets = row.leads.get(before)
    if targets is None:
        return _impossible(row, before)
    try:
        decision = machine.decide(state, event, row, context)
    except Refusal as refusal:
        return Refused(refusal.reason, refusal.detail)
    return machine.checked(before, event, protected.kept(decision), targets)


def _impossible(row: Row, state: Any) -> Refused:
    return Refused(Reason.ALREADY_EXISTS) if row.only_begins else Refused(Reason.WRONG_STATE, {"state": state})


def machine_of(state: object, event: object) -> Machine[Any] | None:
    """The machine of this state, or of the event that begins one; None where the event has nothing to happen to.

    Raises UnknownEventError for what no machine takes.
    """
    if state is not None:
        return _BY_STATE[type(state)]
    begun = _BY_BEGINNING.get(type(event))
    if not any(type(event) in machine.table for machine in MACHINES):
        raise UnknownEventError(f"nothing takes {type(event).__name__}")
    return begun


def next_due(state: AnyState) -> datetime | None:
    """The moment this aggregate next needs a tick, None when only people or mail can move it."""
    return _BY_STATE[type(state)].next_due(state)


def meeting_of(state: AnyState) -> UUID | None:
    """The meeting that this aggregate's mails belong to, if any."""
    return _BY_STATE[type(state)].meeting_id(state)


def units_of(state: AnyState | None, event: object) -> Iterator[UUID]:
    """The units whose rosters a decision of this event needs."""
    known = MACHINES if state is None else (_BY_STATE[type(state)],)
    for machine in known:
        if state is not None:
            yield from machine.units(state)
        row = machine.table.get(type(event))
        if row is not None:
            yield from row.units(event)


def overtaken(state: AnyState, event: object, since: Iterable[object]) -> bool:
    """Whether what happened since somebody looked changed what her command rests on."""
    table = _BY_STATE[type(state)].table
    row = table.get(type(event))
    if row is None:
        return False
    return meet(row.rests_on(event), (table[type(one)].changes(one) for one in since if type(one) in table))


def may_ask(state: AnyState | None, event: object) -> bool:
    """Whether it may ask somebody to stand in, who may come to another meeting at that hour."""
    return isinstance(state, Meeting) and substitution.may_ask(state, tick=isinstance(event, e.TimePassed))


def case_of(state: AnyState | None, event: object) -> UUID | None:
    """The case whose facts it needs: for what may call a unit; time and results of mails never do."""
    machine = _BY_BEGINNING.get(type(event)) if state is None else _BY_STATE[type(state)]
    if machine is None:
        return None
    row = machine.table.get(type(event))
    return machine.case_id(event if state is None else state) if row is not None and row.case else None
