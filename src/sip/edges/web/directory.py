"""The directory as an administrator sees it: units by principal, and what each lacks."""

from itertools import groupby
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.edges.web.auth import signed_in
from sip.edges.web.page import Page
from sip.edges.web.phrases import sort_key
from sip.store import access_log, listings
from sip.usecases.access import Act
from sip.usecases.problems import NotFoundError


@get("/directory")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """All units within the administrator's scope."""
    visitor = signed_in(page)
    if not visitor.may(Act.KEEP_DIRECTORY):
        raise NotFoundError("directory")
    async with page.services.db.transaction() as conn:
        units = await listings.units(conn, visitor.scope, page.now, archived=True)
        await access_log.record(conn, visitor.actor.columns(), "list", "directory", [None], page.now)
    units.sort(key=lambda unit: (sort_key(unit.principal), sort_key(unit.organisation), sort_key(unit.name)))
    groups = [(name, list(lines)) for name, lines in groupby(units, key=lambda unit: unit.principal)]
    return page.html("directory.html", groups=groups)
