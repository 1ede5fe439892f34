"""A county's standing groups on one page, and founding one (rules, section 18 U5)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.domain.bounds import NAME_MOST
from sip.domain.group import StandingKind
from sip.domain.worktime import local_day
from sip.edges.web.groups import view
from sip.edges.web.groups.reading_forms import read_mandate
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import groups
from sip.usecases.group_forms import GroupForm
from sip.usecases.problems import InvalidError
from sip.usecases.reading import groups as reading
from sip.usecases.reading.groups import GroupsRead

SEVERAL = "several"
"""The word that a form has for several counties."""


def _id(said: str | None) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError:
        return None


async def _read(page: Page) -> GroupsRead:
    asked = _id(page.request.query_params.get("county"))
    return await reading.overview(page.services.db, asked, actor=signed_in(page).actor, now=page.now)


@get("/groups")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """All groups of a county by level, and each principal's seats; with what is chosen those alone."""
    read, query = await _read(page), page.request.query_params
    today = local_day(page.now)
    every = view.group_lines(page.phrases, read.groups, read.known, read.names, today)
    state, principal = query.get("state", ""), _id(query.get("principal"))
    if state not in tuple(view.SHOWN):
        state = ""
    lines = view.only(every, state, principal)
    chosen = {"county": str(read.county.id) if read.county else "", "state": state, "principal": str(principal or "")}
    return page.html(
        "groups.html",
        read=read,
        lines=lines,
        chosen=FormState(chosen, {}, "f-"),
        filtered=bool(state or principal),
        by_principal=view.by_principal(every, read.principals),
        states=page.phrases.options("seat_standing", list(view.SHOWN)),
        tones=view.TONES,
    )


@get("/groups/new")
async def new(page: NamedDependency[Page]) -> Response[Any]:
    """The form that founds one."""
    return await _form(page, FormState({}, {}, "group-"))


async def _form(page: Page, state: FormState, status: int = 200) -> Response[Any]:
    read = await _read(page)
    if not read.founds:
        return page.message(403, page.t("groups.found"), page.t("page.error.forbidden"), back="/groups")
    places = [(str(one.id), one.name) for one in read.counties if one.id in read.founds]
    if None in read.founds:
        places.append((SEVERAL, page.t("groups.of_several")))
    return page.html(
        "group_new.html", status=status, f=state, places=places,
        kinds=page.phrases.options("standing_kind", list(StandingKind)),
        above=[(str(one.id), one.name) for one in read.groups],
    )  # fmt: skip


@post("/groups", status_code=200)
async def found(page: NamedDependency[Page]) -> Response[Any]:
    """A new group."""
    signed_in(page)
    reader = await page.reader("group-")
    by = await page.command(reader)
    kind, place = reader.choice("kind", StandingKind, required=True), reader.text("county", required=True)
    name, area = reader.text("name", required=True, most=NAME_MOST), reader.text("area", most=NAME_MOST)
    above, mandate = reader.uuid("above"), read_mandate(reader)
    county = None if place == SEVERAL else _id(place)
    if place and place != SEVERAL and county is None:
        reader.wrong("county", "form_words.bad_choice")
    if kind is None or not reader.right:
        return await _form(page, reader.state, 422)
    form = GroupForm(kind, name, mandate, county, area or None, above)
    try:
        done = await groups.found(page.services.db, form, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await _form(page, reader.state, 422)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await _form(page, reader.state, 409)
    return page.to(f"/groups/{groups.group_id(form, by)}")
