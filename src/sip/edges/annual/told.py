"""A yearly report in words: parts with sentences, what the board wrote, and tables. What every file of it is made from.

The law of this file: values alone. A count that is None is hidden. It is what the JSON file holds, so its docstrings
are read by who reads that file's schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from sip.edges.charts import CountOf

FORMAT: Literal[1] = 1

Key = Annotated[str, msgspec.Meta(description="A name for machines, the same in every report.")]
Words = Annotated[str, msgspec.Meta(description="Words for people, in the report's language.")]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One row of a table: the year of the report, and the year before. `count` null is hidden, `of` is what the count
    is a part of (null: of nothing, or hidden)."""

    key: Key
    words: Words
    now: CountOf
    before: CountOf


@dataclass(frozen=True, slots=True)
class ToldTable:
    """A table. `heads` is what its rows are. `chart`: it is drawn as bars, too."""

    key: Key
    title: Words
    heads: Words
    rows: tuple[ToldRow, ...]
    chart: bool = True
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class ToldFact:
    """Something told beside the tables, with its value in words."""

    words: Words
    value: Words


@dataclass(frozen=True, slots=True)
class ToldDecision:
    """A systemic question and what the board decided of it."""

    question: Words
    decision: Words
    owner: Words
    day: Words
    state: Words


@dataclass(frozen=True, slots=True)
class ToldPart:
    """A part of the report. `sentences` are made from the counts, `written` are the board's own paragraphs;
    `note` names what is too little to be shown."""

    key: Key
    heading: Words
    sentences: tuple[Words, ...] = ()
    written: tuple[Words, ...] = ()
    facts: tuple[ToldFact, ...] = ()
    tables: tuple[ToldTable, ...] = ()
    decisions: tuple[ToldDecision, ...] = ()
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """A figure that stands large on the first page, with what is said beneath it."""

    key: Key
    value: Words
    words: Words
    before: Words


@dataclass(frozen=True, slots=True)
class ToldReport:
    """A yearly report of cooperation around SIP meetings: meetings that are over, units that were called to them,
    reports of deviations that were heard, of one year, counted when they closed. `area` is empty for the whole county;
    `edition` is the board's own or the public one; `version` is null until it is published. Counts below `small` are
    hidden, with what would give them away; in the board's own edition not those of principals. `cut_off` is when the
    counts were made."""

    sip_annual_report: Literal[1]
    language: str
    title: Words
    subtitle: Words
    standing: Words
    year: int
    area: str
    edition: str
    version: int | None
    published_at: datetime | None
    cut_off: datetime
    small: int
    highlights: tuple[Highlight, ...]
    parts: tuple[ToldPart, ...]

    def tables(self) -> Sequence[tuple[ToldPart, ToldTable]]:
        """Every table with its part, in their order."""
        return [(part, table) for part in self.parts for table in part.tables]
