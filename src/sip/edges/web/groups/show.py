"""One standing group: what it is for, its seats with who sits and who is asked, their history, and what is done."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST
from sip.domain.group import ConsentWay, Readers, SeatFunction, StandingGroup, TermEnd
from sip.domain.presence import unrecorded
from sip.domain.sitting import DATES_MOST
from sip.domain.worktime import local_day
from sip.edges.web.groups import view
from sip.edges.web.groups.reading_forms import BODIES, read_mandate, read_seat, read_term, seat_values
from sip.edges.web.groups.sitting_view import TONES, attendance_years, came_of, counted
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import groups
from sip.usecases.access import Act
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import groups as reading
from sip.usecases.reading.groups import GroupRead

WHO = ("representative", "substitute")
_SHOWN = ("yes", "no")
_LEAVES = (TermEnd.RESIGNED, TermEnd.REPLACED)


@get("/groups/{group_id:uuid}")
async def show(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """One group."""
    return await _render(page, group_id)


async def _render(page: Page, group_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    read = await reading.group(page.services.db, group_id, actor=signed_in(page).actor, now=page.now)
    group, phrases, today = read.group, page.phrases, local_day(page.now)
    lines = [view.seat_line(phrases, group, one, read.known, read.names, today) for one in group.seats]
    above = None if group.above is None else read.known.get(group.above.id)
    forms = _filled_in(group, today.isoformat())

    def state(name: str) -> FormState:
        prefix = f"{name}-"
        return (
            failed if failed is not None and failed.prefix == prefix else FormState(forms.get(prefix, {}), {}, prefix)
        )

    return page.html(
        "group.html", status=status, read=read, group=group, above=above, failed=failed, state=state, today=today,
        lines=[one for one in lines if one.own.closed_on is None],
        taken_out=[one for one in lines if one.own.closed_on is not None],
        counts=view.counted(one for one in lines if one.own.closed_on is None), tones=view.TONES,
        timeline=timeline.of_item(read.entries, phrases), bodies=range(1, BODIES + 1),
        functions=phrases.options("seat_function", list(SeatFunction)),
        ways=phrases.options("consent_way", list(ConsentWay)), ends=phrases.options("term_end", list(_LEAVES)),
        principals=[(str(one.id), one.name) for one in read.principals],
        above_seats=_above_seats(page, above), sittings=read.sittings, counted=counted, cover_tones=TONES,
        dates=range(1, DATES_MOST + 1), attendance=attendance_years(read.sittings), came_of=came_of,
        reads_agenda=signed_in(page).may(Act.READ_AGENDA),
        missing={one.id: unrecorded(one, page.now) for one in read.sittings},
        readers=phrases.options("group_readers", list(Readers)),
    )  # fmt: skip


def _filled_in(group: StandingGroup, today: str) -> dict[str, dict[str, str]]:
    """What each form of the page begins with, by its prefix."""
    mandate = group.mandate
    found = {
        "edit-": {
            "name": group.name, "mandate": mandate.text, "goal": mandate.goal or "",
            "ends_on": mandate.ends_on.isoformat() if mandate.ends_on else "",
            "report_on": mandate.report_on.isoformat() if mandate.report_on else "",
        }
    }  # fmt: skip
    for seat in group.seats:
        found[f"change-{seat.number}-"] = seat_values(seat)
        found[f"vacancy-{seat.number}-"] = {"last": today}
        body = seat.asks
        found[f"term-{seat.number}-"] = {} if body is None else {"decided_by": body.name}
    return found


def _above_seats(page: Page, above: StandingGroup | None) -> list[tuple[int, str]]:
    seats = () if above is None else above.seats
    return [
        (one.number, f"{one.number}. {view.seat_name(page.phrases, one)}") for one in seats if one.closed_on is None
    ]


async def act(page: Page, group_id: UUID, name: str, run: Run, at: str = "state") -> Response[Any]:
    """A form of the group's page, run."""

    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await _render(page, group_id, status=status, failed=failed)

    return await acted(page, f"{name}-", run, shown, f"/groups/{group_id}#{at}")


@post("/groups/{group_id:uuid}/text", status_code=200)
async def edit(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """Its name and mandate."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        name, mandate = reader.text("name", required=True, most=NAME_MOST), read_mandate(reader)
        return await groups.edit(page.services.db, group_id, name, mandate, by) if reader.right else None

    return await act(page, group_id, "edit", run)


@post("/groups/{group_id:uuid}/closing", status_code=200)
async def close(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """It stands no longer."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True)
        return await groups.close(page.services.db, group_id, reason, by) if reader.right else None

    return await act(page, group_id, "closing", run)


@post("/groups/{group_id:uuid}/readers", status_code=200)
async def choose_readers(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """Who reads what is told of it."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        readers = reader.choice("readers", Readers, required=True)
        return None if readers is None else await groups.choose_readers(page.services.db, group_id, readers, by)

    return await act(page, group_id, "readers", run, "readers")


@post("/groups/{group_id:uuid}/seats", status_code=200)
async def add(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """A further seat."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        form = read_seat(reader)
        return None if form is None else await groups.add_seat(page.services.db, group_id, form, by)

    return await act(page, group_id, "seat", run)


@post("/groups/{group_id:uuid}/seats/{number:int}", status_code=200)
async def change(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """What is wanted of a seat, and who fills it."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        form = read_seat(reader)
        return None if form is None else await groups.change_seat(page.services.db, group_id, number, form, by)

    return await act(page, group_id, f"change-{number}", run, f"seat-{number}")


@post("/groups/{group_id:uuid}/seats/{number:int}/removal", status_code=200)
async def take_out(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """One seat less."""

    async def run(_: Reader, by: Command) -> Handled:
        return await groups.take_out(page.services.db, group_id, number, by)

    return await act(page, group_id, f"removal-{number}", run)


async def _of_seat(
    page: Page, group_id: UUID, number: int, name: str,
    run: Callable[[Reader, Command, GroupRead], Awaitable[Handled | None]],
) -> Response[Any]:  # fmt: skip
    read = await reading.group(page.services.db, group_id, actor=signed_in(page).actor, now=page.now)
    if read.group.seat(number) is None:
        raise NotFoundError("seat")

    async def runs(reader: Reader, by: Command) -> Handled | None:
        return await run(reader, by, read)

    return await act(page, group_id, f"{name}-{number}", runs, f"seat-{number}")


@post("/groups/{group_id:uuid}/seats/{number:int}/term", status_code=200)
async def fill(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Somebody is appointed."""

    async def run(reader: Reader, by: Command, read: GroupRead) -> Handled | None:
        seat = read.group.seat(number)
        form = None if seat is None else read_term(reader, seat)
        return None if form is None else await groups.fill(page.services.db, group_id, number, form, by)

    return await _of_seat(page, group_id, number, "term", run)


@post("/groups/{group_id:uuid}/seats/{number:int}/deferral", status_code=200)
async def put_off(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Not before a day, because."""

    async def run(reader: Reader, by: Command, _: GroupRead) -> Handled | None:
        until, reason = reader.day("until", required=True), reader.text("reason", required=True)
        if until is None or not reader.right:
            return None
        return await groups.put_off(page.services.db, group_id, number, until, reason, by)

    return await _of_seat(page, group_id, number, "deferral", run)


@post("/groups/{group_id:uuid}/seats/{number:int}/vacancy", status_code=200)
async def vacate(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Who sits leaves."""

    async def run(reader: Reader, by: Command, _: GroupRead) -> Handled | None:
        last, why = reader.day("last", required=True), reader.choice("why", TermEnd, required=True)
        if last is None or why not in _LEAVES or not reader.right:
            return None
        return await groups.vacate(page.services.db, group_id, number, last, why, by)

    return await _of_seat(page, group_id, number, "vacancy", run)


@post("/groups/{group_id:uuid}/seats/{number:int}/consent", status_code=200)
async def withdraw(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """A user representative takes her consent back."""

    async def run(reader: Reader, by: Command, _: GroupRead) -> Handled | None:
        who = reader.one_of("who", WHO)
        return await groups.withdraw(page.services.db, group_id, number, who == WHO[1], by) if who else None

    return await _of_seat(page, group_id, number, "consent", run)


@post("/groups/{group_id:uuid}/seats/{number:int}/name", status_code=200)
async def show_name(page: NamedDependency[Page], group_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Whether a user representative stands on an open page by name."""

    async def run(reader: Reader, by: Command, _: GroupRead) -> Handled | None:
        who, shown = reader.one_of("who", WHO), reader.one_of("shown", _SHOWN)
        if not who or not shown:
            return None
        return await groups.show_name(page.services.db, group_id, number, who == WHO[1], shown == _SHOWN[0], by)

    return await _of_seat(page, group_id, number, "name", run)
