"""One unit's page: what it is called to, how its year was, and what a step to it would not reach."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.access import Act
from sip.usecases.reading import unit_page as reading


@get("/units/{unit_id:uuid}")
async def show(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The page; for who does not watch the unit it is not there."""
    visitor = signed_in(page)
    found = await reading.page(page.services.db, unit_id, actor=visitor.actor, now=page.now)
    roster = found.roster
    mailboxes = [(address, roster.verified_at(address)) for address in roster.addresses]
    return page.html(
        "unit_page.html",
        unit=found.head,
        roster=roster,
        mailboxes=mailboxes,
        coming=found.coming,
        year=found.year,
        answer_time=_said(page, found.year.answer_time),
        keeps_directory=visitor.may(Act.KEEP_DIRECTORY),
    )


def _said(page: Page, time: timedelta | None) -> str | None:
    """In hours under two days, else in days."""
    if time is None:
        return None
    hours = round(time.total_seconds() / 3600)
    if hours < 1:
        return page.t("unit_page.under_an_hour")
    if hours < 48:
        return page.t("unit_page.one_hour") if hours == 1 else page.t("unit_page.hours", count=hours)
    return page.t("unit_page.days", count=round(hours / 24))
