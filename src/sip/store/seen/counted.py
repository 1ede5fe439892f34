"""What a figure was counted from, row by row, and how long half of a row's took: both for who may see each of them.

The law of this file: a list asks with the words of the figure itself (`figures.SOURCES`), so that it has as many rows
as the figure says. A meeting or a report that is gone, or out of view, still counts, and is not led to.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.figures import Subject
from sip.store import db
from sip.store.seen.figures import NAMED, SOURCES, asked_of
from sip.store.seen.scope import Scope, Seen

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class CountedQuery:
    """Which figure, by its subject and number; of one row of a breakdown (`by`, `key`), or of all."""

    year: int
    subject: Subject
    figure: int
    by: str = ""
    key: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row. `id`: of its meeting or report where that may be opened. `other_unit`: who called, or reported."""

    month: date
    unit: str
    other_unit: str | None
    id: UUID | None
    reference: str | None


def can_be_asked(query: CountedQuery) -> bool:
    """Whether there is such a breakdown of the subject."""
    named = NAMED.get(query.subject, ("",))[0]
    return not query.by or query.by in SOURCES[query.subject].breakdowns or query.by == named


async def rows(conn: AsyncConnection, scope: Scope, query: CountedQuery) -> tuple[int, list[CountedRow]]:
    """How many the figure counts, and one page of them, the latest month first."""
    source, seen = SOURCES[query.subject], Seen(scope)
    where = f"{asked_of(source, seen, (query.year, query.year), None)} and {source.figures[query.figure]}"
    if query.by:
        where += f" and {_narrowed(query, seen)}"
    raw, table = await db.raw(conn), f"{source.table} c{source.several}"
    many: int = await raw.fetchval(f"select count(*)::int from {table} where {where}", *seen.values)
    of_report = source.table == "counted_report"
    other = "c.reporting_unit_id" if of_report else "c.caller_unit_id" if query.subject is Subject.CALLED else "null"
    key, thing, name = ("deviation_id", "deviation", "facts_reference") if of_report else (
        "meeting_id", "meeting", "reference")  # fmt: skip
    there = seen.deviation("g") if of_report else seen.meeting("g")
    last = "c.ordinal" if query.subject is Subject.CALLED else "1"
    sql = f"""select c.month, u.name, o.name, g.id, g.{name} from {table} join unit u on u.id = c.unit_id
 left join unit o on o.id = {other} left join {thing} g on g.id = c.{key} and {there}
 where {where} order by c.month desc, c.{key}, {last} limit {PAGE} offset {seen.bind(query.page * PAGE)}"""
    return many, [CountedRow(*row) for row in await raw.fetch(sql, *seen.values)]


def _narrowed(query: CountedQuery, seen: Seen) -> str:
    said = SOURCES[query.subject].breakdowns.get(query.by)
    key = seen.bind(query.key)
    return f"{said} = {key}" if said is not None else f"{key} = any(c.{NAMED[query.subject][1]})"


_TIMES = {
    "acknowledged": (Subject.CALLED, "acknowledged_minutes"), "answered": (Subject.CALLED, "answered_minutes"),
    "report_answered": (Subject.REPORTS, "answer_days"),
}  # fmt: skip


async def halves(
    conn: AsyncConnection, scope: Scope, time: str, years: tuple[int, ...]
) -> dict[int, dict[str, dict[str, int]]]:
    """Within how long half of each row's did it (a field of `Times`, in its unit), by year, breakdown and row. A row in
    which nobody did is not there.
    """
    subject, column = _TIMES[time]
    source, seen = SOURCES[subject], Seen(scope)
    asked = asked_of(source, seen, (min(years), max(years)), None)
    keys = [f"({said})" for said in source.breakdowns.values()]
    sql = f"""select y, grouping({", ".join(f"k{n}" for n in range(len(keys)))}),
 {", ".join(f"k{n}" for n in range(len(keys)))}, (percentile_cont(0.5) within group (order by took))::int
 from (select extract(year from c.month)::int as y, c.{column} as took,
 {", ".join(f"{said} as k{n}" for n, said in enumerate(keys))}
 from {source.table} c where {asked} and c.{column} is not null) k
 group by grouping sets ({", ".join(f"(y, k{n})" for n in range(len(keys)))})"""
    found: dict[int, dict[str, dict[str, int]]] = {year: {by: {} for by in source.breakdowns} for year in years}
    for row in await (await db.raw(conn)).fetch(sql, *seen.values):
        n = next(n for n in range(len(keys)) if not row[1] >> (len(keys) - 1 - n) & 1)
        found[row[0]][tuple(source.breakdowns)[n]][row[2 + n]] = row[-1]
    return found
