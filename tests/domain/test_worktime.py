"""Working time (rules, section 4): T1 office time, T2 discharge, T3 when the engine may act. All in Sweden's time."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from sip.domain.worktime import (
    Worktime,
    discharge_time,
    half_days,
    is_working_day,
    local_day,
    office_time,
    public_holidays,
)  # fmt: skip
from tests.domain.cast import at, local

HOUR = timedelta(hours=1)
OFFICE, DISCHARGE = office_time, discharge_time


def CLOSED() -> Worktime:  # noqa: N802 - beside OFFICE and DISCHARGE in the tables below
    return office_time(frozenset({date(2026, 11, 3)}))


def HALF() -> Worktime:  # noqa: N802 - beside CLOSED in the tables below
    return office_time(half=frozenset({"Skärtorsdagen"}), half_closes=13)


Line = Callable[[], Worktime]
FRI, SAT, MON = "2026-11-06", "2026-11-07", "2026-11-09"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 6), True), (date(2026, 11, 7), False), (date(2026, 11, 8), False),
        (date(2026, 6, 19), False), (date(2026, 12, 24), False), (date(2026, 12, 31), False),  # the three eves
        (date(2027, 1, 6), False), (date(2027, 1, 5), True), (date(2027, 5, 6), False), (date(2027, 3, 25), True),
    ],
)  # fmt: skip
def test_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) == works


def test_half_days_are_those_that_the_agreement_names() -> None:
    assert half_days(frozenset(), 2027) == frozenset()
    assert date(2027, 3, 25) in half_days(frozenset({"skärtorsdagen"}), 2027)
    assert date(2027, 1, 5) not in half_days(frozenset({"skärtorsdagen"}), 2027)
    assert not any(day.weekday() == 6 for day in public_holidays(2026) if day == date(2026, 11, 8))
    assert HALF().between(at("2027-03-25 08:00"), at("2027-03-26 00:00")) == 5 * HOUR
    assert OFFICE().between(at("2027-03-25 08:00"), at("2027-03-26 00:00")) == 9 * HOUR


@pytest.mark.parametrize(
    ("time", "earlier", "later", "hours"),
    [
        (OFFICE, f"{FRI} 08:00", f"{FRI} 17:00", 9),
        (OFFICE, f"{FRI} 16:00", f"{MON} 09:00", 2),
        (OFFICE, f"{FRI} 18:00", f"{MON} 07:00", 0),
        (OFFICE, f"{MON} 09:00", f"{FRI} 16:00", 0),
        (OFFICE, "2019-12-01 10:00", "2020-01-02 09:00", 1),
        (CLOSED, "2026-11-02 16:00", "2026-11-04 09:00", 2),
        (DISCHARGE, f"{FRI} 21:00", f"{SAT} 07:00", 2),
        (DISCHARGE, f"{FRI} 06:00", f"{FRI} 22:00", 16),
    ],
)
def test_office_time_between(time: Line, earlier: str, later: str, hours: int) -> None:
    assert time().between(at(earlier), at(later)) == hours * HOUR


@pytest.mark.parametrize(
    ("moment", "hours", "then"),
    [
        (f"{FRI} 16:00", 1, "Mon 09 Nov 08:00"),  # a closing time is the next opening
        (f"{FRI} 16:00", 2, "Mon 09 Nov 09:00"),
        (f"{SAT} 12:00", 0, "Mon 09 Nov 08:00"),
        (f"{FRI} 08:00", 0, "Fri 06 Nov 08:00"),
    ],
)
def test_office_time_later(moment: str, hours: int, then: str) -> None:
    assert local(OFFICE().plus(at(moment), hours * HOUR)) == then


@pytest.mark.parametrize(
    ("moment", "inside", "next_open", "opening_from", "opening_after"),
    [
        (f"{FRI} 08:00", True, "Fri 06 Nov 08:00", "Fri 06 Nov 08:00", "Mon 09 Nov 08:00"),
        (f"{FRI} 07:59", False, "Fri 06 Nov 08:00", "Fri 06 Nov 08:00", "Fri 06 Nov 08:00"),
        (f"{FRI} 08:01", True, "Fri 06 Nov 08:01", "Mon 09 Nov 08:00", "Mon 09 Nov 08:00"),
        (f"{FRI} 16:59", True, "Fri 06 Nov 16:59", "Mon 09 Nov 08:00", "Mon 09 Nov 08:00"),
        (f"{FRI} 17:00", False, "Mon 09 Nov 08:00", "Mon 09 Nov 08:00", "Mon 09 Nov 08:00"),
        ("2019-06-01 12:00", False, "Thu 02 Jan 08:00", "Thu 02 Jan 08:00", "Thu 02 Jan 08:00"),
    ],
)
def test_openings(moment: str, inside: bool, next_open: str, opening_from: str, opening_after: str) -> None:
    when = at(moment)
    assert OFFICE().is_office_time(when) is inside
    assert local(OFFICE().next_open(when)) == next_open
    assert local(OFFICE().opening_from(when)) == opening_from
    assert local(OFFICE().opening_after(when)) == opening_after


def test_the_opening_of_a_day_that_opens() -> None:
    assert local(OFFICE().opening_of_day(at(f"{FRI} 23:00"))) == "Fri 06 Nov 08:00"
    assert OFFICE().opening_of_day(at(f"{SAT} 12:00")) is None
    assert local(OFFICE().opening_of_day(at("2051-06-01 12:00"))) == "Thu 01 Jun 08:00"  # the line has no last year


@pytest.mark.parametrize(
    ("time", "moment", "days", "then"),
    [
        (OFFICE, f"{FRI} 10:00", 1, "Mon 09 Nov 10:00"),
        (OFFICE, f"{FRI} 10:00", 0, "Fri 06 Nov 10:00"),
        (OFFICE, f"{FRI} 17:00", 1, "Tue 10 Nov 08:00"),
        (OFFICE, f"{SAT} 10:00", 2, "Wed 11 Nov 08:00"),
        (OFFICE, "2019-06-01 10:00", 0, "Thu 02 Jan 08:00"),
        (OFFICE, "2026-12-23 10:00", 1, "Mon 28 Dec 10:00"),
        (CLOSED, "2026-11-02 10:00", 1, "Wed 04 Nov 10:00"),
        (DISCHARGE, f"{FRI} 10:00", 1, "Sat 07 Nov 10:00"),
    ],
)
def test_n_working_days_after(time: Line, moment: str, days: int, then: str) -> None:
    assert local(time().plus_days(at(moment), days)) == then


@pytest.mark.parametrize(
    ("time", "start", "days", "then"),
    [
        (OFFICE, f"{MON} 10:00", 1, "Fri 06 Nov 08:00"),
        (OFFICE, f"{MON} 07:00", 0, "Mon 09 Nov 08:00"),
        (OFFICE, "2026-11-08 10:00", 1, "Thu 05 Nov 08:00"),  # from the last working day, if S's is none
        (OFFICE, "2020-01-02 10:00", 9, "Thu 02 Jan 08:00"),
        (DISCHARGE, f"{MON} 10:00", 1, "Mon 09 Nov 06:00"),  # T2: n - 1 days before S's day
        (DISCHARGE, f"{MON} 10:00", 3, "Sat 07 Nov 06:00"),
    ],
)
def test_the_opening_n_working_days_before(time: Line, start: str, days: int, then: str) -> None:
    assert local(time().opening_before(at(start), days)) == then


@pytest.mark.parametrize(
    ("time", "now", "start", "days", "left"),
    [
        (OFFICE, f"{FRI} 10:00", f"{MON} 10:00", 1, True),
        (OFFICE, f"{FRI} 10:01", f"{MON} 10:00", 1, False),
        (OFFICE, f"{SAT} 10:00", f"{MON} 17:00", 1, True),
        (OFFICE, f"{MON} 08:01", f"{MON} 17:00", 1, False),
        (OFFICE, f"{MON} 12:00", f"{MON} 10:00", 0, True),
        (OFFICE, "2020-01-02 08:00", "2020-01-02 17:00", 2, False),
        (OFFICE, "2020-01-02 08:00", "2020-01-02 17:00", 1, True),
        (DISCHARGE, f"{FRI} 10:00", f"{SAT} 10:00", 1, True),
        (DISCHARGE, f"{FRI} 10:01", f"{SAT} 10:00", 1, False),
    ],
)
def test_whether_so_many_working_days_are_left(time: Line, now: str, start: str, days: int, left: bool) -> None:
    assert time().days_left(at(now), at(start), days) is left


@pytest.mark.parametrize(
    ("time", "now", "start", "leaves"),
    [
        (OFFICE, f"{FRI} 10:00", "2026-12-07 10:00", "Fri 06 Nov 10:00"),
        (OFFICE, f"{FRI} 18:00", "2026-12-07 10:00", "Mon 09 Nov 08:00"),
        # with under 1 wd left: 06-22 on working days and on S's own day
        (OFFICE, f"{FRI} 18:00", f"{MON} 10:00", "Fri 06 Nov 18:00"),
        (OFFICE, f"{FRI} 21:59", f"{MON} 10:00", "Fri 06 Nov 21:59"),
        (OFFICE, f"{FRI} 22:00", f"{MON} 10:00", "Mon 09 Nov 06:00"),
        (OFFICE, f"{SAT} 12:00", f"{MON} 10:00", "Mon 09 Nov 06:00"),
        (OFFICE, f"{SAT} 12:00", f"{SAT} 15:00", "Sat 07 Nov 12:00"),
        (OFFICE, f"{FRI} 22:30", f"{SAT} 15:00", "Sat 07 Nov 06:00"),
        (OFFICE, f"{MON} 05:00", f"{MON} 10:00", "Mon 09 Nov 06:00"),
        (OFFICE, f"{MON} 09:00", f"{MON} 10:00", "Mon 09 Nov 09:00"),
        (OFFICE, "2026-12-23 23:00", "2026-12-28 08:30", "Mon 28 Dec 06:00"),
        (DISCHARGE, f"{SAT} 23:00", "2026-11-08 12:00", "Sun 08 Nov 06:00"),
        (DISCHARGE, f"{SAT} 21:00", "2026-11-08 12:00", "Sat 07 Nov 21:00"),
    ],
)
def test_when_the_engine_may_act(time: Line, now: str, start: str, leaves: str) -> None:
    found = time().next_leave(at(now), at(start))
    assert local(found) == leaves
    assert time().may_leave(at(now), at(start)) == (found == at(now))


def test_the_day_in_sweden_and_hours_over_a_change_of_the_clock() -> None:
    assert local_day(at("2026-10-25 00:30")) == date(2026, 10, 25)
    assert DISCHARGE().between(at("2026-10-25 06:00"), at("2026-10-26 06:00")) == 16 * HOUR
    assert DISCHARGE().between(at("2027-03-28 06:00"), at("2027-03-29 06:00")) == 16 * HOUR


def test_a_half_day_closes_at_noon_where_the_agreement_says_no_other_hour() -> None:
    half = office_time(half=frozenset({"skärtorsdagen"}))
    assert half.between(at("2027-03-25 08:00"), at("2027-03-26 00:00")) == 4 * HOUR


def test_the_line_is_laid_further_wherever_a_question_ends() -> None:
    """However many days on: the same answer from a line laid short and from one laid long."""
    for time in (office_time(), discharge_time()):
        for n in (len(time.days) - 2, len(time.days) - 1, len(time.days)):
            short, far = time.plus_days(time.openings[0], n), time.longer().plus_days(time.openings[0], n)
            assert short == far
