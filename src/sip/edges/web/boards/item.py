"""One item of an agenda: its background and reports, what was decided, and what is done with it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agenda import (
    AgendaItem,
    ItemPrepared,
    ItemPurpose,
    Preparation,
    ResolutionFollowedUp,
    Resolved,
    SeatReply,
)
from sip.domain.bounds import NAME_MOST
from sip.domain.inquiring import answerable
from sip.edges.web import units
from sip.edges.web.boards.start import LONGEST, dates_of, name_of
from sip.edges.web.groups.view import seat_name
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import agenda
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import agenda as reading


@get("/boards/items/{item_id:uuid}")
async def show(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """One item."""
    return await _render(page, item_id)


async def _render(page: Page, item_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    found = await reading.item(page.services.db, item_id, actor=signed_in(page).actor, now=page.now)
    item, today = found.item, page.phrases.local(page.now).date()
    as_it_is = {
        "edit-": {"title": item.title, "text": item.text, "purpose": str(item.purpose)},
        "preparation-": _preparation(item),
        "inquiry-": _inquiry(item),
        "reference-": {"text": item.text},
        **{f"reply-{one.seat}-": answers_of(one) for one in item.replies},
        "sitting-": {"sitting_on": "" if item.sitting_on is None else item.sitting_on.isoformat()},
        "resolution-": {"decided_on": min(item.sitting_on or today, today).isoformat()},
    }

    def state(name: str) -> FormState:
        prefix = f"{name}-"
        if failed is not None and failed.prefix == prefix:
            return failed
        return FormState(as_it_is.get(prefix, {}), {}, prefix)

    return page.html(
        "agenda_item.html",
        status=status,
        read=found,
        item=item,
        board=name_of(page, item.group),
        dates=dates_of(page, found.dates, kept=item.sitting_on),
        near=[(str(one.id), one.name) for one in found.near],
        seats=[(str(one.number), f"{one.number}. {seat_name(page.phrases, one)}") for one in found.seats],
        answerable=answerable(item, page.now),
        purposes=page.phrases.options("item_purpose", list(ItemPurpose)),
        timeline=timeline.of_item(found.entries, page.phrases),
        today=today,
        state=state,
        failed=failed,
    )


def _preparation(item: AgendaItem) -> dict[str, str]:
    """What the form of the preparation begins with."""
    found = item.preparation or Preparation("")
    return {
        "owner": found.owner, "seat": "" if found.seat is None else str(found.seat),
        "by": "" if found.by is None else found.by.isoformat(), "papers": "\n".join(item.papers),
    }  # fmt: skip


def _inquiry(item: AgendaItem) -> dict[str, str]:
    """What the form of what the seats are asked begins with."""
    found = item.inquiry
    if found is None:
        return {}
    return {"questions": "\n".join(found.questions), "about": found.about, "by": found.by.isoformat()}


def answers_of(reply: SeatReply) -> dict[str, str]:
    """What the form of a seat's answer begins with."""
    return {f"answer_{n}": one for n, one in enumerate(reply.answers, 1)}


async def act(page: Page, item_id: UUID, name: str, run: Run) -> Response[Any]:
    """Runs the form of this name on an item's page, and shows the page again where it is not done."""

    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await _render(page, item_id, status=status, failed=failed)

    return await acted(page, f"{name}-", run, shown, f"/boards/items/{item_id}#state")


@post("/boards/items/{item_id:uuid}/text", status_code=200)
async def edit(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """Its words, until it is decided."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        title, text = reader.text("title", required=True, most=LONGEST), reader.text("text")
        purpose = reader.choice("purpose", ItemPurpose, required=True)
        if purpose is None or not reader.right:
            return None
        return await agenda.edit(page.services.db, item_id, title, text, purpose, by)

    return await act(page, item_id, "edit", run)


@post("/boards/items/{item_id:uuid}/preparation", status_code=200)
async def prepare(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """Who prepares it until which day, and its papers."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        owner, day, seat = reader.text("owner", most=NAME_MOST), reader.day("by"), reader.whole("seat")
        papers = tuple(line for line in reader.text("papers").splitlines() if line.strip())
        if not reader.right:
            return None
        return await agenda.prepare(page.services.db, item_id, ItemPrepared(owner, seat, day, papers), by)

    return await act(page, item_id, "preparation", run)


@post("/boards/items/{item_id:uuid}/reference", status_code=200)
async def refer(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """It goes to a group above or below."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        group, text = reader.uuid("group", required=True), reader.text("text", required=True)
        if group is None or not reader.right:
            return None
        return await agenda.refer(page.services.db, item_id, group, text, by)

    return await act(page, item_id, "reference", run)


@post("/boards/items/{item_id:uuid}/sitting", status_code=200)
async def schedule(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """Which sitting takes it up; no day: none yet."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        day = reader.day("sitting_on")
        return await agenda.schedule(page.services.db, item_id, day, by) if reader.right else None

    return await act(page, item_id, "sitting", run)


@post("/boards/items/{item_id:uuid}/reports", status_code=200)
async def link(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """Another report is of the same question."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        report = reader.uuid("report", required=True)
        return None if report is None else await agenda.link(page.services.db, item_id, report, by)

    return await act(page, item_id, "report", run)


@post("/boards/items/{item_id:uuid}/reports/{report_id:uuid}/removal", status_code=200)
async def unlink(page: NamedDependency[Page], item_id: FromPath[UUID], report_id: FromPath[UUID]) -> Response[Any]:
    """A report is of another question."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await agenda.unlink(page.services.db, item_id, report_id, by)

    return await act(page, item_id, "unlink", run)


@post("/boards/items/{item_id:uuid}/resolutions", status_code=200)
async def resolve(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """The board has decided."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        text, grounds = reader.text("text", required=True), reader.text("grounds", required=True)
        decided_on, due_on = reader.day("decided_on", required=True), reader.day("due_on")
        owner = reader.text("owner", most=NAME_MOST) or None
        unit = await units.read(page, reader, "unit")
        if decided_on is None or not reader.right:
            return None
        event = Resolved(text, grounds, decided_on, owner, unit, due_on)
        return await agenda.resolve(page.services.db, item_id, event, by)

    return await act(page, item_id, "resolution", run)


@post("/boards/items/{item_id:uuid}/resolutions/{number:int}", status_code=200)
async def follow_up(page: NamedDependency[Page], item_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """What came of a decision."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        done, outcome = reader.one_of("done", ("yes", "no")), reader.text("outcome", required=True)
        due_on = reader.day("due_on", required=done == "no")
        if not reader.right:
            return None
        event = ResolutionFollowedUp(number, done == "yes", outcome, None if done == "yes" else due_on)
        return await agenda.follow_up(page.services.db, item_id, event, by)

    return await act(page, item_id, f"resolution-{number}", run)


@post("/boards/items/{item_id:uuid}/dropping", status_code=200)
async def drop(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """The board does not take it up."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True)
        return await agenda.drop(page.services.db, item_id, reason, by) if reader.right else None

    return await act(page, item_id, "dropping", run)
