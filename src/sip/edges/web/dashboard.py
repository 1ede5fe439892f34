"""The start page: what needs a hand, the first to be too late first, and what comes; open pages follow along by
themselves: a change brings its own rows, never the page.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from sip.domain.bounds import in_utc
from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.report_clock import answer_due, hearing_ends
from sip.edges.web import hand_view
from sip.edges.web.hand_view import HandView
from sip.edges.web.live import Live
from sip.edges.web.shell.page import Page, Visitor
from sip.edges.web.shell.session import signed_in
from sip.store.identities import session_name
from sip.store.seen.hands import Looker, Whose
from sip.usecases.access import Act, scope_of
from sip.usecases.reading import hands

MOST_AT_ONCE = 50
"""Ids that an open page asks for in one go; for more it asks for its first page anew."""


@get("/")
async def start(page: NamedDependency[Page]) -> Response[Any]:
    """The whole page. Who may not see meetings starts at the reports, an auditor at the audit."""
    if page.visitor is None:
        return page.to("/sign-in")
    if not page.visitor.may(Act.READ_MEETINGS):
        return page.to("/deviations" if page.visitor.may(Act.READ_DEVIATIONS) else "/audit")
    visitor, asked = page.visitor, page.request.query_params
    looker = _looker(visitor)
    whose, after = whose_of(asked.get("whose")), _after(asked.get("after"))
    found = await hands.start(page.services.db, whose, after, looker, actor=visitor.actor, now=page.now)
    rows = _views(page, visitor, found.rows, found.principals)
    total = len(rows) if after is None and found.more is None else max(found.total, len(rows))
    return page.html(
        "dashboard.html",
        rows=rows,
        following=hand_view.following(rows),
        groups=hand_view.group_titles(page.now, page.phrases),
        put_off=_views(page, visitor, found.put_off, found.principals),
        reports=[_report(one) for one in found.reports],
        coming=found.coming,
        inbound=found.inbound,
        gaps=found.gaps,
        matters=found.matters,
        keeps_directory=visitor.may(Act.KEEP_DIRECTORY),
        headline=headline(page, total + bool(found.inbound) + len(found.reports)),
        total=total,
        whose=whose,
        views=_choices(visitor, bool(looker.units)),
        after=after is not None,
        more=None if found.more is None else f"{found.more[0].isoformat()}_{found.more[1]}",
        done=_done(page),
    )


@get("/hands/rows")
async def rows(page: NamedDependency[Page]) -> Response[Any]:
    """What an open page asks for: what has become of these meetings (`ids`), or of its whole first view."""
    visitor = signed_in(page)
    if not visitor.may(Act.READ_MEETINGS):
        return Response(b"", status_code=204)
    whose, only = whose_of(page.request.query_params.get("whose")), _ids(page.request.query_params.get("ids"))
    found = await hands.rows(page.services.db, whose, only, _looker(visitor), actor=visitor.actor, now=page.now)
    shown = _views(page, visitor, found.rows, found.principals)
    said = headline(page, found.total)
    return page.part("parts/hand_rows.html", rows=shown, lines=found.lines, whose=whose, headline=said)


@get("/events")
async def events(page: NamedDependency[Page]) -> Stream:
    """Names the meetings that have changed; what of them, the page asks for itself."""
    visitor = signed_in(page)
    live: Live = page.request.state.live
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(
        live.events(scope_of(visitor.actor), session_name(visitor.session)),
        media_type="text/event-stream",
        headers=headers,
    )


def _views(page: Page, visitor: Visitor, read: list[hands.HandRead], names: Mapping[UUID, str]) -> list[HandView]:
    return hand_view.rows(read, visitor.actor, page.now, page.phrases, names)


def _looker(visitor: Visitor) -> Looker:
    """Her own units are those that she has a role in, whichever role she acts in now; a unit's role sees no more."""
    actor = visitor.actor
    return Looker(actor.id or "", visitor.email, () if actor.unit_id is not None else visitor.units)


def whose_of(text: str | None) -> Whose:
    """Whose meetings are asked for; all where it says nothing we know."""
    return Whose(text) if text in tuple(Whose) else Whose.ALL


def _ids(text: str | None) -> list[UUID] | None:
    try:
        found = [UUID(one) for one in (text or "").split(",") if one]
    except ValueError:
        return None
    return found if 0 < len(found) <= MOST_AT_ONCE else None


def _after(text: str | None) -> tuple[datetime, UUID] | None:
    """Where the page before ended; nothing where that is no such place."""
    at, _, key = (text or "").partition("_")
    try:
        moment = in_utc(datetime.fromisoformat(at))
        return None if moment is None else (moment, UUID(key))
    except ValueError:
        return None


def _choices(visitor: Visitor, own_units: bool) -> list[Whose]:
    """Whose meetings she can choose between; nothing where there is one choice alone."""
    if not (visitor.may(Act.RECORD) or visitor.may(Act.CONVENE)):
        return []
    return [Whose.MINE, *([Whose.UNIT] if own_units else []), Whose.ALL]


def _report(report: DeviationReport) -> dict[str, Any]:
    """A report that waits for a word of the reader's unit, with its last day."""
    heard = report.state is DeviationState.HEARING
    return {
        "id": report.id,
        "unit": report.receiving.unit_name,
        "reference": report.reference,
        "facts": report.facts,
        "key": "hearing" if heard else "received",
        "last": hearing_ends(report) if heard else answer_due(report),
    }


def _done(page: Page) -> tuple[str, str] | None:
    """What was just done, and the meeting: only words of ours and an id."""
    what, meeting = page.request.query_params.get("done", ""), page.request.query_params.get("at", "")
    try:
        return (f"hand.done.{what}", str(UUID(meeting))) if what in DONE else None
    except ValueError:
        return None


DONE = (
    "take", "note", "snooze", "wake", "again", "go-ahead", "claim", "successor", "answer", "substitute", "identity",
    "decision", "pick", "follow", "plan-ended",
)  # fmt: skip
"""The acts of a row, by their addresses."""


def headline(page: Page, count: int) -> str:
    """One sentence for the whole page."""
    if count == 0:
        return page.t("page.dashboard.headline_none")
    return page.t("page.dashboard.headline_one" if count == 1 else "page.dashboard.headline", count=count)
