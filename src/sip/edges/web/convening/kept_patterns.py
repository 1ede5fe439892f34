"""Patterns for new meetings, as coordinators and administrators keep them: edited, taken away."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import patterns
from sip.usecases.access import Act, require_role
from sip.usecases.problems import InvalidError


@get("/meeting-patterns")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Those of her organisation or principal."""
    return await _listed(page)


async def _listed(page: Page, failed: FormState | None = None) -> Response[Any]:
    actor = signed_in(page).actor
    require_role(actor, Act.KEEP_PATTERNS)
    kept = await patterns.seen(page.services.db, actor=actor, now=page.now)

    def state(pattern: Any) -> FormState:
        prefix = f"p{pattern.id}-"
        if failed is not None and failed.prefix == prefix:
            return failed
        filled = {"name": pattern.name, "purpose_text": pattern.purpose_text, "questions": "\n".join(pattern.questions)}
        return FormState(filled, {}, prefix)

    return page.html("kept_patterns.html", status=422 if failed else 200, kept=kept, state=state, failed=failed)


@post("/meeting-patterns/{pattern_id:uuid}", status_code=200)
async def change(page: NamedDependency[Page], pattern_id: FromPath[UUID]) -> Response[Any]:
    """Other words."""
    actor, reader = signed_in(page).actor, await page.reader(f"p{pattern_id}-")
    name, text, questions = _read(reader)
    if reader.right:
        try:
            await patterns.change(page.services.db, pattern_id, name, text, questions, actor=actor, now=page.now)
        except InvalidError as error:
            page.say_problems(error, reader.state)
        else:
            return page.to(f"/meeting-patterns#p{pattern_id}")
    return await _listed(page, reader.state)


def _read(reader: Reader) -> tuple[str, str, tuple[str, ...]]:
    lines = reader.text("questions", required=True).splitlines()
    name, text = reader.text("name", required=True, most=100), reader.text("purpose_text", required=True)
    return name, text, tuple(line.strip() for line in lines if line.strip())


@post("/meeting-patterns/{pattern_id:uuid}/deletion", status_code=200)
async def drop(page: NamedDependency[Page], pattern_id: FromPath[UUID]) -> Response[Any]:
    """Taken away; meetings that began with it stay as they are."""
    await patterns.drop(page.services.db, pattern_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/meeting-patterns")
