"""The page of one meeting, put together: what its reader sees, and what stands in each of its forms."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sip.domain.meeting import Meeting
from sip.domain.pre_meeting import WhyBefore, suggested_by
from sip.edges.web.meeting import schedule_form, text_form
from sip.edges.web.meeting.view import build as view_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Html, Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import MeetingView
from sip.store.seen.matters import Somebody
from sip.usecases.access import MAY, Act
from sip.usecases.actor import Actor
from sip.usecases.reading import meetings as reading
from sip.usecases.reading.meetings import MeetingRead


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
        found.case, found.closing, found.consents,
    )  # fmt: skip
    view = replace(view, named=found.named, roundabout=found.roundabout, before=_before(found, view, actor))
    return page.html("meeting.html", status=status, **context(page, view, failed, what))


def _before(found: MeetingRead, view: MeetingView, actor: Actor) -> tuple[WhyBefore, ...]:
    """Why a pre-meeting is offered, to who could call one."""
    if not view.convening or actor.role not in MAY[Act.CONVENE]:
        return ()
    reported = any(not one.good_example for one in found.reports)
    return suggested_by(found.meeting, reported=reported, goes_round=found.roundabout is not None)


def context(page: Page, view: MeetingView, failed: FormState | None = None, what: str = "") -> dict[str, Any]:
    """What the template needs beside the words."""

    def state(name: str, ordinal: int | None = None) -> FormState:
        prefix = prefix_of(name, ordinal)
        if failed is not None and failed.prefix == prefix:
            return failed
        return FormState(_filled(name, view.meeting, page), {}, prefix)

    def people(others: Iterable[Somebody]) -> list[tuple[str, str]]:
        roles = ((one, page.phrases.reason(one.role, "role")) for one in others)
        return sorted_pairs([(str(one.id), f"{one.name}, {role}") for one, role in roles])

    return {
        "view": view,
        "people": people,
        "failed": failed,
        "state": state,
        "what": what,
    }


def _filled(name: str, meeting: Meeting, page: Page) -> Mapping[str, str]:
    """What stands in a form before anybody has touched it."""
    if name == "move":
        return schedule_form.values(meeting, page.phrases)
    if name == "convener":
        return {"convener_unit": meeting.convener.unit_name}
    return text_form.values(meeting) if name == "text" else {}


def prefix_of(name: str, ordinal: int | None = None) -> str:
    """What keeps the ids of one form on the page apart from those of the others."""
    return f"{name}-" if ordinal is None else f"{name}-{ordinal}-"
