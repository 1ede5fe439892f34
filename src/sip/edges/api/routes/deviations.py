"""Deviation reports: list, one, by hand, hearing, cause, dispute, closing, withdrawal, journal."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import HttpMethod, Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from sip.domain.deviation import DeviationState
from sip.domain.failure import FailureDraft
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_moment_and_id, read_number, tagged
from sip.edges.api.http import delete, get, post, route
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.routes.meetings import After
from sip.edges.api.schemas.common import Bare, PageOut
from sip.edges.api.schemas.deviations import (
    CauseIn,
    ClosingIn,
    DeviationIn,
    DeviationOut,
    FollowUpIn,
    ForwardingIn,
    GoodExampleIn,
    HearingIn,
    MeasureIn,
    MergingIn,
    RegistrationIn,
    RegistrationOut,
    WithdrawalIn,
    WordIn,
)
from sip.edges.api.schemas.others import EntryOut
from sip.edges.archive import pdf, reports
from sip.edges.web.shell.phrases import Phrases
from sip.store.registrations import Registration
from sip.usecases import deviations, failures, registrations
from sip.usecases.problems import FieldProblem, InvalidError
from sip.usecases.reading import deviations as reading

REPORT = "/deviations/{deviation_id:uuid}"
BOTH: Any = {"http_method": [HttpMethod.PUT, HttpMethod.POST], "status_code": 200}


@get("/deviations", summary="Reports between units of the key's scope, by when they were raised")
async def list_deviations(
    desk: NamedDependency[Desk],
    in_state: Annotated[DeviationState | None, QueryParameter(name="state", description="In this state.")] = None,
    meeting_id: FromQuery[UUID | None] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[DeviationOut]:
    found = await reading.page(
        desk.services.db,
        state=in_state,
        meeting_id=meeting_id,
        after=read_moment_and_id(cursor),
        limit=limit,
        actor=desk.actor,
        now=await desk.now(),
    )
    last = cursor_of(found[-1].state.raised_at, found[-1].state.id) if found else None
    return page([DeviationOut.of(one.state, one.version) for one in found], limit, last)


@post("/deviations", summary="A report by hand, about a party of a meeting or without one")
async def add_deviation(desk: NamedDependency[Desk], data: JSONBody[DeviationIn]) -> Response[DeviationOut]:
    by = await desk.command()
    categories = tuple(dict.fromkeys(data.categories))
    if data.meeting_id is None and data.party is None:
        draft = FailureDraft(
            categories, data.description, data.risk, data.reporting_unit_id, data.receiving_unit_id
        )  # fmt: skip
        return desk.deviation(await failures.report(desk.services.db, draft, by), 201)
    if data.meeting_id is None or data.party is None:
        raise InvalidError([FieldProblem("party" if data.party is None else "meeting_id", "required")])
    found = await deviations.raise_by_hand(
        desk.services.db, data.meeting_id, data.party, categories, data.description, by, data.risk
    )
    return desk.deviation(found, 201)


@post("/good-examples", summary="A party was a good example")
async def add_good_example(desk: NamedDependency[Desk], data: JSONBody[GoodExampleIn]) -> Response[DeviationOut]:
    by = await desk.command()
    return desk.deviation(await deviations.praise(desk.services.db, data.meeting_id, data.party, data.words, by), 201)


@get(REPORT, summary="One report")
async def get_deviation(desk: NamedDependency[Desk], deviation_id: FromPath[UUID]) -> Response[DeviationOut]:
    found = await reading.one(desk.services.db, deviation_id, actor=desk.actor, now=await desk.now())
    return tagged(DeviationOut.of(found.state, found.version), found.version)


@route(f"{REPORT}/hearing", **BOTH, summary="The absent party's word: is it right?")
async def put_hearing(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[HearingIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    found = await deviations.hear(desk.services.db, deviation_id, data.statement, by, account=data.account)
    return desk.deviation(found)


@route(f"{REPORT}/cause", **BOTH, summary="The absent party's cause and account")
async def put_cause(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[CauseIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    also = tuple(data.also)
    done = await deviations.give_cause(desk.services.db, deviation_id, data.cause, data.account, by, also=also)
    return desk.deviation(done)


@route(f"{REPORT}/dispute", **BOTH, summary="The reporting unit keeps the report after a dispute")
async def put_dispute(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[Bare | None] = None
) -> Response[DeviationOut]:
    return desk.deviation(await deviations.settle_dispute(desk.services.db, deviation_id, await desk.bare(data)))


@post(f"{REPORT}/words", status_code=200, summary="A word in the thread between the two units")
async def add_word(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[WordIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(await deviations.say(desk.services.db, deviation_id, data.text, by))


@post(f"{REPORT}/measures", status_code=200, summary="A measure, with who sees to it and until when")
async def add_measure(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[MeasureIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(
        await deviations.take_measure(desk.services.db, deviation_id, data.text, data.owner, data.due_on, by)
    )


@route(f"{REPORT}/measures/{{number:int}}", **BOTH, summary="Whether a measure was done, and what came of it")
async def put_measure(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], number: FromPath[int], data: JSONBody[FollowUpIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(
        await deviations.follow_up(desk.services.db, deviation_id, number, data.done, data.effect, by)
    )


@route(
    f"{REPORT}/closing", **BOTH, summary="The reporting unit closes it; with a reason also before all is followed up"
)
async def put_closing(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[ClosingIn | None] = None
) -> Response[DeviationOut]:
    by, reason = await desk.command(data.version if data else None), data.reason if data else None
    return desk.deviation(await deviations.close(desk.services.db, deviation_id, by, reason=reason))


@route(f"{REPORT}/forwarding", **BOTH, summary="The reporting unit takes it to the cooperation board")
async def put_forwarding(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[ForwardingIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(await deviations.forward(desk.services.db, deviation_id, data.reason, by))


@delete(f"{REPORT}/forwarding", status_code=200, summary="The reporting unit takes it back from the board")
async def drop_forwarding(desk: NamedDependency[Desk], deviation_id: FromPath[UUID]) -> Response[DeviationOut]:
    return desk.deviation(await deviations.take_back(desk.services.db, deviation_id, await desk.command()))


@route(f"{REPORT}/merging", **BOTH, summary="It goes on in its like: another report between the same two units")
async def put_merging(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[MergingIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(await deviations.merge(desk.services.db, deviation_id, data.into, by))


@route(f"{REPORT}/withdrawal", **BOTH, summary="The reporting unit takes the report back")
async def put_withdrawal(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[WithdrawalIn]
) -> Response[DeviationOut]:
    by = await desk.command(data.version)
    return desk.deviation(await deviations.withdraw(desk.services.db, deviation_id, data.because, by))


@get(f"{REPORT}/journal", summary="What happened, row by row")
async def get_deviation_journal(
    desk: NamedDependency[Desk],
    deviation_id: FromPath[UUID],
    after: After = 0,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[EntryOut]:
    return await desk.journal(reading.journal_of, deviation_id, max(read_number(cursor) or 0, after), limit)


@get(f"{REPORT}/registration", summary="The report in the register of the key's own authority")
async def get_registration(desk: NamedDependency[Desk], deviation_id: FromPath[UUID]) -> RegistrationOut:
    found = await registrations.of_report(desk.services.db, deviation_id, actor=desk.actor, now=await desk.now())
    return _registered(found)


@route(f"{REPORT}/registration", **BOTH, summary="Its number and day of receipt in the key's own authority's register")
async def put_registration(
    desk: NamedDependency[Desk], deviation_id: FromPath[UUID], data: JSONBody[RegistrationIn]
) -> RegistrationOut:
    by = await desk.command()
    return _registered(
        await registrations.note(desk.services.db, deviation_id, data.number, data.received_on, by)
    )  # fmt: skip


def _registered(found: Registration | None) -> RegistrationOut:
    return RegistrationOut(
        number=None if found is None else found.number, received_on=None if found is None else found.received_on
    )


@get(
    f"{REPORT}/document",
    media_type="application/pdf",
    summary="The report with its thread and measures as PDF/A; it is logged",
)
async def get_deviation_document(desk: NamedDependency[Desk], deviation_id: FromPath[UUID]) -> Response[bytes]:
    now = await desk.now()
    found = await registrations.export(desk.services.db, deviation_id, actor=desk.actor, now=now)
    made = reports.of_report(found, Phrases("sv"), desk.actor.name or "", now)
    data = await asyncio.to_thread(pdf.pdf, made, now)
    name = f'attachment; filename="sip-{found.report.reference}.pdf"'
    return Response(data, media_type="application/pdf", headers={"content-disposition": name})


router = Router(
    "/",
    route_handlers=[
        list_deviations, add_deviation, add_good_example, get_deviation, put_hearing, put_cause, put_dispute, add_word,
        add_measure, put_measure, put_closing, put_forwarding, drop_forwarding, put_merging, put_withdrawal,
        get_deviation_journal, get_registration, put_registration, get_deviation_document,
    ],
    tags=["Deviations"],
)  # fmt: skip
