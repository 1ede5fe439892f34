"""One sitting of a board: its agenda, what was decided, and both as a document."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import day_fits
from sip.edges.archive import pdf, sittings
from sip.edges.web.boards.start import name_of
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import agenda as reading

KINDS = ("agenda", "minutes")


def day_of(text: str) -> date:
    """The day in an address. Raises NotFoundError for what is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFoundError("sitting") from None
    if not day_fits(found) or len(text) != len("2026-11-30"):
        raise NotFoundError("sitting")
    return found


@get("/boards/{group_id:uuid}/sittings/{day:str}")
async def show(page: NamedDependency[Page], group_id: FromPath[UUID], day: FromPath[str]) -> Response[Any]:
    """One sitting."""
    found = await reading.sitting(page.services.db, group_id, day_of(day), actor=signed_in(page).actor, now=page.now)
    return page.html("sitting.html", sitting=found, name=name_of(page, found.group))


@get("/boards/{group_id:uuid}/sittings/{day:str}/{kind:str}")
async def document(
    page: NamedDependency[Page], group_id: FromPath[UUID], day: FromPath[str], kind: FromPath[str]
) -> Response[Any]:
    """The agenda or the minutes as a tagged PDF."""
    if kind not in KINDS:
        raise NotFoundError("document")
    visitor = signed_in(page)
    found = await reading.sitting(page.services.db, group_id, day_of(day), actor=visitor.actor, now=page.now)
    made = sittings.of_sitting(found, kind, name_of(page, found.group), page.phrases, visitor.name, page.now)
    data = await asyncio.to_thread(pdf.pdf, made, page.now)
    headers = {
        "content-disposition": f'attachment; filename="sip-{kind}-{found.day.isoformat()}.pdf"',
        "cache-control": "no-store",
    }
    return Response(data, media_type="application/pdf", headers=headers)
