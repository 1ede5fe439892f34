"""Deviation reports: the list, one of them, and what each side may do with it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import Cause, DeviationReport, DeviationState, Statement, WithdrawnBecause, statements
from sip.domain.report_clock import answer_due
from sip.edges.web.meeting import timeline
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import deviations
from sip.usecases.access import MAY, Act, on_side, sees
from sip.usecases.actor import Actor
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError
from sip.usecases.reading import deviations as reading

Run = Callable[[Reader, Command], Awaitable[Handled | None]]
_OPEN = frozenset({DeviationState.RECEIVED})
_ENDED = frozenset({DeviationState.CLOSED, DeviationState.WITHDRAWN})


@get("/deviations")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Those the visitor may see."""
    lines = await reading.lines(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html("deviations.html", lines=lines)


@get("/deviations/{report_id:uuid}")
async def show(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """One report with its facts and its story."""
    return await _render(page, report_id)


async def _render(page: Page, report_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
    actor = signed_in(page).actor
    found = await reading.whole(page.services.db, report_id, actor=actor, now=page.now)
    report, meeting = found.report, found.meeting

    def state(name: str) -> FormState:
        prefix = f"{name}-"
        return failed if failed is not None and failed.prefix == prefix else FormState({}, {}, prefix)

    rules = report.rule_set
    return page.html(
        "deviation.html",
        status=status,
        d=report,
        version=found.version,
        name=rules.deviation_name_sv if page.phrases.language == "sv" else rules.deviation_name_en,
        can=acts(report, actor),
        statements=statements(report),
        answer_by=answer_due(report),
        timeline=timeline.of_report(found.entries, meeting, report.party, page.phrases),
        may_open=meeting is not None and sees(actor, meeting),
        state=state,
        failed=failed,
    )


def acts(report: DeviationReport, actor: Actor) -> frozenset[str]:
    """What this actor may do with the report now."""
    found: set[str] = set()
    if on_side(actor, report.receiving) and actor.role in MAY[Act.ANSWER_DEVIATION]:
        if report.state is DeviationState.HEARING:
            found.add("hear")
        if report.state in _OPEN:
            found.add("answer")
    if on_side(actor, report.reporting) and actor.role in MAY[Act.SETTLE_DEVIATION]:
        if report.state is DeviationState.DISPUTED:
            found.add("settle")
        if report.state is DeviationState.ANSWERED:
            found.add("close")
        if report.state not in _ENDED:
            found.add("withdraw")
    return frozenset(found)


async def _act(page: Page, report_id: UUID, name: str, run: Run) -> Response[Any]:
    signed_in(page)
    reader = await page.reader(f"{name}-")
    by = await page.command(reader)
    try:
        handled = await run(reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        handled = None
    if handled is None:
        return await _render(page, report_id, status=422, failed=reader.state)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return await _render(page, report_id, status=409, failed=reader.state)
    return page.to(f"/deviations/{report_id}#state")


@post("/deviations/{report_id:uuid}/hearing", status_code=200)
async def hear(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The absent party's word."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        statement = reader.choice("statement", Statement)
        if statement is None:
            reader.wrong("statement", "page.deviation.missing_statement")
            return None
        account = reader.text("account") or None
        return await deviations.hear(page.services.db, report_id, statement, by, account=account)

    return await _act(page, report_id, "hearing", run)


@post("/deviations/{report_id:uuid}/cause", status_code=200)
async def cause(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The absent party's cause and account."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        found, account = reader.choice("cause", Cause, required=True), reader.text("account", required=True)
        if found is None or not reader.right:
            return None
        return await deviations.give_cause(page.services.db, report_id, found, account, by)

    return await _act(page, report_id, "cause", run)


@post("/deviations/{report_id:uuid}/settlement", status_code=200)
async def settle(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit keeps the report after a dispute."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.settle_dispute(page.services.db, report_id, by)

    return await _act(page, report_id, "settlement", run)


@post("/deviations/{report_id:uuid}/closure", status_code=200)
async def close(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit closes an answered report."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.close(page.services.db, report_id, by)

    return await _act(page, report_id, "closure", run)


@post("/deviations/{report_id:uuid}/withdrawal", status_code=200)
async def withdraw(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit takes the report back."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.withdraw(page.services.db, report_id, WithdrawnBecause.RAISED_BY_MISTAKE, by)

    return await _act(page, report_id, "withdrawal", run)
