"""The statistics of a year beside the year before, as whoever reads them may have them.

The law of this file: who may see each meeting of her scope has every count of it; a board member, who may not, has the
board's own edition, in which small numbers are masked but for the principals' (decision 0101).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sip.domain.figures import Subject, Times, mentions, published, unmasked
from sip.domain.masking import Masked
from sip.store.db import Database, beyond
from sip.store.seen import figures
from sip.store.seen.scope import ScopeKind
from sip.usecases.access import Act, require_role, scope_of
from sip.usecases.actor import Actor
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
    protected meetings there were in both years, besides all of these, for whoever reads of everything; None: hidden.
    """

    year: int
    now: YearRead
    before: YearRead
    masked: bool
    principals: Mapping[UUID, str]
    protected: tuple[int | None, int | None] | None


async def page(db: Database, year: int, *, actor: Actor, now: datetime, small: int) -> StatisticsRead:
    """The figures within the actor's scope. Raises ForbiddenError for a role that reads none."""
    require_role(actor, Act.READ_STATISTICS)
    scope, years = scope_of(actor), (year - 1, year)
    least = small if scope.board else 0
    async with recorded(db, actor, now) as (conn, log):
        log.note("read", "statistics", str(year))
        found = {subject: await figures.counts(conn, scope, subject, years) for subject in Subject}
        times = {one: await figures.times(conn, scope, one, least) for one in years}
        names = await figures.principals(conn)
        hidden = None
        if scope.kind is ScopeKind.EVERYTHING:
            async with beyond(conn):  # a total of all, and nothing of any
                hidden = await figures.protected(conn, years)

    def read(one: int) -> YearRead:
        counts = {subject: by_year[one] for subject, by_year in found.items()}
        if not scope.board:
            every = {subject: unmasked(its) for subject, its in counts.items()}
            return YearRead(every, counts[Subject.REPORTS].rows["category"], times[one])
        seen = published(counts, small, inside=True)
        return YearRead(seen, mentions(counts[Subject.REPORTS], "category", small), times[one])

    return StatisticsRead(year, read(year), read(year - 1), scope.board, names, _told(hidden, year, least))


def _told(protected: Mapping[int, int] | None, year: int, least: int) -> tuple[int | None, int | None] | None:
    if protected is None:
        return None
    now, before = (None if 0 < protected[one] < least else protected[one] for one in (year, year - 1))
    return now, before
