"""A month's sample: drawn by a press, and then the same for every auditor of the place."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.auditing import ReadingState
from sip.edges.web.audit import view
from sip.edges.web.audit.start import auditor
from sip.edges.web.shell.page import Page
from sip.usecases import auditing
from sip.usecases.auditing import MonthNotOverError
from sip.usecases.problems import NotFoundError
from sip.usecases.reading.audit import ReadingLine


def _month(text: str) -> date:
    """The first day of a month written 2026-10. Raises NotFoundError."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFoundError("month") from None


@post("/audit/samples", status_code=303)
async def draw(page: NamedDependency[Page]) -> Response[Any]:
    """Draws the sample of a month that is over; one that was drawn stays."""
    actor, reader = auditor(page), await page.reader()
    month, most = _month(reader.state.value("month")), page.services.settings.audit_sample
    try:
        await auditing.draw(page.services.db, month, most, actor=actor, now=page.now)
    except MonthNotOverError:
        raise NotFoundError("month") from None
    return page.to(f"/audit/samples/{month:%Y-%m}")


@get("/audit/samples/{month:str}")
async def show(page: NamedDependency[Page], month: FromPath[str]) -> Response[Any]:
    """What was drawn, in its order; what waits for a review first."""
    actor, day = auditor(page), _month(month)
    found = await auditing.kept_sample(page.services.db, day, actor=actor, now=page.now)
    groups: dict[ReadingState, list[ReadingLine]] = {state: [] for state in ReadingState}
    for one in found:
        groups[one.state].append(one)
    return page.html(
        "audit_sample.html", of=day, count=len(found), tones=view.TONES,
        groups={state: view.lines(page.phrases, some) for state, some in groups.items() if some},
        waiting=len(groups[ReadingState.WAITING]),
    )  # fmt: skip
