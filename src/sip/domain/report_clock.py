"""The clocks of a deviation report: whose turn it is, and when the next step is due (rules, section 8 D1-D2).

The law of this file: one step at a time, a working day apart at the least. A dispute has a clock of its own, and the
days that it takes are added to those of the answer.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sip.domain.deviation import ENDED, DeviationReport, DeviationState, Measure
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

D = DeviationState


class Step(StrEnum):
    """What is done when a turn goes by."""

    HEARING_ENDS = "hearing_ends"
    PRAISE_ENDS = "praise_ends"
    DISPUTE_REMINDER = "dispute_reminder"
    DISPUTE_MANAGER = "dispute_manager"
    DISPUTE_HEAD = "dispute_head"
    REMINDER = "reminder"
    MANAGER = "manager"
    HEAD = "head"
    MEASURE = "measure"
    MEASURE_MANAGER = "measure_manager"


_DISPUTE = (Step.DISPUTE_REMINDER, Step.DISPUTE_MANAGER, Step.DISPUTE_HEAD)


def hearing_ends(report: DeviationReport) -> datetime:
    """`hearing` working days after the raising."""
    return office_time().plus_days(report.raised_at, report.rule_set.hearing)


def answer_due(report: DeviationReport) -> datetime:
    """`answer_days` calendar days after the raising, and those of a dispute, at that day's opening or the next (D2)."""
    return _morning(report, report.rule_set.answer_days)


def reminder_due(report: DeviationReport, number: int) -> datetime:
    """The reminder's morning, counted from 0."""
    rules = report.rule_set
    return _morning(report, rules.answer_days - rules.answer_reminders[number])


def days_since(began: datetime | None, now: datetime) -> int:
    """Calendar days from then until now."""
    return 0 if began is None else (local_day(now) - local_day(began)).days


def measure_waited_for(report: DeviationReport) -> Measure | None:
    """The one whose next step is due first: its unit is reminded of it, then its manager hears of it (D4)."""
    waited = [one for one in report.measures if one.followed_at is None and not one.lifted]
    return min(waited, key=lambda one: (measure_due(report, one), one.number), default=None)


def measure_due(report: DeviationReport, measure: Measure) -> datetime:
    """The opening of its day, or the next; once reminded of, `head_after` working days later."""
    time = office_time()
    due = time.opening_from(at_hour(measure.due_on, OPENS))
    return time.plus_days(due, report.rule_set.head_after) if measure.reminded else due


def next_step(report: DeviationReport) -> tuple[Step, datetime] | None:
    """The next step and when; None where only people can move the report."""
    steps = [found for found in (_of_state(report), _of_measures(report)) if found is not None]
    if not steps:
        return None
    step, due = min(steps, key=lambda found: found[1])
    if report.stepped_at is not None:
        due = max(due, office_time().plus_days(report.stepped_at, 1))
    return step, due if report.not_before is None else max(due, report.not_before)


def _of_state(report: DeviationReport) -> tuple[Step, datetime] | None:
    if report.good_example:
        return None if report.state in ENDED else (Step.PRAISE_ENDS, hearing_ends(report))
    match report.state:
        case D.HEARING:
            return Step.HEARING_ENDS, hearing_ends(report)
        case D.DISPUTED:
            return _of_dispute(report)
        case D.RECEIVED | D.IN_DIALOGUE:
            return _of_answer(report)
        case _:
            return None


def _of_dispute(report: DeviationReport) -> tuple[Step, datetime] | None:
    """The reporting unit settles it: asked again after `hearing` working days, then lifted every `head_after`."""
    if report.dispute_steps == len(_DISPUTE):
        return None
    rules, time = report.rule_set, office_time()
    last = report.stepped_at or report.heard_at or report.raised_at
    days = rules.head_after if report.dispute_steps else rules.hearing
    return _DISPUTE[report.dispute_steps], time.plus_days(last, days)


def _of_answer(report: DeviationReport) -> tuple[Step, datetime] | None:
    if report.reminders < len(report.rule_set.answer_reminders):
        return Step.REMINDER, reminder_due(report, report.reminders)
    if not report.manager_told:
        return Step.MANAGER, answer_due(report)
    if not report.head_told:
        since = max(answer_due(report), report.stepped_at or report.raised_at)
        return Step.HEAD, office_time().plus_days(since, report.rule_set.head_after)
    return None


def _of_measures(report: DeviationReport) -> tuple[Step, datetime] | None:
    """Until the report has ended; the board's time is no unit's."""
    measure = measure_waited_for(report)
    if measure is None or report.state not in (D.RECEIVED, D.IN_DIALOGUE, D.ANSWERED):
        return None
    return Step.MEASURE_MANAGER if measure.reminded else Step.MEASURE, measure_due(report, measure)


def _morning(report: DeviationReport, days: int) -> datetime:
    day = local_day(report.raised_at) + timedelta(days=days + report.disputed_days)
    return office_time().opening_from(at_hour(day, OPENS))
