"""Sittings of a group: the year's dates called at once, and one sitting with who comes for which seat."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST
from sip.domain.presence import unrecorded
from sip.domain.sitting import DATES_MOST, SeatAnswer, SittingPlace, SittingRole, SittingState
from sip.edges.web.groups import show as group_page
from sip.edges.web.groups.sitting_view import PRESENCE_TONES, TONES, came_of, counted, cover_lines
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import sittings
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import sittings as reading
from sip.usecases.sittings import SittingForm


def _place(reader: Reader) -> SittingPlace:
    text, video = reader.text("place", most=NAME_MOST), reader.text("video", most=2000)
    return SittingPlace(text, video or None)


def _form(reader: Reader, day: str, begins: str, ends: str, place: SittingPlace) -> SittingForm | None:
    start, end = reader.moment(day, begins, required=True), reader.moment(day, ends, required=True)
    return None if start is None or end is None else SittingForm(start, end, place)


@post("/groups/{group_id:uuid}/sittings", status_code=200)
async def call(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """The year's dates, all at one hour and one place."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        place = _place(reader)
        days = [n for n in range(1, DATES_MOST + 1) if n == 1 or reader.text(f"day_{n}")]
        forms = [_form(reader, f"day_{n}", "begins", "ends", place) for n in days]
        if not reader.right:
            return None
        kept = [one for one in forms if one is not None]
        return await sittings.call(page.services.db, group_id, kept, by)

    return await group_page.act(page, group_id, "sittings", run, "sittings")


@get("/sittings/{sitting_id:uuid}")
async def show(page: NamedDependency[Page], sitting_id: FromPath[UUID]) -> Response[Any]:
    """One sitting."""
    return await _render(page, sitting_id)


async def _render(page: Page, sitting_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    read = await reading.sitting(page.services.db, sitting_id, actor=signed_in(page).actor, now=page.now)
    there, phrases = read.sitting, page.phrases
    forms = {
        "move-": {
            "day": phrases.local(there.start).strftime("%Y-%m-%d"),
            "begins": phrases.local(there.start).strftime("%H:%M"), "ends": phrases.local(there.end).strftime("%H:%M"),
            "place": there.place.text, "video": there.place.video_url or "",
        }
    }  # fmt: skip

    def state(name: str) -> FormState:
        prefix = f"{name}-"
        return (
            failed if failed is not None and failed.prefix == prefix else FormState(forms.get(prefix, {}), {}, prefix)
        )

    ahead = there.state is SittingState.CALLED and page.now < there.start
    return page.html(
        "group_sitting.html", status=status, read=read, sitting=there, lines=cover_lines(read), counts=counted(there),
        tones=TONES, state=state, failed=failed, may=read.keeps and ahead,
        missing=unrecorded(there, page.now), begun=page.now >= there.start, presence_tones=PRESENCE_TONES,
        came=came_of(there), on_day=phrases.local(there.start).date().isoformat(),
        timeline=timeline.of_item(read.entries, phrases), answers=_answers(page),
    )  # fmt: skip


def _answers(page: Page) -> dict[str, list[tuple[str, str]]]:
    own = [SeatAnswer.YES, SeatAnswer.NO]
    return {
        "plain": page.phrases.options("seat_answer", own),
        "with_substitute": page.phrases.options("seat_answer", [SeatAnswer.YES, SeatAnswer.SUBSTITUTE, SeatAnswer.NO]),
    }


async def _act(page: Page, sitting_id: UUID, name: str, run: Run, at: str = "state") -> Response[Any]:
    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await _render(page, sitting_id, status=status, failed=failed)

    return await acted(page, f"{name}-", run, shown, f"/sittings/{sitting_id}#{at}")


@post("/sittings/{sitting_id:uuid}/move", status_code=200)
async def move(page: NamedDependency[Page], sitting_id: FromPath[UUID]) -> Response[Any]:
    """Another time or place."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        form = _form(reader, "day", "begins", "ends", _place(reader))
        if form is None or not reader.right:
            return None
        return await sittings.move(page.services.db, sitting_id, form, by)

    return await _act(page, sitting_id, "move", run)


@post("/sittings/{sitting_id:uuid}/cancellation", status_code=200)
async def cancel(page: NamedDependency[Page], sitting_id: FromPath[UUID]) -> Response[Any]:
    """It does not take place."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True)
        return await sittings.cancel(page.services.db, sitting_id, reason, by) if reader.right else None

    return await _act(page, sitting_id, "cancellation", run)


@post("/sittings/{sitting_id:uuid}/seats/{number:int}/answer", status_code=200)
async def answer(page: NamedDependency[Page], sitting_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """What somebody has said by other means."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        role = reader.choice("role", SittingRole, required=True)
        said = reader.choice("answer", SeatAnswer, required=True)
        if role is None or said is None:
            return None
        return await sittings.answer(page.services.db, sitting_id, number, role, said, by)

    return await _act(page, sitting_id, f"answer-{number}", run, f"seat-{number}")
