"""What is kept about one of the staff who asks to know (GDPR, article 15): a page to read, and a file to hand over.

The law of this file: the file holds all of it, the page what a person reads; neither says what was said of a meeting.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.audit.start import auditor
from sip.edges.web.audit.view import said
from sip.edges.web.shell.page import Page
from sip.usecases.reading import audit
from sip.usecases.reading.audit import Extract

ROWS = 20
"""Rows of one kind on the page; the file has all."""


async def _extract(page: Page, staff_id: UUID) -> Extract:
    return await audit.extract(page.services.db, staff_id, actor=auditor(page), now=page.now)


@get("/audit/extracts/{staff_id:uuid}")
async def show(page: NamedDependency[Page], staff_id: FromPath[UUID]) -> Response[Any]:
    """To read."""
    found = await _extract(page, staff_id)
    parts = [
        (said(page.phrases, "table", table), len(rows), [_cells(page, row) for row in rows[:ROWS]])
        for table, rows in found.rows.items()
    ]
    return page.html("audit_extract.html", who=found.staff, parts=parts, most=ROWS)


def _cells(page: Page, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands in a row, without what is empty or an id that says nothing to a person."""
    return [
        (said(page.phrases, "column", name), shown)
        for name, value in row.items()
        if name != "id" and not name.endswith("_id") and (shown := _shown(page, value))
    ]


def _shown(page: Page, value: Any) -> str:
    if isinstance(value, bool):
        return page.t("audit.yes" if value else "audit.no")
    if isinstance(value, str):
        try:
            return page.phrases.moment(datetime.fromisoformat(value)) if "T" in value and ":" in value else value
        except ValueError:
            return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


@get("/audit/extracts/{staff_id:uuid}/file")
async def file(page: NamedDependency[Page], staff_id: FromPath[UUID]) -> Response[Any]:
    """All of it, as JSON."""
    found = await _extract(page, staff_id)
    who = {"id": str(found.staff.id), "name": found.staff.name, "email": found.staff.email}
    said = {"sip_extract": 1, "made_at": page.now.isoformat(), "about": who, "rows": found.rows}
    headers = {"content-disposition": 'attachment; filename="extract.json"', "cache-control": "no-store"}
    text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    return Response(text.encode(), media_type="application/json", headers=headers)
