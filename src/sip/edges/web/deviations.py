"""Deviation reports: the list, one of them, and what each side may do with it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST
from sip.domain.deviation import (
    ENDED,
    Cause,
    DeviationReport,
    DeviationState,
    ReportSide,
    Statement,
    WithdrawnBecause,
    statements,
)
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
D = DeviationState
_TO_ANSWER = frozenset({D.RECEIVED, D.IN_DIALOGUE})
_HEARD = frozenset({D.RECEIVED, D.IN_DIALOGUE, D.ANSWERED, D.FOLLOWED_UP, D.FORWARDED})


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
        likes=found.likes,
        own=_sides(report, actor),
        today=page.phrases.local(page.now).date().isoformat(),
        timeline=timeline.of_report(found.entries, meeting, report.party, page.phrases),
        may_open=meeting is not None and sees(actor, meeting),
        state=state,
        failed=failed,
    )


def _sides(report: DeviationReport, actor: Actor) -> list[ReportSide]:
    """For which of the two units the visitor speaks."""
    of = {ReportSide.REPORTING: report.reporting, ReportSide.RECEIVING: report.receiving}
    return [side for side in ReportSide if on_side(actor, of[side])]


def acts(report: DeviationReport, actor: Actor) -> frozenset[str]:
    """What this actor may do with the report now."""
    if report.good_example:
        return frozenset(_of_praise(report, actor))
    found: set[str] = set()
    if on_side(actor, report.receiving) and actor.role in MAY[Act.ANSWER_DEVIATION]:
        found |= {"hear"} if report.state is D.HEARING else set()
        found |= {"answer"} if report.state in _TO_ANSWER else set()
    if on_side(actor, report.reporting) and actor.role in MAY[Act.SETTLE_DEVIATION]:
        found |= _settling(report)
    either = on_side(actor, report.receiving) or on_side(actor, report.reporting)
    if either and actor.role in MAY[Act.DISCUSS_DEVIATION] and report.state not in ENDED:
        found |= {"say", "measure"} if report.state in _HEARD else {"say"}
    return frozenset(found)


def _of_praise(report: DeviationReport, actor: Actor) -> set[str]:
    """Both may write; who said it may take it back."""
    if report.state in ENDED or not _sides(report, actor):
        return set()
    found = {"say"} if actor.role in MAY[Act.DISCUSS_DEVIATION] else set()
    if on_side(actor, report.reporting) and actor.role in MAY[Act.SETTLE_DEVIATION]:
        found.add("withdraw")
    return found


def _settling(report: DeviationReport) -> set[str]:
    """What is the reporting unit's alone."""
    if report.state in ENDED:
        return {"withdraw"} if report.state is D.MERGED else set()
    found = {"withdraw", "merge"}
    if report.state is D.DISPUTED:
        found.add("settle")
    if report.state is D.FORWARDED:
        found |= {"take_back", "close"}
    elif report.state is not D.HEARING:
        found.add("forward")
    if report.state in (D.ANSWERED, D.FOLLOWED_UP):
        found.add("close")
    return found


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
        also = tuple(one for one in Cause if reader.state.value(f"also_{one}"))
        if found is None or not reader.right:
            return None
        return await deviations.give_cause(page.services.db, report_id, found, account, by, also=also)

    return await _act(page, report_id, "cause", run)


@post("/deviations/{report_id:uuid}/settlement", status_code=200)
async def settle(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit keeps the report after a dispute."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.settle_dispute(page.services.db, report_id, by)

    return await _act(page, report_id, "settlement", run)


@post("/deviations/{report_id:uuid}/words", status_code=200)
async def say(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """A word to the other unit."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        text = reader.text("text", required=True)
        return await deviations.say(page.services.db, report_id, text, by) if reader.right else None

    return await _act(page, report_id, "words", run)


@post("/deviations/{report_id:uuid}/measures", status_code=200)
async def measure(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """What a unit does so that it goes better."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        text, owner = reader.text("text", required=True), reader.text("owner", required=True, most=NAME_MOST)
        due_on = reader.day("due_on", required=True)
        if due_on is None or not reader.right:
            return None
        return await deviations.take_measure(page.services.db, report_id, text, owner, due_on, by)

    return await _act(page, report_id, "measures", run)


@post("/deviations/{report_id:uuid}/measures/{number:int}", status_code=200)
async def follow_up(page: NamedDependency[Page], report_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Whether it was done, and what came of it."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        done, effect = reader.one_of("done", ("yes", "no")), reader.text("effect", required=True)
        if not reader.right:
            return None
        return await deviations.follow_up(page.services.db, report_id, number, done == "yes", effect, by)

    return await _act(page, report_id, f"measure-{number}", run)


@post("/deviations/{report_id:uuid}/closure", status_code=200)
async def close(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit closes a report: freely when it is followed up, else with a reason."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.close(page.services.db, report_id, by, reason=reader.text("reason") or None)

    return await _act(page, report_id, "closure", run)


@post("/deviations/{report_id:uuid}/forwarding", status_code=200)
async def forward(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit takes it to the board."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        reason = reader.text("reason", required=True)
        return await deviations.forward(page.services.db, report_id, reason, by) if reader.right else None

    return await _act(page, report_id, "forwarding", run)


@post("/deviations/{report_id:uuid}/return", status_code=200)
async def take_back(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The two units go on."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.take_back(page.services.db, report_id, by)

    return await _act(page, report_id, "return", run)


@post("/deviations/{report_id:uuid}/merging", status_code=200)
async def merge(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """It goes on in its like."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        into = reader.uuid("into", required=True)
        return None if into is None else await deviations.merge(page.services.db, report_id, into, by)

    return await _act(page, report_id, "merging", run)


@post("/deviations/{report_id:uuid}/withdrawal", status_code=200)
async def withdraw(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit takes the report back."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.withdraw(page.services.db, report_id, WithdrawnBecause.RAISED_BY_MISTAKE, by)

    return await _act(page, report_id, "withdrawal", run)
