"""What a meeting that is over and a report that has been heard count as (docs/domain.md, section 5).

The law of this file: a count is made of the value, once, when it closes; no page works a figure out from what it shows.
No name is in it, nor a word that somebody wrote: units, months, and what the rules know. A meeting counts in the month
that it was to be held, a report in the month that it was raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain.agreement import MeetingKind, Rung
from sip.domain.change import worktime_of
from sip.domain.deviation import Category, Cause, DeviationReport, DeviationState
from sip.domain.events import CancelReason
from sip.domain.ladder import PLACE, deadline
from sip.domain.meeting import Meeting, Party, Round
from sip.domain.report_clock import answer_due, days_since
from sip.domain.reporting import delivered, no_show
from sip.domain.terms import (
    AnswerKind,
    AttendeeRole,
    Form,
    Mark,
    MeetingState,
    Obligation,
    Outcome,
    PauseKind,
    Purpose,
)
from sip.domain.worktime import local_day

OVER = frozenset({MeetingState.CLOSED, MeetingState.CANCELLED})
UNCOUNTED = frozenset({DeviationState.HEARING, DeviationState.WITHDRAWN, DeviationState.MERGED})
"""A report in its hearing is between the two units; one that was withdrawn, or goes on in another, is none."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the earlier rounds of a meeting hold beside the value: the rungs that each party's ladder has fired, and
    whether its convener ever paused it."""

    fired: Mapping[int, Sequence[Rung]]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class CountedMeeting:
    """A meeting that is closed, or was cancelled after the call. `special`: its convener paused it (a county-wide
    event is written so, rules, section 5 L8)."""

    meeting_id: UUID
    month: date
    unit_id: UUID
    organisation_id: UUID
    principal_id: UUID
    kind: MeetingKind
    purpose: Purpose
    form: Form
    state: MeetingState
    cancel_reason: CancelReason | None
    outcome: Outcome | None
    moves: int
    special: bool
    over_at: datetime


@dataclass(frozen=True, slots=True)
class CountedProtected:
    """A protected meeting that is over: that there was one, for a total of all."""

    meeting_id: UUID
    month: date


@dataclass(frozen=True, slots=True)
class CountedParty:
    """A unit that was called to a meeting that is closed: how the last round went, and who came.

    `bound`: under a duty to come. `in_time`: it answered by its deadline. Minutes are office time since the round
    began. `escalations` are the rungs that fired in all rounds, in their order; `highest` is the furthest of them.
    """

    meeting_id: UUID
    ordinal: int
    month: date
    unit_id: UUID
    organisation_id: UUID
    principal_id: UUID
    caller_unit_id: UUID
    caller_organisation_id: UUID
    caller_principal_id: UUID
    obligation: Obligation
    bound: bool
    reached: bool
    answered: bool
    in_time: bool
    acknowledged_minutes: int | None
    answered_minutes: int | None
    substitute_wanted: bool
    substitute_found: bool
    escalations: tuple[Rung, ...]
    highest: Rung | None
    mark: Mark | None
    no_show: bool


@dataclass(frozen=True, slots=True)
class CountedReport:
    """A report that has been heard, under the unit that it is about. `answer_days` is calendar days from its raising to
    the answer, `due_at` the last moment for it (rules, section 8 D2)."""

    deviation_id: UUID
    meeting_id: UUID | None
    month: date
    reporting_unit_id: UUID
    reporting_organisation_id: UUID
    reporting_principal_id: UUID
    unit_id: UUID
    organisation_id: UUID
    principal_id: UUID
    automatic: bool
    good_example: bool
    categories: tuple[Category, ...]
    cause: Cause | None
    state: DeviationState
    due_at: datetime
    answer_days: int | None
    in_time: bool
    measures: int
    measures_done: int


def month_of(moment: datetime) -> date:
    """The first day of its month in Sweden."""
    return local_day(moment).replace(day=1)


def is_over(meeting: Meeting) -> bool:
    """Whether the meeting counts: a draft that was thrown away was never called."""
    return meeting.state in OVER and meeting.called_at is not None


def of_protected(meeting: Meeting) -> CountedProtected | None:
    """A protected meeting that is over: no figure of a unit, an area or a kind tells of it (rules, section 13 I3)."""
    return CountedProtected(meeting.id, month_of(meeting.start)) if meeting.protected and is_over(meeting) else None


def of_meeting(meeting: Meeting, past: Past) -> tuple[CountedMeeting, tuple[CountedParty, ...]] | None:
    """The meeting and its called parties; of a cancelled one no party, for nobody's time had run out. None while it is
    not over, and for a protected one."""
    over = meeting.closed_at if meeting.state is MeetingState.CLOSED else meeting.cancelled_at
    if meeting.protected or not is_over(meeting) or over is None:
        return None
    convener = meeting.convener
    counted = CountedMeeting(
        meeting.id, month_of(meeting.start), convener.unit_id, convener.organisation_id, convener.principal_id,
        meeting.kind, meeting.purpose, meeting.form, meeting.state, _cancelled_for(meeting), meeting.outcome,
        meeting.moves, past.paused or any(_paused(party.round) for party in meeting.parties), over,
    )  # fmt: skip
    if meeting.state is MeetingState.CANCELLED:
        return counted, ()
    called = [
        (party, party.round)
        for party in meeting.parties
        if party.active and party.round is not None and party.obligation is not Obligation.CONVENING
    ]
    return counted, tuple(_of_party(meeting, party, this, past) for party, this in called)


def _cancelled_for(meeting: Meeting) -> CancelReason | None:
    return None if meeting.cancel_reason is None else CancelReason(meeting.cancel_reason)


def _paused(this: Round | None) -> bool:
    return this is not None and any(pause.kind is PauseKind.CONVENER for pause in this.pauses)


def _of_party(meeting: Meeting, party: Party, this: Round, past: Past) -> CountedParty:
    said = answered_at(this)
    fired = tuple(past.fired.get(party.ordinal, ()))
    wanted = this.substitution_opened_at is not None or (
        this.answer is not None and this.answer.kind is AnswerKind.REGRETS
    )
    return CountedParty(
        meeting_id=meeting.id,
        ordinal=party.ordinal,
        month=month_of(meeting.start),
        unit_id=party.unit_id,
        organisation_id=party.organisation_id,
        principal_id=party.principal_id,
        caller_unit_id=meeting.convener.unit_id,
        caller_organisation_id=meeting.convener.organisation_id,
        caller_principal_id=meeting.convener.principal_id,
        obligation=party.obligation,
        bound=party.bound,
        reached=delivered(meeting, party),
        answered=said is not None,
        in_time=said is not None and said <= deadline(meeting, party),
        acknowledged_minutes=_minutes(meeting, party, this.acknowledged_at),
        answered_minutes=_minutes(meeting, party, said),
        substitute_wanted=wanted,
        substitute_found=wanted and any(one.stands and one.role is not AttendeeRole.NAMED for one in party.attendees),
        escalations=fired,
        highest=max(fired, key=PLACE.__getitem__, default=None),
        mark=party.mark,
        no_show=no_show(meeting, party),
    )


def answered_at(this: Round) -> datetime | None:
    """When the unit first answered in this round; None where it has no answer."""
    if this.answer is None:
        return None
    return min(this.answer.at, this.acted_at or this.answer.at)


def _minutes(meeting: Meeting, party: Party, then: datetime | None) -> int | None:
    """Whole minutes of the party's own office time since its round began."""
    if then is None or party.round is None:
        return None
    return worktime_of(meeting, party).between(party.round.began_at, then) // timedelta(minutes=1)


def of_report(report: DeviationReport) -> CountedReport | None:
    """The report; None for one that does not count, or not yet."""
    if report.state in UNCOUNTED or report.protected:
        return None
    answered, due = report.answered_at, answer_due(report)
    ours, theirs = report.reporting, report.receiving
    return CountedReport(
        report.id, report.meeting_id, month_of(report.raised_at),
        ours.unit_id, ours.organisation_id, ours.principal_id,
        theirs.unit_id, theirs.organisation_id, theirs.principal_id,
        automatic=report.automatic,
        good_example=report.good_example,
        categories=report.categories,
        cause=report.cause,
        state=report.state,
        due_at=due,
        answer_days=None if answered is None else days_since(report.raised_at, answered),
        in_time=answered is not None and answered <= due,
        measures=len(report.measures),
        measures_done=sum(measure.done is True for measure in report.measures),
    )  # fmt: skip
