"""What a unit has several of: addresses and closed days, each list changed as a whole; the same form has room for more.

The law of this file: what was filled in comes back as it was; an empty row is no row.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.address import folded
from sip.domain.bounds import LONGEST_CLOSED, MOST_CLOSED_DAYS, closed_fits
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.directory import AddressRecord
from sip.usecases.directory import edit
from sip.usecases.directory.written import closed_rows
from sip.usecases.problems import InvalidError
from sip.usecases.reading import unit_pages
from sip.usecases.reading.unit_pages import UnitRead

SPARE, MOST_ROWS = 2, 200


def _rows(reader: Reader, name: str) -> int:
    filled = [n for n in range(1, MOST_ROWS + 1) if reader.state.value(f"{name}_{n}")]
    return max([SPARE, *filled])


async def _read(page: Page, unit_id: UUID) -> UnitRead:
    return await unit_pages.unit(page.services.db, unit_id, actor=signed_in(page).actor, now=page.now)


def _more(page: Page, template: str, read: UnitRead, state: FormState, rows: int, status: int = 200) -> Response[Any]:
    return page.html(template, status=status, f=state, unit=read.unit, rows=min(rows, MOST_ROWS))


# -- addresses


@get("/directory/{unit_id:uuid}/addresses")
async def addresses(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form with the addresses that there are, and room for another."""
    read = await _read(page, unit_id)
    values: dict[str, str] = {}
    for n, one in enumerate(read.addresses, 1):
        values |= {
            f"email_{n}": one.email,
            f"from_{n}": one.valid_from.isoformat() if one.valid_from else "",
            f"to_{n}": one.valid_to.isoformat() if one.valid_to else "",
        }
    return _more(page, "unit_addresses.html", read, FormState(values), len(read.addresses) + 1)


@post("/directory/{unit_id:uuid}/addresses", status_code=200)
async def save_addresses(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """All addresses anew, in this order."""
    read, reader = await _read(page, unit_id), await page.reader()
    rows = _rows(reader, "email")
    if reader.state.value("more"):
        return _more(page, "unit_addresses.html", read, reader.state, rows + SPARE)
    records = _addresses(reader, unit_id, rows)
    if reader.right:
        try:
            await edit.set_addresses(page.services.db, unit_id, records, actor=signed_in(page).actor, now=page.now)
            return page.to(f"/directory/{unit_id}#addresses")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return _more(page, "unit_addresses.html", read, reader.state, rows, 422)


def _addresses(reader: Reader, unit_id: UUID, rows: int) -> list[AddressRecord]:
    found: list[AddressRecord] = []
    for n in range(1, rows + 1):
        email, (first, last) = reader.email(f"email_{n}"), _period(reader, n)
        if email is None:
            if (first or last) and not reader.state.error(f"email_{n}"):
                reader.wrong(f"email_{n}", "form_words.required")
            continue
        if any(one.email == folded(email) and one.valid_from == first for one in found):
            reader.wrong(f"email_{n}", "directory.form.address_twice")
        found.append(AddressRecord(unit_id, len(found) + 1, folded(email), first, last))
    return found


def _period(reader: Reader, n: int) -> tuple[date | None, date | None]:
    first, last = reader.day(f"from_{n}"), reader.day(f"to_{n}")
    if first is not None and last is not None and last < first:
        reader.wrong(f"to_{n}", "directory.form.days_order")
    return first, last


# -- closed days


@get("/directory/{unit_id:uuid}/closed-days")
async def closed_days(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form with the periods in which the unit is closed, those that are over too, and room for another."""
    read = await _read(page, unit_id)
    values: dict[str, str] = {}
    periods = list(closed_rows([(unit_id, day) for day in read.closed]))
    for n, one in enumerate(periods[-MOST_ROWS:], 1):
        values |= {f"from_{n}": one.valid_from.isoformat(), f"to_{n}": one.valid_to.isoformat()}
    return _more(page, "unit_closed_days.html", read, FormState(values), len(periods) + 1)


@post("/directory/{unit_id:uuid}/closed-days", status_code=200)
async def save_closed_days(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """All closed days anew."""
    read, reader = await _read(page, unit_id), await page.reader()
    rows = max(_rows(reader, "from"), _rows(reader, "to"))
    if reader.state.value("more"):
        return _more(page, "unit_closed_days.html", read, reader.state, rows + SPARE)
    days = _days(reader, rows)
    if len(days) > MOST_CLOSED_DAYS:
        reader.wrong("from_1", "directory.form.too_many_days", most=MOST_CLOSED_DAYS)
    if reader.right:
        await edit.set_closed_days(page.services.db, unit_id, days, actor=signed_in(page).actor, now=page.now)
        return page.to(f"/directory/{unit_id}#closed")
    return _more(page, "unit_closed_days.html", read, reader.state, rows, 422)


def _days(reader: Reader, rows: int) -> set[date]:
    found: set[date] = set()
    for n in range(1, rows + 1):
        first, last = _period(reader, n)
        if first is None:
            if last is not None and not reader.state.error(f"from_{n}"):
                reader.wrong(f"from_{n}", "form_words.required")
            continue
        last = last or first
        if last < first:
            continue
        if not closed_fits(first, last):
            reader.wrong(f"to_{n}", "directory.form.closed_too_long", most=LONGEST_CLOSED)
            continue
        found |= {first + timedelta(days=step) for step in range((last - first).days + 1)}
    return found
