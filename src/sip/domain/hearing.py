"""The life of a deviation report: the absent party is heard first, then answers (rules, section 8 D1-D2).

`TABLE` alone says in which state what is possible, and where it may lead; the acts below guard no state of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain.address import folded
from sip.domain.change import Refusal
from sip.domain.conflict import NOTHING
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
from sip.domain.report_clock import Step, answer_due, disputed_days, hearing_ends, next_step, reminder_due
from sip.domain.worktime import office_time

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
        by_hand = {} if report.automatic else {"reporting": report.reporting.unit_name}
        facts: Mapping[str, str] = {"deviation_name": name, **by_hand, **detail}
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
        """The convener; where a called unit reports the convener's side, that unit's mailbox."""
        if not self.report.by_called_unit:
            to = Address(self.report.facts.convener_email, self.report.facts.convener_person)
            self.mail(kind, to, Timing.NOW, "", **detail)
            return
        roster = self.roster(self.report.reporting)
        for email in roster.addresses[:1]:
            self.mail(kind, Address(email, roster.name, roster.language), Timing.NOW, "", **detail)

    def to_people(
        self, people: tuple[Person, ...], kind: MailKind, timing: Timing, *, instead_of: str = "", **detail: str
    ) -> bool:
        """Each with an address once; False where nobody has one. `instead_of` is the step that reached nobody."""
        there = {folded(person.email): person for person in people if person.email}
        tail = instead_of + (str(self.report.dispute_steps) if self.report.state is DeviationState.DISPUTED else "")
        for person in there.values():
            self.mail(kind, Address(person.email or "", person.name), timing, tail, **detail)
        return bool(there)


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
    """The report goes on; the days that the dispute took are not the receiving unit's (D2)."""
    days = work.report.disputed_days + disputed_days(work.report, work.now)
    work.update(
        "dispute_settled", state=DeviationState.RECEIVED, received_at=work.now, disputed_days=days, stepped_at=None
    )


def _close(work: Hearing, _: DeviationClosed) -> None:
    work.update("closed", state=DeviationState.CLOSED, closed_at=work.now)


def _withdraw(work: Hearing, event: DeviationWithdrawn) -> None:
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


def pass_time(work: Hearing, _: TimePassed) -> None:
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


def _end_hearing(work: Hearing) -> None:
    work.update("hearing_ended", state=DeviationState.RECEIVED, received_at=work.now)


def _remind_of_dispute(work: Hearing) -> None:
    work.update("dispute_reminded", dispute_steps=1, stepped_at=work.now)
    work.to_reporting(MailKind.DEVIATION_DISPUTE_WAITS)


def _lift_dispute(work: Hearing) -> None:
    roster = work.roster(work.report.reporting)
    people = roster.managers if work.report.dispute_steps == 1 else roster.heads
    if _lift(work, roster, people, MailKind.DEVIATION_DISPUTE_LIFTED, Timing.MORNING):
        work.update("dispute_lifted", dispute_steps=work.report.dispute_steps + 1, stepped_at=work.now)


def _remind(work: Hearing) -> None:
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


def _lift_to_manager(work: Hearing) -> None:
    roster = work.roster(work.report.receiving)
    if _lift(work, roster, roster.managers, MailKind.DEVIATION_MANAGER, Timing.MORNING):
        work.update("manager_told", manager_told=True, stepped_at=work.now)


def _lift_to_head(work: Hearing) -> None:
    roster = work.roster(work.report.receiving)
    if _lift(work, roster, (*roster.heads, *roster.contract_officers), MailKind.DEVIATION_HEAD, Timing.MONDAY):
        work.update("head_told", head_told=True, stepped_at=work.now)


def _lift(work: Hearing, roster: Roster, people: tuple[Person, ...], kind: MailKind, timing: Timing) -> bool:
    """A step is done when it has reached somebody: who mends the directory hears of it where nobody else is there.

    False where there is nobody at all: it is tried again a week later.
    """
    if work.to_people(people, kind, timing):
        return True
    work.notes.append(Note("step_empty", work.report.party))
    for others in (roster.heads, roster.coordinators, roster.administrators):
        if work.to_people(others, MailKind.DEVIATION_NOBODY, timing, instead_of=kind, target=roster.name):
            return True
    work.report = replace(work.report, not_before=office_time().plus_days(work.now, 5))
    return False


STEPS: dict[Step, Callable[[Hearing], None]] = {
    Step.HEARING_ENDS: _end_hearing,
    Step.DISPUTE_REMINDER: _remind_of_dispute,
    Step.DISPUTE_MANAGER: _lift_dispute,
    Step.DISPUTE_HEAD: _lift_dispute,
    Step.REMINDER: _remind,
    Step.MANAGER: _lift_to_manager,
    Step.HEAD: _lift_to_head,
}


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
    TimePassed: Row({**_STAYS, D.HEARING: (D.HEARING, D.RECEIVED)}, pass_time, changes=lambda _: NOTHING),
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
