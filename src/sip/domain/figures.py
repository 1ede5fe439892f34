"""What the statistics tell: which counts, of what they are a part, and by what they are told apart.

The law of this file: no figure without its denominator. Each measure names the measure that it is told of; for masking
it also has the nearest measure that it is a part of (`sip.domain.masking`). Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sip.domain.masking import Breakdown, Masked, MaskPattern, Row, Tally, by_pattern, mask, open_breakdowns, total


class Subject(StrEnum):
    """What is counted."""

    MEETINGS = "meetings"
    CALLED = "called"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Figure:
    """One count: `of` is what it is told of, `base` the nearest that it is a part of; None for all there is."""

    name: str
    of: str | None = None
    base: str | None = None


FIGURES: Mapping[Subject, tuple[Figure, ...]] = {
    Subject.MEETINGS: (
        Figure("over"), Figure("cancelled", "over", "over"), Figure("held", "over", "over"),
        Figure("moved", "over", "over"), Figure("special", "over", "over"),
    ),
    Subject.CALLED: (
        Figure("called"), Figure("answered", "called", "called"), Figure("in_time", "called", "answered"),
        Figure("wanted", "called", "called"), Figure("found", "wanted", "wanted"),
        Figure("escalated", "called", "called"), Figure("bound", "called", "called"),
        Figure("no_show", "bound", "bound"),
    ),
    Subject.REPORTS: (
        Figure("reports"), Figure("report_answered", "reports", "reports"),
        Figure("report_in_time", "reports", "report_answered"), Figure("measured", "reports", "reports"),
        Figure("measures_done", "measured", "measured"),
    ),
}  # fmt: skip
"""`measures_done`: of the reports with measures, those of which every measure was done."""

WITHIN: Mapping[str, str] = {"principal": "principal_kind"}
"""A breakdown whose rows each lie in one row of another."""
CROSSED = frozenset({"area"})
"""Told to who may see each meeting, never masked: an area and a principal give each other away."""


@dataclass(frozen=True, slots=True)
class Counts:
    """One subject in one year: in the order of its figures. `lies_in`: the kind of each principal."""

    whole: Row
    rows: Mapping[str, Mapping[str, Row]]
    lies_in: Mapping[str, str]


def figure(name: str) -> tuple[Subject, int]:
    """Where the figure of this name stands. Raises KeyError for none."""
    for subject, figures in FIGURES.items():
        for n, one in enumerate(figures):
            if one.name == name:
                return subject, n
    raise KeyError(name)


def place_of(subject: Subject, name: str | None) -> int | None:
    """The number of a figure among those of its subject."""
    return None if name is None else [one.name for one in FIGURES[subject]].index(name)


def published(subject: Subject, counts: Counts, small: int, *, inside: bool, kept: MaskPattern | None = None) -> Masked:
    """A year's counts as they may be seen outside, or in the board's own edition; `kept`: hidden as it was before."""
    measures = tuple(Tally(one.name, place_of(subject, one.base)) for one in FIGURES[subject])
    breakdowns = _breakdowns(counts, CROSSED)
    found = mask(measures, counts.whole, breakdowns, small) if kept is None else None
    pattern = kept if found is None else found.pattern
    assert pattern is not None
    if inside:
        pattern = open_breakdowns(pattern, *(name for name in ("principal", "principal_kind") if name in breakdowns))
    return by_pattern(measures, counts.whole, breakdowns, pattern)


def unmasked(counts: Counts) -> Masked:
    """Every count, for who may see each meeting."""
    return Masked(counts.whole, dict(counts.rows), MaskPattern(frozenset(), {}, {}))


def _breakdowns(counts: Counts, without: frozenset[str]) -> dict[str, Breakdown]:
    """Those whose rows sum to the whole: what is counted several times is a table of its own."""
    found = {}
    for name, rows in counts.rows.items():
        if name in without or (rows and total(rows.values()) != counts.whole):
            continue
        within = WITHIN.get(name)
        found[name] = Breakdown(rows, within, counts.lies_in) if within else Breakdown(rows)
    return found


def mentions(counts: Counts, name: str, small: int) -> Mapping[str, tuple[int | None, ...]]:
    """A breakdown in which a thing counts several times, masked by itself: how often each was named, and no more."""
    rows = {key: row[:1] for key, row in counts.rows.get(name, {}).items()}
    if not rows:
        return {}
    return mask((Tally(name, None),), total(rows.values()), {name: Breakdown(rows)}, small).breakdowns[name]
