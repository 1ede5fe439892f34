"""Working time: office hours as one line that can be measured (rules, section 4 T1-T4).

Every opening and closing of office time is laid on a line of seconds. A moment has a *position* on it, the office time
that has passed before it; adding office time, halving it and comparing it are then plain arithmetic. Office time is
half-open: a closing time is the next opening. No opening hour lies near 02-03, so no office day holds a clock change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FIRST_YEAR, LAST_YEAR = 2020, 2050
OPENS, CLOSES = 8, 17
DAY_OPENS, DAY_CLOSES = 6, 22
OFFICE_HOUR = timedelta(hours=1)
NOTHING = timedelta(0)


@lru_cache(maxsize=1)
def public_holidays() -> frozenset[date]:
    """Swedish public holidays and the three eves (midsummer, Christmas, New Year), Sundays as such left out."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    calendar = holidays.country_holidays(
        "SE", years=years, categories=("public", "de_facto"), language="sv", include_sundays=False
    )
    return frozenset(calendar)


@lru_cache(maxsize=8)
def half_days(names: frozenset[str]) -> frozenset[date]:
    """The half days of these Swedish names ("skärtorsdagen"); the agreement names them (rules, section 4 T1)."""
    if not names:
        return frozenset()
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    calendar = holidays.country_holidays("SE", years=years, categories=("bank", "optional"), language="sv")
    wanted = {name.lower() for name in names}
    return frozenset(day for day, name in calendar.items() if name.split(" (")[0].lower() in wanted)


def local_day(moment: datetime) -> date:
    """The day in Sweden of an aware moment."""
    return moment.astimezone(STOCKHOLM).date()


def at_hour(day: date, hour: int) -> datetime:
    """That hour of that day in Sweden, as UTC."""
    return datetime.combine(day, time(hour), STOCKHOLM).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no public holiday and none of the three eves."""
    return day.weekday() < 5 and day not in public_holidays()


@dataclass(frozen=True, slots=True, eq=False)
class Worktime:
    """The office days of one calendar: openings, their lengths and positions, in seconds since the epoch.

    `office_day` is the length of one office day: 9 hours, 16 in discharge.
    """

    days: tuple[int, ...]
    openings: tuple[datetime, ...]
    opens: tuple[float, ...]
    lengths: tuple[float, ...]
    before: tuple[float, ...]
    office_day: timedelta
    discharge: bool

    def position(self, moment: datetime) -> timedelta:
        """Office time that has passed before this moment."""
        seconds = moment.timestamp()
        i = bisect_right(self.opens, seconds) - 1
        if i < 0:
            return NOTHING
        return timedelta(seconds=self.before[i] + min(seconds - self.opens[i], self.lengths[i]))

    def at(self, position: timedelta) -> datetime:
        """The moment with this much office time before it; a closing is the next opening."""
        seconds = position.total_seconds()
        i = max(bisect_right(self.before, seconds) - 1, 0)
        return _moment(self.opens[i] + seconds - self.before[i])

    def between(self, earlier: datetime, later: datetime) -> timedelta:
        """Office time from one moment to another, never below zero."""
        return max(self.position(later) - self.position(earlier), NOTHING)

    def plus(self, moment: datetime, office_time: timedelta) -> datetime:
        """The moment when this much office time has passed."""
        return self.at(self.position(moment) + office_time)

    def is_office_time(self, moment: datetime) -> bool:
        seconds = moment.timestamp()
        i = bisect_right(self.opens, seconds) - 1
        return i >= 0 and seconds < self.opens[i] + self.lengths[i]

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself in office time, else the next opening."""
        return moment if self.is_office_time(moment) else self._opening(bisect_left(self.opens, moment.timestamp()))

    def opening_from(self, moment: datetime) -> datetime:
        """The moment itself when it is an opening, else the next opening (rules, section 4 T4)."""
        return self._opening(bisect_left(self.opens, moment.timestamp()))

    def opening_after(self, moment: datetime) -> datetime:
        """The next opening, never the moment itself."""
        return self._opening(bisect_right(self.opens, moment.timestamp()))

    def opening_of_day(self, moment: datetime) -> datetime | None:
        """The opening of the moment's own day, None on a day that does not open."""
        i = bisect_left(self.days, local_day(moment).toordinal())
        if i == len(self.days) or self.days[i] != local_day(moment).toordinal():
            return None
        return self._opening(i)

    def plus_days(self, moment: datetime, days: int) -> datetime:
        """`n wd after t`: outside office time from the next opening, then the same clock time n working days on."""
        seconds = moment.timestamp()
        i = bisect_right(self.opens, seconds) - 1
        if i < 0 or seconds >= self.opens[i] + self.lengths[i]:
            return self._opening(i + 1 + days)
        return _moment(self.opens[i + days] + seconds - self.opens[i])

    def opening_before(self, start: datetime, days: int) -> datetime:
        """`opening n wd before S` (rules, section 4 T1; in discharge n - 1 days before, T2)."""
        return _opening_before(self, start, days)

    def days_left(self, now: datetime, start: datetime, days: int) -> bool:
        """Whether at least `days` working days of office time are left to the start."""
        last = _last_with_days_left(self, start, days)
        return days <= 0 or (last is not None and now <= last)

    def may_leave(self, now: datetime, start: datetime) -> bool:
        """T3: the engine acts in office time; with under 1 wd left, 06-22 on working days and on S's own day."""
        if self.days_left(now, start, 1):
            return self.is_office_time(now)
        if self.is_office_time(now):
            return True
        local = now.astimezone(STOCKHOLM)
        if not DAY_OPENS <= local.hour < DAY_CLOSES:
            return False
        return self.discharge or is_working_day(local.date()) or local.date() == local_day(start)

    def next_leave(self, now: datetime, start: datetime) -> datetime:
        """The first moment from `now` on when T3 lets a mail leave."""
        if self.may_leave(now, start):
            return now
        candidates = [self.opening_from(now)]
        if not self.days_left(now, start, 1):
            day = local_day(now)
            hours = [at_hour(day + timedelta(days=n), DAY_OPENS) for n in range(2)] + [
                at_hour(local_day(start), DAY_OPENS)
            ]
            candidates += [hour for hour in hours if hour >= now and self.may_leave(hour, start)]
        return min(candidates)

    def _opening(self, i: int) -> datetime:
        return self.openings[i]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# The bounds of one meeting are asked for many times within a decision: what follows of its start alone is kept.
@lru_cache(maxsize=4096)
def _last_with_days_left(time: Worktime, start: datetime, days: int) -> datetime | None:
    """The last moment with so many days left: `at` gives the latest of all moments with the same office time behind."""
    passed = time.position(start) - days * time.office_day
    return None if passed < NOTHING else time.at(passed)


@lru_cache(maxsize=4096)
def _opening_before(time: Worktime, start: datetime, days: int) -> datetime:
    i = bisect_right(time.days, local_day(start).toordinal()) - 1
    return time.openings[max(i - (days - 1 if time.discharge else days), 0)]


def _build(days: Iterable[tuple[date, int, int]], office_day: timedelta, discharge: bool) -> Worktime:
    ordinals: list[int] = []
    openings: list[datetime] = []
    opens: list[float] = []
    lengths: list[float] = []
    before: list[float] = []
    passed = 0.0
    for day, opening, closing in days:
        ordinals.append(day.toordinal())
        openings.append(at_hour(day, opening))
        opens.append(openings[-1].timestamp())
        lengths.append((closing - opening) * 3600.0)
        before.append(passed)
        passed += lengths[-1]
    return Worktime(
        tuple(ordinals), tuple(openings), tuple(opens), tuple(lengths), tuple(before), office_day, discharge
    )


def _every_day() -> Iterable[date]:
    first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
    return (date.fromordinal(n) for n in range(first, last + 1))


@lru_cache(maxsize=1)
def discharge_time() -> Worktime:
    """T2: 06-22 every day; 1 wd is a calendar day."""
    return _build(((day, DAY_OPENS, DAY_CLOSES) for day in _every_day()), timedelta(hours=16), True)


@lru_cache(maxsize=8)
def _general(half: frozenset[str], half_closes: int) -> Worktime:
    shorter = half_days(half)
    days = ((day, OPENS, half_closes if day in shorter else CLOSES) for day in _every_day() if is_working_day(day))
    return _build(days, timedelta(hours=9), False)


@lru_cache(maxsize=1024)
def office_time(
    closed: frozenset[date] = frozenset(), half: frozenset[str] = frozenset(), half_closes: int = 12
) -> Worktime:
    """T1: Mon-Fri 08-17 less holidays, eves and the party's own closed days."""
    general = _general(half, half_closes)
    if not closed:
        return general
    away = {day.toordinal() for day in closed}
    kept = [i for i, day in enumerate(general.days) if day not in away]
    before: list[float] = []
    passed = 0.0
    for i in kept:
        before.append(passed)
        passed += general.lengths[i]
    return Worktime(
        tuple(general.days[i] for i in kept),
        tuple(general.openings[i] for i in kept),
        tuple(general.opens[i] for i in kept),
        tuple(general.lengths[i] for i in kept),
        tuple(before),
        general.office_day,
        False,
    )
