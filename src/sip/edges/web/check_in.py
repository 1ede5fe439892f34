"""I am here: the page that a room's link or QR code opens, and what stands of it where attendance is taken.

The law of this file: GET shows and checks nobody in; the page says logistics alone, and nothing of who has come.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from sip.domain.events import CheckedIn
from sip.domain.meeting import Meeting
from sip.domain.terms import MeetingState
from sip.edges.web.shell import qr
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import sort_key
from sip.usecases import check_in as checking
from sip.usecases.problems import InvalidError


@dataclass(frozen=True, slots=True)
class RoomView:
    """The way in, for who shows it to the room: its address, and the same as a picture."""

    address: str
    picture: Markup


def way_in(page: Page, meeting: Meeting) -> RoomView | None:
    """None while nobody can check in."""
    if not checking.is_open(meeting, page.now):
        return None
    base = page.services.settings.base_url.rstrip("/")
    address = f"{base}/narvaro/{meeting.id}/{page.services.vault.room(meeting.id)}"
    return RoomView(address, qr.picture(address))


@get("/narvaro/{meeting_id:uuid}/{token:str}")
async def show(page: NamedDependency[Page], meeting_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """The form."""
    meeting = await checking.room(page.services.db, page.services.vault, meeting_id, token, page.now)
    return _render(page, meeting, token, FormState())


@post("/narvaro/{meeting_id:uuid}/{token:str}", status_code=200)
async def check_in(page: NamedDependency[Page], meeting_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """She is here."""
    services = page.services
    meeting = await checking.room(services.db, services.vault, meeting_id, token, page.now)
    reader = await page.reader()
    event = _read(reader, meeting)
    if event is None:
        return _render(page, meeting, token, reader.state, 422)
    by = await page.command(reader, checking.who_is_there(event.name))
    try:
        handled = await checking.check_in(services.db, services.vault, meeting_id, token, event, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return _render(page, meeting, token, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return _render(page, meeting, token, reader.state, 409)
    return page.to(f"/narvaro/{meeting_id}/{token}/tack#here")


@get("/narvaro/{meeting_id:uuid}/{token:str}/tack")
async def thanks(page: NamedDependency[Page], meeting_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """It is noted; who it was is not said again."""
    meeting = await checking.room(page.services.db, page.services.vault, meeting_id, token, page.now)
    return page.html("checked_in.html", meeting=meeting, again=f"/narvaro/{meeting_id}/{token}")


def _read(reader: Reader, meeting: Meeting) -> CheckedIn | None:
    """Whose she is, and who: a person that was named, or a unit and what she writes."""
    chosen = {f"{unit}-{person}": (unit, person) for unit, _, people in _parties(meeting) for person, _ in people}
    who = reader.one_of("who", (*chosen, *(f"{unit}-0" for unit, _, _ in _parties(meeting))), required=False)
    if not who:
        reader.wrong("who", "check_in.who_missing")
        return None
    if who in chosen:
        unit, person = chosen[who]
        return CheckedIn(unit, person)
    name = reader.text("name", most=100)
    if not name:
        reader.wrong("name", "check_in.name_missing")
    return CheckedIn(int(who.partition("-")[0]), name=name) if reader.right else None


def _parties(meeting: Meeting) -> list[tuple[int, str, list[tuple[int, str]]]]:
    """Ordinal, unit and persons named, in Swedish order."""
    found = [
        (party.ordinal, party.unit_name, [(one.ordinal, one.name) for one in party.attendees if one.stands])
        for party in meeting.parties
        if party.active
    ]
    return sorted(found, key=lambda one: sort_key(one[1]))


def _render(page: Page, meeting: Meeting, token: str, state: FormState, status: int = 200) -> Response[Any]:
    closed = None
    if not checking.is_open(meeting, page.now):
        over = meeting.state in (MeetingState.CANCELLED, MeetingState.CLOSED)
        closed = page.t("check_in.over" if over else "reason.check_in_early")
    return page.html(
        "check_in.html", status=status, meeting=meeting, f=state, parties=_parties(meeting), closed=closed,
        action=f"/narvaro/{meeting.id}/{token}",
    )  # fmt: skip
