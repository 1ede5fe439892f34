"""What either unit does with a report on its page: each form a use case, and the page once more where it is wrong."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import Statement, WithdrawnBecause
from sip.edges.web import report_forms
from sip.edges.web.deviations import render
from sip.edges.web.shell.acting import Run, acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.usecases import deviations
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled


async def _act(page: Page, report_id: UUID, name: str, run: Run) -> Response[Any]:
    async def shown(status: int, failed: FormState) -> Response[Any]:
        return await render(page, report_id, status=status, failed=failed)

    return await acted(page, f"{name}-", run, shown, f"/deviations/{report_id}#state")


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
    return await _act(page, report_id, "cause", partial(report_forms.cause, page, report_id))


@post("/deviations/{report_id:uuid}/settlement", status_code=200)
async def settle(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The reporting unit keeps the report after a dispute."""

    async def run(reader: Reader, by: Command) -> Handled:
        return await deviations.settle_dispute(page.services.db, report_id, by)

    return await _act(page, report_id, "settlement", run)


@post("/deviations/{report_id:uuid}/words", status_code=200)
async def say(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """A word to the other unit."""
    return await _act(page, report_id, "words", partial(report_forms.word, page, report_id))


@post("/deviations/{report_id:uuid}/measures", status_code=200)
async def measure(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """What a unit does so that it goes better."""
    return await _act(page, report_id, "measures", partial(report_forms.measure, page, report_id))


@post("/deviations/{report_id:uuid}/measures/{number:int}", status_code=200)
async def follow_up(page: NamedDependency[Page], report_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """Whether it was done, and what came of it."""
    run = partial(report_forms.follow_up, page, report_id, number)
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
