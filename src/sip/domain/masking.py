"""What of a table of counts may be published, so that no small number can be worked out (decision 0101).

The law of this file: what is hidden could be dealt out among the hidden rows in any way, and all that is published
would stay as it is. So whoever adds and subtracts learns of a hidden count nothing but that it lies between nothing and
what its hidden rows have together, which is enough or is told. Pure; how many is enough is handed in.

A *breakdown* is one thing by which the same counts are told apart: month, principal, cause. Breakdowns are published
one at a time and never crossed. A coarser one that each row of a finer one lies in (the kind of a principal) is given
as its `within`. A *row* has one count for each measure; each measure but the first is a part of another, its `base`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Row = tuple[int, ...]
DEFAULT_SMALL = 5


class MaskingError(ValueError):
    """Counts that are no table: the rows of a breakdown do not sum to the whole, or a part exceeds what it is of."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of each row: `base` is the number of the measure that it is a part of; None for the first, whose own
    count is all there is."""

    name: str
    base: int | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Counts by one thing. `within` names another breakdown, and `lies_in` says in which row of it each row lies.
    `told`: the measures that are told row by row, with their bases; None: all. What is not told hides nothing; a finer
    breakdown tells no more than its coarser one."""

    rows: Mapping[str, Row]
    within: str | None = None
    lies_in: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class MaskPattern:
    """What is hidden: whole measures by their numbers, and rows of each breakdown. It is kept with what was published
    by it, so that another edition of the same counts hides the same."""

    measures: frozenset[int]
    rows: Mapping[str, frozenset[str]]
    lots: Mapping[str, tuple[frozenset[str], ...]]
    """The same rows, in the lots that are hidden together: what a lot has together can be worked out."""
    opened: frozenset[str] = frozenset()
    """Breakdowns of an inside edition that are told whole, and with them what there is in all."""


@dataclass(frozen=True, slots=True)
class Masked:
    """What is published: None is hidden. `whole` is the row of all."""

    whole: tuple[int | None, ...]
    breakdowns: Mapping[str, Mapping[str, tuple[int | None, ...]]]
    pattern: MaskPattern


def mask(
    measures: tuple[Tally, ...], whole: Row, breakdowns: Mapping[str, Breakdown], small: int = DEFAULT_SMALL
) -> Masked:
    """The counts of one period, masked. The same counts give the same pattern.

    Raises MaskingError for counts that do not sum up.
    """
    _check(measures, whole, breakdowns)
    hidden = frozenset(n for n, one in enumerate(measures) if _withheld(one, n, whole, small))
    hidden = _with_parts(measures, hidden)
    shown = tuple(n for n in range(len(measures)) if n not in hidden)
    lots: dict[str, tuple[frozenset[str], ...]] = {}
    for name in _coarse_first(breakdowns):
        told = breakdowns[name].told
        seen = shown if told is None else tuple(n for n in shown if n in told)
        lots[name] = _lots(name, breakdowns, lots, _Sight(measures, seen, small))
    rows = {name: frozenset[str]().union(*found) for name, found in lots.items()}
    return by_pattern(measures, whole, breakdowns, MaskPattern(hidden, rows, lots))


def by_pattern(
    measures: tuple[Tally, ...], whole: Row, breakdowns: Mapping[str, Breakdown], pattern: MaskPattern
) -> Masked:
    """The counts as this pattern lets them be seen. A hidden lot that has nothing of a measure is told to have none."""
    told = {
        name: _told(
            measures, one.rows, pattern.lots.get(name, ()),
            frozenset() if name in pattern.opened else pattern.measures | _untold(measures, one),
        )
        for name, one in breakdowns.items()
    }  # fmt: skip
    withheld = frozenset() if pattern.opened else pattern.measures
    return Masked(_seen(measures, whole, withheld, None), told, pattern)


def open_breakdowns(pattern: MaskPattern, *names: str) -> MaskPattern:
    """The same, with these breakdowns told row by row, small ones too: the inside edition. A breakdown is told with
    what it lies within, which it gives away."""
    lots = {name: () if name in names else found for name, found in pattern.lots.items()}
    rows = {name: frozenset[str]().union(*found) for name, found in lots.items()}
    return MaskPattern(pattern.measures, rows, lots, pattern.opened | frozenset(names))


@dataclass(frozen=True, slots=True)
class _Sight:
    """What can be seen at all, and what is small."""

    measures: tuple[Tally, ...]
    shown: tuple[int, ...]
    small: int

    def safe(self, row: Row) -> bool:
        """Neither a count nor what it leaves of its base is small; nothing at all is no small number."""
        return all(self._enough(row[n]) and self._enough(self._rest(n, row)) for n in self.shown)

    def _enough(self, count: int) -> bool:
        return count == 0 or count >= self.small

    def _rest(self, n: int, row: Row) -> int:
        base = self.measures[n].base
        return 0 if base is None else row[base] - row[n]


def _withheld(measure: Tally, n: int, whole: Row, small: int) -> bool:
    """Whether a measure is not shown at all: it is small in all, or leaves little of its base. Of a base that is small
    itself twice over nothing, and all of it, are not shown either: else hiding would tell that it is neither."""
    if measure.base is None:
        return whole[n] < small
    base, count = whole[measure.base], whole[n]
    least = 0 if base < 2 * small else 1
    return least <= count < small or least <= base - count < small


def _untold(measures: tuple[Tally, ...], one: Breakdown) -> frozenset[int]:
    """The measures that this breakdown does not tell."""
    return frozenset() if one.told is None else frozenset(range(len(measures))) - one.told


def _with_parts(measures: tuple[Tally, ...], hidden: frozenset[int]) -> frozenset[int]:
    """What is a part of a hidden measure is hidden too."""
    found = set(hidden)
    for n, one in enumerate(measures):  # a base stands before its parts
        if one.base in found:
            found.add(n)
    return frozenset(found)


def _lots(
    name: str, breakdowns: Mapping[str, Breakdown], done: Mapping[str, tuple[frozenset[str], ...]], sight: _Sight
) -> tuple[frozenset[str], ...]:
    """The lots of this breakdown: of each row of what it lies within, and of each lot of that."""
    one = breakdowns[name]
    if one.within is None:
        return _hide(one.rows, sight)
    above = done[one.within]
    hidden = frozenset[str]().union(*above)
    found = [frozenset(row for row in one.rows if one.lies_in[row] in lot) for lot in above]
    for coarse in breakdowns[one.within].rows:
        if coarse not in hidden:
            found += _hide({row: counts for row, counts in one.rows.items() if one.lies_in[row] == coarse}, sight)
    return tuple(lot for lot in found if lot)


def _hide(rows: Mapping[str, Row], sight: _Sight) -> tuple[frozenset[str], ...]:
    """The rows that are hidden together: the small ones, and the smallest others until what they have together is not
    small and they are two at least. All of them are, at the end, as safe as the whole."""
    hidden = {name for name, row in rows.items() if not sight.safe(row)}
    if not hidden:
        return ()
    others = sorted((name for name in rows if name not in hidden), key=lambda name: (rows[name], name))
    while others and (len(hidden) < 2 or not sight.safe(total(rows[name] for name in hidden))):
        hidden.add(others.pop(0))
    return (frozenset(hidden),)


def total(rows: Iterable[Row]) -> Row:
    """The rows added up, measure by measure."""
    return tuple(map(sum, zip(*rows, strict=True)))


def _told(
    measures: tuple[Tally, ...], rows: Mapping[str, Row], lots: Iterable[frozenset[str]], withheld: frozenset[int]
) -> dict[str, tuple[int | None, ...]]:
    together = {row: total(rows[name] for name in lot) for lot in lots for row in lot}
    return {name: _seen(measures, row, withheld, together.get(name)) for name, row in rows.items()}


def _seen(measures: tuple[Tally, ...], row: Row, withheld: frozenset[int], lot: Row | None) -> tuple[int | None, ...]:
    """A part of what is told to be nothing is nothing, which needs no telling."""
    told: list[int | None] = []
    for n, count in enumerate(row):
        base = measures[n].base
        hidden = n in withheld or (lot is not None and lot[n] > 0)
        told.append(None if hidden and not (base is not None and told[base] == 0) else count)
    return tuple(told)


def _coarse_first(breakdowns: Mapping[str, Breakdown]) -> list[str]:
    return sorted(breakdowns, key=lambda name: (breakdowns[name].within is not None, name))


def _check(measures: tuple[Tally, ...], whole: Row, breakdowns: Mapping[str, Breakdown]) -> None:
    for name, one in breakdowns.items():
        if one.rows and total(one.rows.values()) != whole:
            raise MaskingError(f"{name}: the rows do not sum to the whole")
        if one.within is not None and breakdowns[one.within].within is not None:
            raise MaskingError(f"{name}: lies within a breakdown that lies within another")
        if one.told is not None and any(measures[n].base not in (None, *one.told) for n in one.told):
            raise MaskingError(f"{name}: tells a part and not what it is of")
    for row in (whole, *(row for one in breakdowns.values() for row in one.rows.values())):
        for n, measure in enumerate(measures):
            if measure.base is not None and not (measure.base < n and 0 <= row[n] <= row[measure.base]):
                raise MaskingError(f"{measure.name}: a part exceeds what it is of")
