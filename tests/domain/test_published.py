"""What the statistics tell, and what of it is published."""

from typing import Any

from sip.domain.figures import FIGURES, Counts, Subject, figure, is_told, mentions, place_of, published, unmasked
from sip.domain.masking import total

CALLED = Subject.CALLED


def row(called: int, no_show: int) -> tuple[int, ...]:
    """All answered in time, none wanted a substitute or was reminded."""
    return (called, called, called, 0, 0, 0, called, no_show)


def counts(**more: Any) -> Counts:
    rows = {
        "principal_kind": {"region": row(60, 12), "municipality": row(43, 6)},
        "principal": {"r": row(60, 12), "al": row(40, 6), "bok": row(3, 0)},
        "month": {"1": row(51, 9), "2": row(52, 9)},
        "area": {"Norr": row(100, 18), "": row(3, 0)},
        **more,
    }
    lies_in = {"r": "region", "al": "municipality", "bok": "municipality"}
    return Counts(total(rows["month"].values()), rows, lies_in)


def test_no_figure_without_its_denominator() -> None:
    for subject, figures in FIGURES.items():
        for n, one in enumerate(figures):
            assert figure(one.name) == (subject, n)
            assert (one.of is None) is (n == 0)
            base = place_of(subject, one.base)
            assert (base is None) is (n == 0) and (base is None or base < n), "a base stands before its parts"


def test_outside_a_small_principal_is_hidden_with_what_would_give_it_away() -> None:
    told = published({CALLED: counts()}, 5, inside=False)[CALLED].breakdowns
    assert told["principal"]["bok"][0] is None
    assert told["principal"]["al"][0] is None, "43 less 40 is 3"
    assert told["principal"]["r"] == row(60, 12), "another kind, whose number is told anyhow"
    assert told["principal_kind"]["municipality"] == row(43, 6)
    assert told["month"]["1"] == (51, 51, 51, None, None, None, 51, 9), "what months tell"


def test_an_area_and_a_principal_give_each_other_away_and_areas_are_not_published() -> None:
    assert "area" not in published({CALLED: counts()}, 5, inside=True)[CALLED].breakdowns
    assert "area" in unmasked(counts()).breakdowns


def test_inside_the_board_reads_each_principal() -> None:
    told = published({CALLED: counts()}, 5, inside=True)[CALLED].breakdowns
    assert told["principal"]["bok"] == row(3, 0)


def test_another_edition_of_the_same_year_hides_what_the_first_hid() -> None:
    first = published({CALLED: counts()}, 5, inside=False)[CALLED]
    again = published({CALLED: counts()}, 2, inside=False, kept={CALLED: first.pattern})[CALLED]
    assert again.breakdowns == first.breakdowns


def test_a_month_tells_what_it_may_and_lies_in_its_quarter() -> None:
    months = {"month": {"1": row(51, 9), "2": row(3, 0), "3": row(20, 6), "4": row(29, 6)}}
    told = published({CALLED: counts(**months)}, 5, inside=False)[CALLED].breakdowns
    assert {key: one[0] for key, one in told["month"].items()} == {"1": 51, "2": None, "3": None, "4": 29}
    assert {key: one[0] for key, one in told["quarter"].items()} == {"1": 74, "2": 29}
    wanted, escalated = (place_of(CALLED, name) for name in ("wanted", "escalated"))
    assert wanted is not None and escalated is not None
    assert all(one[wanted] is None and one[escalated] is None for one in told["month"].values())
    assert not is_told(CALLED, "month", "wanted") and is_told(CALLED, "principal", "wanted")


def test_measures_are_told_in_all_and_with_their_reports_alone() -> None:
    reports = Counts((20, 10, 8, 7, 3, 9), {}, {})
    measures = Counts((12, 6), {"principal": {"al": (12, 6)}}, {"al": "municipality"})
    told = published({Subject.REPORTS: reports, Subject.MEASURES: measures}, 5, inside=False)[Subject.MEASURES]
    assert told.whole == (12, None), "of seven reports with measures three are done, and that is not told"
    assert "principal" not in told.breakdowns
    inside = published({Subject.REPORTS: reports, Subject.MEASURES: measures}, 5, inside=True)[Subject.MEASURES]
    assert inside.whole == (12, 6)


def test_what_is_named_several_times_is_a_table_of_its_own() -> None:
    named = {"routines": (20, 0, 0, 0, 0, 0), "communication": (9, 0, 0, 0, 0, 0), "reception": (1, 0, 0, 0, 0, 0)}
    told = mentions(Counts((22, 0, 0, 0, 0, 0), {"category": named}, {}), "category", 5)
    assert told == {"routines": (20,), "communication": (None,), "reception": (None,)}
    assert mentions(Counts((0, 0, 0, 0, 0, 0), {}, {}), "category", 5) == {}
