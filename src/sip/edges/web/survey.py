"""What was said after meetings, a quarter at a time and masked; the form without a name, to print (section 8 A8)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.domain.masking import Masked
from sip.domain.survey import SurveyQuestion
from sip.edges.web.shell import qr
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import surveys

SurveyTold = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """An area, or all: how many answered, and how many said yes to each question; None is hidden."""

    words: str
    told: SurveyTold


@get("/statistics/survey")
async def results(page: NamedDependency[Page]) -> Response[Any]:
    """The quarter that was asked for, or the latest that is over."""
    actor, services = signed_in(page).actor, page.services
    small = services.settings.small_number
    found = await surveys.results(
        services.db, _day(page.request.query_params.get("quarter")), small, actor=actor, now=page.now
    )
    return page.html(
        "survey_results.html", quarter=found.quarter, quarters=[(one, _named(page, one)) for one in found.quarters],
        said=None if found.quarter is None else _named(page, found.quarter), small=small,
        questions=tuple(SurveyQuestion),
        voices=[(voice.value, _lines(page, told)) for voice, told in found.voices.items()],
    )  # fmt: skip


@get("/survey-form")
async def paper(page: NamedDependency[Page]) -> Response[Any]:
    """The form of an area to print: the questions with boxes, and the same as a QR code."""
    actor, services = signed_in(page).actor, page.services
    areas, own = await surveys.forms(services.db, actor=actor, now=page.now)
    area = page.request.query_params.get("area", own)
    area = area if area in areas else ""
    address = f"{services.settings.base_url.rstrip('/')}/tyck/{services.vault.form(area)}"
    return page.html(
        "survey_paper.html", area=area, areas=areas, address=address, picture=qr.picture(address),
        questions=tuple(SurveyQuestion),
    )  # fmt: skip


def _lines(page: Page, told: Masked) -> list[SurveyLine]:
    """All of them, then the areas where there are several."""
    areas = told.breakdowns["area"]
    lines = [SurveyLine(page.t("survey.all"), told.whole)]
    if len(areas) > 1:
        lines += [SurveyLine(area or page.t("survey.no_area"), row) for area, row in sorted(areas.items())]
    return lines


def _named(page: Page, quarter: date) -> str:
    return page.t("survey.quarter", number=(quarter.month + 2) // 3, year=quarter.year)


def _day(said: str | None) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        return None
