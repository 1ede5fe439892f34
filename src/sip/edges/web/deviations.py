"""Deviation reports: the list, one of them, and what each side may do with it now; it is done in `report_acts`."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import (
    ENDED,
    DeviationReport,
    DeviationState,
    ReportSide,
    causes,
    statements,
)
from sip.domain.failure import belongs_elsewhere
from sip.domain.meeting import Meeting
from sip.domain.pre_meeting import suggested_by
from sip.domain.report_clock import answer_due
from sip.edges.web.meeting import timeline
from sip.edges.web.report_forms import HEARD
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import failures
from sip.usecases.access import MAY, Act, convenes, on_side, sees
from sip.usecases.actor import Actor
from sip.usecases.reading import deviations as reading

D = DeviationState
_TO_ANSWER = frozenset({D.RECEIVED, D.IN_DIALOGUE})


@get("/deviations")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Those the visitor may see."""
    actor, db = signed_in(page).actor, page.services.db
    lines = await reading.lines(db, actor=actor, now=page.now)
    may_report = actor.role in MAY[Act.RAISE_DEVIATION]
    drafts = await failures.mine(db, actor=actor, now=page.now) if may_report else []
    return page.html("deviations.html", lines=lines, drafts=drafts, may_report=may_report)


@get("/deviations/{report_id:uuid}")
async def show(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """One report with its facts and its story."""
    return await render(page, report_id)


async def render(page: Page, report_id: UUID, *, status: int = 200, failed: FormState | None = None) -> Response[Any]:
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
        causes=causes(report),
        elsewhere=belongs_elsewhere(report.severity) and ReportSide.REPORTING in _sides(report, actor),
        answer_by=answer_due(report),
        likes=found.likes,
        own=_sides(report, actor),
        registrations=found.registrations,
        registers=actor.role in MAY[Act.DISCUSS_DEVIATION],
        today=page.phrases.local(page.now).date().isoformat(),
        timeline=timeline.of_report(found.entries, meeting, report.party, page.phrases),
        may_meet=meeting is not None and _may_meet(report, meeting, actor),
        may_open=meeting is not None and sees(actor, meeting),
        state=state,
        failed=failed,
    )


def _may_meet(report: DeviationReport, meeting: Meeting, actor: Actor) -> bool:
    """Whether she is offered a pre-meeting as a first step: who convenes the meeting, until the report has ended."""
    open_one = report.state not in ENDED and not report.good_example
    return (
        open_one
        and actor.role in MAY[Act.CONVENE]
        and convenes(actor, meeting)
        and bool(suggested_by(meeting, reported=True, goes_round=False))
    )


def _sides(report: DeviationReport, actor: Actor) -> list[ReportSide]:
    """For which of the two units the visitor speaks."""
    return [side for side in ReportSide if on_side(actor, report.side(side))]


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
        found |= {"say", "measure"} if report.state in HEARD else {"say"}
    return frozenset(found)


def _of_praise(report: DeviationReport, actor: Actor) -> set[str]:
    """Both may write until it ends; who said it may take it back."""
    found: set[str] = set()
    if report.state not in ENDED and _sides(report, actor) and actor.role in MAY[Act.DISCUSS_DEVIATION]:
        found.add("say")
    if on_side(actor, report.reporting) and actor.role in MAY[Act.SETTLE_DEVIATION]:
        found |= _settling(report) & {"withdraw"}
    return found


def _settling(report: DeviationReport) -> set[str]:
    """What is the reporting unit's alone."""
    if report.state in ENDED:
        return set() if report.state is D.WITHDRAWN else {"withdraw"}
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
