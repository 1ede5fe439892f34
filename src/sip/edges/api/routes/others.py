"""Agreements, received mail, who is asking; and the clock, in demo and test alone."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from sip.domain.agreement import AgreementError
from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_number
from sip.edges.api.http import get, post, put
from sip.edges.api.problems import ApiProblem
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.common import PageOut
from sip.edges.api.schemas.others import (
    AgreementIn,
    AgreementOut,
    ClockIn,
    ClockOut,
    InboundOut,
    MeOut,
)
from sip.edges.words import has_word, word
from sip.store.seen.lists import InboundRow
from sip.usecases import agreements, service
from sip.usecases.access import Act, require_role
from sip.usecases.agreement_file import parse
from sip.usecases.reading import inbound as reading
from sip.usecases.received.outcomes import MailOutcome

InboundId = Annotated[int, QueryParameter(ge=1)]
MOST_NUMBER = 2**62


@get("/me", summary="Who is asking: the key's role and scope")
async def get_me(desk: NamedDependency[Desk]) -> MeOut:
    who = desk.actor
    return MeOut(
        kind=who.kind,
        name=who.name,
        role=who.role,
        unit_id=who.unit_id,
        organisation_id=who.organisation_id,
        principal_id=who.principal_id,
        scopes=list(desk.key.scopes),
        expires_at=desk.key.expires_at,
    )


@get("/agreements", summary="Every version of every agreement")
async def list_agreements(desk: NamedDependency[Desk]) -> list[AgreementOut]:
    return [AgreementOut.of(one) for one in await agreements.all_versions(desk.services.db, actor=desk.actor)]


@post("/agreements", summary="A version of an agreement; once kept it never changes")
async def add_agreement(desk: NamedDependency[Desk], data: JSONBody[AgreementIn]) -> AgreementOut:
    require_role(desk.actor, Act.KEEP_INSTALLATION)
    try:
        file = await asyncio.to_thread(parse, data.toml, "toml")
        kept = await agreements.keep(desk.services.db, file, actor=desk.actor, now=await desk.now())
    except AgreementError as error:
        raise ApiProblem(422, "agreement", detail=str(error)) from None
    return AgreementOut.of(kept)


@get("/agreements/{agreement_id:uuid}", summary="Every version of one agreement")
async def get_agreement(desk: NamedDependency[Desk], agreement_id: FromPath[UUID]) -> list[AgreementOut]:
    found = await agreements.all_versions(desk.services.db, actor=desk.actor, agreement_id=agreement_id)
    return [AgreementOut.of(one) for one in found]


agreements_router = Router(
    "/", route_handlers=[list_agreements, add_agreement, get_agreement], tags=["Agreements"]
)  # fmt: skip


def _inbound(row: InboundRow, language: str) -> InboundOut:
    key = f"inbound.{row.reason}"
    return InboundOut.of(row, word(language, key) if row.reason and has_word(language, key) else None)


@get("/inbound", summary="Received mail and what came of it, by number")
async def list_inbound(
    desk: NamedDependency[Desk],
    outcome: FromQuery[MailOutcome | None] = None,
    waiting: FromQuery[bool] = False,
    meeting_id: FromQuery[UUID | None] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> PageOut[InboundOut]:
    rows = await reading.page(
        desk.services.db,
        outcome=outcome,
        waiting=waiting,
        meeting_id=meeting_id,
        after=read_number(cursor),
        limit=limit,
        actor=desk.actor,
        now=await desk.now(),
    )
    last = cursor_of(rows[-1].id) if rows else None
    return page([_inbound(row, desk.language) for row in rows], limit, last)


def _number(inbound_id: int) -> int:
    """A number a row can have."""
    return inbound_id if 0 < inbound_id < MOST_NUMBER else 0


@get("/inbound/{inbound_id:int}", summary="One received mail; nothing of its words")
async def get_inbound(desk: NamedDependency[Desk], inbound_id: FromPath[int]) -> InboundOut:
    row = await reading.one(desk.services.db, _number(inbound_id), actor=desk.actor, now=await desk.now())
    return _inbound(row, desk.language)


@get("/inbound/{inbound_id:int}/raw", media_type="message/rfc822", summary="The mail as it came; reading it is logged")
async def get_inbound_raw(desk: NamedDependency[Desk], inbound_id: FromPath[int]) -> Response[bytes]:
    services = desk.services
    found = await reading.raw(services.db, services.vault, _number(inbound_id), actor=desk.actor, now=await desk.now())
    headers = {"Content-Disposition": f'attachment; filename="mail-{inbound_id}.eml"'}
    return Response(found, media_type="message/rfc822", headers=headers)


@post("/inbound/{inbound_id:int}/handled", status_code=200, summary="A person has seen to it")
async def put_inbound_handled(desk: NamedDependency[Desk], inbound_id: FromPath[int]) -> InboundOut:
    row = await reading.seen_to(
        desk.services.db, _number(inbound_id), actor=desk.actor, now=await desk.now()
    )  # fmt: skip
    return _inbound(row, desk.language)


inbound_router = Router(
    "/", route_handlers=[list_inbound, get_inbound, get_inbound_raw, put_inbound_handled], tags=["Inbound mail"]
)


async def _clock(desk: Desk) -> ClockOut:
    found = await service.clock_state(desk.services.db, actor=desk.actor)
    waits = found.waits
    return ClockOut(
        now=found.now,
        speed=found.speed,
        timers=waits.timers,
        outbox=waits.outbox,
        feedback=waits.feedback,
        inbox=waits.inbox,
        next_due=waits.next_due,
    )


@get("/clock", summary="The service's time, what waits to be done, and when something is due next")
async def get_clock(desk: NamedDependency[Desk]) -> ClockOut:
    return await _clock(desk)


@put("/clock", summary="Sets the service's time or its speed; it never goes back")
async def put_clock(desk: NamedDependency[Desk], data: JSONBody[ClockIn]) -> ClockOut:
    await service.set_clock(desk.services.db, data.now, data.speed, actor=desk.actor)
    await desk.now()
    return await _clock(desk)


me_router = Router("/", route_handlers=[get_me], tags=["Me"])
clock_router = Router("/", route_handlers=[get_clock, put_clock], tags=["Clock (demo and test only)"])
