"""Where a meeting begins: with nothing, with a pattern, or where one left it; and where one throws it away."""

from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import MeetingKind
from sip.domain.sketch import Sketch, SketchStep, first_missing
from sip.domain.terms import Purpose
from sip.domain.values import replace
from sip.edges.web.convening import patterns, steps
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import patterns as keeping
from sip.usecases import sketches
from sip.usecases.access import Act
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.drafter import DraftedBy

MOST_MONTHS = 24


@get("/meetings/new")
async def start(page: NamedDependency[Page]) -> Response[Any]:
    """What a new meeting can begin with, and those she has begun."""
    actor = steps.convener(page).actor
    mine = await sketches.mine(page.services.db, actor=actor, now=page.now)
    begun = [(one, first_missing(one.sketch) or SketchStep.CHECK) for one in mine]
    kept = await keeping.seen(page.services.db, actor=actor, now=page.now)
    return page.html(
        "convening_start.html", begun=begun, kept=kept, patterns=patterns.usual(page.phrases),
        may_keep=steps.convener(page).may(Act.KEEP_PATTERNS),
    )  # fmt: skip


@post("/meetings/new", status_code=200)
async def begin(page: NamedDependency[Page]) -> Response[Any]:
    """A new one, filled in as far as the pattern goes."""
    visitor, reader = steps.convener(page), await page.reader()
    db, actor = page.services.db, visitor.actor
    sketch = await sketches.fresh(db, visitor.name, visitor.email, actor=actor, now=page.now)
    wanted = reader.state.value("pattern")
    found = patterns.named(wanted, page.phrases)
    kept = next((k for k in await keeping.seen(db, actor=actor, now=page.now) if str(k.id) == wanted), None)
    if kept is not None:
        found = patterns.Pattern(kept.kind, kept.purpose, kept.purpose_text, kept.questions)
        sketch = replace(sketch, form=kept.form, minutes=kept.minutes)
    return await _begun(page, patterns.filled(sketch, found) if found else sketch, reader.state.value("nonce"))


async def _begun(page: Page, sketch: Sketch, nonce: str, step: SketchStep = SketchStep.WHO) -> Response[Any]:
    actor = signed_in(page).actor
    sketch_id = uuid5(NAMESPACE, f"sketch/{actor.id}/{nonce[:64]}")
    await sketches.save(page.services.db, sketch_id, sketch, actor=actor, now=page.now)
    return page.to(steps.address(sketch_id, step))


@post("/meetings/new/{sketch_id:uuid}/deletion", status_code=200)
async def delete(page: NamedDependency[Page], sketch_id: FromPath[UUID]) -> Response[Any]:
    """Thrown away: nothing is left of it."""
    await sketches.delete(page.services.db, sketch_id, actor=steps.convener(page).actor, now=page.now)
    return page.to("/meetings/new#begun")


@post("/meetings/{meeting_id:uuid}/copy", status_code=200)
async def copy(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A new one like this: its parties, text, form and place. Time, case and consent are said anew."""
    return await _again(page, meeting_id, None)


@post("/meetings/{meeting_id:uuid}/follow-up", status_code=200)
async def follow_up(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A follow-up with the same parties in so many months, of the same case."""
    reader = await page.reader()
    months = reader.whole("months")
    return await _again(page, meeting_id, min(max(months or 6, 1), MOST_MONTHS))


@post("/meetings/{meeting_id:uuid}/pre-meeting", status_code=200)
async def pre_meeting(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A pre-meeting of its professionals, with the text that is usual for one."""
    visitor, reader = signed_in(page), await page.reader()
    who = DraftedBy(visitor.name, visitor.email)
    sketch = await sketches.before(page.services.db, meeting_id, who, actor=visitor.actor, now=page.now)
    usual = patterns.pattern(MeetingKind.PRE_MEETING, Purpose.PRE_MEETING, page.phrases)
    return await _begun(page, patterns.filled(sketch, usual), reader.state.value("nonce"))


async def _again(page: Page, meeting_id: UUID, months: int | None) -> Response[Any]:
    visitor, reader = signed_in(page), await page.reader()
    db, who = page.services.db, DraftedBy(visitor.name, visitor.email)
    sketch = await sketches.again(db, meeting_id, who, months=months, actor=visitor.actor, now=page.now)
    return await _begun(page, sketch, reader.state.value("nonce"), SketchStep.WHEN if months else SketchStep.WHO)
