"""Boards: the list with its search, and one board with what waits, its sittings and what is to be followed up."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agenda import Group, GroupKind, ItemPurpose
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import agenda
from sip.usecases.access import Act
from sip.usecases.agenda import ItemForm
from sip.usecases.problems import InvalidError
from sip.usecases.reading import agenda as reading

LONGEST = 200
"""Letters of a search that are looked at."""


def name_of(page: Page, group: Group) -> str:
    """What the group is called."""
    if group.kind is GroupKind.STANDING_GROUP:
        return group.name
    return page.t("boards.county") if group.area is None else page.t("boards.of_area", area=group.area)


def dates_of(page: Page, days: list[date], *, kept: date | None = None) -> list[tuple[str, str]]:
    """The days ahead to which a group is called, to choose among; the one that is kept stays, whatever it is."""
    every = sorted({*days, *([] if kept is None else [kept])}) if days else []
    return [(one.isoformat(), page.phrases.day(one)) for one in every]


@get("/boards")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """The boards that the visitor sees; with `q` what is found of their questions and decisions."""
    visitor, said = signed_in(page), page.request.query_params.get("q", "").strip()[:LONGEST]
    db = page.services.db
    lines = await reading.boards(db, actor=visitor.actor, now=page.now)
    found = await reading.search(db, said, actor=visitor.actor, now=page.now) if said else []
    return page.html(
        "boards.html", lines=lines, said=said, found=found, name=lambda group: name_of(page, group),
        signals=visitor.may(Act.WATCH_SIGNALS),
    )  # fmt: skip


@get("/boards/{group_id:uuid}")
async def show(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """One board."""
    return await _render(page, group_id)


async def _render(page: Page, group_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    visitor = signed_in(page)
    found = await reading.board(page.services.db, group_id, actor=visitor.actor, now=page.now)
    return page.html(
        "board.html",
        status=status,
        board=found,
        name=name_of(page, found.group),
        keeps=found.keeps,
        dates=dates_of(page, found.dates),
        purposes=page.phrases.options("item_purpose", list(ItemPurpose)),
        f=failed or FormState({"purpose": ItemPurpose.DISCUSSION}, {}, "item-"),
        failed=failed,
        today=page.phrases.local(page.now).date(),
    )


@post("/boards/{group_id:uuid}", status_code=200)
async def put(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """A question before the board."""
    visitor, reader = signed_in(page), await page.reader("item-")
    by = await page.command(reader)
    there = await reading.board(page.services.db, group_id, actor=visitor.actor, now=page.now)
    title, text = reader.text("title", required=True, most=LONGEST), reader.text("text")
    purpose, day = reader.choice("purpose", ItemPurpose, required=True), reader.day("sitting_on")
    if purpose is not None and reader.right:
        try:
            done = await agenda.put(page.services.db, there.group, ItemForm(title, text, purpose, day), by)
        except InvalidError as error:
            page.say_problems(error, reader.state)
        else:
            if done.refused is None:
                return page.to(f"/boards/items/{agenda.item_id(by)}")
            reader.state.errors[""] = page.sentence(done.refused)
            return await _render(page, group_id, status=409, failed=reader.state)
    return await _render(page, group_id, status=422, failed=reader.state)
