"""What either unit does with its report behind a mailed link, beside being heard: it writes, takes measures, and says
what came of them.

The law of this file: as in `mailed`: GET shows and never answers, and nothing that somebody wrote is shown: a measure
is known by its day and the function that sees to it. Each side speaks for itself.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import ReportSide
from sip.edges.web import report_forms
from sip.edges.web.link import mailed
from sip.edges.web.meeting import answer_form
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.links import Opened, OpenedReport

Run = Callable[[Page, UUID, Reader, Command, ReportSide], Awaitable[Handled | None]]


async def _act(page: Page, token: str, name: str, run: Run) -> Response[Any]:
    opened = await links.open_link(page.services.db, token, page.now, acts=True, shows=False)
    if not isinstance(opened, Opened | OpenedReport) or opened.report is None or opened.side is None:
        raise NotFoundError("link")
    reader = await page.reader(f"{name}-")
    by = await page.command(reader, links.holder(opened.ref, answer_form.who_answers(reader), opened.party))
    try:
        handled = await run(page, opened.report.id, reader, by, opened.side)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        handled = None
    if handled is None:
        return await mailed.again(page, token, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return await mailed.again(page, token, reader.state, 409)
    return page.to(f"/svar/{token}#report")


@post("/svar/{token:str}/ord", status_code=200)
async def word(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """A word to the other unit."""
    return await _act(page, token, "words", report_forms.word)


@post("/svar/{token:str}/atgarder", status_code=200)
async def measure(page: NamedDependency[Page], token: FromPath[str]) -> Response[Any]:
    """What the unit does so that it goes better."""
    return await _act(page, token, "measures", report_forms.measure)


@post("/svar/{token:str}/atgarder/{number:int}", status_code=200)
async def follow_up(page: NamedDependency[Page], token: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Whether it was done, and what came of it."""

    def run(page: Page, report_id: UUID, reader: Reader, by: Command, side: ReportSide) -> Awaitable[Handled | None]:
        return report_forms.follow_up(page, report_id, number, reader, by, side)

    return await _act(page, token, f"measure-{number}", run)
