"""Subscribed calendars: a key's own, and for who keeps a unit those that show it."""

from typing import Any
from uuid import UUID

from litestar import Request, Router
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from sip.edges.api.desk import Desk
from sip.edges.api.door import UNKEPT
from sip.edges.api.http import delete, get, post
from sip.edges.api.schemas.feeds import FeedIn, FeedMadeOut, FeedOut
from sip.usecases import feeds
from sip.usecases.feeds import Made

Asked = Request[Any, Any, Any]


@get("/feeds", summary="Living calendars: the key's own, and those that show the unit it keeps")
async def list_feeds(desk: NamedDependency[Desk]) -> list[FeedOut]:
    own, others = await feeds.listed(desk.services.db, actor=desk.actor, now=await desk.now())
    return [FeedOut.of(line, True) for line in own] + [FeedOut.of(line, False) for line in others]


@post("/feeds", summary="A new calendar; its address is shown this once")
async def add_feed(request: Asked, desk: NamedDependency[Desk], data: JSONBody[FeedIn]) -> FeedMadeOut:
    made = await feeds.make(
        desk.services.db, desk.new_id("feed"), data.kind, data.language, unit_id=data.unit_id,
        group_id=data.group_id, actor=desk.actor, now=await desk.now(),
    )  # fmt: skip
    return _shown_once(request, desk, made)


@post("/feeds/{feed_id:uuid}/rotation", status_code=200, summary="Another address; the one before ends at once")
async def rotate_feed(request: Asked, desk: NamedDependency[Desk], feed_id: FromPath[UUID]) -> FeedMadeOut:
    made = await feeds.rotate(desk.services.db, feed_id, actor=desk.actor, now=await desk.now())
    return _shown_once(request, desk, made)


@delete("/feeds/{feed_id:uuid}", summary="Ends a calendar: its address says 410 from now on")
async def drop_feed(desk: NamedDependency[Desk], feed_id: FromPath[UUID]) -> None:
    await feeds.revoke(desk.services.db, feed_id, actor=desk.actor, now=await desk.now())


def _shown_once(request: Asked, desk: Desk, made: Made) -> FeedMadeOut:
    request.scope["state"][UNKEPT] = True
    return FeedMadeOut.of(made, desk.services.settings.base_url)


router = Router("/", route_handlers=[list_feeds, add_feed, rotate_feed, drop_feed], tags=["Subscribed calendars"])
