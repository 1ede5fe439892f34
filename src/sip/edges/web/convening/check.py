"""The last step: everything at a glance, the mail and calendar entry of each, the ladder with its days; then the call.

The law of this file: what is shown is what the rules would do now (`sip.domain.foresight`), and an act that they would
refuse is not offered: what stands in its way is said, with the step where it is changed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.decision import Reason
from sip.domain.effects import Mail
from sip.domain.foresight import PartyAhead
from sip.domain.sketch import SketchStep, first_missing
from sip.edges.mail.addresses import Home
from sip.edges.mail.letters import preview
from sip.edges.mail.letters.preview import Preview
from sip.edges.web.convening import steps
from sip.edges.web.mail_preview import SHUT_IN
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.store.seen.units import UnitFound
from sip.usecases import sketches
from sip.usecases.commands import Command
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import planning
from sip.usecases.sketches import SketchAhead, end_of

_STEP_OF = {
    Reason.TIME_PAST: SketchStep.WHEN,
    Reason.TIME_TOO_FAR: SketchStep.WHEN,
    Reason.END_BEFORE_START: SketchStep.WHEN,
    Reason.PLACE_INCOMPLETE: SketchStep.WHEN,
    Reason.NO_PURPOSE: SketchStep.WHAT,
    Reason.NO_QUESTIONS: SketchStep.WHAT,
    Reason.NO_CONSENT: SketchStep.CONSENT,
    Reason.CONSENT_NOT_COVERING: SketchStep.CONSENT,
    Reason.PROTECTED_CASE: SketchStep.CONSENT,
}
"""Where that is changed for which the call would be refused; all else is in the first step."""


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party on the page, with the mail that it would get."""

    ahead: PartyAhead
    unit: UnitFound | None
    told: str | None
    mail: Preview | None


def _command(page: Page, world: Any, event_id: str = "look") -> Command:
    return Command(steps.convener(page).actor, page.now, world, event_id)


@get("/meetings/new/{sketch_id:uuid}/check")
async def show(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """The answers, and what the call would do; to the first step that is not done, where one is not."""
    sketch = await steps.sketch_of(page, sketch_id)
    step = first_missing(sketch)
    if step is not None:
        return page.to(steps.address(sketch_id, step))
    return await _shown(page, sketch_id)


async def _shown(page: Page, sketch_id: UUID, state: FormState | None = None) -> Response[Any]:
    by = _command(page, await page.services.world(page.now))
    try:
        found = await sketches.ahead(page.services.db, sketch_id, by)
    except InvalidError as error:
        return await _back(page, sketch_id, error)
    times = await planning.times(page.services.db, found.sketch, by)
    refused = found.ahead.refused
    return steps.shown(
        page, sketch_id, found.sketch, SketchStep.CHECK, state, end=end_of(found.sketch), warned=times.warned,
        parties=[_party(page, found, one) for one in found.ahead.parties],
        refused=page.sentence(refused) if refused else None,
        change=steps.address(sketch_id, _STEP_OF.get(refused.reason, SketchStep.WHO)) if refused else None,
        may_keep=found.ahead.meeting is not None,
        guarded=found.ahead.meeting is not None and found.ahead.meeting.protected,
    )  # fmt: skip


async def _back(page: Page, sketch_id: UUID, error: InvalidError) -> Response[Any]:
    """What only the last look finds is said where it can be changed."""
    sketch = await steps.sketch_of(page, sketch_id)
    state = FormState({"": ""}, {})
    page.say_problems(error, state)
    step = SketchStep.CONSENT if any(one.field == "reference" for one in error.problems) else SketchStep.WHO
    sentence = next(iter(state.errors.values()), page.t("form_words.bad_choice"))
    return steps.shown(
        page, sketch_id, sketch, SketchStep.CHECK, FormState({}, {"": sentence}), end=end_of(sketch), warned=(),
        parties=[], refused=sentence, change=steps.address(sketch_id, step), may_keep=False, guarded=False,
    )  # fmt: skip


def _party(page: Page, found: SketchAhead, one: PartyAhead) -> PartyShown:
    told = next((p.told for p in found.sketch.parties if p.unit_id == one.party.unit_id), None)
    return PartyShown(one, found.units.get(one.party.unit_id), told, _mail(page, one.mail) if one.mail else None)


def _mail(page: Page, mail: Mail) -> Preview:
    settings = page.services.settings
    home = Home(settings.mail_domain, settings.mail_local_part)
    return preview.taken_apart(str(mail.party), (mail,), home, settings.base_url)


@get("/meetings/new/{sketch_id:uuid}/mail/{party:int}")
async def letter(page: NamedDependency[Page], sketch_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The mail that one party would get, as it looks, for the frame."""
    by = _command(page, await page.services.world(page.now))
    try:
        found = await sketches.ahead(page.services.db, sketch_id, by)
    except InvalidError:
        raise NotFoundError("mail") from None
    mail = next((one.mail for one in found.ahead.parties if one.party.ordinal == party), None)
    if mail is None:
        raise NotFoundError("mail")
    return Response(_mail(page, mail).html, media_type="text/html", headers=SHUT_IN)


@post("/meetings/new/{sketch_id:uuid}/check", status_code=200)
async def convene(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """The call, or a draft that is kept. Refused, nothing has come about, and the answers say why."""
    reader = await page.reader()
    pressed = reader.state.value("then")
    if pressed not in ("call", "keep"):
        return await _shown(page, sketch_id)
    world = await page.services.world(page.now)
    try:
        handled = await sketches.convene(page.services.db, sketch_id, _command(page, world), call=pressed == "call")
    except InvalidError as error:
        return await _back(page, sketch_id, error)
    if handled.refused is not None:
        return await _shown(page, sketch_id, FormState({}, {"": page.sentence(handled.refused)}))
    assert handled.state is not None
    return page.to(f"/meetings/{handled.state.id}#state")
