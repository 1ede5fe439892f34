"""The counts of some years, added up: one statement for each subject, with every breakdown in it.

The law of this file: it reads counts alone (`sip.store.statistics`), narrowed to the scope. What it gives has the
figures of `sip.domain.figures`, in their order.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.figures import Counts, Subject, Times
from sip.domain.worktime import STOCKHOLM
from sip.store import db
from sip.store.seen.scope import EVERYTHING, Scope, Seen


@dataclass(frozen=True, slots=True)
class FigureSource:
    """A subject's table, its figures as SQL, its breakdowns as SQL, and the columns of the units that it is of.

    `several`: what a row counts several times, as a table `n`. `beside`: a breakdown that asks another table, for who
    sees all of it.
    """

    table: str
    figures: tuple[str, ...]
    breakdowns: dict[str, str]
    units: tuple[str, ...] = ("c.",)
    rows: str = "true"
    several: str = ""
    beside: tuple[str, dict[str, str]] = ("", {})


_PLACES = {
    "month": "extract(month from c.month)::int::text", "principal_kind": "c.principal_kind",
    "principal": "c.principal_id::text", "unit_kind": "c.organisation_kind", "area": "coalesce(c.area, '')",
}  # fmt: skip
_SPECIAL = "case when {}.special then 'special' else 'ordinary' end"
_REPORTING = ("c.", "c.reporting_")
SOURCES = {
    Subject.MEETINGS: FigureSource(
        "counted_meeting",
        ("true", "c.state = 'cancelled'", "c.outcome = 'held'", "c.moves > 0", "c.special"),
        {**_PLACES, "kind": "c.kind", "form": "c.form", "special": _SPECIAL.format("c")},
    ),
    Subject.CALLED: FigureSource(
        "counted_party",
        ("true", "c.answered", "c.in_time", "c.substitute_wanted", "c.substitute_found", "c.highest is not null",
         "c.bound", "c.no_show"),
        {**_PLACES, "rung": "coalesce(c.highest, '')"},
        ("c.", "c.caller_"),
        beside=(
            " left join (select meeting_id, special from counted_meeting where special) g"
            " on g.meeting_id = c.meeting_id",
            {"special": _SPECIAL.format("g")},
        ),
    ),
    Subject.REPORTS: FigureSource(
        "counted_report",
        ("true", "c.answer_days is not null", "c.in_time", "c.measures > 0",
         "c.measures > 0 and c.measures_done = c.measures", "c.state = 'closed'"),
        {**_PLACES, "cause": "coalesce(c.cause, '')"},
        _REPORTING,
        "not c.good_example",
    ),
    Subject.MEASURES: FigureSource(
        "counted_report", ("true", "n <= c.measures_done"), _PLACES, _REPORTING, "not c.good_example",
        " cross join generate_series(1, c.measures) n",
    ),
    Subject.GOOD: FigureSource("counted_report", ("true",), _PLACES, _REPORTING, "c.good_example"),
}  # fmt: skip
_AS_KEPT = {"month": ("c.month", "extract(month from {})::int::text"), "principal": ("c.principal_id", "{}::text")}
"""What is added up as it lies there, and told as a text afterwards: that of each row would be most of the work."""
NAMED = {Subject.REPORTS: ("category", "categories"), Subject.CALLED: ("escalation", "escalations")}
"""What a row names several of: the breakdown, and its column."""


async def counts(
    conn: AsyncConnection, scope: Scope, subject: Subject, years: tuple[int, ...], *, area: str | None = None,
    whole: bool = False,
) -> dict[int, Counts]:  # fmt: skip
    """A subject's counts by year, of the units in the scope, or of those of an area in it; `whole`: of a scope that has
    every row, with the breakdowns that ask other tables.
    """
    source, seen = SOURCES[subject], Seen(scope)
    beside, more = source.beside if whole else ("", {})
    breakdowns = {**source.breakdowns, **more}
    asked = asked_of(source, seen, (min(years), max(years)), area)
    figures = ", ".join(f"count(*) filter (where {one}) as f{n}" for n, one in enumerate(source.figures))
    sums = ", ".join(f"sum(f{n})::int" for n in range(len(source.figures)))
    keys = [f"{name}_" for name in breakdowns]
    kept = {name: _AS_KEPT.get(name, (said, "{}")) for name, said in breakdowns.items()}
    # Each row is looked at once: what is alike in everything is added up before it is told apart by one thing.
    sql = f"""select y, grouping({", ".join(keys)}), {", ".join(keys)}, {sums}
 from (select extract(year from month_)::int as y,
 {", ".join(f"{told.format(f'{name}_')} as {name}_" for name, (_, told) in kept.items())},
 {", ".join(f"f{n}" for n in range(len(source.figures)))}
 from (select {", ".join(f"{lies} as {name}_" for name, (lies, _) in kept.items())}, {figures}
 from {source.table} c{beside}{source.several} where {asked} group by {", ".join(keys)}) k) k
 group by grouping sets ((y), {", ".join(f"(y, {key})" for key in keys)})"""
    raw = await db.raw(conn)
    await raw.execute("set local work_mem = '64MB'")  # a year is added up in memory
    rows = await raw.fetch(sql, *seen.values)
    found = _read(rows, tuple(breakdowns), years, len(source.figures))
    if subject is Subject.REPORTS or (subject is Subject.CALLED and not (whole or scope.board)):  # who sees each step
        await _named(raw, found, subject, asked, seen)
    kinds = await _kinds(raw)
    return {year: Counts(one, cuts, kinds) for year, (one, cuts) in found.items()}


def asked_of(source: FigureSource, seen: Seen, years: tuple[int, int], area: str | None) -> str:
    """The rows of these years, from the first to the last, of units in the scope."""
    first, end = date(years[0], 1, 1), date(years[1] + 1, 1, 1)
    within = f"c.month >= {seen.bind(first)} and c.month < {seen.bind(end)} and ({_within(source, seen)})"
    return f"{within}{seen.given('c.area = {}', area)} and {source.rows}"


def _within(source: FigureSource, seen: Seen) -> str:
    """A unit of the scope, or one that a unit of the scope has called: as the wall says it (`sip.store.wall`)."""
    return " or ".join(seen.covers(prefix) for prefix in source.units)


_Found = dict[int, tuple[tuple[int, ...], dict[str, dict[str, tuple[int, ...]]]]]


def _read(rows: Any, names: tuple[str, ...], years: tuple[int, ...], width: int) -> _Found:
    wholes = dict.fromkeys(years, (0,) * width)
    cuts: dict[int, dict[str, dict[str, tuple[int, ...]]]] = {year: {name: {} for name in names} for year in years}
    everything = (1 << len(names)) - 1
    for row in rows:
        year, grouped, values = row[0], row[1], tuple(row[2 + len(names) :])
        if year not in cuts:
            continue
        if grouped == everything:
            wholes[year] = values
            continue
        n = next(n for n in range(len(names)) if not grouped >> (len(names) - 1 - n) & 1)
        cuts[year][names[n]][row[2 + n]] = values
    return {year: (wholes[year], cuts[year]) for year in years}


async def _named(raw: Any, found: _Found, subject: Subject, asked: str, seen: Seen) -> None:
    """How many rows name each, of those that a row names several of."""
    (name, column), source = NAMED[subject], SOURCES[subject]
    sql = f"""select extract(year from c.month)::int, k, count(*)::int
 from {source.table} c, lateral (select distinct unnest(c.{column}) k) k
 where {asked} and c.{column} <> '{{}}' group by 1, 2"""
    named: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for year, key, count in await raw.fetch(sql, *seen.values):
        named[year][key] = (count, *(0 for _ in source.figures[1:]))
    for year, (_, cuts) in found.items():
        cuts[name] = named[year]


async def _kinds(raw: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in await raw.fetch("select id::text, kind from principal")}


async def times(
    conn: AsyncConnection, scope: Scope, year: int, least: int, *, area: str | None = None
) -> Times:  # fmt: skip
    """Of the units in the scope; half of fewer than `least` is not told."""

    def half(column: str) -> str:
        middle = f"(percentile_cont(0.5) within group (order by c.{column}))::int"
        return f"case when count(c.{column}) >= {least:d} then {middle} end"

    called = ", ".join(half(column) for column in ("acknowledged_minutes", "answered_minutes"))
    raw, found = await db.raw(conn), []
    for subject, figures in ((Subject.CALLED, called), (Subject.REPORTS, half("answer_days"))):
        source, seen = SOURCES[subject], Seen(scope)
        asked = asked_of(source, seen, (year, year), area)
        found += await raw.fetchrow(f"select {figures} from {source.table} c where {asked}", *seen.values)
    return Times(*found)


async def protected(conn: AsyncConnection, years: tuple[int, ...]) -> dict[int, int]:
    """How many protected meetings of all there were, by year."""
    rows = await (await db.raw(conn)).fetch(
        "select extract(year from month)::int, count(*)::int from counted_protected group by 1"
    )
    return dict.fromkeys(years, 0) | {row[0]: row[1] for row in rows if row[0] in years}


async def principals(conn: AsyncConnection) -> dict[UUID, str]:
    """Their names."""
    return {row[0]: row[1] for row in await (await db.raw(conn)).fetch("select id, name from principal")}


async def years(conn: AsyncConnection) -> list[int]:
    """The years of which anything is counted, the latest first."""
    rows = await (await db.raw(conn)).fetch(
        "select distinct extract(year from month)::int from (select distinct month from counted_meeting"
        " union select distinct month from counted_report) m order by 1 desc"
    )
    return [row[0] for row in rows]


async def areas(conn: AsyncConnection) -> list[str]:
    """Every area that a unit lies in, or lay in when something was counted."""
    rows = await (await db.raw(conn)).fetch(
        """with recursive counted (area) as (
 (select area from counted_party where area is not null order by area limit 1)
 union all select (select p.area from counted_party p where p.area > c.area order by p.area limit 1) from counted c
 where c.area is not null)
 select area from unit where area is not null union select area from counted where area is not null order by 1"""
    )
    return [row[0] for row in rows]


async def unrecorded(conn: AsyncConnection, year: int, now: datetime, area: str | None = None) -> int:
    """Meetings of the year that were to be over by now and that nobody has said how they went."""
    seen = Seen(EVERYTHING)
    begins, ends = datetime(year, 1, 1, tzinfo=STOCKHOLM), datetime(year + 1, 1, 1, tzinfo=STOCKHOLM)
    lies = seen.given("exists (select 1 from unit u where u.id = m.convener_unit_id and u.area = {})", area)
    sql = f"""select count(*)::int from meeting m where m.state in ('called', 'ended') and m.ends_at < {seen.bind(now)}
 and m.starts_at >= {seen.bind(begins)} and m.starts_at < {seen.bind(ends)} and not m.protected{lies}"""
    found: int = await (await db.raw(conn)).fetchval(sql, *seen.values)
    return found
