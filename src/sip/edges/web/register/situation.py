"""A county's situation picture: a week's figures beside those of the weeks before, and every week as a file."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.situation import PARTS, SituationPart, name_of, place_of, sunday_of, week_named
from sip.edges.charts import CountOf
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import situations
from sip.usecases.problems import NotFoundError
from sip.usecases.situations import SituationsRead


@dataclass(frozen=True, slots=True)
class SituationLine:
    """One figure of the weeks that are shown, each of what it is told of; `first`: it is what others are told of."""

    name: str
    first: bool
    counts: list[CountOf]


@get("/situation")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """The latest week, or the one that ?week names."""
    found = await _read(page, situations.COMPARED)
    weeks = [one.monday for one in found.shown]
    at = found.weeks.index(weeks[0]) if weeks else 0
    return page.html(
        "situation.html",
        county=found.county, counties=found.counties, small=page.services.settings.small_number,
        shown=found.shown, parts=_lines(found), weeks=[(name_of(one), one) for one in found.weeks],
        sunday=sunday_of, said=lambda monday: page.t("situation.week_of", week=monday.isocalendar().week),
        later=name_of(found.weeks[at - 1]) if at else None,
        earlier=name_of(found.weeks[at + 1]) if at + 1 < len(found.weeks) else None,
    )  # fmt: skip


async def _read(page: Page, limit: int) -> SituationsRead:
    given = page.request.query_params
    week, county = given.get("week", ""), given.get("county", "")
    until = week_named(week)
    if week and until is None:
        raise NotFoundError("situation")
    small = page.services.settings.small_number
    return await situations.read(
        page.services.db, _id(county), until, actor=signed_in(page).actor, now=page.now, small=small, limit=limit
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFoundError("county") from None


def _lines(found: SituationsRead) -> list[tuple[SituationPart, list[SituationLine]]]:
    return [(part, [_line(found, part, n) for n in range(len(figures))]) for part, figures in PARTS.items()]


def _line(found: SituationsRead, part: SituationPart, n: int) -> SituationLine:
    figure = PARTS[part][n]
    of = place_of(part, figure.of) or 0  # the first is of nothing, and what it counts is all there is
    rows = [week.told[part] for week in found.shown]
    return SituationLine(figure.name, n == 0, [CountOf(row[n], row[of]) for row in rows])


@get("/situation/file.csv")
async def file(page: NamedDependency[Page]) -> Response[Any]:
    """Every week that is kept of the county, for spreadsheets: UTF-8 with BOM, semicolons. A hidden number is empty."""
    found = await _read(page, situations.ALL)
    if found.county is None:
        raise NotFoundError("county")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    names = [one.name for figures in PARTS.values() for one in figures]
    writer.writerow([page.t("situation.week"), page.t("situation.first_day"), page.t("situation.counted"),
                     *(page.t(f"situation.figure.{name}") for name in names)])  # fmt: skip
    for week in found.shown:
        numbers = [number for part in PARTS for number in week.told[part]]
        counted = page.phrases.local(week.counted_at)
        writer.writerow([name_of(week.monday), week.monday.isoformat(), f"{counted:%Y-%m-%d %H:%M}",
                         *("" if one is None else one for one in numbers)])  # fmt: skip
    headers = {"content-disposition": f'attachment; filename="{_file_name(found.weeks)}"'}
    return Response(b"\xef\xbb\xbf" + out.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _file_name(weeks: list[date]) -> str:
    return f"situation-{name_of(weeks[0])}.csv" if weeks else "situation.csv"
