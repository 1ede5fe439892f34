"""Cooperation boards: their list, an agenda, a sitting, a question with its decisions, and what is done with it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import HttpMethod, Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from sip.domain.agenda import ItemPrepared, ItemState, ResolutionFollowedUp, Resolved
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_moment_and_id, tagged
from sip.edges.api.http import delete, get, post, route
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.boards import (
    AgendaOut,
    BoardOut,
    ItemDroppingIn,
    ItemIn,
    ItemInquiryAnswerIn,
    ItemInquiryEndingIn,
    ItemInquiryIn,
    ItemOut,
    ItemPreparationIn,
    ItemReferenceIn,
    ItemReportIn,
    ItemSittingIn,
    ItemTextIn,
    ResolutionFollowUpIn,
    ResolutionIn,
    SittingOut,
)
from sip.edges.api.schemas.common import PageOut
from sip.store.seen.agenda import ItemQuery
from sip.usecases import agenda, inquiries
from sip.usecases.agenda import ItemForm
from sip.usecases.reading import agenda as reading

ITEM = "/boards/items/{item_id:uuid}"
BOTH: Any = {"http_method": [HttpMethod.PUT, HttpMethod.POST], "status_code": 200}


@get("/boards", summary="The boards and standing groups whose agenda the key sees")
async def list_boards(desk: NamedDependency[Desk]) -> PageOut[BoardOut]:
    found = await reading.boards(desk.services.db, actor=desk.actor, now=await desk.now(), standing=True)
    return page([BoardOut.of(one) for one in found], len(found), None)


@get("/boards/{group_id:uuid}", summary="What is before one board")
async def get_board(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> AgendaOut:
    found = await reading.board(desk.services.db, group_id, actor=desk.actor, now=await desk.now())
    return AgendaOut.of(found)


@get("/boards/{group_id:uuid}/sittings/{day:date}", summary="One sitting's agenda, and what was decided on it")
async def get_sitting(desk: NamedDependency[Desk], group_id: FromPath[UUID], day: FromPath[date]) -> SittingOut:
    found = await reading.sitting(desk.services.db, group_id, day, actor=desk.actor, now=await desk.now())
    return SittingOut.of(found)


@post("/boards/{group_id:uuid}/items", summary="A question is put before the board")
async def add_item(desk: NamedDependency[Desk], group_id: FromPath[UUID], data: JSONBody[ItemIn]) -> Response[ItemOut]:
    by = await desk.command()
    there = await reading.board(desk.services.db, group_id, actor=desk.actor, now=by.now)
    form = ItemForm(data.title, data.text, data.purpose, data.sitting_on, reports=tuple(data.report_ids))
    return desk.item(await agenda.put(desk.services.db, there.group, form, by), 201)


@get("/boards/{group_id:uuid}/items", summary="All its questions with their decisions, in the order they were put")
async def list_items(
    desk: NamedDependency[Desk],
    group_id: FromPath[UUID],
    in_state: Annotated[ItemState | None, QueryParameter(name="state", description="In this state.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[ItemOut]:
    states = None if in_state is None else (in_state,)
    query = ItemQuery(states=states, after=read_moment_and_id(cursor), limit=limit)
    found = await reading.page_of(desk.services.db, group_id, query, actor=desk.actor, now=await desk.now())
    last = cursor_of(found[-1].put_at, found[-1].id) if found else None
    return page([ItemOut.of(one) for one in found], limit, last)


@get("/boards/items", summary="Questions in which all of these words stand, in Swedish, the latest first")
async def find_items(
    desk: NamedDependency[Desk], words: Annotated[str, QueryParameter(name="q", description="The words.")] = ""
) -> PageOut[ItemOut]:
    found = await reading.search(desk.services.db, words[:200], actor=desk.actor, now=await desk.now())
    return page([ItemOut.of(one) for one in found], len(found), None)


@get(ITEM, summary="One question, with its decisions and the reports that the key sees")
async def get_item(desk: NamedDependency[Desk], item_id: FromPath[UUID]) -> Response[ItemOut]:
    found = await reading.item(desk.services.db, item_id, actor=desk.actor, now=await desk.now())
    reports = [one.id for one in found.reports]
    return tagged(ItemOut.of(found.item, found.version, reports, found.hidden), found.version)


@route(f"{ITEM}/text", **BOTH, summary="Its words, until it is decided")
async def put_item_text(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemTextIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await agenda.edit(desk.services.db, item_id, data.title, data.text, data.purpose, by))


@route(f"{ITEM}/preparation", **BOTH, summary="Who prepares it until which day, and its papers")
async def put_item_preparation(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemPreparationIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    event = ItemPrepared(data.owner, data.seat, data.until, tuple(data.papers))
    return desk.item(await agenda.prepare(desk.services.db, item_id, event, by))


@route(f"{ITEM}/reference", **BOTH, summary="It goes to a group above or below, and comes back with an answer")
async def put_item_reference(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemReferenceIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await agenda.refer(desk.services.db, item_id, data.group_id, data.text, by))


@route(f"{ITEM}/inquiry", **BOTH, summary="The seats of its group are asked, until a day; or otherwise than before")
async def put_item_inquiry(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemInquiryIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await inquiries.ask(desk.services.db, item_id, data.questions, data.until, data.about, by))


@route(f"{ITEM}/inquiry/ending", **BOTH, summary="The seats are asked no more, and answer no more")
async def put_item_inquiry_ending(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemInquiryEndingIn]
) -> Response[ItemOut]:
    return desk.item(await inquiries.end(desk.services.db, item_id, await desk.command(data.version)))


@route(f"{ITEM}/inquiry/{{seat:int}}/answer", **BOTH, summary="What a seat has said to who keeps the agenda")
async def put_item_inquiry_answer(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], seat: FromPath[int], data: JSONBody[ItemInquiryAnswerIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await inquiries.write_down(desk.services.db, item_id, seat, data.answers, by))


@route(f"{ITEM}/sitting", **BOTH, summary="Which sitting takes it up; null: none yet")
async def put_item_sitting(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemSittingIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await agenda.schedule(desk.services.db, item_id, data.sitting_on, by))


@route(f"{ITEM}/dropping", **BOTH, summary="The board does not take it up")
async def put_item_dropping(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemDroppingIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await agenda.drop(desk.services.db, item_id, data.reason, by))


@post(f"{ITEM}/reports", status_code=200, summary="Another report is of the same question")
async def add_item_report(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ItemReportIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    return desk.item(await agenda.link(desk.services.db, item_id, data.report_id, by))


@delete(f"{ITEM}/reports/{{deviation_id:uuid}}", status_code=200, summary="A report is of another question")
async def drop_item_report(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], deviation_id: FromPath[UUID]
) -> Response[ItemOut]:
    return desk.item(await agenda.unlink(desk.services.db, item_id, deviation_id, await desk.command()))


@post(f"{ITEM}/resolutions", status_code=200, summary="The board has decided")
async def add_resolution(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], data: JSONBody[ResolutionIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    event = Resolved(data.text, data.grounds, data.decided_on, data.owner, data.unit_id, data.due_on)
    return desk.item(await agenda.resolve(desk.services.db, item_id, event, by))


@route(f"{ITEM}/resolutions/{{number:int}}", **BOTH, summary="What came of a decision")
async def put_resolution(
    desk: NamedDependency[Desk], item_id: FromPath[UUID], number: FromPath[int], data: JSONBody[ResolutionFollowUpIn]
) -> Response[ItemOut]:
    by = await desk.command(data.version)
    event = ResolutionFollowedUp(number, data.done, data.outcome, data.due_on)
    return desk.item(await agenda.follow_up(desk.services.db, item_id, event, by))


router = Router(
    "/",
    route_handlers=[
        list_boards, get_board, get_sitting, add_item, list_items, find_items, get_item, put_item_text,
        put_item_preparation, put_item_reference, put_item_inquiry, put_item_inquiry_ending, put_item_inquiry_answer,
        put_item_sitting, put_item_dropping, add_item_report,
        drop_item_report, add_resolution, put_resolution,
    ],
    tags=["Boards"],
)  # fmt: skip
