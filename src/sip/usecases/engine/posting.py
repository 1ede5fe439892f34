"""From a decision's effects to the outbox: when each mail may leave (rules, section 4 T4)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sip.domain.effects import DropAsks, Effect, ForDeviation, Mail, Timing
from sip.domain.worktime import OFFICE_HOUR, OPENS, at_hour, is_working_day, local_day
from sip.store.post.outbox import Posting

_FORTNIGHT = 15


def leaves(mail: Mail, now: datetime) -> datetime | None:
    """The first moment the mail may leave; None is at once.

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


def post(
    posting: Posting, meeting_id: UUID, effects: Iterable[Effect], *, engine: bool, now: datetime
) -> list[ForDeviation]:
    """Gathers mails and drops, in their order; gives what is for a deviation report."""
    for_deviations = []
    for effect in effects:
        match effect:
            case Mail():
                posting.mail(effect, engine=engine, leaves=leaves(effect, now))
            case DropAsks():
                posting.drop(meeting_id, effect)
            case ForDeviation():
                for_deviations.append(effect)
    return for_deviations
