"""Who came, taken by the chair behind her mailed link: the same form as for who is signed in.

The law of this file: as in `mailed`: GET shows and never records.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.effects import Link
from sip.edges.web.meeting import answer_form
from sip.edges.web.meeting.attendance_form import AttendanceDoor, follow, render, save, thanks
from sip.edges.web.shell.page import Page
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import attendance as reading
from sip.usecases.reading import links
from sip.usecases.reading.attendance import AttendanceRead
from sip.usecases.reading.links import Opened


def door(token: str) -> AttendanceDoor:
    """Hers."""
    here = f"/svar/{token}"
    return AttendanceDoor(here, f"{here}/narvaro", f"{here}/narvaro", f"{here}/narvaro/uppfoljning", signs=True)


async def show(page: Page, token: str, opened: Opened) -> Response[Any]:
    """The form, of a link that has been opened."""
    return render(page, door(token), await reading.behind_link(page.services.db, opened, page.now))


async def _opened(page: Page, token: str) -> tuple[Opened, AttendanceRead]:
    """Raises NotFoundError for a link of another purpose."""
    opened = await links.open_link(page.services.db, token, page.now, acts=True)
    if not isinstance(opened, Opened) or opened.purpose is not Link.CHAIR:
        raise NotFoundError("link")
    return opened, await reading.behind_link(page.services.db, opened, page.now)


@post("/svar/{token:str}/narvaro", status_code=200)
async def record(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """Records it, or corrects what was recorded."""
    (opened, found), reader = await _opened(page, token), await page.reader()
    name = answer_form.who_answers(reader)
    by = await page.command(reader, links.holder(opened.ref, name, opened.party))
    if not reader.right:
        return render(page, door(token), found, reader.state, 422)
    return await save(page, door(token), found, by, reader)


@get("/svar/{token:str}/narvaro")
async def recorded(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """What is recorded, to read and to copy."""
    _, found = await _opened(page, token)
    return thanks(page, door(token), found)


@post("/svar/{token:str}/narvaro/uppfoljning", status_code=200)
async def follow_up(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """The draft that follows, where none could be made at once."""
    (opened, found), reader = await _opened(page, token), await page.reader()
    return await follow(
        page, door(token), found, await page.command(reader, links.holder(opened.ref, None, opened.party))
    )
