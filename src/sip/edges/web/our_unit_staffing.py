"""Our unit, what it keeps itself: substitutes in their order, deputies with dates, closed days, and a test call.

The law of this file: who may is the use case's to say (`access.MAY`); a press that changes nothing is no fault.
"""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency

from sip.edges.web import hours
from sip.edges.web.meeting.layout import prefix_of
from sip.edges.web.our_unit import HERE, render
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import mailbox_checks
from sip.usecases.directory import edit, own
from sip.usecases.problems import InvalidError
from sip.usecases.reading import our_unit


async def _done(page: Page, reader: Reader, act: Awaitable[object], anchor: str) -> Response[Any]:
    try:
        await act
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await render(page, reader.state, 422)
    return page.to(f"{HERE}#{anchor}")


@post(f"{HERE}/substitutes", status_code=200)
async def substitutes(page: NamedDependency[Page]) -> Response[Any]:
    """One more, last; or one of them asked earlier, or not at all."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("substitutes"))
    found = await our_unit.page(page.services.db, actor=actor, now=page.now)
    order = [one.person_id for one in found.substitutes]
    up, off = reader.uuid("up"), reader.uuid("off")
    if up in order and order.index(up) > 0:
        at = order.index(up)
        order[at - 1 : at + 1] = [order[at], order[at - 1]]
    elif off in order:
        order.remove(off)
    elif up is None and off is None:
        new = reader.uuid("person", required=True)
        order += [new] if new is not None else []
    if not reader.right:
        return await render(page, reader.state, 422)
    keep = edit.set_substitutes(page.services.db, found.roster.unit_id, order, actor=actor, now=page.now)
    return await _done(page, reader, keep, "substitutes")


@post(f"{HERE}/deputies", status_code=200)
async def deputies(page: NamedDependency[Page]) -> Response[Any]:
    """One more, with dates; or one of them no longer."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("deputies"))
    found = await our_unit.page(page.services.db, actor=actor, now=page.now)
    held = [(one.person_id, one.valid_from, one.valid_to) for one in found.deputies]
    off = reader.whole("off")
    if off is not None:
        held = [one for n, one in enumerate(held) if n != off]
    else:
        new = reader.uuid("person", required=True)
        first, last = reader.day("first_day"), reader.day("last_day")
        if first is not None and last is not None and last < first:
            reader.wrong("last_day", "problem.field.dates")
        held += [(new, first, last)] if new is not None else []
    if not reader.right:
        return await render(page, reader.state, 422)
    keep = edit.set_deputies(page.services.db, found.roster.unit_id, held, actor=actor, now=page.now)
    return await _done(page, reader, keep, "deputies")


@post(f"{HERE}/closed-days", status_code=200)
async def closed_days(page: NamedDependency[Page]) -> Response[Any]:
    """Closed from one day to another; or open then after all."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("closed"))
    unit_id: UUID = our_unit.unit_of(actor)
    first = reader.day("first_day", required=True)
    last = reader.day("last_day") or first
    if first is None or last is None or not reader.right:
        return await render(page, reader.state, 422)
    closed = not reader.state.value("open")
    keep = edit.change_closed_days(page.services.db, unit_id, first, last, closed=closed, actor=actor, now=page.now)
    return await _done(page, reader, keep, "closed")


@post(f"{HERE}/hours", status_code=200)
async def opening_hours(page: NamedDependency[Page]) -> Response[Any]:
    """When the unit is open, all of a week."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("hours"))
    found = hours.read(reader)
    if not reader.right:
        return await render(page, reader.state, 422)
    keep = own.set_hours(page.services.db, our_unit.unit_of(actor), found, actor=actor, now=page.now)
    return await _done(page, reader, keep, "closed")


@post(f"{HERE}/mailboxes", status_code=200)
async def mailboxes(page: NamedDependency[Page]) -> Response[Any]:
    """A mailbox more, which gets a test call at once; one of them first, or no longer."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("mailbox"))
    act = next((one for one in own.AddressAct if reader.state.value(one)), own.AddressAct.ADD)
    field = "email" if act is own.AddressAct.ADD else act.value
    email = reader.email(field, required=True)
    if email is None:
        return await render(page, reader.state, 422)

    async def keep() -> None:
        unit_id, db = our_unit.unit_of(actor), page.services.db
        await own.change_address(db, unit_id, email, act, actor=actor, now=page.now)
        if act is own.AddressAct.ADD:
            await mailbox_checks.ask(db, unit_id, email=email, actor=actor, now=page.now)

    return await _done(page, reader, keep(), "mailboxes")


@post(f"{HERE}/mailbox-check", status_code=200)
async def check_mailbox(page: NamedDependency[Page]) -> Response[Any]:
    """A test call to one of the unit's own mailboxes leaves now: the first, or the one that is named."""
    actor = signed_in(page).actor
    reader = await page.reader(prefix_of("mailbox"))
    unit_id, email = our_unit.unit_of(actor), reader.email("to")
    ask = mailbox_checks.ask(page.services.db, unit_id, email=email, actor=actor, now=page.now)
    return await _done(page, reader, ask, "mailboxes")
