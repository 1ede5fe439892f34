"""Working time: office hours as one line that can be measured (rules, section 4 T1-T4).

Every opening and closing of office time is laid on a line of seconds. A moment has a *position* on it, the office time
that has passed before it; adding office time, halving it and comparing it are then plain arithmetic. Office time is
half-open: a closing time is the next opening. No opening hour lies near 02-03, so no office day holds a clock change.

The line has no end: each piece of it, as far as it has been laid, is the beginning of a longer one (`reaching`), and a
question about a later time is asked of that.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FIRST_YEAR = 2020
"""Before it no office time is reckoned: nothing was called then."""
_LAID_AT_ONCE = 20
OPENS, CLOSES = 8, 17
DAY_OPENS, DAY_CLOSES = 6, 22
OFFICE_HOUR = timedelta(hours=1)
NOTHING = timedelta(0)


@lru_cache(maxsize=512)
def public_holidays(year: int) -> frozenset[date]:
    """Swedish public holidays of a year and the three eves (midsummer, Christmas, New Year), Sundays left out."""
    calendar = holidays.country_holidays(
        "SE", years=year, categories=("public", "de_facto"), language="sv", include_sundays=False
    )
    return frozenset(calendar)


@lru_cache(maxsize=512)
def _short_days(year: int) -> tuple[tuple[date, str], ...]:
    """The days of a year that an agreement may name as half days, by their Swedish names in lower case."""
    calendar = holidays.country_holidays("SE", years=year, categories=("bank", "optional"), language="sv")
    return tuple((day, name.split(" (")[0].lower()) for day, name in sorted(calendar.items()))


def half_days(names: frozenset[str], year: int) -> frozenset[date]:
    """The half days of these Swedish names ("skärtorsdagen"); the agreement names them (rules, section 4 T1)."""
    if not names:
        return frozenset()
    wanted = {name.lower() for name in names}
    return frozenset(day for day, name in _short_days(year) if name in wanted)


def half_day_names() -> tuple[str, ...]:
    """Every name that names a half day in some year, in lower case."""
    return tuple(sorted({name for year in range(FIRST_YEAR, FIRST_YEAR + 28) for _, name in _short_days(year)}))


def local_day(moment: datetime) -> date:
    """The day in Sweden of an aware moment."""
    return moment.astimezone(STOCKHOLM).date()


def at_hour(day: date, hour: int) -> datetime:
    """That hour of that day in Sweden, as UTC."""
    return datetime.combine(day, time(hour), STOCKHOLM).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no public holiday and none of the three eves."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


@dataclass(frozen=True, slots=True, eq=False)
class Worktime:
    """The office days of one calendar: openings, their lengths and positions, in seconds since the epoch.

    `office_day` is the length of one office day: 9 hours, 16 in discharge. `laid` is how far the line goes, in years.
    """

    calendar: "_Calendar"
    laid: int
    days: tuple[int, ...]
    openings: tuple[datetime, ...]
    opens: tuple[float, ...]
    lengths: tuple[float, ...]
    before: tuple[float, ...]
    office_day: timedelta
    discharge: bool

    def reaching(self, seconds: float) -> "Worktime":
        """The line laid until it opens after this second."""
        found = self
        while not found.opens or seconds >= found.opens[-1]:
            found = found.longer()
        return found

    def longer(self) -> "Worktime":
        """The same line, laid further: what stands on this one stands there at the same place."""
        return _laid(self.calendar, self.laid + _LAID_AT_ONCE)

    def position(self, moment: datetime) -> timedelta:
        """Office time that has passed before this moment."""
        seconds = moment.timestamp()
        line = self.reaching(seconds)
        i = bisect_right(line.opens, seconds) - 1
        if i < 0:
            return NOTHING
        return timedelta(seconds=line.before[i] + min(seconds - line.opens[i], line.lengths[i]))

    def at(self, position: timedelta) -> datetime:
        """The moment with this much office time before it; a closing is the next opening."""
        seconds = position.total_seconds()
        line = self
        while not line.before or seconds >= line.before[-1]:
            line = line.longer()
        i = max(bisect_right(line.before, seconds) - 1, 0)
        return _moment(line.opens[i] + seconds - line.before[i])

    def between(self, earlier: datetime, later: datetime) -> timedelta:
        """Office time from one moment to another, never below zero."""
        return max(self.position(later) - self.position(earlier), NOTHING)

    def plus(self, moment: datetime, office_time: timedelta) -> datetime:
        """The moment when this much office time has passed."""
        return self.at(self.position(moment) + office_time)

    def is_office_time(self, moment: datetime) -> bool:
        seconds = moment.timestamp()
        line = self.reaching(seconds)
        i = bisect_right(line.opens, seconds) - 1
        return i >= 0 and seconds < line.opens[i] + line.lengths[i]

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself in office time, else the next opening."""
        return moment if self.is_office_time(moment) else self.opening_from(moment)

    def opening_from(self, moment: datetime) -> datetime:
        """The moment itself when it is an opening, else the next opening (rules, section 4 T4)."""
        line = self.reaching(moment.timestamp())
        return line.openings[bisect_left(line.opens, moment.timestamp())]

    def opening_after(self, moment: datetime) -> datetime:
        """The next opening, never the moment itself."""
        line = self.reaching(moment.timestamp())
        return line.openings[bisect_right(line.opens, moment.timestamp())]

    def opening_of_day(self, moment: datetime) -> datetime | None:
        """The opening of the moment's own day, None on a day that does not open."""
        line, day = self.reaching(moment.timestamp()), local_day(moment).toordinal()
        i = bisect_left(line.days, day)
        return line.openings[i] if line.days[i] == day else None

    def plus_days(self, moment: datetime, days: int) -> datetime:
        """`n wd after t`: outside office time from the next opening, then the same clock time n working days on."""
        seconds = moment.timestamp()
        line = self.reaching(seconds)
        i = bisect_right(line.opens, seconds) - 1
        while i + 1 + days >= len(line.opens):
            line = line.longer()
        if i < 0 or seconds >= line.opens[i] + line.lengths[i]:
            return line.openings[i + 1 + days]
        return _moment(line.opens[i + days] + seconds - line.opens[i])

    def opening_before(self, start: datetime, days: int) -> datetime:
        """`opening n wd before S` (rules, section 4 T1; in discharge n - 1 days before, T2)."""
        return _opening_before(self.reaching(start.timestamp()), start, days)

    def days_left(self, now: datetime, start: datetime, days: int) -> bool:
        """Whether at least `days` working days of office time are left to the start."""
        last = _last_with_days_left(self, start, days)
        return days <= 0 or (last is not None and now <= last)

    def may_leave(self, now: datetime, start: datetime) -> bool:
        """T3: the engine acts in office time; with under 1 wd left, 06-22 on working days and on S's own day.

        In discharge those hours are office time, every day.
        """
        if self.days_left(now, start, 1):
            return self.is_office_time(now)
        if self.is_office_time(now):
            return True
        local = now.astimezone(STOCKHOLM)
        if not DAY_OPENS <= local.hour < DAY_CLOSES:
            return False
        return is_working_day(local.date()) or local.date() == local_day(start)

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


@dataclass(frozen=True, slots=True)
class _Calendar:
    """What tells one line from another: discharge's own, or the half days and the party's closed days."""

    discharge: bool = False
    half: frozenset[str] = frozenset()
    half_closes: int = 12
    closed: frozenset[date] = frozenset()


@lru_cache(maxsize=1024)
def _laid(calendar: _Calendar, years: int) -> Worktime:
    """The line of this calendar for so many years from the first on."""
    if calendar.closed:
        return _without(_laid(_Calendar(False, calendar.half, calendar.half_closes), years), calendar)
    first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(FIRST_YEAR + years, 1, 1).toordinal()
    every_day = [date.fromordinal(n) for n in range(first, last)]
    if calendar.discharge:
        return _build(calendar, years, ((day, DAY_OPENS, DAY_CLOSES) for day in every_day), timedelta(hours=16))
    shorter = {day for n in range(years) for day in half_days(calendar.half, FIRST_YEAR + n)}
    days = (
        (day, OPENS, calendar.half_closes if day in shorter else CLOSES) for day in every_day if is_working_day(day)
    )
    return _build(calendar, years, days, timedelta(hours=9))


def _build(calendar: _Calendar, years: int, days: Iterable[tuple[date, int, int]], office_day: timedelta) -> Worktime:
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
        calendar, years, tuple(ordinals), tuple(openings), tuple(opens), tuple(lengths), tuple(before), office_day,
        calendar.discharge,
    )  # fmt: skip


def _without(general: Worktime, calendar: _Calendar) -> Worktime:
    """The general line less the party's own closed days."""
    away = {day.toordinal() for day in calendar.closed}
    kept = [i for i, day in enumerate(general.days) if day not in away]
    before: list[float] = []
    passed = 0.0
    for i in kept:
        before.append(passed)
        passed += general.lengths[i]
    return Worktime(
        calendar,
        general.laid,
        tuple(general.days[i] for i in kept),
        tuple(general.openings[i] for i in kept),
        tuple(general.opens[i] for i in kept),
        tuple(general.lengths[i] for i in kept),
        tuple(before),
        general.office_day,
        False,
    )


@lru_cache(maxsize=1)
def discharge_time() -> Worktime:
    """T2: 06-22 every day; 1 wd is a calendar day."""
    return _laid(_Calendar(discharge=True), _LAID_AT_ONCE)


@lru_cache(maxsize=1024)
def office_time(
    closed: frozenset[date] = frozenset(), half: frozenset[str] = frozenset(), half_closes: int = 12
) -> Worktime:
    """T1: Mon-Fri 08-17 less holidays, eves and the party's own closed days."""
    return _laid(_Calendar(False, half, half_closes, closed), _LAID_AT_ONCE)
