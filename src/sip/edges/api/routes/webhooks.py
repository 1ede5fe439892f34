"""Endpoints of other systems: for keys of who administers their place."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from litestar import Request, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.edges.api.desk import USUAL, Desk, cursor_of, page, read_number
from sip.edges.api.door import UNKEPT
from sip.edges.api.http import delete, get, post, put
from sip.edges.api.routes.directory import Cursor, Limit
from sip.edges.api.schemas.common import PageOut
from sip.edges.api.schemas.webhooks import (
    EndpointIn,
    EndpointMadeOut,
    EndpointOut,
    EndpointResendIn,
    EndpointResentOut,
    EndpointRotateIn,
    EndpointSwitchIn,
    HookMessageOut,
)
from sip.usecases import webhooks

Asked = Request[Any, Any, Any]


@get("/webhooks", summary="Endpoints of the key's place; of a key for the whole installation, every one")
async def list_webhooks(desk: NamedDependency[Desk]) -> list[EndpointOut]:
    found, _, _ = await webhooks.listed(desk.services.db, actor=desk.actor, now=await desk.now())
    return [EndpointOut.of(one) for one in found]


@post("/webhooks", summary="A new endpoint; its secret is shown this once")
async def add_webhook(request: Asked, desk: NamedDependency[Desk], data: JSONBody[EndpointIn]) -> EndpointMadeOut:
    services = desk.services
    made = await webhooks.make(
        services.db, desk.new_id("endpoint"), data.wanted(), vault=services.vault,
        allowed=services.settings.webhook_networks, actor=desk.actor, now=await desk.now(),
    )  # fmt: skip
    request.scope["state"][UNKEPT] = True
    return EndpointMadeOut.of(made)


@get("/webhooks/{endpoint_id:uuid}", summary="One endpoint and how it stands")
async def get_webhook(desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]) -> EndpointOut:
    found = await webhooks.read(desk.services.db, endpoint_id, most=0, actor=desk.actor, now=await desk.now())
    return EndpointOut.of(found.endpoint)


@put("/webhooks/{endpoint_id:uuid}", summary="Another name, address or choice of events; its place stays")
async def put_webhook(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], data: JSONBody[EndpointIn]
) -> EndpointOut:
    changed = await webhooks.change(
        desk.services.db, endpoint_id, data.wanted(), allowed=desk.services.settings.webhook_networks,
        actor=desk.actor, now=await desk.now(),
    )  # fmt: skip
    return EndpointOut.of(changed)


@post("/webhooks/{endpoint_id:uuid}/rotation", status_code=200, summary="Another secret, shown this once")
async def rotate_webhook(
    request: Asked, desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], data: JSONBody[EndpointRotateIn]
) -> EndpointMadeOut:
    made = await webhooks.rotate(
        desk.services.db, endpoint_id, timedelta(days=data.days), vault=desk.services.vault, actor=desk.actor,
        now=await desk.now(),
    )  # fmt: skip
    request.scope["state"][UNKEPT] = True
    return EndpointMadeOut.of(made)


@post("/webhooks/{endpoint_id:uuid}/test", status_code=202, summary="Sends an `endpoint.test`")
async def test_webhook(desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]) -> None:
    test_id = uuid5(endpoint_id, f"test/{desk.event_id}")
    await webhooks.test(desk.services.db, endpoint_id, test_id, actor=desk.actor, now=await desk.now())


@put("/webhooks/{endpoint_id:uuid}/switch", summary="On or off; what waited when it is switched off is left out")
async def put_webhook_switch(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], data: JSONBody[EndpointSwitchIn]
) -> EndpointOut:
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    await webhooks.switch(db, endpoint_id, data.on, actor=actor, now=now)
    return EndpointOut.of((await webhooks.read(db, endpoint_id, most=0, actor=actor, now=now)).endpoint)


@delete("/webhooks/{endpoint_id:uuid}", summary="Takes an endpoint away with its messages")
async def drop_webhook(desk: NamedDependency[Desk], endpoint_id: FromPath[UUID]) -> None:
    await webhooks.remove(desk.services.db, endpoint_id, actor=desk.actor, now=await desk.now())


@get("/webhooks/{endpoint_id:uuid}/messages", summary="What was sent there, the latest first; kept for two weeks")
async def list_webhook_messages(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], limit: Limit = USUAL, cursor: Cursor = None
) -> PageOut[HookMessageOut]:
    before, most = read_number(cursor), min(limit, webhooks.MOST_LINES)
    found = await webhooks.read(
        desk.services.db, endpoint_id, before=before or None, most=most, actor=desk.actor, now=await desk.now()
    )
    last = cursor_of(found.lines[-1].id) if found.more else None
    return page([HookMessageOut.of(line) for line in found.lines], most, last)


@post(
    "/webhooks/{endpoint_id:uuid}/messages/{message_id:str}/resending", status_code=202,
    summary="Sends one message again, with the `webhook-id` and body that it had",
)  # fmt: skip
async def resend_webhook_message(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], message_id: FromPath[str]
) -> None:
    act = desk.new_id("resending")
    await webhooks.again(desk.services.db, endpoint_id, message_id, act, actor=desk.actor, now=await desk.now())


@post(
    "/webhooks/{endpoint_id:uuid}/resending", status_code=202,
    summary="Sends again all that has not got through since a moment",
)  # fmt: skip
async def resend_webhook(
    desk: NamedDependency[Desk], endpoint_id: FromPath[UUID], data: JSONBody[EndpointResendIn]
) -> EndpointResentOut:
    act = desk.new_id("resending")
    count = await webhooks.all_again(
        desk.services.db, endpoint_id, data.since, act, actor=desk.actor, now=await desk.now()
    )
    return EndpointResentOut(messages=count)


router = Router(
    "/", tags=["Webhooks"],
    route_handlers=[
        list_webhooks, add_webhook, get_webhook, put_webhook, rotate_webhook, test_webhook, put_webhook_switch,
        drop_webhook, list_webhook_messages, resend_webhook_message, resend_webhook,
    ],
)  # fmt: skip
