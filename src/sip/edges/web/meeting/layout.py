"""The page of one meeting, put together: what its reader sees, and what stands in each of its forms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.meeting import Meeting
from sip.edges.web.meeting import schedule_form, text_form
from sip.edges.web.meeting.view import build as view_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import MeetingView, PartyView
from sip.store import cases
from sip.store.aggregates import journal, rosters
from sip.store.aggregates import meetings as stored
from sip.store.cases import CaseRecord
from sip.store.seen import access_log, listings
from sip.store.seen.listings import UnitLine
from sip.store.seen.scope import EVERYTHING
from sip.usecases.access import MAY, Act, covers, require_meeting
from sip.usecases.actor import Actor

_CHOOSES = frozenset({"add", "hand_over", "answer", "decide"})
"""The acts for which a unit is chosen from a list."""


async def render(
    page: Page, meeting_id: UUID, *, status: int = 200, failed: FormState | None = None, what: str = ""
) -> Response[Any]:
    """The page; with `failed` its form stands open and says what is wrong."""
    visitor = signed_in(page)
    async with page.services.db.transaction(visitor.actor) as conn:
        found = (await stored.load_many(conn, [meeting_id])).get(meeting_id)
        meeting = require_meeting(visitor.actor, found.state if found else None)
        assert found is not None
        entries = await journal.read(conn, meeting_id)
        reports = await listings.deviations(conn, visitor.scope, meeting=meeting_id)
        await access_log.record(conn, visitor.actor.columns(), "read", "meeting", [str(meeting_id)], page.now)
        case = await _kept_case(conn, visitor.actor, meeting, page.now)
        view = view_of(
            meeting, found.version, visitor.actor, entries, reports, page.now, page.phrases, case
        )  # fmt: skip
        units = await _units(conn, page, view)
    return page.html("meeting.html", status=status, **context(page, view, units, failed, what))


async def _kept_case(conn: AsyncConnection, actor: Actor, meeting: Meeting, now: datetime) -> CaseRecord | None:
    """The meeting's case, if it is the actor's side that keeps it and her role may."""
    if actor.role not in MAY[Act.KEEP_CASES]:
        return None
    case = await cases.get(conn, meeting.case_id)
    keeper = (await rosters.rosters(conn, [case.unit_id], now)).get(case.unit_id) if case is not None else None
    if keeper is None or not covers(actor, keeper.unit_id, keeper.organisation_id, keeper.principal_id):
        return None
    return case


async def _units(conn: AsyncConnection, page: Page, view: MeetingView) -> list[UnitLine]:
    """Units to choose from, read only where somebody can choose."""
    if not _CHOOSES & view.can.union(*(party.can for party in view.parties)):
        return []
    return await listings.units(conn, EVERYTHING, page.now)


def context(
    page: Page, view: MeetingView, units: list[UnitLine], failed: FormState | None = None, what: str = ""
) -> dict[str, Any]:
    """What the template needs beside the words."""

    def state(name: str, ordinal: int | None = None) -> FormState:
        prefix = prefix_of(name, ordinal)
        if failed is not None and failed.prefix == prefix:
            return failed
        return FormState(_filled(name, view.meeting, page), {}, prefix)

    def of(party: PartyView) -> list[tuple[str, str]]:
        same = [unit for unit in units if unit.principal_id == party.party.principal_id]
        return sorted_pairs([(str(unit.id), unit.name) for unit in same if unit.id != party.party.unit_id])

    def conveners() -> list[tuple[str, str]]:
        """Who may take over: any unit while it is a draft, then the convener's principal's."""
        meeting = view.meeting
        own = meeting.called_at is not None
        may = [unit for unit in units if not own or unit.principal_id == meeting.convener.principal_id]
        return sorted_pairs([(str(unit.id), f"{unit.name}, {unit.principal}") for unit in may])

    def everything() -> list[tuple[str, str]]:
        return sorted_pairs([(str(unit.id), f"{unit.name}, {unit.principal}") for unit in units])

    return {
        "view": view,
        "failed": failed,
        "state": state,
        "units": everything,
        "units_of": of,
        "what": what,
        "conveners": conveners,
    }


def _filled(name: str, meeting: Meeting, page: Page) -> Mapping[str, str]:
    """What stands in a form before anybody has touched it."""
    if name == "move":
        return schedule_form.values(meeting, page.phrases)
    if name == "convener":
        return {"convener_unit": str(meeting.convener.unit_id)}
    return text_form.values(meeting) if name == "text" else {}


def prefix_of(name: str, ordinal: int | None = None) -> str:
    """What keeps the ids of one form on the page apart from those of the others."""
    return f"{name}-" if ordinal is None else f"{name}-{ordinal}-"
