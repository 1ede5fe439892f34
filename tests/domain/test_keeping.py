"""How long what is kept, and what a hold keeps (rules, section 12)."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.keeping import (
    Fate,
    Hold,
    Matter,
    Policy,
    PolicyProblem,
    fate,
    kept_since,
    names_since,
)
from sip.domain.worktime import STOCKHOLM, local_day
from tests.domain.cast import at, ident

KEEPER, OTHER, THIRD = ident("keeper"), ident("other"), ident("third")
MATTER = Matter(ident("case"), (ident("first"), ident("second")), (KEEPER, OTHER))
NOW = at("2031-05-04 10:00")


def _policy(matter: int = 5, log: int = 5, decision: str = "KS 2026/12") -> Policy:
    return Policy(KEEPER, 1, matter, log, False, decision)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (_policy(), None),
        (_policy(2, 5), None),
        (_policy(10, 30), None),
        (_policy(1, 5), PolicyProblem.MATTER_YEARS),
        (_policy(31, 31), PolicyProblem.MATTER_YEARS),
        (_policy(2, 4), PolicyProblem.LOG_YEARS),
        (_policy(10, 9), PolicyProblem.LOG_SHORTER),
        (_policy(decision=" "), PolicyProblem.NO_DECISION),
    ],
)
def test_a_policy_stays_within_the_law(policy: Policy, problem: PolicyProblem | None) -> None:
    assert policy.problem() is problem


def test_years_are_years_of_the_calendar() -> None:
    assert kept_since(at("2031-05-04 00:10"), 5) == at("2026-05-04 00:00")
    assert kept_since(at("2031-05-03 23:50"), 5) == at("2026-05-03 00:00")
    assert kept_since(at("2028-02-29 12:00"), 3) == at("2025-03-01 00:00")


def test_half_a_year_is_six_months_of_the_calendar() -> None:
    assert names_since(at("2026-11-29 12:00")) == at("2026-05-29 00:00")
    assert names_since(at("2026-08-31 12:00")) == at("2026-02-28 00:00")
    assert names_since(at("2026-03-04 12:00")) == at("2025-09-04 00:00")


@given(
    st.datetimes(at("2027-01-01 00:00").replace(tzinfo=None), at("2060-01-01 00:00").replace(tzinfo=None)),
    st.integers(2, 30),
    st.integers(1, 1000),
)
def test_nothing_is_due_that_is_younger(moment: datetime, years: int, hours: int) -> None:
    """Whatever happened within the years, to the day, is kept; and a day more never makes it due later."""
    now = moment.replace(tzinfo=STOCKHOLM)
    since = kept_since(now, years)
    assert local_day(since).year in (now.year - years, now.year - years)
    assert (now - since) >= timedelta(days=365 * years - 1)
    assert kept_since(now + timedelta(hours=hours), years) >= since


def _hold(
    first: str, last: str | None, *, of: UUID = KEEPER, case: UUID | None = None, meeting: UUID | None = None
) -> Hold:
    return Hold(
        ident("hold"),
        of,
        "Tillsyn",
        date.fromisoformat(first),
        None if last is None else date.fromisoformat(last),
        case,
        meeting,
    )


@pytest.mark.parametrize(
    ("hold", "becomes"),
    [
        (_hold("2031-05-04", "2031-05-04"), Fate.HELD),
        (_hold("2031-05-05", None), Fate.DUE),
        (_hold("2030-01-01", "2031-05-03"), Fate.DUE),
        (_hold("2030-01-01", None, of=OTHER), Fate.HELD),
        (_hold("2030-01-01", None, of=THIRD), Fate.DUE),
        (_hold("2030-01-01", None, of=THIRD, meeting=ident("second")), Fate.HELD),
        (_hold("2030-01-01", None, of=KEEPER, meeting=ident("another")), Fate.DUE),
        (_hold("2030-01-01", None, of=KEEPER, case=ident("case")), Fate.HELD),
        (_hold("2030-01-01", None, of=KEEPER, case=ident("another")), Fate.DUE),
    ],
)
def test_a_hold_keeps_what_it_names_on_its_days(hold: Hold, becomes: Fate) -> None:
    assert fate(MATTER, [hold], NOW) is becomes


def test_what_goes_on_is_not_due_and_a_hold_is_said_first() -> None:
    going = Matter(MATTER.case_id, MATTER.meetings, MATTER.organisations, goes_on=True)
    assert fate(going, [], NOW) is Fate.GOES_ON
    assert fate(going, [_hold("2030-01-01", None)], NOW) is Fate.HELD
    assert fate(Matter(ident("case"), (), (KEEPER,), flagged=True), [], NOW) is Fate.HELD


def test_a_hold_is_over_the_day_after_its_last() -> None:
    hold = _hold("2030-01-01", "2031-05-03")
    assert [hold.over(date(2031, 5, day)) for day in (3, 4)] == [False, True]
    assert not _hold("2030-01-01", None).over(date(2060, 1, 1))
