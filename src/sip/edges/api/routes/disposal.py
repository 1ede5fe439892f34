"""Disposal: what an organisation decides, its holds, what is due and goes, and exports for its archive.

The law of this file: as on the pages, nothing goes that was not shown; a protected matter is never exported to a
program (rules, section 13 I2), and an organisation that has one is told so.
"""

from typing import Annotated
from uuid import UUID

from litestar import Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter
from litestar.response import Stream

from sip.domain.keeping import Policy
from sip.edges.api.desk import Desk
from sip.edges.api.http import get, post, put
from sip.edges.api.problems import ApiProblem
from sip.edges.api.schemas.disposal import (
    CarryOutIn,
    DisposalOut,
    HoldEndIn,
    HoldIn,
    HoldOut,
    KeepingIn,
    KeepingOut,
    KeepsLineOut,
    KeepsOut,
)
from sip.edges.archive import files
from sip.edges.archive.files import ZIP
from sip.usecases import disposing
from sip.usecases import keeping as deciding
from sip.usecases.keeping import HoldWanted

AT_A_REQUEST = 1_000
"""Matters that one request takes away; what is left is for the next."""
CaseReference = Annotated[str, PathParameter(max_length=20, description="The matter's reference.")]


@get("/disposal", summary="Organisations that the key disposes for, and what each has decided")
async def list_disposal(desk: NamedDependency[Desk]) -> list[KeepsLineOut]:
    found = await deciding.overview(desk.services.db, actor=desk.actor, now=await desk.now())
    return [KeepsLineOut.of(*one) for one in found]


@get("/disposal/{organisation_id:uuid}", summary="What one has decided, its holds and its records")
async def get_disposal(desk: NamedDependency[Desk], organisation_id: FromPath[UUID]) -> KeepsOut:
    found = await deciding.read(desk.services.db, organisation_id, actor=desk.actor, now=await desk.now())
    return KeepsOut.of(found)


@put("/disposal/{organisation_id:uuid}/decision", summary="A new version of the decision on how long is kept")
async def put_disposal_decision(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], data: JSONBody[KeepingIn]
) -> KeepingOut:
    wanted = Policy(
        organisation_id, data.version, data.matter_years, data.log_years, data.by_itself, data.decision
    )  # fmt: skip
    return KeepingOut.of(await deciding.decide(desk.services.db, wanted, actor=desk.actor, now=await desk.now()))


@post("/disposal/{organisation_id:uuid}/holds", summary="A hold on a matter, a meeting or the whole organisation")
async def add_hold(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], data: JSONBody[HoldIn]
) -> HoldOut:  # fmt: skip
    wanted = HoldWanted(
        organisation_id, data.why, data.first_day, data.last_day, data.reference, data.meeting_id
    )  # fmt: skip
    return HoldOut.of(await deciding.set_hold(desk.services.db, wanted, actor=desk.actor, now=await desk.now()))


@put("/disposal/{organisation_id:uuid}/holds/{hold_id:uuid}/end", status_code=204, summary="The hold's last day")
async def put_hold_end(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], hold_id: FromPath[UUID], data: JSONBody[HoldEndIn]
) -> None:
    await deciding.end_hold(
        desk.services.db, organisation_id, hold_id, data.last_day, actor=desk.actor, now=await desk.now()
    )


@get("/disposal/{organisation_id:uuid}/plan", summary="What would go now; nothing does")
async def get_disposal_plan(desk: NamedDependency[Desk], organisation_id: FromPath[UUID]) -> DisposalOut:
    db, now = desk.services.db, await desk.now()
    policy = (await deciding.read(db, organisation_id, actor=desk.actor, now=now)).policy
    due = await disposing.plan(db, organisation_id, actor=desk.actor, now=now)
    return DisposalOut.of(0 if policy is None else policy.version, due)


@post("/disposal/{organisation_id:uuid}/plan", status_code=200, summary="What was shown goes")
async def carry_out_disposal(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], data: JSONBody[CarryOutIn]
) -> DisposalOut:
    done = await disposing.carry_out(
        desk.services.db, organisation_id, actor=desk.actor, now=await desk.now(), version=data.version,
        most=AT_A_REQUEST,
    )  # fmt: skip
    return DisposalOut.of(data.version, done)


@get(
    "/disposal/{organisation_id:uuid}/export",
    media_type=ZIP,
    summary="All that is the organisation's, as PDF/A, JSON and proofs in a zip file; it is logged",
)
async def export_organisation(desk: NamedDependency[Desk], organisation_id: FromPath[UUID]) -> Stream:
    made = files.of_organisation(
        desk.services.db, organisation_id, actor=desk.actor, now=await desk.now(), most=files.AT_ONCE
    )
    try:
        return files.sent(await files.zipped(made), "organisation")
    except files.TooManyMeetingsError:
        raise ApiProblem(409, "export_many", most=files.AT_ONCE) from None


@get(
    "/disposal/{organisation_id:uuid}/matters/{reference:str}/export",
    media_type=ZIP,
    summary="All about one matter that the organisation keeps, as PDF/A, JSON and proofs in a zip file; it is logged",
)
async def export_matter(
    desk: NamedDependency[Desk], organisation_id: FromPath[UUID], reference: FromPath[CaseReference]
) -> Stream:
    made = files.of_matter(
        desk.services.db, organisation_id, reference.upper(), actor=desk.actor, now=await desk.now()
    )  # fmt: skip
    return files.sent(await files.zipped(made), "matter")


router = Router(
    "/",
    route_handlers=[
        list_disposal, get_disposal, put_disposal_decision, add_hold, put_hold_end, get_disposal_plan,
        carry_out_disposal, export_organisation, export_matter,
    ],
    tags=["Disposal"],
)  # fmt: skip
