"""The page behind a mailed link of a report without a meeting: being heard, the cause, and what either unit does
(rules, section 8 D9).

The law of this file: as in `mailed` and `report`: GET shows and never answers, and nothing that somebody wrote is
shown.
"""

from typing import Any

from litestar import Response

from sip.domain.deviation import ENDED, DeviationState, Statement, causes, statements
from sip.domain.report_clock import answer_due
from sip.edges.web import report_forms
from sip.edges.web.link import view
from sip.edges.web.meeting import answer_form
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.usecases import deviations
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import links
from sip.usecases.reading.links import OpenedReport


def render(page: Page, token: str, opened: OpenedReport, state: FormState, status: int = 200) -> Response[Any]:
    """The report's parties and days, and the forms of the side that the link was mailed to."""
    report, heard, asked = opened.report, view.is_heard(opened), view.asks_cause(opened)

    def state_of(name: str) -> FormState:
        return state if state.prefix == f"{name}-" else FormState({}, {}, f"{name}-")

    heading = "page.answer.heading_report"
    if heard:
        heading = "page.deviation.hear_by_hand"
    elif asked:
        heading = "page.deviation.answer_by_hand"
    return page.html(
        "report_link.html", status=status, token=token, d=report, heard=heard, asked=asked,
        heading=page.t(heading, reporting=report.reporting.unit_name), own=view.own_part(opened),
        ended=report.state in ENDED, may_open=report.state is not DeviationState.HEARING,
        statements=statements(report), causes=causes(report), answer_by=answer_due(report),
        today=page.phrases.local(page.now).date().isoformat(),
        form=state if not state.prefix else FormState(), state_of=state_of, failed=state if state.errors else None,
    )  # fmt: skip


async def choose(page: Page, token: str, opened: OpenedReport) -> Response[Any]:
    """The word of the side that the report is about: whether it is right, or the cause. Raises
    NotFoundError for a link of the other.
    """
    reader = await page.reader()
    if not (view.is_heard(opened) or view.asks_cause(opened)):
        raise NotFoundError("link")
    by = await page.command(reader, links.holder(opened.ref, answer_form.who_answers(reader)))
    try:
        handled = await _say(page, opened, reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        handled = None
    if handled is None:
        return render(page, token, opened, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return render(page, token, opened, reader.state, 409)
    return page.to(f"/svar/{token}#report")


async def _say(page: Page, opened: OpenedReport, reader: Reader, by: Command) -> Handled | None:
    if view.asks_cause(opened):
        return await report_forms.cause(page, opened.report.id, reader, by)
    what = reader.choice("answer", Statement)
    if what is None:
        reader.wrong("answer", "page.deviation.missing_statement")
        return None
    return await deviations.hear(
        page.services.db, opened.report.id, what, by, account=reader.text("account") or None
    )  # fmt: skip
