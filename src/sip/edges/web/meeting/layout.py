"""The page of one meeting, put together: what its reader sees, and what stands in each of its forms."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sip.domain.meeting import Meeting
from sip.edges.web.meeting import schedule_form, text_form
from sip.edges.web.meeting.view import build as view_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Html, Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import MeetingView, PartyView
from sip.store.seen.listings import UnitLine
from sip.usecases.reading import meetings as reading


async def render(
    page: Page,
    meeting_id: UUID,
    *,
    status: int = 200,
    failed: FormState | None = None,
    what: str = "",
    again: bool = False,
) -> Html:
    """The page; with `failed` its form stands open and says what is wrong. `again`: for one that stands open and
    follows along, which was recorded when it was opened."""
    actor = signed_in(page).actor
    found = await reading.whole(page.services.db, meeting_id, again=again, actor=actor, now=page.now)
    view = view_of(
        found.meeting, found.version, actor, found.entries, found.reports, page.now, page.phrases, found.context,
        found.case, found.closing,
    )  # fmt: skip
    return page.html("meeting.html", status=status, **context(page, view, found.units, failed, what))


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
