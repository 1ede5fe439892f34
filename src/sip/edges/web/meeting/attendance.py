"""Who came, taken by whoever is signed in and may record."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.meeting.attendance_form import AttendanceDoor, follow, render, save, thanks
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.reading import attendance as reading
from sip.usecases.reading.attendance import AttendanceRead


def door(meeting_id: UUID) -> AttendanceDoor:
    """Hers."""
    here = f"/meetings/{meeting_id}/attendance"
    return AttendanceDoor(here, here, f"{here}/recorded", f"{here}/follow-up", back=f"/meetings/{meeting_id}")


async def _read(page: Page, meeting_id: UUID) -> AttendanceRead:
    return await reading.desk(page.services.db, meeting_id, actor=signed_in(page).actor, now=page.now)


@get("/meetings/{meeting_id:uuid}/attendance")
async def form(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The form."""
    return render(page, door(meeting_id), await _read(page, meeting_id))


@post("/meetings/{meeting_id:uuid}/attendance", status_code=200)
async def record(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """Records it, or corrects what was recorded."""
    found, reader = await _read(page, meeting_id), await page.reader()
    return await save(page, door(meeting_id), found, await page.command(reader), reader)


@get("/meetings/{meeting_id:uuid}/attendance/recorded")
async def recorded(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """What is recorded, to read and to copy."""
    return thanks(page, door(meeting_id), await _read(page, meeting_id))


@post("/meetings/{meeting_id:uuid}/attendance/follow-up", status_code=200)
async def follow_up(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The draft that follows, where none could be made at once."""
    found, reader = await _read(page, meeting_id), await page.reader()
    return await follow(page, door(meeting_id), found, await page.command(reader))
