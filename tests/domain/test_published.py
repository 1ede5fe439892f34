"""What the statistics tell, and what of it is published."""

from typing import Any

from sip.domain.figures import FIGURES, Counts, Subject, figure, mentions, place_of, published, unmasked
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
    told = published(CALLED, counts(), 5, inside=False).breakdowns
    assert told["principal"]["bok"][0] is None
    assert told["principal"]["al"][0] is None, "43 less 40 is 3"
    assert told["principal"]["r"] == row(60, 12), "another kind, whose number is told anyhow"
    assert told["principal_kind"]["municipality"] == row(43, 6)
    assert told["month"]["1"] == row(51, 9)


def test_an_area_and_a_principal_give_each_other_away_and_areas_are_not_published() -> None:
    assert "area" not in published(CALLED, counts(), 5, inside=True).breakdowns
    assert "area" in unmasked(counts()).breakdowns


def test_inside_the_board_reads_each_principal() -> None:
    told = published(CALLED, counts(), 5, inside=True).breakdowns
    assert told["principal"]["bok"] == row(3, 0)


def test_another_edition_of_the_same_year_hides_what_the_first_hid() -> None:
    first = published(CALLED, counts(), 5, inside=False)
    again = published(CALLED, counts(), 2, inside=False, kept=first.pattern)
    assert again.breakdowns == first.breakdowns


def test_what_is_named_several_times_is_a_table_of_its_own() -> None:
    named = {"routines": (20, 0, 0, 0, 0), "communication": (9, 0, 0, 0, 0), "reception": (1, 0, 0, 0, 0)}
    told = mentions(Counts((22, 0, 0, 0, 0), {"category": named}, {}), "category", 5)
    assert told == {"routines": (20,), "communication": (None,), "reception": (None,)}
    assert mentions(Counts((0, 0, 0, 0, 0), {}, {}), "category", 5) == {}
