"""The life of a deviation report: the absent party is heard first, then answers (rules, section 8 D1-D2).

`TABLE` alone says in which state what is possible, and where it may lead; the acts below guard no state of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sip.domain import dialogue, forwarding, unreached
from sip.domain.change import Refusal
from sip.domain.conflict import NOTHING
from sip.domain.decision import Context, Decision, Note, Reason
from sip.domain.deviation import (
    CauseGiven,
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationRaised,
    DeviationReport,
    DeviationReturned,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Measure,
    MeasureFollowedUp,
    MeasureTaken,
    ReportMailFailed,
    Statement,
    UnitSucceeded,
    WordSaid,
    WordUnusable,
)
from sip.domain.effects import MailKind, Timing
from sip.domain.events import TimePassed
from sip.domain.machine import Leads, Machine, Row, bounded
from sip.domain.people import Person, Roster
from sip.domain.report_change import ReportChange
from sip.domain.report_clock import (
    Step,
    answer_due,
    days_since,
    hearing_ends,
    measure_waited_for,
    next_step,
    reminder_due,
)
from sip.domain.values import replace
from sip.domain.worktime import office_time

D = DeviationState
MOST_TURNS = 100
"""Far above what one moment can hold: the hearing's end and every step of asking for an answer."""


def raise_report(report: DeviationReport | None, event: DeviationRaised, context: Context) -> Decision:
    """A new report, or the same one raised again after a withdrawal (A4); one that stands is left as it is."""
    if report is not None and report.state is not DeviationState.WITHDRAWN:
        return Decision(report)
    raisings = 1 if report is None else report.raisings + 1
    raised = DeviationReport(
        event.report_id, event.meeting_id, event.party, event.facts, event.reporting,
        event.receiving, event.rule_set, event.categories, DeviationState.HEARING, context.now, event.automatic,
        raisings, event.notice_days, event.moves, event.purpose_given, event.description,
        case_id=event.case_id, own_reference=event.own_reference, happened_on=event.happened_on,
        severity=event.severity, likelihood=event.likelihood,
    )  # fmt: skip
    if report is not None:  # nothing that was said or done is taken away (D3)
        raised = replace(raised, words=report.words, measures=report.measures)
    if event.good_example:
        return _praise(replace(raised, good_example=True, state=DeviationState.RECEIVED), event, context)
    work = ReportChange(raised, context=context)
    work.notes.append(Note("raised", event.party, {"automatic": str(event.automatic).lower()}))
    work.to_receiving(MailKind.DEVIATION_HEARING, answer_until=hearing_ends(raised).isoformat())
    work.to_reporting(MailKind.DEVIATION_RAISED)
    return work.decision()


def _praise(report: DeviationReport, event: DeviationRaised, context: Context) -> Decision:
    """D6: told, and nothing is asked."""
    work = ReportChange(report, context=context)
    work.notes.append(Note("praised", event.party))
    work.to_receiving(MailKind.DEVIATION_GOOD, target=event.reporting.unit_name)
    return work.decision()


def _hear(work: ReportChange, event: HearingAnswered) -> None:
    """ "Attendance is recorded as absent. Is that right?" Right: received. Anything else: disputed (D1)."""
    right = event.statement is Statement.RIGHT
    work.update(
        "heard",
        statement=event.statement,
        account=event.account or work.report.account,
        heard_at=work.now,
        received_at=work.now if right else None,
    )
    work.report = replace(work.report, state=dialogue.rests(work.report))
    if not right:
        work.to_reporting(MailKind.DEVIATION_DISPUTED, statement=event.statement)


def _answer(work: ReportChange, event: CauseGiven) -> None:
    """Cause and account; given during the hearing they also say that it is right."""
    dialogue.no_praise(work)
    if not event.account.strip():
        raise Refusal(Reason.REASON_MISSING)
    report = work.report
    work.update(
        "cause_given",
        statement=report.statement or Statement.RIGHT,
        heard_at=report.heard_at or work.now,
        received_at=report.received_at or work.now,
        cause=event.cause,
        also=tuple(cause for cause in dict.fromkeys(event.also) if cause is not event.cause),
        account=event.account.strip(),
        answered_at=work.now,
    )
    work.report = replace(work.report, state=dialogue.rests(work.report))
    work.to_reporting(MailKind.DEVIATION_ANSWERED, cause=event.cause)


def _settle(work: ReportChange, _: DisputeSettled) -> None:
    """The report goes on; the days that the dispute took are not the receiving unit's (D2)."""
    days = work.report.disputed_days + days_since(work.report.heard_at, work.now)
    work.update("dispute_settled", received_at=work.now, disputed_days=days, stepped_at=None)
    work.report = replace(work.report, state=dialogue.rests(work.report))


def _withdraw(work: ReportChange, event: DeviationWithdrawn) -> None:
    """From any state, saying why (A4)."""
    if work.report.state is DeviationState.WITHDRAWN:
        return
    work.update("withdrawn", state=DeviationState.WITHDRAWN, withdrawn_at=work.now, withdrawn_because=event.because)
    work.to_receiving(MailKind.DEVIATION_WITHDRAWN, because=event.because)


# -- time


def report_due(report: DeviationReport) -> datetime | None:
    """When the report next needs a tick."""
    found = next_step(report)
    return None if found is None else found[1]


def pass_time(work: ReportChange, _: TimePassed) -> None:
    """What is due, a step at a time and in office time: none is taken sooner than a working day after the last."""
    time = office_time()
    for _turn in bounded(MOST_TURNS, "a report's steps"):
        found = next_step(work.report)
        if found is None or found[1] > work.now:
            return
        if not time.is_office_time(work.now):
            work.report = replace(work.report, not_before=time.next_open(work.now))
            return
        work.report = replace(work.report, not_before=None)
        STEPS[found[0]](work)


def _end_hearing(work: ReportChange) -> None:
    work.update("hearing_ended", state=dialogue.rests(work.report), received_at=work.now)


def _end_praise(work: ReportChange) -> None:
    work.update("closed", state=DeviationState.CLOSED, closed_at=work.now)


def _remind_of_dispute(work: ReportChange) -> None:
    work.update("dispute_reminded", dispute_steps=1, stepped_at=work.now)
    work.to_reporting(MailKind.DEVIATION_DISPUTE_WAITS)


def _lift_dispute(work: ReportChange) -> None:
    roster = work.roster(work.report.reporting)
    people = roster.managers if work.report.dispute_steps == 1 else roster.heads
    if _lift(work, roster, people, MailKind.DEVIATION_DISPUTE_LIFTED, Timing.MORNING):
        work.update("dispute_lifted", dispute_steps=work.report.dispute_steps + 1, stepped_at=work.now)


def _remind(work: ReportChange) -> None:
    """Steps long past are passed with one mail, and without any where the day to answer has passed as well."""
    report, most = work.report, len(work.report.rule_set.answer_reminders)
    sent = report.reminders + 1
    while sent < most and reminder_due(report, sent) <= work.now:
        sent += 1
    due = answer_due(report)
    if due <= work.now:
        work.update("answer_reminders_passed", reminders=most)
        return
    work.update("answer_reminded", reminders=sent, stepped_at=work.now)
    work.to_receiving(MailKind.DEVIATION_REMINDER, Timing.MORNING, tail=str(sent), answer_until=due.isoformat())


def _lift_to_manager(work: ReportChange) -> None:
    roster = work.roster(work.report.receiving)
    if _lift(work, roster, roster.managers, MailKind.DEVIATION_MANAGER, Timing.MORNING):
        work.update("manager_told", manager_told=True, stepped_at=work.now)


def _lift_to_head(work: ReportChange) -> None:
    roster = work.roster(work.report.receiving)
    if _lift(work, roster, (*roster.heads, *roster.contract_officers), MailKind.DEVIATION_HEAD, Timing.MONDAY):
        work.update("head_told", head_told=True, stepped_at=work.now)


def _remind_of_measure(work: ReportChange) -> None:
    measure = _waited_for(work)
    dialogue.put(work, replace(measure, reminded=True))
    work.update("measure_reminded", detail={"owner": measure.owner}, stepped_at=work.now)
    kind, tail = MailKind.DEVIATION_MEASURE_DUE, str(measure.number)
    work.to_side(measure.side, kind, Timing.MORNING, tail=tail, answer_until=measure.due_on.isoformat())


def _lift_measure(work: ReportChange) -> None:
    """Once, also where it reaches nobody: the other measures are not held up by one unit's lack of people (D4)."""
    measure = _waited_for(work)
    roster = work.roster(work.report.side(measure.side))
    dialogue.put(work, replace(measure, lifted=True))
    kind, tail = MailKind.DEVIATION_MEASURE_LIFTED, str(measure.number)
    if _reaches(work, roster, roster.managers, kind, Timing.MORNING, tail=tail, target=roster.name):
        work.update("measure_lifted", detail={"owner": measure.owner}, stepped_at=work.now)


def _waited_for(work: ReportChange) -> Measure:
    found = measure_waited_for(work.report)
    assert found is not None
    return found


def _lift(work: ReportChange, roster: Roster, people: tuple[Person, ...], kind: MailKind, timing: Timing) -> bool:
    """A step is done when it has reached somebody; where there is nobody at all it is tried again a week later."""
    reached = _reaches(work, roster, people, kind, timing)
    if not reached:
        work.report = replace(work.report, not_before=office_time().plus_days(work.now, 5))
    return reached


def _reaches(
    work: ReportChange,
    roster: Roster,
    people: tuple[Person, ...],
    kind: MailKind,
    timing: Timing,
    *,
    tail: str = "",
    **detail: str,
) -> bool:
    """These people, or else who mends the directory; False where there is nobody at all."""
    if work.to_people(people, kind, timing, tail=tail, **detail):
        return True
    work.notes.append(Note("step_empty", work.report.party))
    for others in (roster.heads, roster.coordinators, roster.administrators):
        if work.to_people(others, MailKind.DEVIATION_NOBODY, timing, tail=f"{kind}{tail}", target=roster.name):
            return True
    return False


STEPS: dict[Step, Callable[[ReportChange], None]] = {
    Step.HEARING_ENDS: _end_hearing,
    Step.PRAISE_ENDS: _end_praise,
    Step.DISPUTE_REMINDER: _remind_of_dispute,
    Step.DISPUTE_MANAGER: _lift_dispute,
    Step.DISPUTE_HEAD: _lift_dispute,
    Step.REMINDER: _remind,
    Step.MANAGER: _lift_to_manager,
    Step.HEAD: _lift_to_head,
    Step.MEASURE: _remind_of_measure,
    Step.MEASURE_MANAGER: _lift_measure,
}


# -- the table

_HEARD: Leads = {
    D.RECEIVED: (D.RECEIVED,),
    D.IN_DIALOGUE: (D.IN_DIALOGUE,),
    D.ANSWERED: (D.ANSWERED,),
    D.FOLLOWED_UP: (D.FOLLOWED_UP,),
    D.FORWARDED: (D.FORWARDED,),
}
"""Where the two units work at it, each staying where it is."""
_OPEN: Leads = {D.HEARING: (D.HEARING,), D.DISPUTED: (D.DISPUTED,), **_HEARD}
_STAYS: Leads = {state: (state,) for state in D}
_TO_HEARING: Leads = dict.fromkeys((None, D.WITHDRAWN), (D.HEARING, D.RECEIVED))
_GOES_ON = (D.RECEIVED, D.IN_DIALOGUE)
_ENDS: Leads = {state: (state, D.CLOSED) for state in _GOES_ON}
_AFTER_ANSWER = (D.ANSWERED, D.FOLLOWED_UP)
_TO_ANSWER: Leads = {D.HEARING: (D.ANSWERED,), D.RECEIVED: _AFTER_ANSWER, D.IN_DIALOGUE: _AFTER_ANSWER}


def _all_to(state: DeviationState, among: Iterable[StrEnum | None]) -> Leads:
    return dict.fromkeys(among, (state,))


def _sides(event: DeviationRaised | DeviationReport) -> Iterator[UUID]:
    yield event.reporting.unit_id
    yield event.receiving.unit_id


TABLE: Mapping[type, Row] = {
    DeviationRaised: Row({**_STAYS, **_TO_HEARING}, units=_sides),
    HearingAnswered: Row({D.HEARING: (*_GOES_ON, D.DISPUTED)}, _hear),
    WordSaid: Row({**_OPEN, D.RECEIVED: (D.IN_DIALOGUE,)}, dialogue.say),
    UnitSucceeded: Row(_OPEN, dialogue.succeed, units=lambda event: (event.by.unit_id,), changes=lambda _: NOTHING),
    WordUnusable: Row(_STAYS, dialogue.not_said, changes=lambda _: NOTHING),
    ReportMailFailed: Row(_STAYS, unreached.tell, changes=lambda _: NOTHING),
    CauseGiven: Row(_TO_ANSWER, _answer),
    MeasureTaken: Row({**_HEARD, D.FOLLOWED_UP: (D.ANSWERED,)}, dialogue.take),
    MeasureFollowedUp: Row({**_HEARD, D.ANSWERED: _AFTER_ANSWER}, dialogue.follow_up),
    DisputeSettled: Row({D.DISPUTED: _GOES_ON}, _settle),
    DeviationClosed: Row(_all_to(D.CLOSED, (D.ANSWERED, D.FOLLOWED_UP, D.FORWARDED)), dialogue.close),
    DeviationForwarded: Row(
        _all_to(D.FORWARDED, (D.RECEIVED, D.IN_DIALOGUE, D.DISPUTED, D.ANSWERED, D.FOLLOWED_UP)), dialogue.forward
    ),
    DeviationReturned: Row({D.FORWARDED: (D.DISPUTED, *_GOES_ON, *_AFTER_ANSWER)}, dialogue.come_back),
    DeviationMerged: Row(_all_to(D.MERGED, _OPEN), dialogue.merge),
    DeviationWithdrawn: Row(_all_to(D.WITHDRAWN, D), _withdraw),
    TimePassed: Row({**_STAYS, D.HEARING: (D.HEARING, *_GOES_ON), **_ENDS}, pass_time, changes=lambda _: NOTHING),
}
"""All that can happen to a report."""


def _decide(report: DeviationReport | None, event: Any, row: Row, context: Context) -> Decision:
    if report is None or row.act is None:
        return raise_report(report, event, context)
    work = ReportChange(report, context=context)
    row.act(work, event)
    forwarding.follow(work, report)
    return work.decision()


DEVIATION = Machine(
    kind="deviation",
    state=DeviationReport,
    states=DeviationState,
    table=TABLE,
    decide=_decide,
    next_due=report_due,
    meeting_id=lambda report: report.meeting_id,
    units=_sides,
)
