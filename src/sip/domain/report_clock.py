"""The clocks of a deviation report: whose turn it is, and when the next step is due (rules, section 8 D1-D2).

The law of this file: one step at a time, a working day apart at the least. A dispute has a clock of its own, and the
days that it takes are added to those of the answer.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.worktime import OPENS, at_hour, local_day, office_time

D = DeviationState


class Step(StrEnum):
    """What is done when a turn goes by."""

    HEARING_ENDS = "hearing_ends"
    DISPUTE_REMINDER = "dispute_reminder"
    DISPUTE_MANAGER = "dispute_manager"
    DISPUTE_HEAD = "dispute_head"
    REMINDER = "reminder"
    MANAGER = "manager"
    HEAD = "head"


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


def disputed_days(report: DeviationReport, now: datetime) -> int:
    """Calendar days that the dispute has taken until now."""
    return 0 if report.heard_at is None else (local_day(now) - local_day(report.heard_at)).days


def next_step(report: DeviationReport) -> tuple[Step, datetime] | None:
    """The next step and when; None where only people can move the report."""
    found = _of_state(report)
    if found is None:
        return None
    step, due = found
    if report.stepped_at is not None:
        due = max(due, office_time().plus_days(report.stepped_at, 1))
    return step, due if report.not_before is None else max(due, report.not_before)


def _of_state(report: DeviationReport) -> tuple[Step, datetime] | None:
    match report.state:
        case D.HEARING:
            return Step.HEARING_ENDS, hearing_ends(report)
        case D.DISPUTED:
            return _of_dispute(report)
        case D.RECEIVED:
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


def _morning(report: DeviationReport, days: int) -> datetime:
    day = local_day(report.raised_at) + timedelta(days=days + report.disputed_days)
    return office_time().opening_from(at_hour(day, OPENS))
