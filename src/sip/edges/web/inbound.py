"""Received mail: what waits for a person, all of it with what came of it, one of them, and what is done about it.

The law of this file: a mail's own words are for the convener's side alone, as text, and every reading of them is
logged; whoever else may see the mail sees what came of it and why.
"""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.mail.received.plain import Words, words_of
from sip.edges.web import inbound_view
from sip.edges.web.inbound_view import SHOWN, Filter
from sip.edges.web.meeting import claims
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.seen.lists import InboundRow
from sip.usecases.access import Act
from sip.usecases.actor import Actor
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import inbound as reading
from sip.usecases.received.outcomes import MailOutcome, Why

MOST_WAITING = 200
RAW_MOST = 200_000


def _reader(page: Page) -> Actor:
    visitor = signed_in(page)
    if not visitor.may(Act.READ_INBOUND):
        raise NotFoundError("inbound")
    return visitor.actor


@get("/inbound")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """What waits, the most pressing kind first; or all of it, the latest first, where a filter is given."""
    actor, wanted = _reader(page), Filter.of(page.request.query_params)
    done = await _done(page, actor)
    if not wanted.everything:
        rows = await reading.page(
            page.services.db, waiting=True, latest=True, limit=MOST_WAITING, actor=actor, now=page.now
        )
        groups = inbound_view.groups(rows, page.phrases)
        return page.html("inbound.html", groups=groups, count=len(rows), done=done, most=MOST_WAITING)
    rows = await reading.page(
        page.services.db, outcome=wanted.outcome, meeting_id=wanted.meeting_id, after=wanted.after,
        before=wanted.before, latest=wanted.after is None, limit=SHOWN + 1, actor=actor, now=page.now,
    )  # fmt: skip
    return page.html(
        "inbound_all.html", wanted=wanted, outcomes=tuple(MailOutcome), **inbound_view.leaf(wanted, rows, page.phrases)
    )


async def _done(page: Page, actor: Actor) -> str | None:
    """What came of the one just seen to, as it stands now."""
    number = page.request.query_params.get("done", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    try:
        row = await reading.one(page.services.db, int(number), actor=actor, now=page.now)
    except NotFoundError:
        return None
    return inbound_view.done(row, page.phrases)


@get("/inbound/{number:int}")
async def one(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """What is known of it and what came of it; a person's words to the convener's side, and then it is logged."""
    return await _render(page, await _row(page, number))


@get("/inbound/{number:int}/raw")
async def raw(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """The mail as it came; that it was read is logged in the same transaction."""
    row, services = await _row(page, number), page.services
    found = await reading.raw(services.db, services.vault, number, actor=_reader(page), now=page.now)
    return await _render(page, row, raw=found[:RAW_MOST].decode("utf-8", "replace"))


@post("/inbound/{number:int}/handled", status_code=303)
async def handled(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """Somebody has seen to it."""
    await reading.seen_to(page.services.db, _number(number), actor=_reader(page), now=page.now)
    return page.to(f"/inbound?done={number}")


@post("/inbound/{number:int}/decision", status_code=200)
async def decide(page: NamedDependency[Page], number: FromPath[int]) -> Response[Any]:
    """The convener's word on the claim that this mail made."""
    row, reader = await _row(page, number), await page.reader("claim-")
    if row.claim is None or row.meeting_id is None:
        raise NotFoundError("claim")
    by = await page.command(reader)
    try:
        done = await claims.decide(page.services.db, row.meeting_id, row.claim, reader, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        done = None
    if done is None:
        return await _render(page, row, status=422, form=reader.state)
    if done.refused is not None:
        reader.state.errors[""] = page.sentence(done.refused)
        return await _render(page, await _row(page, number), status=409, form=reader.state)
    return page.to(f"/inbound?done={number}")


async def _render(
    page: Page, row: InboundRow, *, raw: str | None = None, status: int = 200, form: FormState | None = None
) -> Response[Any]:
    actor = _reader(page)
    reads, words = reading.reads_words(actor, row), None
    if row.reason == Why.HUMAN and row.readable and reads and raw is None and form is None:
        words = await _words(page, actor, row.id)
    return page.html(
        "inbound_one.html", status=status, line=row, reads=reads, sees_to=reading.sees_to(row), raw=raw, words=words,
        human=row.reason == Why.HUMAN, claim=inbound_view.claim(row, page.phrases),
        form=form or FormState({}, {}, "claim-"),
    )  # fmt: skip


async def _words(page: Page, actor: Actor, number: int) -> Words | None:
    services = page.services
    found = await reading.raw(services.db, services.vault, number, actor=actor, now=page.now)
    return await asyncio.to_thread(words_of, found)


async def _row(page: Page, number: int) -> InboundRow:
    return await reading.one(page.services.db, _number(number), actor=_reader(page), now=page.now)


def _number(number: int) -> int:
    """A number a row can have."""
    return number if 0 < number < 2**62 else 0
