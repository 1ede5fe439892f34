"""The third step: form, place and time. Only what the form needs is asked; times that fit all are one press each.

The law of this file: it warns, and stops nobody: what is to be known of a time is said once, and the next press
goes on.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import in_utc
from sip.domain.meeting import Place
from sip.domain.sketch import Sketch, SketchStep
from sip.domain.terms import Form, PlaceKind
from sip.domain.values import replace
from sip.edges.web.convening import steps
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import Phrases
from sip.usecases.commands import Command
from sip.usecases.reading import planning

LENGTHS = (30, 45, 60, 75, 90, 120, 150, 180)
_LOCAL = (PlaceKind.ROOM, PlaceKind.HOME)


@get("/meetings/new/{sketch_id:uuid}/when")
async def show(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """When and where."""
    sketch = await steps.sketch_of(page, sketch_id)
    return await _shown(page, sketch_id, sketch, FormState(_values(sketch, page.phrases)))


def _values(sketch: Sketch, phrases: Phrases) -> dict[str, str]:
    place, start = sketch.place, phrases.local(sketch.start) if sketch.start else None
    return {
        "form": sketch.form or "",
        "day": start.date().isoformat() if start else "",
        "from": start.strftime("%H:%M") if start else "",
        "minutes": str(sketch.minutes),
        "place_kind": place.kind if place and place.kind in _LOCAL else "",
        "place_unit": (place.unit if place else "") or "",
        "place_room": (place.room if place else "") or "",
        "place_video": (place.video_url if place else "") or "",
        "place_phone": (place.phone if place else "") or "",
    }


async def _shown(page: Page, sketch_id: UUID, sketch: Sketch, state: FormState) -> Response[Any]:
    by = Command(steps.convener(page).actor, page.now, await page.services.world(page.now), "look")
    found = await planning.times(page.services.db, sketch, by)
    lengths = sorted({*LENGTHS, sketch.minutes})
    length = timedelta(minutes=sketch.minutes)
    return steps.shown(
        page, sketch_id, sketch, SketchStep.WHEN, state, warned=found.warned,
        proposed=[(one, one + length) for one in found.proposed], lengths=lengths, seen=_seen(sketch),
    )  # fmt: skip


def _seen(sketch: Sketch) -> str:
    """What the cautions on the page are about: the same again is gone on with."""
    return f"{sketch.start.isoformat()}/{sketch.minutes}" if sketch.start else ""


@post("/meetings/new/{sketch_id:uuid}/when", status_code=200)
async def save(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Keeps it; goes on unless there is something to know of the time that has not been said."""
    before, reader = await steps.sketch_of(page, sketch_id), await page.reader()
    sketch = _read(page, reader, before)
    kept = await steps.keep(page, sketch_id, sketch, reader)
    if (answer := steps.quiet(reader)) is not None:
        return answer
    if not kept or reader.state.errors:
        state = reader.state
        if sketch.start is not None and "day" not in state.errors and "from" not in state.errors:
            filled = {name: _values(sketch, page.phrases)[name] for name in ("day", "from")}
            state = FormState({**state.values, **filled}, state.errors)
        return await _shown(page, sketch_id, sketch if kept else before, state)
    if not reader.state.value("pick") and reader.state.value("seen") != _seen(sketch):
        by = Command(steps.convener(page).actor, page.now, await page.services.world(page.now), "look")
        if (await planning.times(page.services.db, sketch, by)).warned:
            query = "?back=check" if page.request.query_params.get("back") else ""
            return page.to(f"{steps.address(sketch_id, SketchStep.WHEN)}{query}#cautions")
    return steps.onward(page, sketch_id, SketchStep.WHEN)


def _read(page: Page, reader: Reader, sketch: Sketch) -> Sketch:
    form = reader.choice("form", Form, required=True)
    return replace(
        sketch,
        form=form,
        place=_place(reader, form) if form else sketch.place,
        start=_start(page, reader),
        minutes=min(max(reader.whole("minutes") or sketch.minutes, 5), 24 * 60),
    )


def _start(page: Page, reader: Reader) -> datetime | None:
    """The proposed time that was pressed, else what the fields say."""
    try:
        picked = datetime.fromisoformat(reader.state.value("pick")) if reader.state.value("pick") else None
    except ValueError:
        picked = None
    start = (in_utc(picked) if picked else None) or reader.moment("day", "from", required=True)
    if start is not None and start <= page.now:
        reader.wrong("day", "reason.time_past")
    return start


def _place(reader: Reader, form: Form) -> Place | None:
    """What this form needs, and nothing that was filled in for another."""
    video = reader.text("place_video", most=500) if form in (Form.VIDEO, Form.HYBRID) else ""
    if video and urlsplit(video).scheme != "https":
        reader.wrong("place_video", "convening.when.https")
    phone = reader.text("place_phone", most=50) if form is Form.PHONE else ""
    if form is Form.PHONE and not phone:
        reader.wrong("place_phone", "form_words.required")
    if form in (Form.VIDEO, Form.HYBRID) and not video:
        reader.wrong("place_video", "form_words.required")
    if form is Form.PHONE:
        return Place(PlaceKind.PHONE, phone=phone or None)
    if form is Form.VIDEO:
        return Place(PlaceKind.VIDEO, video_url=video or None)
    kind = reader.choice("place_kind", PlaceKind, required=True)
    unit, room = reader.text("place_unit", most=100), reader.text("place_room", most=100)
    if kind is PlaceKind.ROOM and not unit:
        reader.wrong("place_unit", "form_words.required")
    if kind not in _LOCAL:
        return None
    at_home = kind is PlaceKind.HOME
    return Place(kind, None if at_home else unit or None, None if at_home else room or None, video or None)
