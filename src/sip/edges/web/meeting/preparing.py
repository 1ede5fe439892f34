"""Around a meeting: the list of what is to be done, and a letter to the person it is about.

The law of this file: the letter is filled in in the browser alone. Its fields stand in no form and have no names, so
that nothing can send them; the server gives what stands on the meeting's page and gets nothing back.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.checklist import ChecklistItem
from sip.domain.convener import awaits_identity
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import checklists, patterns
from sip.usecases.access import Act, require_role
from sip.usecases.problems import InvalidError

MONTHS = (1, 3, 6, 12)


@get("/meetings/{meeting_id:uuid}/checklist")
async def show(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The list, and what can be made of the meeting."""
    return await _shown(page, meeting_id, FormState())


async def _shown(page: Page, meeting_id: UUID, state: FormState) -> Response[Any]:
    visitor = signed_in(page)
    found = await checklists.read(page.services.db, meeting_id, actor=visitor.actor, now=page.now)
    return page.html(
        "checklist.html", status=422 if state.errors else 200, meeting=found.meeting, lines=found.lines,
        months=MONTHS, may_keep=visitor.may(Act.KEEP_PATTERNS), f=state,
        may_convey=visitor.may(Act.CONVENE) and any(awaits_identity(party) for party in found.meeting.parties),
    )  # fmt: skip


@post("/meetings/{meeting_id:uuid}/pattern", status_code=200)
async def keep_pattern(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The text of this meeting becomes a pattern for new ones."""
    reader = await page.reader()
    by = await page.command(reader, signed_in(page).actor)
    name = reader.text("name", required=True, most=100)
    require_role(by.actor, Act.KEEP_PATTERNS)
    if reader.right:
        try:
            kept = await patterns.keep(page.services.db, meeting_id, name, by)
        except InvalidError as error:
            page.say_problems(error, reader.state)
        else:
            return page.to(f"/meeting-patterns#p{kept.id}")
    return await _shown(page, meeting_id, reader.state)


@post("/meetings/{meeting_id:uuid}/checklist", status_code=200)
async def tick(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """One line is done, or not after all."""
    actor, reader = signed_in(page).actor, await page.reader()
    done, undone = reader.choice("done", ChecklistItem), reader.choice("undone", ChecklistItem)
    item = done or undone
    if item is None:
        return await _shown(page, meeting_id, FormState())
    await checklists.tick(page.services.db, meeting_id, item, done is not None, actor=actor, now=page.now)
    return page.to(f"/meetings/{meeting_id}/checklist#{item}")


@get("/meetings/{meeting_id:uuid}/letter")
async def letter(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """A letter with the meeting's time, place and units, and room for a name, an address and own words."""
    actor = signed_in(page).actor
    found = await checklists.read(page.services.db, meeting_id, actor=actor, now=page.now)
    return page.html("letter.html", meeting=found.meeting)
