"""Inbound mail that could not be applied: a list, one of them, its raw text (logged when read), and seeing to it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.auth import signed_in
from sip.edges.web.page import Page, Visitor
from sip.store import access_log, inbox, lists
from sip.store.lists import InboundRow, scope_of
from sip.usecases.access import Act, require_role
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import reads_words

MOST = 200
RAW_MOST = 200_000
_LISTED = ("refused", "quarantine", "unconfirmed")


def _reader(page: Page) -> Visitor:
    visitor = signed_in(page)
    if not visitor.may(Act.READ_INBOUND):
        raise NotFoundError("inbound")
    require_role(visitor.actor, Act.READ_INBOUND)
    return visitor


@get("/inbound")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Those that wait, or with ?all=1 also those seen to."""
    visitor, everything = _reader(page), page.request.query_params.get("all") == "1"
    actor = visitor.actor
    within = scope_of(actor.unit_id, actor.organisation_id, actor.principal_id)
    async with page.services.db.transaction() as conn:
        rows = await lists.inbound(conn, within, None, not everything, None, 10_000)
        await access_log.record(conn, actor.columns(), "list", "inbound", [None], page.now)
    lines = [row for row in reversed(rows) if row.outcome in _LISTED][:MOST]
    return page.html("inbound.html", lines=lines, all=everything)


@get("/inbound/{number:int}")
async def one(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """What is known of it, and why it could not be applied; nothing of its words."""
    return page.html("inbound_one.html", line=await _line(page, number), raw=None)


@get("/inbound/{number:int}/raw")
async def raw(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """The mail as it came; that it was read is logged in the same transaction."""
    line = await _line(page, number)
    actor = _reader(page).actor
    if not reads_words(actor, line):
        raise NotFoundError("inbound")
    async with page.services.db.transaction() as conn:
        found = await inbox.read_raw(conn, page.services.vault, number, actor.columns(), page.now)
    text = None if found is None else found[:RAW_MOST].decode("utf-8", "replace")
    return page.html("inbound_one.html", line=line, raw=text)


@post("/inbound/{number:int}/handled", status_code=303)
async def handled(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """Somebody has seen to it."""
    await _line(page, number)
    async with page.services.db.transaction() as conn:
        await inbox.see_to(conn, number, page.now)
        who = _reader(page).actor.columns()
        await access_log.record(conn, who, "see_to", "inbound", [str(number)], page.now)
    return page.to("/inbound")


async def _line(page: Page, number: int) -> InboundRow:
    actor = _reader(page).actor
    within = scope_of(actor.unit_id, actor.organisation_id, actor.principal_id)
    async with page.services.db.transaction() as conn:
        row = await lists.one_inbound(conn, within, number)
        if row is None or row.outcome not in _LISTED:
            raise NotFoundError("inbound")
        await access_log.record(conn, actor.columns(), "read", "inbound_line", [str(number)], page.now)
    return row
