"""The statistics of a year beside the year before, as whoever reads them may have them.

The law of this file: who may see each meeting of her scope has every count of it. A board member, who may not, has the
county as the board's own edition tells it, and nothing narrower: her own part beside the county's would tell what there
is of another (decisions 0101 and 0144).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.annual import Edition, FrozenYear, ReportYear, YearFigures, told
from sip.domain.figures import Subject, Times, unmasked
from sip.domain.masking import Masked
from sip.store.db import Database, beyond
from sip.store.seen import counted, figures
from sip.store.seen.counted import CountedQuery, CountedRow
from sip.store.seen.scope import Scope, ScopeKind
from sip.usecases.access import Act, require_role, scope_of
from sip.usecases.actor import Actor
from sip.usecases.annual import counted_years
from sip.usecases.problems import NotFoundError
from sip.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class YearRead:
    """One year: its counts by subject, how often each category was named, and the times of called units."""

    counts: Mapping[Subject, Masked]
    categories: Mapping[str, tuple[int | None, ...]]
    times: Times


@dataclass(frozen=True, slots=True)
class StatisticsRead:
    """The year and the one before. `masked`: small numbers are hidden. `principals`: their names. `protected`: how many
    protected meetings there were in both years, besides all of these, for whoever reads of everything, and a board
    member; None: hidden.
    """

    year: int
    now: YearRead
    before: YearRead
    masked: bool
    principals: Mapping[UUID, str]
    protected: tuple[int | None, int | None] | None
    halves: Mapping[int, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    """How long half took, by year, breakdown and row: of the time that was asked for, where nothing is masked."""


@dataclass(frozen=True, slots=True)
class CountedRead:
    """How many a figure counts, and one page of them; None: that is not told. `principals`: their names."""

    count: int | None
    rows: Sequence[CountedRow]
    principals: Mapping[UUID, str]


async def page(
    db: Database, year: int, *, actor: Actor, now: datetime, small: int, time: str | None = None
) -> StatisticsRead:
    """The figures within the actor's scope, or as the board's own edition has them; `time`: a field of `Times`, to be
    told by what the counts are told by. Raises ForbiddenError for a role that reads none.
    """
    require_role(actor, Act.READ_STATISTICS)
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "statistics", str(year))
        if scope_of(actor).board:
            return await _of_the_county(conn, year, now, small)
        found = await _of_the_scope(conn, year, scope_of(actor))
        if time is None:
            return found
        return replace(found, halves=await counted.halves(conn, scope_of(actor), time, (year - 1, year)))


async def rows(db: Database, query: CountedQuery, *, actor: Actor, now: datetime) -> CountedRead:
    """What a figure was counted from; for a board member, whose figures are masked, nothing. Raises NotFoundError for a
    breakdown that there is none of, and ForbiddenError.
    """
    require_role(actor, Act.READ_STATISTICS)
    if not counted.can_be_asked(query):
        raise NotFoundError("statistics")
    scope = scope_of(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "statistics", str(query.year))
        names = await figures.principals(conn)
        count, found = (None, []) if scope.board else await counted.rows(conn, scope, query)
        return CountedRead(count, found, names)


async def _of_the_county(conn: AsyncConnection, year: int, now: datetime, small: int) -> StatisticsRead:
    async with beyond(conn):  # a board spans principals; what is told of the county is masked
        both = await counted_years(conn, ReportYear(year), now, small)
        names = await figures.principals(conn)
    this, before = (told(one, Edition.BOARD) for one in both)
    now_read, before_read = (_as_told(one, seen) for one, seen in zip(both, (this, before), strict=True))
    return StatisticsRead(year, now_read, before_read, True, names, (this.protected, before.protected))


def _as_told(frozen: FrozenYear, seen: YearFigures) -> YearRead:
    counts = {one: Masked(its.whole, its.rows, frozen.patterns[one]) for one, its in seen.subjects.items()}
    return YearRead(counts, {key: (count,) for key, count in seen.categories.items()}, seen.times)


async def _of_the_scope(conn: AsyncConnection, year: int, scope: Scope) -> StatisticsRead:
    years = (year - 1, year)
    found = {subject: await figures.counts(conn, scope, subject, years) for subject in Subject}
    times = {one: await figures.times(conn, scope, one, 0) for one in years}
    names = await figures.principals(conn)
    hidden = None
    if scope.kind is ScopeKind.EVERYTHING:
        async with beyond(conn):  # a total of all, and nothing of any
            there = await figures.protected(conn, years)
            hidden = there[year], there[year - 1]

    def read(one: int) -> YearRead:
        counts = {subject: by_year[one] for subject, by_year in found.items()}
        every = {subject: unmasked(its) for subject, its in counts.items()}
        return YearRead(every, counts[Subject.REPORTS].rows["category"], times[one])

    return StatisticsRead(year, read(year), read(year - 1), False, names, hidden)
