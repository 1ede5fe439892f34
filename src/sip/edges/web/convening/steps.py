"""What the steps have in common: whose sketch it is, where one goes next, how what was said is kept.

The law of this file: each post keeps what can be kept, also where something is missing, and a text that no meeting may
hold keeps nothing of that post. So one may leave at any step and come back.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from sip.domain.sketch import Sketch, SketchStep, missing
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, Visitor
from sip.edges.web.shell.session import signed_in
from sip.usecases import sketches
from sip.usecases.access import Act, require_role
from sip.usecases.problems import InvalidError

QUIET = "quiet"
"""What the button is called that nobody presses: a field changed, and script keeps it."""
_NAMES: Mapping[str, str] = {
    "convener.person": "convener_person",
    "consent.given": "consent_given",
    "place.video_url": "place_video",
    "parties": "unit",
    "other_system": "unit",
    "unit_id": "convener_unit",
    "convener.unit_id": "convener_unit",
}


def convener(page: Page) -> Visitor:
    """The visitor, who may convene. Raises ForbiddenError."""
    visitor = signed_in(page)
    require_role(visitor.actor, Act.CONVENE)
    return visitor


async def sketch_of(page: Page, sketch_id: UUID) -> Sketch:
    """Her sketch. Raises NotFoundError."""
    return await sketches.get(page.services.db, sketch_id, actor=convener(page).actor, now=page.now)


async def keep(page: Page, sketch_id: UUID, sketch: Sketch, reader: Reader) -> bool:
    """Keeps what was said; False where a text may not be kept, which is said beside its field."""
    try:
        await sketches.save(page.services.db, sketch_id, sketch, actor=convener(page).actor, now=page.now)
    except InvalidError as error:
        page.say_problems(error, reader.state, _NAMES)
        return False
    return True


def address(sketch_id: UUID, step: SketchStep) -> str:
    """Where a step is."""
    return f"/meetings/new/{sketch_id}/{step}"


def onward(page: Page, sketch_id: UUID, step: SketchStep) -> Response[Any]:
    """To the step after this one, or back to the answers where one came from there."""
    if page.request.query_params.get("back") == SketchStep.CHECK:
        return page.to(address(sketch_id, SketchStep.CHECK))
    steps = list(SketchStep)
    return page.to(address(sketch_id, steps[steps.index(step) + 1]))


def quiet(reader: Reader) -> Response[Any] | None:
    """The answer to script that keeps what was typed; None where somebody pressed a button."""
    return Response(None, status_code=204) if reader.state.value("then") == QUIET else None


def shown(
    page: Page, sketch_id: UUID, sketch: Sketch, step: SketchStep, state: FormState | None = None, **more: Any
) -> Response[Any]:
    """The screen of a step, filled in or with what is wrong."""
    f = state if state is not None else FormState()
    status = 422 if f.errors else 200
    return page.html(
        f"convening_{step}.html",
        status=status,
        sketch_id=sketch_id,
        sketch=sketch,
        step=step,
        steps=_steps(sketch, step),
        back=page.request.query_params.get("back") == SketchStep.CHECK,
        f=f,
        **more,
    )


def _steps(sketch: Sketch, here: SketchStep) -> list[tuple[SketchStep, bool, bool]]:
    """Each with whether it is done, and whether one may go there: back always, ahead as far as all before is done."""
    found, open_, passed = [], True, False
    for one in SketchStep:
        passed = passed or one is here
        found.append((one, not missing(sketch, one), open_ or not passed))
        open_ = open_ and not missing(sketch, one)
    return found
