"""The life of a deviation report: the absent party is heard first, then answers (rules, section 8 D1-D2).

`TABLE` alone says in which state what is possible, and where it may lead; the acts below guard no state of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sip.domain.change import Refusal
from sip.domain.decision import Context, Decision, Note, Reason
from sip.domain.deviation import (
    CauseGiven,
    DeviationClosed,
    DeviationRaised,
    DeviationReport,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Side,
    Statement,
)
from sip.domain.effects import Effect, Link, Mail, MailKind, Timing
from sip.domain.events import TimePassed
from sip.domain.machine import Leads, Machine, Row, bounded
from sip.domain.meeting import deviation_id
from sip.domain.people import Address, Person, Roster
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

D = DeviationState
MOST_TURNS = 100
"""Far above what one moment can hold: the hearing's end and every step of asking for an answer."""


@dataclass
class Hearing:
    """The working copy of one decision on a report."""

    report: DeviationReport
    context: Context
    effects: list[Effect] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.context.now

    def decision(self) -> Decision:
        return Decision(self.report, tuple(self.effects), tuple(self.notes))

    def update(self, note: str, **fields: Any) -> None:
        self.report = replace(self.report, **fields)
        self.notes.append(Note(note))

    def roster(self, side: Side) -> Roster:
        found = self.context.rosters.get(side.unit_id)
        return found or Roster(side.unit_id, side.unit_name, side.organisation_id, side.principal_id)

    def mail(self, kind: MailKind, to: Address, timing: Timing, tail: str, **detail: str) -> None:
        report = self.report
        rules = report.rule_set
        name = rules.deviation_name_sv if to.language == "sv" else rules.deviation_name_en
        facts: Mapping[str, str] = {"deviation_name": name, **detail}
        self.effects.append(
            Mail(
                key=f"{report.id}/{report.raisings}/{kind}/{tail}/{to.email}",
                kind=kind,
                to=to,
                facts=report.facts,
                dtstamp=self.now,
                party=report.party,
                link=Link.DEVIATION,
                unit=report.receiving.unit_name,
                timing=timing,
                deviation_id=report.id,
                detail=facts,
            )
        )

    def to_receiving(self, kind: MailKind, timing: Timing = Timing.NOW, *, tail: str = "", **detail: str) -> None:
        roster = self.roster(self.report.receiving)
        for email in roster.addresses[:1]:
            self.mail(kind, Address(email, roster.name, roster.language), timing, tail, **detail)

    def to_reporting(self, kind: MailKind, **detail: str) -> None:
        to = Address(self.report.facts.convener_email, self.report.facts.convener_person)
        self.mail(kind, to, Timing.NOW, "", **detail)

    def to_people(self, people: tuple[Person, ...], kind: MailKind, timing: Timing) -> None:
        for person in people:
            if person.email:
                self.mail(kind, Address(person.email, person.name), timing, "")


def raise_report(report: DeviationReport | None, event: DeviationRaised, context: Context) -> Decision:
    """A new report, or the same one raised again after a withdrawal (A4); one that stands is left as it is."""
    if report is not None and report.state is not DeviationState.WITHDRAWN:
        return Decision(report)
    raisings = 1 if report is None else report.raisings + 1
    raised = DeviationReport(
        deviation_id(event.meeting_id, event.party), event.meeting_id, event.party, event.facts, event.reporting,
        event.receiving, event.rule_set, event.categories, DeviationState.HEARING, context.now, event.automatic,
        raisings, event.notice_days, event.moves, event.purpose_given, event.description,
    )  # fmt: skip
    work = Hearing(raised, context)
    work.notes.append(Note("raised", event.party, {"automatic": str(event.automatic).lower()}))
    work.to_receiving(MailKind.DEVIATION_HEARING, answer_until=hearing_ends(raised).isoformat())
    work.to_reporting(MailKind.DEVIATION_RAISED)
    return work.decision()


def _hear(work: Hearing, event: HearingAnswered) -> None:
    """ "Attendance is recorded as absent. Is that right?" Right: received. Anything else: disputed (D1)."""
    right = event.statement is Statement.RIGHT
    work.update(
        "heard",
        state=DeviationState.RECEIVED if right else DeviationState.DISPUTED,
        statement=event.statement,
        account=event.account or work.report.account,
        heard_at=work.now,
        received_at=work.now if right else None,
    )
    if not right:
        work.to_reporting(MailKind.DEVIATION_DISPUTED, statement=event.statement)


def _answer(work: Hearing, event: CauseGiven) -> None:
    """Cause and account; given during the hearing they also say that it is right."""
    if not event.account.strip():
        raise Refusal(Reason.REASON_MISSING)
    report = work.report
    work.update(
        "cause_given",
        state=DeviationState.ANSWERED,
        statement=report.statement or Statement.RIGHT,
        heard_at=report.heard_at or work.now,
        received_at=report.received_at or work.now,
        cause=event.cause,
        account=event.account.strip(),
        answered_at=work.now,
    )
    work.to_reporting(MailKind.DEVIATION_ANSWERED, cause=event.cause)


def _settle(work: Hearing, _: DisputeSettled) -> None:
    work.update("dispute_settled", state=DeviationState.RECEIVED, received_at=work.now)


def _close(work: Hearing, _: DeviationClosed) -> None:
    work.update("closed", state=DeviationState.CLOSED, closed_at=work.now)


def _withdraw(work: Hearing, event: DeviationWithdrawn) -> None:
    """From any state, saying why (A4)."""
    if work.report.state is DeviationState.WITHDRAWN:
        return
    work.update("withdrawn", state=DeviationState.WITHDRAWN, withdrawn_at=work.now, withdrawn_because=event.because)
    work.to_receiving(MailKind.DEVIATION_WITHDRAWN, because=event.because)


# -- time


def hearing_ends(report: DeviationReport) -> datetime:
    """10 working days after the raising."""
    return office_time().plus_days(report.raised_at, report.rule_set.hearing)


def answer_due(report: DeviationReport) -> datetime:
    """60 calendar days after the raising, at that day's opening or the next (D2)."""
    return _morning(report, report.rule_set.answer_days)


def _morning(report: DeviationReport, days: int) -> datetime:
    day = local_day(report.raised_at) + timedelta(days=days)
    return office_time().opening_from(at_hour(day, OPENS))


def report_due(report: DeviationReport) -> datetime | None:
    """When the report next needs a tick."""
    if report.state is DeviationState.HEARING:
        due = hearing_ends(report)
    elif report.state is not DeviationState.RECEIVED:
        return None
    else:
        found = _next_reminder(report)
        if found is None:
            return None
        due = found
    return due if report.not_before is None else max(due, report.not_before)


def _next_reminder(report: DeviationReport) -> datetime | None:
    rules = report.rule_set
    if report.reminders < len(rules.answer_reminders):
        return _morning(report, rules.answer_days - rules.answer_reminders[report.reminders])
    if not report.manager_told:
        return answer_due(report)
    if not report.head_told:
        return office_time().plus_days(answer_due(report), rules.head_after)
    return None


def pass_time(work: Hearing, _: TimePassed) -> None:
    """The hearing runs out in `received`; reminders, then the manager, then the head of operations (D2)."""
    time = office_time()
    for _turn in bounded(MOST_TURNS, "a report's steps"):
        due = report_due(work.report)
        if due is None or due > work.now:
            return
        if not time.is_office_time(work.now):
            work.report = replace(work.report, not_before=time.next_open(work.now))
            return
        if work.report.state is DeviationState.HEARING:
            work.update("hearing_ended", state=DeviationState.RECEIVED, received_at=work.now, not_before=None)
        else:
            _remind(work)


def _remind(work: Hearing) -> None:
    """One step; steps long past are passed with one mail (no burst after an outage)."""
    report, rules = work.report, work.report.rule_set
    roster = work.roster(report.receiving)
    if report.reminders < len(rules.answer_reminders):
        sent = report.reminders + 1
        while sent < len(rules.answer_reminders) and (
            _morning(report, rules.answer_days - rules.answer_reminders[sent]) <= work.now
        ):
            sent += 1
        work.update("answer_reminded", reminders=sent, not_before=None)
        until = answer_due(report).isoformat()
        work.to_receiving(MailKind.DEVIATION_REMINDER, Timing.MORNING, tail=str(sent), answer_until=until)
    elif not report.manager_told:
        work.update("manager_told", manager_told=True, not_before=None)
        work.to_people(roster.managers, MailKind.DEVIATION_MANAGER, Timing.MORNING)
    else:
        work.update("head_told", head_told=True, not_before=None)
        people = (*roster.heads, *roster.contract_officers)
        work.to_people(people, MailKind.DEVIATION_HEAD, Timing.MONDAY)


# -- the table

_STAYS: Leads = {state: (state,) for state in D}
_TO_HEARING: Leads = {None: (D.HEARING,), D.WITHDRAWN: (D.HEARING,)}
_TO_WITHDRAWN: Leads = dict.fromkeys(D, (D.WITHDRAWN,))


def _sides(event: DeviationRaised | DeviationReport) -> Iterator[UUID]:
    yield event.reporting.unit_id
    yield event.receiving.unit_id


TABLE: Mapping[type, Row] = {
    DeviationRaised: Row({**_STAYS, **_TO_HEARING}, units=_sides),
    HearingAnswered: Row({D.HEARING: (D.RECEIVED, D.DISPUTED)}, _hear),
    CauseGiven: Row({D.HEARING: (D.ANSWERED,), D.RECEIVED: (D.ANSWERED,)}, _answer),
    DisputeSettled: Row({D.DISPUTED: (D.RECEIVED,)}, _settle),
    DeviationClosed: Row({D.ANSWERED: (D.CLOSED,)}, _close),
    DeviationWithdrawn: Row(_TO_WITHDRAWN, _withdraw),
    TimePassed: Row({**_STAYS, D.HEARING: (D.HEARING, D.RECEIVED)}, pass_time),
}
"""All that can happen to a report."""


def _decide(report: DeviationReport | None, event: Any, row: Row, context: Context) -> Decision:
    if report is None or row.act is None:
        return raise_report(report, event, context)
    work = Hearing(report, context)
    row.act(work, event)
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
