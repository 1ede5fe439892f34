"""What is proposed to somebody who makes a meeting: a unit's duty, times that fit, and what she should know of a time.

The law of this file: it proposes and warns, and refuses nothing; what is refused stands with the rules of the call.
Another meeting is known by its hours alone (rules, section 11).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sip.domain.agreement import MeetingKind, RuleSet
from sip.domain.ladder import noon_after
from sip.domain.opening import OpenDay, OpeningHours, open_on, within
from sip.domain.people import PrincipalKind
from sip.domain.terms import Obligation
from sip.domain.worktime import STOCKHOLM, Worktime, discharge_time, is_working_day, local_day, office_time

HOURS = (time(9), time(13), time(10, 30), time(14, 30))
"""Where a meeting is proposed to begin: two in the morning, two in the afternoon, none over lunch."""
SEARCHED = 60
"""Days that are searched for times."""
PROPOSED = 5


class Caution(StrEnum):
    """What is to be known of a time before anybody is called to it."""

    NOT_WORKING_DAY = "not_working_day"
    OUT_OF_HOURS = "out_of_hours"
    CLOSED_DAY = "closed_day"
    NOT_OPEN = "not_open"
    OUTSIDE_HOURS = "outside_hours"
    SHORT_NOTICE = "short_notice"
    TAKEN = "taken"
    NO_SUBSTITUTE = "no_substitute"


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in which somebody comes to another called meeting."""

    start: datetime
    end: datetime

    def meet(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Invitee:
    """A unit, or a person of the convener's side (without rules), as planning sees it. `bound`: it would have a duty
    to come; `substitutes`: somebody stands on its list on the day in question.
    """

    unit_id: UUID | None
    name: str
    rules: RuleSet | None = None
    bound: bool = False
    closed_days: frozenset[date] = frozenset()
    substitutes: bool = True
    taken: tuple[Hours, ...] = ()
    hours: OpeningHours = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """One caution; `name` is the unit or person it is about, `days` the working days of notice that are agreed, `open`
    the hours that the unit has said for that day.
    """

    caution: Caution
    name: str | None = None
    days: int | None = None
    open: OpenDay | None = None


def proposed_obligation(principal: PrincipalKind) -> Obligation:
    """Units of a region or a municipality, private providers included, have the duty; others are invited (domain,
    section 2: Försäkringskassan, Arbetsförmedlingen, relatives, ...)."""
    return Obligation.INVITED if principal is PrincipalKind.OTHER else Obligation.SUMMONED


def worktime_for(kind: MeetingKind | None, one: Invitee) -> Worktime:
    """The unit's own working time (rules, section 4 T1 and T2)."""
    if kind is MeetingKind.DISCHARGE:
        return discharge_time()
    if one.rules is None:
        return office_time(one.closed_days)
    return office_time(one.closed_days, one.rules.half_days, one.rules.half_day_closes)


def fair_notice(now: datetime, start: datetime, kind: MeetingKind | None, one: Invitee, more: int = 0) -> bool:
    """Whether a call now would give the agreed notice (rules, section 8 A3), and `more` working days besides."""
    if one.rules is None or not one.bound:
        return True
    begins = noon_after(now) if kind is MeetingKind.DISCHARGE else now
    return worktime_for(kind, one).days_left(begins, start, one.rules.minimum_notice + more)


def cautions(
    now: datetime, start: datetime, end: datetime, kind: MeetingKind | None, invitees: Iterable[Invitee]
) -> tuple[Warned, ...]:
    """What is to be known of these hours, the day first, then unit by unit."""
    day, found = local_day(start), []
    if not is_working_day(day):
        found.append(Warned(Caution.NOT_WORKING_DAY))
    elif not (office_time().is_office_time(start) and _ends_in(office_time(), end)):
        found.append(Warned(Caution.OUT_OF_HOURS))
    for one in invitees:
        if day in one.closed_days:
            found.append(Warned(Caution.CLOSED_DAY, one.name))
        elif not within(one.hours, start, end):
            that = open_on(one.hours, day)
            found.append(Warned(Caution.OUTSIDE_HOURS if that else Caution.NOT_OPEN, one.name, open=that))
        if any(other.meet(start, end) for other in one.taken):
            found.append(Warned(Caution.TAKEN, one.name))
        if one.rules is not None and one.rules.automatic_reports and not fair_notice(now, start, kind, one):
            found.append(Warned(Caution.SHORT_NOTICE, one.name, one.rules.minimum_notice))
        if one.bound and not one.substitutes:
            found.append(Warned(Caution.NO_SUBSTITUTE, one.name))
    return tuple(found)


def _ends_in(working: Worktime, end: datetime) -> bool:
    """Whether these hours end in office time, or with it (office time is half-open)."""
    return working.is_office_time(end - timedelta(seconds=1))


def proposed_times(
    now: datetime, minutes: int, kind: MeetingKind | None, invitees: Sequence[Invitee], most: int = PROPOSED
) -> tuple[datetime, ...]:
    """Beginnings, a day each, at which nothing is to be warned of but a missing list of substitutes, and which leave
    the time to ask a substitute: one working day before the convener is asked (rules, section 5 L6 and section 7).
    """
    found: list[datetime] = []
    for n, day in enumerate(_days(now)):
        hours = HOURS[n % len(HOURS) :] + HOURS[: n % len(HOURS)]
        fitting = (at for at in _beginnings(day, hours) if _fits(now, at, minutes, kind, invitees))
        first = next(fitting, None)
        if first is not None:
            found.append(first)
        if len(found) == most:
            break
    return tuple(found)


def _days(now: datetime) -> Iterator[date]:
    first = local_day(now)
    days = (first + timedelta(days=n) for n in range(1, SEARCHED + 1))
    return (day for day in days if is_working_day(day))


def _beginnings(day: date, hours: Iterable[time]) -> Iterator[datetime]:
    return (datetime.combine(day, hour, STOCKHOLM).astimezone(UTC) for hour in hours)


def _fits(now: datetime, start: datetime, minutes: int, kind: MeetingKind | None, invitees: Sequence[Invitee]) -> bool:
    end = start + timedelta(minutes=minutes)
    bad = {warned.caution for warned in cautions(now, start, end, kind, invitees)} - {Caution.NO_SUBSTITUTE}
    return not bad and all(fair_notice(now, start, kind, one, _window(kind, one)) for one in invitees)


def _window(kind: MeetingKind | None, one: Invitee) -> int:
    """Working days that a substitute's turn takes before the start; none where the discharge law hurries."""
    return 0 if kind is MeetingKind.DISCHARGE or one.rules is None else one.rules.question_bound + 1
