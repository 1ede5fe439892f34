"""Who came to a group's sitting, seat by seat; and a year of it as a workbook.

The law of this file: nothing is chosen before a person has chosen it. One press marks those who were expected, and
saves nothing.
"""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.presence import expected_presence
from sip.domain.sitting import GroupSitting, SeatPresence, SittingSeat, SittingState
from sip.edges.archive import attendance_sheet
from sip.edges.web.shell.acting import acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import sittings
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import sittings as reading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _filled(there: GroupSitting) -> list[SittingSeat]:
    return [one for one in there.seats if one.representative is not None]


@get("/sittings/{sitting_id:uuid}/attendance")
async def show(page: NamedDependency[Page], sitting_id: FromPath[UUID]) -> Response[Any]:
    """The form, with what is recorded."""
    return await _render(page, sitting_id)


async def _render(
    page: Page, sitting_id: UUID, state: FormState | None = None, status: int = 200, *, pressed: bool = False
) -> Response[Any]:
    read = await reading.sitting(page.services.db, sitting_id, actor=signed_in(page).actor, now=page.now)
    there = read.sitting
    known = {f"came_{one.number}": str(one.came) for one in there.seats if one.came is not None}
    expected = {f"came_{one.number}": str(said) for one in _filled(there) if (said := expected_presence(there, one))}
    values = FormState(known) if state is None else state
    if pressed:
        values = FormState({**expected, **{name: one for name, one in values.values.items() if one}})
    return page.html(
        "sitting_attendance.html", status=status, read=read, sitting=there, f=values, seats=_filled(there),
        expected=len(expected), pressed=pressed, closed=_closed(page, there),
        marks=page.phrases.options("seat_presence", list(SeatPresence)),
    )  # fmt: skip


def _closed(page: Page, there: GroupSitting) -> str | None:
    """Why nothing can be recorded, None when it can."""
    if there.state is SittingState.CANCELLED:
        return page.t("sittings.attendance_cancelled")
    return page.t("reason.sitting_not_begun") if page.now < there.start else None


@post("/sittings/{sitting_id:uuid}/attendance", status_code=200)
async def save(page: NamedDependency[Page], sitting_id: FromPath[UUID]) -> Response[Any]:
    """What was sent; or the form with those who were expected, of which nothing is saved."""
    read = await reading.sitting(page.services.db, sitting_id, actor=signed_in(page).actor, now=page.now)
    pressed = (await page.reader()).state

    if read.attends and pressed.value("press") == "expected":
        return await _render(page, sitting_id, pressed, pressed=True)

    async def run(reader: Reader, by: Command) -> Handled | None:
        marks: dict[int, SeatPresence] = {}
        for seat in _filled(read.sitting):
            came = reader.choice(f"came_{seat.number}", SeatPresence)
            if came is not None:
                marks[seat.number] = came
        if not marks and reader.right:
            first = next((f"came_{one.number}" for one in _filled(read.sitting)), "")
            reader.wrong(first, "sittings.attendance_nothing")
        return await sittings.attend(page.services.db, sitting_id, marks, by) if reader.right else None

    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await _render(page, sitting_id, failed, status)

    return await acted(page, "", run, shown, f"/sittings/{sitting_id}#attended")


@get("/groups/{group_id:uuid}/attendance/{year:int}")
async def sheet(page: NamedDependency[Page], group_id: FromPath[UUID], year: FromPath[int]) -> Response[Any]:
    """A year as a workbook, ground for what is paid to principals."""
    found = await reading.attendance_year(
        page.services.db, group_id, year, actor=signed_in(page).actor, now=page.now
    )  # fmt: skip
    data = await asyncio.to_thread(attendance_sheet.as_xlsx, found, page.phrases)
    name = page.t("sittings.sheet_file", year=year)
    headers = {"content-disposition": f'attachment; filename="sip-{name}.xlsx"', "cache-control": "no-store"}
    return Response(data, media_type=XLSX, headers=headers)
