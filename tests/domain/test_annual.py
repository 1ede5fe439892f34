"""Yearly reports, attacked: everything that two years' reports tell in both editions, with the figures that are really
told, by whoever adds and subtracts (`test_masking`); and that what is frozen is told again as it was.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.domain.annual import CountedYear, Edition, FrozenYear, ReportYear, YearFigures, freeze, there_is, told
from sip.domain.figures import FIGURES, QUARTER, Counts, Subject, Times, is_told, place_of
from sip.domain.masking import Breakdown, Masked, Row, Tally, total
from tests.domain.test_masking import KIND, SMALL, Attacker

NOW = datetime(2027, 2, 1, tzinfo=UTC)
TRIED = 15
KINDS = ("board", "private", "school")
Thing = tuple[str, int, str, str, Row, frozenset[str]]
"""What is counted: principal, month, kind of unit, cause or step, its figures, and the categories that it names."""
_BY = {Subject.CALLED: "rung", Subject.REPORTS: "cause"}
CATEGORIES = ("communication", "routines", "reception", "competence")


def _tallies(subject: Subject) -> tuple[Tally, ...]:
    return tuple(Tally(one.name, place_of(subject, one.base)) for one in FIGURES[subject])


def _thing(subject: Subject, draw: tuple[str, int, str, str, list[bool], set[str]]) -> Thing:
    principal, month, kind, word, said, categories = draw
    row: list[int] = []
    for one, yes in zip(_tallies(subject), said, strict=False):
        row.append(1 if one.base is None else int(yes) * row[one.base])
    return principal, month, kind, word, tuple(row), frozenset(categories)


def _things(subject: Subject) -> st.SearchStrategy[list[Thing]]:
    """Uneven on purpose: much in some rows, next to nothing in others, and figures that are nearly all or none."""
    said = st.lists(st.sampled_from((True, True, True, False)), min_size=8, max_size=8)
    drawn = st.tuples(
        st.sampled_from(("Region",) * 9 + ("Al",) * 6 + ("Bok",) * 2 + ("Ek", "Skola")),
        st.sampled_from((1, 1, 1, 1, 2, 2, 3, 5, 9, 9, 10, 12)), st.sampled_from(KINDS[:1] * 7 + KINDS[1:]),
        st.sampled_from(("", "", "", "a", "a", "b", "c")), said,
        st.sets(st.sampled_from(CATEGORIES[:1] * 4 + CATEGORIES), min_size=1),
    )  # fmt: skip
    return st.lists(drawn.map(lambda draw: _thing(subject, draw)), max_size=90)


def _counts(subject: Subject, things: Sequence[Thing]) -> Counts:
    width = len(FIGURES[subject])
    rows: dict[str, dict[str, Row]] = {}
    for principal, month, kind, word, row, categories in things:
        keys = [("principal", principal), ("principal_kind", KIND[principal]), ("month", str(month)),
                ("unit_kind", kind), (_BY[subject], word)]  # fmt: skip
        for name, key in keys:
            there = rows.setdefault(name, {})
            there[key] = total([there.get(key, (0,) * width), row])
        for category in categories:
            named = rows.setdefault("category", {})
            named[category] = (named.get(category, (0,))[0] + 1, *(0,) * (width - 1))
    return Counts(total([(0,) * width, *(one[4] for one in things)]), rows, KIND)


def _year(called: Sequence[Thing], reports: Sequence[Thing]) -> CountedYear:
    none = {subject: Counts((0,) * len(FIGURES[subject]), {}, {}) for subject in Subject}
    counts = none | {
        Subject.CALLED: _counts(Subject.CALLED, called),
        Subject.REPORTS: _counts(Subject.REPORTS, reports),
    }
    return CountedYear(counts, Times(7, 8, 9), 3, None)


def _lies(subject: Subject, figures: YearFigures) -> dict[str, Breakdown]:
    """What whoever reads it knows of the rows: months lie in quarters, principals in kinds."""
    found = {}
    for name in figures.subjects[subject].rows:
        within = {"principal": ("principal_kind", KIND), "month": ("quarter", QUARTER)}.get(name)
        found[name] = Breakdown({}, *within) if within else Breakdown({})
    return found


def _read(attacker: Attacker, period: str, subject: Subject, figures: YearFigures, frozen: FrozenYear) -> None:
    one = figures.subjects[subject]
    attacker.reads(period, Masked(one.whole, one.rows, frozen.patterns[subject]), _lies(subject, figures))


@pytest.mark.parametrize("subject", [Subject.CALLED, Subject.REPORTS])
@settings(max_examples=8, deadline=None)
@given(data=st.data(), dice=st.randoms(use_true_random=False))
def test_nothing_that_reports_hide_can_be_worked_out(subject: Subject, data: st.DataObject, dice: Random) -> None:
    """Two reports with a year in common, and the same year twice: a later version tells the frozen counts again."""
    things = [data.draw(_things(subject)) for _ in range(3)]
    attacker, hidden = Attacker(_tallies(subject)), []
    years = [freeze(_year(*((one, []) if subject is Subject.CALLED else ([], one))), NOW, SMALL) for one in things]
    for report in ((0, 1), (1, 2), (1,)):
        for n in report:
            figures = told(years[n], Edition.PUBLIC)
            _read(attacker, str(n), subject, figures, years[n])
            hidden += _hidden(str(n), subject, figures)
    several = sorted(dict.fromkeys(hidden), key=repr) if attacker.sums else []
    for what in dice.sample(several, min(len(several), TRIED)):
        assert attacker.can_be(*what) >= SMALL, what


def _hidden(period: str, subject: Subject, figures: YearFigures) -> list[tuple[object, ...]]:
    """Each hidden count of a figure that is told by that thing."""
    one = figures.subjects[subject]
    found: list[tuple[object, ...]] = [(period, "whole", n) for n, count in enumerate(one.whole) if count is None]
    for by, rows in one.rows.items():
        found += [
            (period, by, key, n) for key, row in rows.items() for n, count in enumerate(row)
            if count is None and is_told(subject, by, FIGURES[subject][n].name)
        ]  # fmt: skip
    return found


@settings(max_examples=8, deadline=None)
@given(things=_things(Subject.CALLED), dice=st.randoms(use_true_random=False))
def test_the_boards_own_beside_the_public_one_tells_of_principals_alone(things: list[Thing], dice: Random) -> None:
    frozen = freeze(_year(things, []), NOW, SMALL)
    attacker, subject = Attacker(_tallies(Subject.CALLED)), Subject.CALLED
    for edition in Edition:
        _read(attacker, "2026", subject, told(frozen, edition), frozen)
    inside = told(frozen, Edition.BOARD)
    withheld = frozen.patterns[subject].measures  # of which the board is told in all how little there is
    hidden = [one for one in _hidden("2026", subject, inside) if one[-1] not in withheld]
    for what in dice.sample(hidden, min(len(hidden), TRIED) if attacker.sums else 0):
        assert attacker.can_be(*what) >= SMALL, what


@settings(max_examples=200, deadline=None)
@given(things=_things(Subject.REPORTS))
def test_of_categories_too_no_small_number_is_told(things: list[Thing]) -> None:
    """A report names several: each is told or hidden, never one alone, and what is hidden together is not small."""
    counted = _year([], things)
    named = counted.counts[Subject.REPORTS].rows.get("category", {})
    shown = told(freeze(counted, NOW, SMALL), Edition.PUBLIC).categories
    assert shown.keys() == named.keys()
    assert all(count is None or count >= SMALL for count in shown.values())
    hidden = [named[key][0] for key, count in shown.items() if count is None]
    assert len(hidden) != 1 or len(named) == 1
    assert not hidden or sum(hidden) >= SMALL or len(hidden) == len(named)


def test_a_report_is_of_a_year_that_has_begun_and_can_be_counted() -> None:
    assert [year for year in (2020, 2021, 2026, 2027) if there_is(year, 2026)] == [2021, 2026]
    assert ReportYear(2026).id != ReportYear(2026, "Norr").id != ReportYear(2025, "Norr").id


def test_few_meetings_that_nobody_recorded_are_not_told() -> None:
    assert told(freeze(_year([], []), NOW, SMALL), Edition.BOARD).unrecorded is None
    assert told(freeze(_year([], []), NOW, 2), Edition.BOARD).unrecorded == 3
