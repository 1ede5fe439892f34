"""The statistics: a year beside the year before, each count of what it is a part of, as charts with their tables.

The law of this file: a chart is drawn here and on no other machine, from numbers that stand in the table beneath it. It
is an SVG without a style or a script of its own: its colours and patterns are the page's (decision 0102).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
from sip.usecases.access import Act
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


@dataclass(frozen=True, slots=True)
class Cut:
    """One breakdown, as a chart and a table."""

    name: str
    lines: tuple[FigureLine, ...]


@get("/statistics")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """The page; a year or a figure that there is none of is this year, or no-shows."""
    visitor, given = signed_in(page), page.request.query_params
    this = local_day(page.now).year
    year = _year(given.get("year"), this)
    what = given.get("what", _FIRST)
    what = what if what in {one.name for figures in FIGURES.values() for one in figures} else _FIRST
    small = page.services.settings.small_number
    found = await reading.page(page.services.db, year, actor=visitor.actor, now=page.now, small=small)
    lists = visitor.may(Act.READ_MEETINGS) and not found.masked
    return page.html(
        "statistics.html",
        year=year, years=range(this, max(FIRST_YEAR, this - 9) - 1, -1), what=what, masked=found.masked, small=small,
        choices=[(subject, [(one.name, page.t(f"statistics.figure.{one.name}")) for one in figures])
                 for subject, figures in FIGURES.items()],
        summary=[(subject, _summary(page, found, subject)) for subject in Subject],
        times=_times(page, found), cuts=_cuts(page, found, what, lists=lists), said=page.t(f"statistics.figure.{what}"),
        unfinished=year == this, protected=found.protected,
    )  # fmt: skip


def _year(said: str | None, this: int) -> int:
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
            None,
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
    if subject is Subject.REPORTS:
        return page.t("statistics.days", days=took)
    hours = format_decimal(round(took / 60, 1), locale="sv_SE" if page.phrases.language == "sv" else "en_GB")
    return page.t("statistics.hours", hours=hours)


def _cuts(page: Page, found: StatisticsRead, what: str, *, lists: bool) -> list[Cut]:
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
                _words(page, found, name, key), _part(now.get(key, nothing), wholes[0], subject, n),
                _part(before.get(key, nothing), wholes[1], subject, n),
                _list(found.year, name, key) if lists and subject is not Subject.REPORTS else None,
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
            _words(page, found, name, key), CountOf(now.get(key, (0,))[0], all_of[0]),
            CountOf(before.get(key, (0,))[0], all_of[1]), None,
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


def _words(page: Page, found: StatisticsRead, name: str, key: str) -> str:
    if not key:
        return page.t(f"statistics.none.{name}")
    if name == "month":
        return page.phrases.month(datetime(found.year, int(key), 15, tzinfo=UTC))
    if name == "principal":
        return found.principals.get(UUID(key), key)
    return key if name == "area" else page.t(f"{_WORDS[name]}.{key}")


def _list(year: int, name: str, key: str) -> str | None:
    """The meetings of the row, where the list can be narrowed to it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if name == "month":
        first = date(year, int(key), 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    asked = {"principal": "municipality", "area": "area", "kind": "kind"}.get(name)
    if not key or (asked is None and name != "month"):
        return None
    given = {"from": first.isoformat(), "to": last.isoformat(), **({asked: key} if asked else {})}
    return f"/meetings?{urlencode(given)}"
