"""The first step: who is called, with which duty, in which system, and who calls.

The law of this file: a unit is added by one press wherever it is known, and what was typed in the search is added by
any press: nothing that somebody meant is passed over.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.planning import proposed_obligation
from sip.domain.sketch import MOST_PARTIES, Sketch, SketchParty, SketchStep
from sip.domain.terms import Obligation
from sip.domain.values import replace
from sip.edges.web import units
from sip.edges.web.convening import steps
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.reading import planning
from sip.usecases.reading import units as reading

SYSTEMS = ("SAMSA", "Lifecare", "Cosmic")
"""Systems in which a unit may be called instead; another is named by hand."""
OTHER = "other"
_OBLIGATIONS = (Obligation.SUMMONED, Obligation.INVITED)


@get("/meetings/new/{sketch_id:uuid}/who")
async def show(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Whom to call."""
    return await _shown(page, sketch_id, await steps.sketch_of(page, sketch_id))


async def _shown(page: Page, sketch_id: UUID, sketch: Sketch, state: FormState | None = None) -> Response[Any]:
    actor = signed_in(page).actor
    found = await planning.parties(page.services.db, sketch, actor=actor, now=page.now)
    own = found.units.get(sketch.convener_unit_id) if sketch.convener_unit_id else None
    return steps.shown(
        page, sketch_id, sketch, SketchStep.WHO, state, read=found, systems=SYSTEMS, other=OTHER, own=own,
        fixed=actor.unit_id is not None, principal=str(actor.principal_id or ""),
    )  # fmt: skip


@post("/meetings/new/{sketch_id:uuid}/who", status_code=200)
async def save(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Adds, takes away, changes; or goes on."""
    before, reader = await steps.sketch_of(page, sketch_id), await page.reader()
    sketch = await _caller(page, reader, before)
    sketch = replace(sketch, parties=tuple(_party(reader, one) for one in sketch.parties))
    pressed = steps.quiet(reader)
    if pressed is None:
        sketch = await _changed(page, reader, sketch)
        if _onward(reader):
            _complete(reader, sketch)
    kept = await steps.keep(page, sketch_id, sketch, reader)
    if pressed is not None:
        return pressed
    if not kept or reader.state.errors:
        return await _shown(page, sketch_id, sketch if kept else before, reader.state)
    if _onward(reader):
        return steps.onward(page, sketch_id, SketchStep.WHO)
    query = "?back=check" if page.request.query_params.get("back") else ""
    return page.to(f"{steps.address(sketch_id, SketchStep.WHO)}{query}#parties")


def _onward(reader: Reader) -> bool:
    """Whether one goes on: by the button, or by Enter anywhere but where a unit is searched for."""
    then = reader.state.value("then")
    return then == "next" or (then == "enter" and not reader.state.value("unit"))


async def _caller(page: Page, reader: Reader, sketch: Sketch) -> Sketch:
    actor = signed_in(page).actor
    unit = sketch.convener_unit_id
    if actor.unit_id is None and reader.state.value("convener_unit"):
        unit = await units.read(page, reader, "convener_unit", principal=actor.principal_id) or unit
    return replace(
        sketch,
        convener_unit_id=unit,
        convener_person=reader.text("convener_person", most=100),
        convener_phone=reader.text("convener_phone", most=50),
        convener_email=reader.email("convener_email") or "",
        chair_name=reader.text("chair_name", most=100),
        chair_email=reader.email("chair_email") or "",
    )


def _party(reader: Reader, one: SketchParty) -> SketchParty:
    duty = reader.choice(f"obligation_{one.unit_id}", Obligation) or one.obligation
    system = reader.state.value(f"system_{one.unit_id}")
    named = reader.text(f"system_name_{one.unit_id}", most=50) or None
    where = named if system == OTHER else system if system in SYSTEMS else None
    if system == OTHER and named is None:
        reader.wrong(f"system_name_{one.unit_id}", "form_words.required")
    return replace(one, obligation=duty if duty in _OBLIGATIONS else one.obligation, other_system=where)


async def _changed(page: Page, reader: Reader, sketch: Sketch) -> Sketch:
    """With the units that were pressed or searched for, and without one that was taken away."""
    gone = reader.state.value("remove")
    sketch = replace(sketch, parties=tuple(one for one in sketch.parties if str(one.unit_id) != gone))
    pressed = f"{reader.state.value('add')},{reader.state.value('together')}"
    wanted = [found for text in pressed.split(",") if (found := units.uuid_of(text)) is not None]
    if reader.state.value("unit") or reader.state.value("then") == "find":
        searched = await units.read(page, reader, "unit", required=True)
        wanted += [searched] if searched is not None else []
    there = {one.unit_id for one in sketch.parties} | {sketch.convener_unit_id}
    new = [one for one in dict.fromkeys(wanted) if one not in there]
    if wanted and not new and not reader.state.errors and reader.state.value("unit"):
        reader.wrong("unit", "page.new.party_twice")
    known = await reading.named(page.services.db, new, actor=signed_in(page).actor, now=page.now)
    added = tuple(SketchParty(one, proposed_obligation(known[one].principal_kind)) for one in new if one in known)
    return replace(sketch, parties=(*sketch.parties, *added)[:MOST_PARTIES])


def _complete(reader: Reader, sketch: Sketch) -> None:
    """Says all that is missing before one goes on."""
    if not sketch.parties:
        reader.wrong("unit", "page.new.party_missing")
    if sketch.convener_unit_id is None:
        reader.wrong("convener_unit", "form_words.required")
    for name in ("convener_person", "convener_phone", "convener_email"):
        if not reader.state.value(name):
            reader.wrong(name, "form_words.required")
