"""The second step: what the meeting is about. What is usual for its kind and purpose is filled in by one press."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import MeetingKind
from sip.domain.sketch import Sketch, SketchStep
from sip.domain.terms import Purpose
from sip.domain.values import replace
from sip.edges.web.convening import patterns, steps
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page


@get("/meetings/new/{sketch_id:uuid}/what")
async def show(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Kind, purpose and questions."""
    sketch = await steps.sketch_of(page, sketch_id)
    return steps.shown(page, sketch_id, sketch, SketchStep.WHAT, _filled(sketch))


def _filled(sketch: Sketch) -> FormState:
    return FormState(
        {
            "kind": sketch.kind or "",
            "purpose": sketch.purpose or "",
            "purpose_text": sketch.purpose_text,
            "questions": "\n".join(sketch.questions),
        }
    )


@post("/meetings/new/{sketch_id:uuid}/what", status_code=200)
async def save(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Keeps it and goes on; or fills in what is usual."""
    before, reader = await steps.sketch_of(page, sketch_id), await page.reader()
    proposing = reader.state.value("then") == "propose"
    sketch = _read(reader, before, required=not proposing)
    if proposing and sketch.kind and sketch.purpose:
        sketch = patterns.filled(sketch, patterns.pattern(sketch.kind, sketch.purpose, page.phrases))
    elif proposing:
        _choose_first(reader)
    kept = await steps.keep(page, sketch_id, sketch, reader)
    if (answer := steps.quiet(reader)) is not None:
        return answer
    if not kept or reader.state.errors:
        return steps.shown(page, sketch_id, sketch, SketchStep.WHAT, reader.state)
    if proposing:
        query = "?back=check" if page.request.query_params.get("back") else ""
        return page.to(f"{steps.address(sketch_id, SketchStep.WHAT)}{query}#texts")
    return steps.onward(page, sketch_id, SketchStep.WHAT)


def _read(reader: Reader, sketch: Sketch, *, required: bool) -> Sketch:
    kind = reader.choice("kind", MeetingKind, required=required)
    purpose = reader.choice("purpose", Purpose, required=required)
    text = reader.text("purpose_text", required=required)
    lines = reader.text("questions", required=required).splitlines()
    questions = tuple(line.strip() for line in lines if line.strip())
    return replace(sketch, kind=kind, purpose=purpose, purpose_text=text, questions=questions)


def _choose_first(reader: Reader) -> None:
    for name in ("kind", "purpose"):
        if not reader.state.value(name):
            reader.wrong(name, "convening.what.choose_first")
