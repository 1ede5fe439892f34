"""The statistics: a year beside the year before, each count of what it is a part of, as charts with their tables.

The law of this file: a chart is drawn here and on no other machine, from numbers that stand in the table beneath it. It
is an SVG without a style or a script of its own: its colours and patterns are the page's (decision 0102).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.numbers import format_decimal
from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.agreement import Rung
from sip.domain.figures import FIGURES, Subject, figure, is_told, place_of
from sip.domain.worktime import FIRST_YEAR, local_day
from sip.edges.charts import Count, CountOf, FigureLine, drawn
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.reading import statistics as reading
from sip.usecases.reading.statistics import StatisticsRead, YearRead

_FIRST = "no_show"
_CUTS: Mapping[Subject, tuple[str, ...]] = {
    Subject.MEETINGS: ("month", "principal", "area", "unit_kind", "kind", "form"),
    Subject.CALLED: ("month", "principal", "area", "unit_kind", "rung"),
    Subject.REPORTS: ("month", "principal", "area", "unit_kind", "cause"),
    Subject.MEASURES: ("month", "principal", "area", "unit_kind"),
    Subject.GOOD: ("month", "principal", "area", "unit_kind"),
}
_WORDS = {
    "unit_kind": "directory.organisation_type", "kind": "kind", "form": "form", "rung": "rung", "cause": "cause",
    "category": "category", "escalation": "rung",
}  # fmt: skip
_STEPS = tuple(Rung)


Leads = tuple[str | None, str | None]
_TIME = {
    "called": "acknowledged", "answered": "answered", "in_time": "answered", "report_answered": "report_answered",
    "report_in_time": "report_answered",
}  # fmt: skip
"""The time that is told beside a figure, by the same things."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One breakdown, as a chart and a table."""

    name: str
    lines: tuple[FigureLine, ...]


@get("/statistics")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """The page; a year or a figure that there is none of is this year, or no-shows."""
    given = page.request.query_params
    this = local_day(page.now).year
    year = year_of(given.get("year"), this)
    what = given.get("what", _FIRST)
    what = what if what in {one.name for figures in FIGURES.values() for one in figures} else _FIRST
    small = page.services.settings.small_number
    found = await reading.page(
        page.services.db, year, actor=signed_in(page).actor, now=page.now, small=small, time=_TIME.get(what)
    )
    return page.html(
        "statistics.html",
        year=year, years=range(this, max(FIRST_YEAR, this - 9) - 1, -1), what=what, masked=found.masked, small=small,
        choices=[(subject, [(one.name, page.t(f"statistics.figure.{one.name}")) for one in figures])
                 for subject, figures in FIGURES.items()],
        summary=[(subject, _summary(page, found, subject)) for subject in Subject],
        times=_times(page, found), cuts=_cuts(page, found, what), said=page.t(f"statistics.figure.{what}"),
        unfinished=year == this, protected=found.protected, time=_TIME.get(what),
    )  # fmt: skip


def year_of(said: str | None, this: int) -> int:
    """The year that is said, or this one."""
    known = said is not None and said.isascii() and said.isdigit() and len(said) == 4
    return int(said) if said and known and FIRST_YEAR < int(said) <= this else this


def _part(counts: tuple[Count, ...], whole: tuple[Count, ...], subject: Subject, n: int) -> CountOf:
    """A count of the row, of what its figure is told of; all there is of a row is told of all there is of the year."""
    of = place_of(subject, FIGURES[subject][n].of)
    return CountOf(counts[n], whole[n] if of is None else counts[of])


def _summary(page: Page, found: StatisticsRead, subject: Subject) -> list[FigureLine]:
    now, before = found.now.counts[subject].whole, found.before.counts[subject].whole
    return [
        FigureLine(
            page.t(f"statistics.figure.{one.name}"),
            _part(now, now, subject, n),
            _part(before, before, subject, n),
            *_leads(found, (now[n], before[n]), one.name),
        )
        for n, one in enumerate(FIGURES[subject])
    ]


def _times(page: Page, found: StatisticsRead) -> dict[Subject, list[tuple[str, str, str]]]:
    """How long half of them took, in both years; hidden with the answers themselves."""
    of = {Subject.CALLED: ("acknowledged", "answered"), Subject.REPORTS: ("report_answered",)}
    told = partial(_half, page, found)
    return {
        subject: [(name, told(found.now, subject, name), told(found.before, subject, name)) for name in names]
        for subject, names in of.items()
    }


def _half(page: Page, found: StatisticsRead, read: YearRead, subject: Subject, name: str) -> str:
    took = getattr(read.times, name)
    if took is None or read.counts[subject].whole[1] is None:
        return page.t("statistics.hidden" if found.masked else "statistics.no_time")
    return _took(page, subject, took)


def _halves(page: Page, found: StatisticsRead, what: str, by: str, key: str) -> tuple[str, str] | None:
    """How long half of a row took, in both years, where that is told."""
    if what not in _TIME or not found.halves:
        return None
    there = [found.halves[year].get(by, {}).get(key) for year in (found.year, found.year - 1)]
    now, before = (page.t("statistics.no_time") if one is None else _took(page, figure(what)[0], one) for one in there)
    return now, before


def _took(page: Page, subject: Subject, took: int) -> str:
    if subject is Subject.REPORTS:
        return page.t("statistics.days", days=took)
    hours = format_decimal(round(took / 60, 1), locale="sv_SE" if page.phrases.language == "sv" else "en_GB")
    return page.t("statistics.hours", hours=hours)


def _cuts(page: Page, found: StatisticsRead, what: str) -> list[Cut]:
    subject, n = figure(what)
    made = []
    for name in _CUTS[subject]:
        if found.masked and not is_told(subject, name, what):
            continue
        now, before = (one.counts[subject].breakdowns.get(name, {}) for one in (found.now, found.before))
        wholes = found.now.counts[subject].whole, found.before.counts[subject].whole
        nothing: tuple[Count, ...] = (0,) * len(FIGURES[subject])
        lines = [
            FigureLine(
                words_of(page, found.principals, found.year, name, key),
                _part(now.get(key, nothing), wholes[0], subject, n),
                _part(before.get(key, nothing), wholes[1], subject, n),
                *_leads(found, (now.get(key, nothing)[n], before.get(key, nothing)[n]), what, name, key),
                _halves(page, found, what, name, key),
            )
            for key in _in_order(name, now, before)
        ]  # fmt: skip
        made.append(Cut(name, drawn(lines)))
    if subject is Subject.REPORTS:
        named = found.now.categories, found.before.categories
        made.append(_named(page, found, "category", Subject.REPORTS, named))
    if subject is Subject.CALLED and not found.masked:
        steps = [one.counts[Subject.CALLED].breakdowns["escalation"] for one in (found.now, found.before)]
        made.append(_named(page, found, "escalation", Subject.CALLED, (steps[0], steps[1])))
    return [cut for cut in made if cut.lines]


_Rows = Mapping[str, tuple[Count, ...]]


def _named(page: Page, found: StatisticsRead, name: str, subject: Subject, named: tuple[_Rows, _Rows]) -> Cut:
    """How many name each, of those that one names several of: the categories of a report, the steps of a unit."""
    now, before = named
    all_of = [one.counts[subject].whole[0] for one in (found.now, found.before)]
    lines = [
        FigureLine(
            words_of(page, found.principals, found.year, name, key), CountOf(now.get(key, (0,))[0], all_of[0]),
            CountOf(before.get(key, (0,))[0], all_of[1]),
            *_leads(found, (now.get(key, (0,))[0], before.get(key, (0,))[0]), FIGURES[subject][0].name, name, key),
        )
        for key in (_STEPS if name == "escalation" else _in_order(name, now, before)) if key in now or key in before
    ]  # fmt: skip
    return Cut(name, drawn(lines))


def _in_order(name: str, now: Mapping[str, tuple[Count, ...]], before: Mapping[str, tuple[Count, ...]]) -> list[str]:
    """Months as they come; else the most first, and what is hidden last."""
    keys = now.keys() | before.keys()
    if name == "month":
        return sorted(keys, key=int)
    return sorted(keys, key=lambda key: (-(now.get(key, (0,))[0] or 0), key))


def words_of(page: Page, principals: Mapping[UUID, str], year: int, name: str, key: str) -> str:
    """A row of a breakdown."""
    if not key:
        return page.t(f"statistics.none.{name}")
    if name == "month":
        return page.phrases.month(datetime(year, int(key), 15, tzinfo=UTC))
    if name == "principal":
        return principals.get(UUID(key), key)
    return key if name == "area" else page.t(f"{_WORDS[name]}.{key}")


def list_of(year: int, what: str, by: str = "", key: str = "") -> str:
    """The rows that a figure was counted from."""
    return f"/statistics/rows?{urlencode({'year': year, 'what': what, **({'by': by, 'key': key} if by else {})})}"


def _leads(found: StatisticsRead, counts: tuple[Count, Count], what: str, by: str = "", key: str = "") -> Leads:
    """Where the numbers of both years lead; a masked one nowhere, for its list would tell it, and nothing nowhere."""
    if found.masked:
        return None, None
    now, before = (list_of(found.year - n, what, by, key) if one else None for n, one in enumerate(counts))
    return now, before
