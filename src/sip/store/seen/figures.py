"""The counts of some years, added up: one statement for each subject, with every breakdown in it.

The law of this file: it reads counts alone (`sip.store.statistics`), narrowed to the scope. What it gives has the
figures of `sip.domain.figures`, in their order.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.figures import Counts, Subject
from sip.store import db
from sip.store.seen.scope import Scope, Seen


@dataclass(frozen=True, slots=True)
class _Source:
    """A subject's table, its figures as SQL, its breakdowns as SQL, and the columns of the units that it is of."""

    table: str
    figures: tuple[str, ...]
    breakdowns: dict[str, str]
    units: tuple[str, ...] = ("c.",)


_PLACES = {
    "month": "extract(month from c.month)::int::text", "principal_kind": "c.principal_kind",
    "principal": "c.principal_id::text", "unit_kind": "c.organisation_kind", "area": "coalesce(c.area, '')",
}  # fmt: skip
_SOURCES = {
    Subject.MEETINGS: _Source(
        "counted_meeting",
        ("true", "c.state = 'cancelled'", "c.outcome = 'held'", "c.moves > 0", "c.special"),
        {**_PLACES, "kind": "c.kind", "form": "c.form"},
    ),
    Subject.CALLED: _Source(
        "counted_party",
        ("true", "c.answered", "c.in_time", "c.substitute_wanted", "c.substitute_found", "c.highest is not null",
         "c.bound", "c.no_show"),
        {**_PLACES, "rung": "coalesce(c.highest, '')"},
        ("c.", "c.caller_"),
    ),
    Subject.REPORTS: _Source(
        "counted_report",
        ("true", "c.answer_days is not null", "c.in_time", "c.measures > 0",
         "c.measures > 0 and c.measures_done = c.measures"),
        {**_PLACES, "cause": "coalesce(c.cause, '')"},
        ("c.", "c.reporting_"),
    ),
}  # fmt: skip
_GOOD = {Subject.REPORTS: " and not c.good_example"}


async def counts(conn: AsyncConnection, scope: Scope, subject: Subject, years: tuple[int, ...]) -> dict[int, Counts]:
    """A subject's counts by year, of the units in the scope."""
    source, seen = _SOURCES[subject], Seen(scope)
    within = _within(source, seen)
    asked = f"c.month >= {seen.bind(date(min(years), 1, 1))} and c.month < {seen.bind(date(max(years) + 1, 1, 1))}"
    names = tuple(source.breakdowns)
    figures = ", ".join(f"count(*) filter (where {figure})::int" for figure in source.figures)
    keys = {name: f"k.{name}_" for name in names}
    sql = f"""select c.y, grouping({", ".join(keys.values())}), {", ".join(keys.values())}, {figures}
 from (select c.*, extract(year from c.month)::int as y from {source.table} c) c,
 lateral (select {", ".join(f"{said} as {name}_" for name, said in source.breakdowns.items())}) k
 where {asked} and ({within}){_GOOD.get(subject, "")}
 group by grouping sets ((c.y), {", ".join(f"(c.y, {key})" for key in keys.values())})"""
    raw = await db.raw(conn)
    rows = await raw.fetch(sql, *seen.values)
    found = _read(rows, names, years, len(source.figures))
    if subject is Subject.REPORTS:
        await _categories(raw, found, asked, within, seen)
    kinds = await _kinds(raw)
    return {year: Counts(whole, cuts, kinds) for year, (whole, cuts) in found.items()}


def _within(source: _Source, seen: Seen) -> str:
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


async def _categories(raw: Any, found: _Found, asked: str, within: str, seen: Seen) -> None:
    sql = f"""select extract(year from c.month)::int, k, count(*)::int from counted_report c, unnest(c.categories) k
 where {asked} and ({within}) and not c.good_example group by 1, 2"""
    named: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for year, category, count in await raw.fetch(sql, *seen.values):
        named[year][category] = (count, 0, 0, 0, 0)
    for year, (_, cuts) in found.items():
        cuts["category"] = named[year]


async def _kinds(raw: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in await raw.fetch("select id::text, kind from principal")}


@dataclass(frozen=True, slots=True)
class Times:
    """Half of the called units acknowledged, and answered, within so many minutes of office time, and half of the
    reports were answered within so many calendar days; None: none was, or too few to tell."""

    acknowledged: int | None
    answered: int | None
    report_answered: int | None


async def times(conn: AsyncConnection, scope: Scope, year: int, least: int) -> Times:
    """Of the units in the scope; half of fewer than `least` is not told."""

    def half(column: str) -> str:
        middle = f"(percentile_cont(0.5) within group (order by c.{column}))::int"
        return f"case when count(c.{column}) >= {least:d} then {middle} end"

    called = ", ".join(half(column) for column in ("acknowledged_minutes", "answered_minutes"))
    raw, found = await db.raw(conn), []
    for subject, figures in ((Subject.CALLED, called), (Subject.REPORTS, half("answer_days"))):
        source, seen = _SOURCES[subject], Seen(scope)
        found += await raw.fetchrow(
            f"""select {figures} from {source.table} c where c.month >= {seen.bind(date(year, 1, 1))}
 and c.month < {seen.bind(date(year + 1, 1, 1))} and ({_within(source, seen)}){_GOOD.get(subject, "")}""",
            *seen.values,
        )
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
