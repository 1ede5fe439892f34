"""The start page: what needs a hand first, then the coming meetings; open pages follow along by themselves."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from sip.edges.web.live import Live
from sip.edges.web.shell.assets import render
from sip.edges.web.shell.page import Page, Visitor
from sip.edges.web.shell.session import signed_in
from sip.store.seen.dashboard import Hand, Need
from sip.usecases.access import Act
from sip.usecases.reading import meetings

_CONVENERS = frozenset({Need.CLAIM, Need.DRAFT})
"""Needs that only who may convene can do something about."""


@get("/")
async def start(page: NamedDependency[Page]) -> Response[Any]:
    """The whole page. Who may not see meetings starts at the reports."""
    if page.visitor is None:
        return page.to("/sign-in")
    if not page.visitor.may(Act.READ_MEETINGS):
        return page.to("/deviations")
    facts = await _facts(page, page.visitor, again=False)
    return page.html("dashboard.html", **facts)


@get("/dashboard")
async def part(page: NamedDependency[Page]) -> Response[Any]:
    """What an open page asks for when something has changed."""
    visitor = signed_in(page)
    if not visitor.may(Act.READ_MEETINGS):
        return Response(b"", status_code=204)
    facts = await _facts(page, visitor, again=True)
    shown = {"now": page.now, "notice": page.notice(), **page.phrases.globals(), **facts}
    content = render("parts/dashboard.html", **shown) + render("parts/dashboard_head.html", **shown)
    return Response(content, media_type="text/html")


@get("/events")
async def events(page: NamedDependency[Page]) -> Stream:
    """Says "changed" when something has; what, the page asks for itself."""
    signed_in(page)
    live: Live = page.request.app.state.live
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(live.events(), media_type="text/event-stream", headers=headers)


async def _facts(page: Page, visitor: Visitor, *, again: bool) -> dict[str, Any]:
    found = await meetings.start(page.services.db, again=again, actor=visitor.actor, now=page.now)
    mine = [hand for hand in found.hands if hand.need not in _CONVENERS or visitor.may(Act.CONVENE)]
    return {
        "groups": grouped(mine),
        "coming": found.coming,
        "inbound": found.inbound,
        "gaps": found.gaps,
        "keeps_directory": visitor.may(Act.KEEP_DIRECTORY),
        "headline": headline(page, len(mine) + bool(found.inbound)),
        "hand_link": hand_link,
    }


def grouped(hands: Sequence[Hand]) -> list[tuple[Need, list[Hand]]]:
    """By kind of need, in their order; empty kinds are left out."""
    found = [(need, [hand for hand in hands if hand.need is need]) for need in Need]
    return [(need, items) for need, items in found if items]


def headline(page: Page, count: int) -> str:
    """One sentence for the whole page."""
    if count == 0:
        return page.t("page.dashboard.headline_none")
    return page.t("page.dashboard.headline_one" if count == 1 else "page.dashboard.headline", count=count)


def hand_link(hand: Hand) -> str:
    """Where one does something about it."""
    if hand.need is Need.ATTENDANCE:
        return f"/meetings/{hand.meeting_id}/attendance"
    return f"/meetings/{hand.meeting_id}" + (f"#p{hand.party}" if hand.party is not None else "")
