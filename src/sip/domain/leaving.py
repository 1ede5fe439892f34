"""When a mail may leave: at once, or gathered at an opening (rules, section 4 T4)."""

from datetime import date, datetime, timedelta

from sip.domain.effects import Mail, Timing
from sip.domain.worktime import OFFICE_HOUR, OPENS, at_hour, is_working_day, local_day

_FORTNIGHT = 15


def leaves(mail: Mail, now: datetime) -> datetime | None:
    """The first moment the mail may leave (rules, section 4 T4); None is at once.

    Gathered mails leave at an opening: of a day, or of a week's first working day for Monday's. Within an hour after
    the opening it is still that morning.
    """
    if mail.timing is Timing.NOW:
        return mail.not_before
    earliest = (mail.not_before or now) - OFFICE_HOUR
    first = local_day(earliest)
    for n in range(_FORTNIGHT):
        day = first + timedelta(days=n)
        opening = at_hour(day, OPENS)
        if opening > earliest and is_working_day(day) and (mail.timing is Timing.MORNING or _begins_week(day)):
            return opening
    return mail.not_before


def _begins_week(day: date) -> bool:
    return not any(is_working_day(day - timedelta(days=n)) for n in range(1, day.weekday() + 1))
