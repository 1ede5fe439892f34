"""A report in the register of the visitor's authority, and the report as a document (rules, section 8 D10)."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.deviation import ReportSide
from sip.edges.archive import pdf, reports
from sip.edges.web.deviations import render
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import registrations
from sip.usecases.problems import InvalidError


@post("/deviations/{report_id:uuid}/registration", status_code=200)
async def note(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The number and the day, of her own side's authority."""
    signed_in(page)
    reader = await page.reader("registration-")
    number, received_on = reader.text("number", most=60), reader.day("received_on")
    side = reader.choice("side", ReportSide)
    if reader.right:
        try:
            by = await page.command(reader)
            await registrations.note(page.services.db, report_id, number, received_on, by, side=side)
        except InvalidError as error:
            page.say_problems(error, reader.state)
    if not reader.right:
        return await render(page, report_id, status=422, failed=reader.state)
    return page.to(f"/deviations/{report_id}#registration")


@get("/deviations/{report_id:uuid}/file")
async def document(page: NamedDependency[Page], report_id: FromPath[UUID]) -> Response[Any]:
    """The report with its thread as a tagged PDF/A."""
    visitor = signed_in(page)
    found = await registrations.export(page.services.db, report_id, actor=visitor.actor, now=page.now)
    made = reports.of_report(found, page.phrases, visitor.name, page.now)
    return sent(await asyncio.to_thread(pdf.pdf, made, page.now), found.report.reference)


def sent(data: bytes, reference: str) -> Response[Any]:
    """The document, to be kept and not shown."""
    headers = {
        "content-disposition": f'attachment; filename="sip-{reference}.pdf"', "cache-control": "no-store",
    }  # fmt: skip
    return Response(data, media_type="application/pdf", headers=headers)
