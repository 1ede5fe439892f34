"""What is told of a county's week (rules, section 20): which week it is, and what of its numbers is hidden."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.situation import OF_NOBODY, PARTS, SituationPart, name_of, sunday_of, told, week_named, week_over
from tests.domain.cast import at

SMALL = 5


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-29 23:59", date(2026, 11, 16)), ("2026-11-30 00:00", date(2026, 11, 23)),
        ("2026-12-06 23:59", date(2026, 11, 23)), ("2026-12-07 00:00", date(2026, 11, 30)),
    ],
)  # fmt: skip
def test_a_week_is_over_at_midnight_of_monday_here(now: str, monday: date) -> None:
    assert week_over(at(now)) == monday


@given(st.dates(date(2026, 1, 5), date(2099, 12, 31)))
def test_a_week_is_found_by_the_name_that_it_is_told_by(day: date) -> None:
    monday = date.fromisocalendar(*day.isocalendar()[:2], 1)
    assert week_named(name_of(monday)) == monday
    assert sunday_of(monday).isocalendar()[:2] == monday.isocalendar()[:2]


@pytest.mark.parametrize("said", ["", "2026", "2026-W54", "2026-W00", "2026-48", "26-W48", "2026-W٤8", "2025-W52"])
def test_what_names_no_week_is_none(said: str) -> None:
    assert week_named(said) is None


def test_small_numbers_are_hidden_with_what_would_tell_them() -> None:
    called = told({SituationPart.CALLED: (40, 12, 9, 30, 0)}, SMALL)[SituationPart.CALLED]
    assert called == (40, 12, None, 30, 0), "three of twelve without a substitute are few"
    called = told({SituationPart.CALLED: (40, 4, 4, 30, 8)}, SMALL)[SituationPart.CALLED]
    assert called == (40, None, None, 30, 8), "what is of a hidden number is hidden"
    assert told({SituationPart.MEETINGS: (4, 0)}, SMALL)[SituationPart.MEETINGS] == (None, None)
    assert told({SituationPart.MAILBOXES: (30, 2)}, SMALL)[SituationPart.MAILBOXES] == (30, 2), "of nobody"


@given(st.data())
def test_no_number_that_is_told_leaves_a_small_one(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(sorted(set(PARTS) - OF_NOBODY)))
    figures, row = PARTS[part], [data.draw(st.integers(0, 30))]
    names = [one.name for one in figures]
    for one in figures[1:]:
        row.append(data.draw(st.integers(0, row[names.index(one.base or "")])))
    for one, count, shown in zip(figures, row, told({part: tuple(row)}, SMALL)[part], strict=True):
        assert shown in (None, count)
        if shown is not None:
            assert shown == 0 or shown >= SMALL
            rest = 0 if one.base is None else row[names.index(one.base)] - count
            assert rest == 0 or rest >= SMALL
