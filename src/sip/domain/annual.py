"""The yearly report: what of a year a board decides from, in two editions of the same counts (rules, section 14).

The law of this file: a year's counts are frozen once, when the first edition of it is published, with what is hidden of
them; every edition, and next year's comparison, is made of the frozen ones. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sip.domain.figures import FIGURES, Counts, Subject, Times, mentions, patterns_of, place_of, published
from sip.domain.masking import MaskPattern
from sip.domain.worktime import FIRST_YEAR

Count = int | None
"""None: hidden."""
MOST_TEXT = 6000
"""Letters of one text."""
_NAMESPACE = UUID("7a1a0a0e-6c43-5d0e-9d4f-0f4a4a5c2026")


class Edition(StrEnum):
    """For whom: the board's own tells each principal's counts, the public one hides small numbers of them too."""

    BOARD = "board"
    PUBLIC = "public"


class ReportPart(StrEnum):
    """The parts that the board writes in, in the order of the report."""

    SUMMARY = "summary"
    MEETINGS = "meetings"
    ABSENCE = "absence"
    REPORTS = "reports"
    CAUSES = "causes"
    MEASURES = "measures"
    SYSTEMIC = "systemic"
    GOOD = "good"
    SPECIAL = "special"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class ReportYear:
    """Which year, and of which area; "" for the whole county."""

    year: int
    area: str = ""

    @property
    def id(self) -> UUID:
        """Under which its journal stands."""
        return uuid5(_NAMESPACE, f"{self.year}/{self.area}")


@dataclass(frozen=True, slots=True)
class CountedYear:
    """All counts of a year, as they were counted: what is frozen. `unrecorded`: meetings that were to be over and that
    nobody has said how they went; `protected`: protected meetings, of the county alone."""

    counts: Mapping[Subject, Counts]
    times: Times
    unrecorded: int
    protected: int | None


@dataclass(frozen=True, slots=True)
class FrozenYear:
    """A year's counts as they are kept, when they were counted, how many is few, and what is hidden outside."""

    counted: CountedYear
    cut_off: datetime
    small: int
    patterns: Mapping[Subject, MaskPattern]


@dataclass(frozen=True, slots=True)
class SubjectFigures:
    """One subject: in the order of its figures, in all and row by row."""

    whole: tuple[Count, ...]
    rows: Mapping[str, Mapping[str, tuple[Count, ...]]]


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A year as an edition tells it. `categories`: how many reports name each. `cut_off`: when it was counted."""

    cut_off: datetime
    subjects: Mapping[Subject, SubjectFigures]
    categories: Mapping[str, Count]
    times: Times
    unrecorded: Count
    protected: Count

    def part(self, name: str, *, row: tuple[str, str] | None = None) -> tuple[Count, Count]:
        """A figure with what it is told of: of the year, or of one row of a breakdown. Of all there is in a row the
        second is all there is of the year, of all there is of the year nothing.

        Raises KeyError for a figure that there is none of.
        """
        subject = next(subject for subject, figures in FIGURES.items() if any(one.name == name for one in figures))
        n = place_of(subject, name)
        assert n is not None
        found, base = self.subjects[subject], place_of(subject, FIGURES[subject][n].of)
        none: tuple[Count, ...] = (0,) * len(found.whole)
        counts = found.whole if row is None else found.rows.get(row[0], {}).get(row[1], none)
        if base is not None:
            return counts[n], counts[base]
        return counts[n], None if row is None else found.whole[n]


@dataclass(frozen=True, slots=True)
class YearDecision:
    """A question and what a board decided of it in the year; how it stands when it was read. Without an owner there was
    nothing to do."""

    question: str
    decision: str
    grounds: str
    owner: str | None
    decided_on: date
    due_on: date | None
    is_done: bool
    outcome: str | None


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """A report whole, as it is read, made a file of, and frozen. `version`: None until it is published; `principals`:
    names by id, as they were; `texts`: what the board has written; `questions`: how many were put before boards."""

    of: ReportYear
    edition: Edition
    small: int
    now: YearFigures
    before: YearFigures
    principals: Mapping[str, str]
    texts: Mapping[ReportPart, str] = field(default_factory=dict)
    questions: int = 0
    decisions: tuple[YearDecision, ...] = ()
    version: int | None = None
    published_at: datetime | None = None
    published_by: str | None = None


@dataclass(frozen=True, slots=True)
class AnnualTextWritten:
    """The board wrote in a part of a year's report; "" took it away."""

    part: ReportPart
    text: str


@dataclass(frozen=True, slots=True)
class AnnualPublished:
    """An edition was published: its version, and the digest of what it holds."""

    edition: Edition
    version: int
    sha256: str


def there_is(year: int, now_year: int) -> bool:
    """Whether a report can be made of the year."""
    return FIRST_YEAR < year <= now_year


def freeze(counted: CountedYear, cut_off: datetime, small: int) -> FrozenYear:
    """The counts with what of them is hidden outside."""
    return FrozenYear(counted, cut_off, small, patterns_of(counted.counts, small))


def told(frozen: FrozenYear, edition: Edition) -> YearFigures:
    """The year as the edition tells it."""
    counted, small, inside = frozen.counted, frozen.small, edition is Edition.BOARD
    seen = published(counted.counts, small, inside=inside, kept=frozen.patterns)
    called, reports = frozen.patterns[Subject.CALLED].measures, frozen.patterns[Subject.REPORTS].measures
    unheard = place_of(Subject.CALLED, "answered") in called
    unanswered = place_of(Subject.REPORTS, "report_answered") in reports
    named = mentions(counted.counts[Subject.REPORTS], "category", small)
    times = counted.times
    return YearFigures(
        frozen.cut_off,
        {subject: SubjectFigures(one.whole, one.breakdowns) for subject, one in seen.items()},
        {key: row[0] for key, row in named.items()},
        Times(
            None if unheard else times.acknowledged,
            None if unheard else times.answered,
            None if unanswered else times.report_answered,
        ),
        _enough(counted.unrecorded, small),
        None if counted.protected is None else _enough(counted.protected, small),
    )


def _enough(count: int, small: int) -> Count:
    return None if 0 < count < small else count
