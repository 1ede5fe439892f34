"""What groups have decided, for everybody who signs in: the county's groups, a search, and one group (rules, 21 O2)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.boards.start import LONGEST
from sip.edges.web.groups.told import by_county
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.access import Act
from sip.usecases.reading import told


@get("/decisions")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """The groups that she is told of; with `q` the decisions that have these words."""
    visitor, said = signed_in(page), page.request.query_params.get("q", "").strip()[:LONGEST]
    read = await told.decisions(page.services.db, said, actor=visitor.actor, now=page.now)
    return page.html("decisions.html", counties=by_county(read.groups), found=read.found, said=said)


@get("/decisions/{group_id:uuid}")
async def show(page: NamedDependency[Page], group_id: FromPath[UUID]) -> Response[Any]:
    """One group, as it is told to who is signed in."""
    visitor = signed_in(page)
    read = await told.group(page.services.db, group_id, actor=visitor.actor, now=page.now)
    return page.html("decisions_group.html", read=read, group=read.group, seats=visitor.may(Act.READ_GROUPS))
