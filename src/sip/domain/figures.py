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
    MEASURES = "measures"
    GOOD = "good"


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
        Figure("measures_done", "measured", "measured"), Figure("report_closed", "reports", "reports"),
    ),
    Subject.MEASURES: (Figure("measures"), Figure("measure_done", "measures", "measures")),
    Subject.GOOD: (Figure("good"),),
}  # fmt: skip
"""`measures_done`: of the reports with measures, those of which every measure was done; `measure_done` counts the
measures themselves."""

WITHIN: Mapping[str, str] = {"principal": "principal_kind", "month": "quarter"}
"""A breakdown whose rows each lie in one row of another."""
QUARTER: Mapping[str, str] = {str(month): str((month + 2) // 3) for month in range(1, 13)}
"""The quarter of each month."""
_OF_TIME = frozenset({"called", "answered", "in_time", "bound", "no_show"})
TOLD_BY: Mapping[tuple[Subject, str], frozenset[str]] = {
    **dict.fromkeys(
        ((Subject.MEETINGS, by) for by in ("month", "quarter", "kind", "form")), frozenset({"over", "held"})
    ),
    **dict.fromkeys(((Subject.CALLED, by) for by in ("month", "quarter")), _OF_TIME),
    (Subject.CALLED, "rung"): frozenset({"called"}),
    **dict.fromkeys(((Subject.REPORTS, by) for by in ("month", "quarter", "cause")), frozenset({"reports"})),
}
"""What is told by this thing where small numbers are masked; where nothing stands, every figure. Each figure that is
told row by row hides rows of its own, and with them the others."""
CROSSED = frozenset({"area", "escalation"})
"""Told to who may see each meeting, never masked: an area and a principal give each other away, and so do the steps
that went and the furthest of them."""
TIED: Mapping[str, str] = {"measures": "measured", "measure_done": "measures_done"}
"""Measures are told in all alone, and each count of them only where that of their reports is: one of nothing, or of
all, tells the other."""


@dataclass(frozen=True, slots=True)
class Times:
    """Half of the called units acknowledged, and answered, within so many minutes of office time, and half of the
    reports were answered within so many calendar days; None: none was, or too few to tell."""

    acknowledged: int | None
    answered: int | None
    report_answered: int | None


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


def published(
    counts: Mapping[Subject, Counts], small: int, *, inside: bool, kept: Mapping[Subject, MaskPattern] | None = None
) -> dict[Subject, Masked]:
    """A year's counts as they may be seen outside, or in the board's own edition; `kept`: hidden as it was before."""
    patterns = patterns_of(counts, small) if kept is None else kept
    return {subject: _seen(subject, its, patterns[subject], inside=inside) for subject, its in counts.items()}


def patterns_of(counts: Mapping[Subject, Counts], small: int) -> dict[Subject, MaskPattern]:
    """What of a year is hidden outside, worked out from its counts."""
    found = {
        subject: mask(_tallies(subject), its.whole, _breakdowns(subject, its), small).pattern
        for subject, its in counts.items()
    }
    if Subject.MEASURES in found and Subject.REPORTS in found:
        hidden = {FIGURES[Subject.REPORTS][n].name for n in found[Subject.REPORTS].measures}
        tied = {n for n, one in enumerate(FIGURES[Subject.MEASURES]) if TIED[one.name] in hidden}
        pattern = found[Subject.MEASURES]
        found[Subject.MEASURES] = MaskPattern(pattern.measures | tied, pattern.rows, pattern.lots)
    return found


def _seen(subject: Subject, counts: Counts, pattern: MaskPattern, *, inside: bool) -> Masked:
    breakdowns = _breakdowns(subject, counts)
    if inside:
        pattern = open_breakdowns(pattern, "principal", "principal_kind")
    return by_pattern(_tallies(subject), counts.whole, breakdowns, pattern)


def _tallies(subject: Subject) -> tuple[Tally, ...]:
    return tuple(Tally(one.name, place_of(subject, one.base)) for one in FIGURES[subject])


def unmasked(counts: Counts) -> Masked:
    """Every count, for who may see each meeting."""
    return Masked(counts.whole, dict(counts.rows), MaskPattern(frozenset(), {}, {}))


def _breakdowns(subject: Subject, counts: Counts) -> dict[str, Breakdown]:
    """Those whose rows sum to the whole: what is counted several times is a table of its own."""
    found: dict[str, Breakdown] = {}
    for name, rows in {**counts.rows, "quarter": _quarters(counts)}.items():
        if subject is Subject.MEASURES or name in CROSSED or (rows and total(rows.values()) != counts.whole):
            continue
        within = WITHIN.get(name)
        lies_in = QUARTER if name == "month" else counts.lies_in
        found[name] = Breakdown(rows, within, lies_in if within else {}, _told_by(subject, name))
    return found


def _quarters(counts: Counts) -> dict[str, Row]:
    """The months added up."""
    months = counts.rows.get("month", {})
    return {
        quarter: total(row for month, row in months.items() if QUARTER[month] == quarter)
        for quarter in sorted({QUARTER[month] for month in months})
    }


def is_told(subject: Subject, by: str, name: str) -> bool:
    """Whether this figure is told by that thing where small numbers are masked."""
    return name in TOLD_BY.get((subject, by), (name,))


def _told_by(subject: Subject, by: str) -> frozenset[int] | None:
    names = TOLD_BY.get((subject, by))
    return None if names is None else frozenset(n for n, one in enumerate(FIGURES[subject]) if one.name in names)


def mentions(counts: Counts, name: str, small: int) -> Mapping[str, tuple[int | None, ...]]:
    """A breakdown in which a thing counts several times, masked by itself: how often each was named, and no more."""
    rows = {key: row[:1] for key, row in counts.rows.get(name, {}).items()}
    if not rows:
        return {}
    return mask((Tally(name, None),), total(rows.values()), {name: Breakdown(rows)}, small).breakdowns[name]
