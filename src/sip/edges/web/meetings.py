"""The list of meetings: searched, filtered, laid out by day, week, month or unit, and as a file.

The law of this file: what is shown stands in the address, so that it can be sent, kept and come back to; a value that
makes no sense is as none at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import MeetingKind
from sip.domain.bounds import day_fits, in_utc
from sip.domain.terms import MeetingState
from sip.domain.worktime import at_hour, local_day
from sip.edges.web import meetings_file
from sip.edges.web.meetings_layout import Layout, laid_out
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.edges.web.units import CHOSEN, uuid_of
from sip.edges.web.units import read as read_unit
from sip.store.seen.meeting_list import MOST_COUNTED, ListQuery, SortBy
from sip.usecases import saved_views
from sip.usecases.access import Act, covers
from sip.usecases.problems import InvalidError
from sip.usecases.reading import meeting_list as reading
from sip.usecases.reading import units

KEPT = ("q", "area", "municipality", "unit", "kind", "state", "convener", "from", "to", "sort", "layout")
"""What of an address says what is shown; the rest is where in it one is."""

_AHEAD = timedelta(days=92)
_WHOLE, _LONG = 500, 60
"""Meetings of a week or a month, and more than which they are told in a line each."""


@get("/meetings")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """What is asked for, a page at a time. A unit that is asked for by its name stands in the address by its id."""
    return await shown(page, page.request.query_params)


async def shown(
    page: Page, given: Mapping[str, str], *, bulk: FormState | None = None, kept: FormState | None = None
) -> Response[Any]:
    """The list that an address's words `given` ask for; with `bulk` or `kept` its form of that name comes back as it
    was filled in, and says what is wrong."""
    visitor = signed_in(page)
    asked, query, layout = _asked(page, given)
    unit = await _unit(page, given)
    if unit.id is not None and "unit" not in asked:
        return page.to(f"/meetings?{urlencode({**asked, 'unit': str(unit.id)})}")
    found = await reading.listed(page.services.db, query, actor=visitor.actor, now=page.now)
    last = found.lines[-1] if found.lines else None
    more = f"{last.start.isoformat()}_{last.id}_{last.convener_unit}" if found.more and last is not None else None
    first, final = local_day(query.begins), local_day(query.ends - timedelta(hours=1))
    groups = laid_out(layout, found.lines, first, final, page.phrases, page.now)
    return page.html(
        "meetings.html",
        status=422 if bulk or kept else 200,
        bulk=bulk or FormState(prefix="bulk-"),
        kept=kept or FormState(),
        after=given.get("after", "")[:300],
        asked=asked,
        layout=layout,
        small=layout is Layout.MONTH or (layout is Layout.WEEK and len(found.lines) > _LONG),
        layouts=list(Layout),
        groups=groups,
        count=found.count,
        counted=found.count < MOST_COUNTED,
        first=first,
        final=final,
        around=_around(asked, layout, first),
        principals=sorted_pairs([(str(key), name) for key, name in found.principals]),
        areas=sorted_pairs([(area, area) for area in found.areas]),
        kinds=page.phrases.options("kind", list(MeetingKind)),
        states=page.phrases.options("meeting_state", list(MeetingState)),
        sorts=page.phrases.options("meetings.sort", list(SortBy)),
        views=sorted(found.views, key=lambda view: view.name.casefold()),
        query=urlencode(asked),
        chosen=_chosen(page, asked, dict(found.principals), unit.form.value("unit")),
        printed=sum(len(group.lines) for group in groups) if more is not None else None,
        with_one=lambda asked, name, value: urlencode({**asked, name: value}),
        narrowed=bool(unit.form.errors) or any(asked.get(name) for name in KEPT if name not in ("q", "layout", "sort")),
        unit=unit,
        watches=visitor.may(Act.WATCH_UNITS),
        more=f"{urlencode(asked)}&{urlencode({'after': more})}" if more is not None else None,
        may_record=visitor.may(Act.RECORD) or visitor.may(Act.ANSWER),
        gone=next((word for word in ("handed_over", "thrown_away") if word in given), None),
        done=_done(page, given),
    )


def _asked(page: Page, given: Mapping[str, str]) -> tuple[dict[str, str], ListQuery, Layout]:
    """What the address says, only what it says, and the search that it is."""
    asked = {name: value.strip()[:200] for name in KEPT if (value := given.get(name, "")).strip()}
    if uuid_of(asked.get("unit", "")) is None:
        asked.pop("unit", None)
    if given.get("reference", "").strip():
        asked["q"] = given["reference"].strip()[:20]
    layout = Layout(asked["layout"]) if asked.get("layout") in tuple(Layout) else Layout.LIST
    begins, ends = _period(asked, layout, local_day(page.now))
    sort = SortBy(asked["sort"]) if asked.get("sort") in tuple(SortBy) else SortBy.START
    query = ListQuery(
        begins=at_hour(begins, 0),
        ends=at_hour(ends + timedelta(days=1), 0),
        words=asked.get("q", ""),
        principal_id=uuid_of(asked.get("municipality", "")),
        area=asked.get("area"),
        unit_id=uuid_of(asked.get("unit", "")),
        kind=_word(asked.get("kind"), tuple(MeetingKind)),
        state=_word(asked.get("state"), tuple(MeetingState)),
        convener=asked.get("convener", ""),
        sort=sort if layout is Layout.LIST else SortBy.START,
        after=_after(given.get("after")),
    )
    return asked, query if layout in (Layout.LIST, Layout.UNIT) else replace(query, limit=_WHOLE, after=None), layout


@dataclass(frozen=True, slots=True)
class UnitAsked:
    """The field in which a unit is chosen, the unit that it names, and whether that is within the reader's scope."""

    form: FormState
    id: UUID | None = None
    ours: bool = False


async def _unit(page: Page, given: Mapping[str, str]) -> UnitAsked:
    reader = Reader({name: given.get(name, "") for name in ("unit", f"unit{CHOSEN}")}, page.phrases)
    found = await read_unit(page, reader, "unit")
    if found is None:
        return UnitAsked(reader.state)
    actor = signed_in(page).actor
    known = (await units.named(page.services.db, [found], actor=actor, now=page.now)).get(found)
    if known is None:
        return UnitAsked(FormState())
    return UnitAsked(
        FormState({"unit": known.label}), found, covers(actor, known.id, known.organisation_id, known.principal_id)
    )


def _chosen(page: Page, asked: Mapping[str, str], principals: Mapping[UUID, str], unit: str) -> list[str]:
    """The search in words, for paper: what stands in the address and narrows, but for the period."""
    municipality = uuid_of(asked.get("municipality", ""))
    said = {
        "search": asked.get("q"),
        "area": asked.get("area"),
        "municipality": principals.get(municipality) if municipality else None,
        "unit": unit if "unit" in asked else None,
        "kind": _named(page, "kind", asked.get("kind"), tuple(MeetingKind)),
        "state": _named(page, "meeting_state", asked.get("state"), tuple(MeetingState)),
        "convener": asked.get("convener"),
    }
    return [f"{page.t(f'meetings.{name}')}: {value}" for name, value in said.items() if value]


def _named(page: Page, words: str, text: str | None, known: tuple[str, ...]) -> str | None:
    return page.t(f"{words}.{text}") if _word(text, known) else None


def _period(asked: dict[str, str], layout: Layout, today: date) -> tuple[date, date]:
    """From and to, both in it. A search that names no period looks back a month, for what was just held."""
    given, until = _day(asked.get("from")), _day(asked.get("to"))
    begins = given or today
    if layout is Layout.WEEK:
        begins -= timedelta(days=begins.weekday())
        return begins, begins + timedelta(days=6)
    if layout is Layout.MONTH:
        begins = begins.replace(day=1)
        return begins, (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if given is None and (asked.get("q") or until is not None):
        begins = min(today, until or today) - timedelta(days=31)
    return begins, max(begins, until or begins + _AHEAD)


def _around(asked: dict[str, str], layout: Layout, first: date) -> tuple[str, str] | None:
    """The addresses of the week or month before and after."""
    if layout not in (Layout.WEEK, Layout.MONTH):
        return None
    step = timedelta(days=7) if layout is Layout.WEEK else timedelta(days=31)
    before = first - timedelta(days=7 if layout is Layout.WEEK else 1)
    after = first + step if layout is Layout.WEEK else (first + step).replace(day=1)
    return _from(asked, before), _from(asked, after)


def _from(asked: dict[str, str], day: date) -> str:
    return urlencode({**asked, "from": day.isoformat(), "to": ""})


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and day_fits(found) else None


def _word(text: str | None, known: tuple[str, ...]) -> str | None:
    return str(text) if text in known else None


def _done(page: Page, given: Mapping[str, str]) -> list[str]:
    """What came of an act on several: how many it was done for, and how many it was nothing for."""
    done, idle = (_number(given.get(name)) for name in ("done", "idle"))
    said = [] if done is None or (idle and not done) else [page.t("meetings.done", count=done)]
    if idle and given.get("act") in ("remind", "pause"):
        said.append(page.t(f"meetings.nobody_to_{given['act']}", count=idle))
    return said


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def _after(text: str | None) -> tuple[str, datetime, UUID] | None:
    at, _, rest = (text or "").partition("_")
    key, _, unit = rest.partition("_")
    try:
        moment = in_utc(datetime.fromisoformat(at))
        return None if moment is None else (unit, moment, UUID(key))
    except ValueError:
        return None


@get("/meetings/file")
async def written(page: NamedDependency[Page]) -> Response[Any]:
    """What is shown, whole, as CSV."""
    visitor = signed_in(page)
    _, query, _ = _asked(page, page.request.query_params)
    lines = await reading.to_write(page.services.db, query, actor=visitor.actor, now=page.now)
    name = f"sip-{local_day(query.begins)}-{local_day(query.ends - timedelta(hours=1))}.csv"
    return Response(
        meetings_file.written(lines, page.phrases),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


@post("/meetings/views", status_code=200)
async def keep_view(page: NamedDependency[Page]) -> Response[Any]:
    """The search that stands in the address is kept under a name."""
    visitor, reader = signed_in(page), await page.reader()
    name = reader.text("name", required=True, most=60)
    query = reader.text("query", most=saved_views.LONGEST)
    if reader.right:
        try:
            await saved_views.keep(page.services.db, name, query, actor=visitor.actor)
        except InvalidError as error:
            page.say_problems(error, reader.state)
    if not reader.right:
        return await shown(page, dict(parse_qsl(query)), kept=reader.state)
    return page.to(f"/meetings?{query}" if query else "/meetings")


@post("/meetings/views/{view_id:uuid}/removal", status_code=200)
async def drop_view(page: NamedDependency[Page], view_id: FromPath[UUID]) -> Response[Any]:
    """A kept search is let go."""
    await saved_views.remove(page.services.db, view_id, actor=signed_in(page).actor)
    return page.to("/meetings")
