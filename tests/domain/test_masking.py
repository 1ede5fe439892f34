"""What of a table of counts may be published: attacked with linear programming over all that is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from sip.domain.masking import Breakdown, Masked, MaskingError, Tally, by_pattern, mask, open_breakdowns, total

MEASURES = (
    Tally("called", None), Tally("answered", 0), Tally("in_time", 1), Tally("wanted", 0), Tally("found", 3),
    Tally("no_show", 0),
)  # fmt: skip
SMALL = 5
TRIED = 25
"""Hidden counts of each example that are attacked, drawn by lot; all of them take minutes."""
KIND = {"Region": "region", "Al": "municipality", "Bok": "municipality", "Ek": "municipality", "Skola": "other"}
Thing = tuple[str, str, str, tuple[int, ...]]
"""One call: its principal, month and unit kind, and whether each measure counts it."""


@dataclass
class Attacker:
    """Whoever has read it all: each count is a number not below nothing, and what was told binds it. HiGHS, by SciPy,
    says how low and how high a hidden one can be."""

    measures: Sequence[Tally] = MEASURES
    numbers: dict[Any, int] = field(default_factory=dict)
    sums: list[tuple[dict[int, int], float]] = field(default_factory=list)
    parts: list[dict[int, int]] = field(default_factory=list)

    def number(self, *what: object) -> int:
        return self.numbers.setdefault(what, len(self.numbers))

    def reads(self, period: str, published: Masked, breakdowns: Mapping[str, Breakdown]) -> None:
        """Another edition says the same names for the same counts."""
        self._row((period, "whole"), published.whole)
        for name, rows in published.breakdowns.items():
            for row, told in rows.items():
                self._row((period, name, row), told)
            if rows:
                self._adds((period, "whole"), [(period, name, row) for row in rows])
            within = breakdowns[name].within
            for coarse in published.breakdowns[within] if within else ():
                fine = [row for row in rows if breakdowns[name].lies_in[row] == coarse]
                self._adds((period, within, coarse), [(period, name, row) for row in fine])

    def adds(self, n: int, rows: Sequence[tuple[Any, ...]], told: int | None) -> None:
        """A count was told of these rows together, which nobody told apart."""
        for row in rows:
            if (base := self.measures[n].base) is not None:
                self.parts.append({self.number(*row, n): 1, self.number(*row, base): -1})
        if told is not None:
            self.sums.append(({self.number(*row, n): 1 for row in rows}, told))

    def _row(self, where: tuple[Any, ...], told: Sequence[int | None]) -> None:
        for n, count in enumerate(told):
            at = self.number(*where, n)
            if count is not None:
                self.sums.append(({at: 1}, count))
            if (base := self.measures[n].base) is not None:
                self.parts.append({at: 1, self.number(*where, base): -1})

    def _adds(self, whole: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> None:
        for n in range(len(self.measures)):
            line = {self.number(*row, n): 1 for row in rows}
            self.sums.append(({**line, self.number(*whole, n): -1}, 0))

    def can_be(self, *what: object) -> float:
        """How many values this count can have."""
        low, high = self._least(what, 1), self._least(what, -1)
        return float("inf") if high is None or low is None else round(-high) - round(low) + 1

    @cached_property
    def _bounds(self) -> dict[str, Any]:
        return {
            "A_eq": self._matrix([line for line, _ in self.sums]), "b_eq": [told for _, told in self.sums],
            "A_ub": self._matrix(self.parts), "b_ub": [0.0] * len(self.parts),
        }  # fmt: skip

    def _least(self, what: tuple[object, ...], sign: int) -> float | None:
        aim = [0.0] * len(self.numbers)
        aim[self.number(*what)] = sign
        found = linprog(aim, **self._bounds, method="highs")
        assert found.status in (0, 3), found.message
        return None if found.status == 3 else float(found.fun)

    def _matrix(self, lines: Sequence[Mapping[int, int]]) -> Any:
        cells = [(n, at, value) for n, line in enumerate(lines) for at, value in line.items()]
        at_row, at_column, values = zip(*cells, strict=True)
        return csr_array((values, (at_row, at_column)), shape=(len(lines), len(self.numbers)), dtype=float)


def _counts(things: Sequence[Thing], place: int, rows: Sequence[str]) -> dict[str, tuple[int, ...]]:
    nothing = (0,) * len(MEASURES)
    return {row: total([nothing, *(one[3] for one in things if one[place] == row)]) for row in rows}


def _breakdowns(things: Sequence[Thing]) -> dict[str, Breakdown]:
    kinds = [(KIND[one[0]], *one[1:]) for one in things]
    return {
        "kind": Breakdown(_counts(kinds, 0, ("region", "municipality", "other"))),
        "principal": Breakdown(_counts(things, 0, tuple(KIND)), "kind", KIND),
        "month": Breakdown(_counts(things, 1, ("jan", "feb", "mar", "apr"))),
        "unit kind": Breakdown(_counts(things, 2, ("board", "private", "school"))),
    }


def _whole(things: Sequence[Thing]) -> tuple[int, ...]:
    return total([(0,) * len(MEASURES), *(one[3] for one in things)])


def _thing(draw: tuple[str, str, str, list[bool]]) -> Thing:
    principal, month, kind, said = draw
    row: list[int] = []
    for one, yes in zip(MEASURES, said, strict=True):
        row.append(1 if one.base is None else int(yes) * row[one.base])
    return principal, month, kind, tuple(row)


# Uneven on purpose: some rows have much and some next to nothing.
_UNEVEN = st.sampled_from(("Region",) * 9 + ("Al",) * 6 + ("Bok",) * 2 + ("Ek", "Skola"))
_MONTHS = st.sampled_from(("jan",) * 5 + ("feb",) * 3 + ("mar", "mar", "apr"))
_KINDS = st.sampled_from(("board",) * 7 + ("private", "school"))
THINGS = st.lists(
    st.tuples(_UNEVEN, _MONTHS, _KINDS, st.lists(st.booleans(), min_size=6, max_size=6)).map(_thing), max_size=120
)


def _hidden(period: str, published: Masked) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = [(period, "whole", n) for n, count in enumerate(published.whole) if count is None]
    for name, rows in published.breakdowns.items():
        found += [(period, name, row, n) for row, told in rows.items() for n, count in enumerate(told) if count is None]
    return found


@settings(max_examples=15, deadline=None)
@given(THINGS, THINGS, st.randoms(use_true_random=False))
def test_nobody_who_adds_and_subtracts_pins_a_hidden_count(one: list[Thing], other: list[Thing], dice: Random) -> None:
    """Two yearly reports with a year in common, and the same year's again: each hidden count can be five at least."""
    attacker, hidden = Attacker(), []
    for edition in (("2025", "2026"), ("2026", "2027"), ("2026",)):
        for period in edition:
            things = {"2025": one, "2026": other, "2027": [*one, *other][::2]}[period]
            breakdowns = _breakdowns(things)
            published = mask(MEASURES, _whole(things), breakdowns, SMALL)
            attacker.reads(period, published, breakdowns)
            hidden += _hidden(period, published)
    several = sorted(dict.fromkeys(hidden), key=repr)
    for what in dice.sample(several, min(len(several), TRIED)):
        assert attacker.can_be(*what) >= SMALL, what


@settings(max_examples=300, deadline=None)
@given(THINGS)
def test_no_small_number_is_told_nor_what_is_left_of_its_base(things: list[Thing]) -> None:
    published = mask(MEASURES, _whole(things), _breakdowns(things), SMALL)
    for told in (published.whole, *(row for rows in published.breakdowns.values() for row in rows.values())):
        for n, count in enumerate(told):
            assert count is None or count == 0 or count >= SMALL
            base = MEASURES[n].base
            if count is not None and base is not None and (of := told[base]) is not None:
                assert of - count == 0 or of - count >= SMALL


def test_the_inside_edition_shows_a_principal_s_counts_and_the_rest_stays_hidden() -> None:
    """Who has both editions learns of the principals what the inside one tells, and of months and kinds nothing."""
    things = [
        _thing((principal, month, kind, [True, yes, yes, False, False, not yes]))
        for principal, month, kind, many in (
            ("Region", "jan", "board", 20), ("Al", "jan", "board", 9), ("Bok", "feb", "private", 7),
            ("Ek", "feb", "school", 2), ("Region", "mar", "private", 3), ("Al", "apr", "board", 6),
        )
        for yes in [n % 2 == 0 for n in range(many)]
    ]  # fmt: skip
    breakdowns = _breakdowns(things)
    published = mask(MEASURES, _whole(things), breakdowns, SMALL)
    assert published.pattern.rows["principal"] and published.pattern.rows["month"]
    inside = open_breakdowns(published.pattern, "kind", "principal")
    told = by_pattern(MEASURES, _whole(things), breakdowns, inside)
    assert told.breakdowns["principal"]["Ek"][0] == 2
    attacker = Attacker()
    attacker.reads("2026", published, breakdowns)
    attacker.reads("2026", told, breakdowns)
    for what in _hidden("2026", told):
        if what[-1] not in published.pattern.measures:  # of which the inside edition tells that there is little in all
            assert attacker.can_be(*what) >= SMALL, what


def test_a_lone_small_row_takes_another_with_it() -> None:
    one = (Tally("reports", None),)
    rows = {"a": (40,), "b": (3,), "c": (12,)}
    told = mask(one, (55,), {"cause": Breakdown(rows)}).breakdowns["cause"]
    assert told == {"a": (40,), "b": (None,), "c": (None,)}


def test_little_in_all_is_not_told_at_all_and_neither_is_nothing() -> None:
    one = (Tally("reports", None),)
    for count in range(SMALL):
        assert mask(one, (count,), {"cause": Breakdown({"a": (count,), "b": (0,)})}).whole == (None,)


def test_that_all_of_many_were_bound_is_told_and_what_is_a_part_of_it() -> None:
    measures = (Tally("called", None), Tally("bound", 0), Tally("no_show", 1), Tally("wanted", 0))
    assert mask(measures, (350, 350, 78, 0), {}).whole == (350, 350, 78, 0)
    assert mask(measures, (350, 350, 3, 347), {}).whole == (350, 350, None, None)
    assert mask(measures, (9, 9, 5, 0), {}).whole == (9, None, None, None), "of nine, all and none hide nothing else"


def test_how_many_is_small_is_the_installations_to_say() -> None:
    rows = {"a": (40,), "b": (3,), "c": (12,)}
    assert mask((Tally("reports", None),), (55,), {"cause": Breakdown(rows)}, 3).pattern.rows["cause"] == frozenset()


@pytest.mark.parametrize(
    ("whole", "rows"), [((7,), {"a": (3,), "b": (3,)}), ((7, 8), {"a": (7, 8)})], ids=["does not sum", "part exceeds"]
)
def test_counts_that_are_no_table_are_refused(whole: tuple[int, ...], rows: dict[str, tuple[int, ...]]) -> None:
    measures = (Tally("called", None), Tally("answered", 0))[: len(whole)]
    with pytest.raises(MaskingError):
        mask(measures, whole, {"month": Breakdown(rows)})
