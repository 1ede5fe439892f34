"""The fourth step: on what the units may be called, and whether they know whom it concerns, for all of them at once.

The law of this file: nothing is chosen beforehand, and nothing said here tells who the person is.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.sketch import Ground, Sketch, SketchStep
from sip.domain.terms import Channel
from sip.domain.values import replace
from sip.edges.web.convening import steps
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.reading import units

CHANNELS = (Channel.PHONE, Channel.IN_PERSON, Channel.SDK, Channel.OTHER_SYSTEM, Channel.LETTER)
"""The ways in which a unit may have been told; never by mail or by this service."""
LATER = "later"


@get("/meetings/new/{sketch_id:uuid}/consent")
async def show(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Consent and identity."""
    sketch = await steps.sketch_of(page, sketch_id)
    return await _shown(page, sketch_id, sketch, FormState(_values(sketch)))


def _values(sketch: Sketch) -> dict[str, str]:
    ways = {one.told for one in sketch.parties}
    same = len(ways) == 1
    values = {
        "reference": sketch.reference,
        "ground": sketch.ground or "",
        "consent_given": sketch.consent_given,
        "consent_until": sketch.consent_until.isoformat() if sketch.consent_until else "",
        "protected": "yes" if sketch.protected else "",
    }
    if sketch.identity_said:
        values["told"] = (next(iter(ways)) or LATER) if same else LATER
        values |= {} if same else {f"told_{one.unit_id}": one.told or LATER for one in sketch.parties}
    return values


async def _shown(page: Page, sketch_id: UUID, sketch: Sketch, state: FormState) -> Response[Any]:
    ids = [one.unit_id for one in sketch.parties]
    known = await units.named(page.services.db, ids, actor=signed_in(page).actor, now=page.now)
    ways = [(one, page.t(f"convening.consent.told_{one}")) for one in (*CHANNELS, LATER)]
    grounds = [(one, page.t(f"page.new.ground_{one}")) for one in Ground if sketch.reference or one != Ground.EXISTING]
    return steps.shown(
        page, sketch_id, sketch, SketchStep.CONSENT, state, units=known, ways=ways, grounds=grounds,
    )  # fmt: skip


@post("/meetings/new/{sketch_id:uuid}/consent", status_code=200)
async def save(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Keeps it and goes on."""
    before, reader = await steps.sketch_of(page, sketch_id), await page.reader()
    sketch = _read(reader, before)
    kept = await steps.keep(page, sketch_id, sketch, reader)
    if (answer := steps.quiet(reader)) is not None:
        return answer
    if not kept or reader.state.errors:
        return await _shown(page, sketch_id, sketch if kept else before, reader.state)
    return steps.onward(page, sketch_id, SketchStep.CONSENT)


def _read(reader: Reader, sketch: Sketch) -> Sketch:
    reference, ground = reader.text("reference", most=20).upper(), reader.choice("ground", Ground)
    how, until = reader.text("consent_given", most=200), reader.day("consent_until")
    if ground is None or (ground is Ground.EXISTING and not reference):
        reader.wrong("ground", "page.new.ground_missing")
    if ground is Ground.CONSENT and not how:
        reader.wrong("consent_given", "form_words.required")
    told = reader.one_of("told", (*CHANNELS, LATER), required=False)
    if not told:
        reader.wrong("told", "convening.consent.told_missing")
    parties = tuple(replace(one, told=_told(reader, one.unit_id, told)) for one in sketch.parties)
    return replace(
        sketch,
        reference=reference,
        ground=ground,
        consent_given=how if ground is Ground.CONSENT else "",
        consent_until=until if ground is Ground.CONSENT else None,
        protected=bool(reader.state.value("protected")),
        identity_said=bool(told),
        parties=parties,
    )


def _told(reader: Reader, unit_id: UUID, of_all: str) -> Channel | None:
    """How this unit was told, where it was told otherwise than the rest."""
    own = reader.one_of(f"told_{unit_id}", (*CHANNELS, LATER), required=False) or of_all
    return Channel(own) if own and own != LATER else None
