"""One unit as an administrator sees it: how it is reached, who answers for it, when it is closed, what was changed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Role
from sip.domain.worktime import local_day
from sip.edges.web.directory import said
from sip.edges.web.directory.listed import mailbox_said
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.directory import PersonRecord, RoleRecord
from sip.usecases.directory.csv_text import FLAGS
from sip.usecases.directory.keeping import PartKind
from sip.usecases.directory.written import closed_rows
from sip.usecases.reading import unit_pages
from sip.usecases.reading.unit_pages import CHANGES, UnitRead

SHOWN_CLOSED = 12
"""Periods to come that the page shows; the form has them all."""


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role that somebody has, with its dates: "now", "later" or "over". `turn`: of a substitute in force, when she is
    asked, from 1; the numbers in the directory order, and need not be 1, 2, 3.
    """

    role: RoleRecord
    person: PersonRecord
    when: str
    turn: int = 0


@get("/directory/{unit_id:uuid}")
async def show(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The unit with all that is its own."""
    read = await unit_pages.unit(page.services.db, unit_id, actor=signed_in(page).actor, now=page.now)
    return page.html("unit.html", **context(page, read))


def context(page: Page, read: UnitRead) -> dict[str, Any]:
    """What the page shows."""
    today = local_day(page.now)
    closes = read.unit.archived_at
    has_mailbox = bool(read.roster.addresses) and not read.unit.phone_only and not read.roster.closed_by(page.now)
    box = mailbox_said(page.phrases, read.verified_at, read.check, read.valid_from) if has_mailbox else None
    periods = [row for row in closed_rows([(read.unit.id, day) for day in read.closed]) if row.valid_to >= today]
    return {
        "read": read,
        "unit": read.unit,
        "box": box,
        "last_day": local_day(closes - timedelta(microseconds=1)) if closes else None,
        "over": read.roster.closed_by(page.now),
        "calls_after": [one for one in read.calls if closes is not None and one.start >= closes],
        "addresses": [(one, in_force(one.valid_from, one.valid_to, today)) for one in read.addresses],
        "roles": roles_by_kind(read.roles, read.staff, today),
        "periods": periods[:SHOWN_CLOSED],
        "more_periods": len(periods) - SHOWN_CLOSED,
        "flags": [flag for flag in FLAGS if getattr(read.unit, flag)],
        "changes": said.lines(page.phrases, read.changes[:CHANGES]),
        "older": read.changes[CHANGES - 1].id if len(read.changes) > CHANGES else None,
        "gaps": [] if read.roster.closed_by(page.now) else read.roster.gaps,
    }


def in_force(first: date | None, last: date | None, today: date) -> str:
    """Whether dates hold today: "now", "later" or "over"."""
    if first is not None and first > today:
        return "later"
    return "over" if last is not None and last < today else "now"


def roles_by_kind(
    roles: list[RoleRecord], staff: dict[UUID, PersonRecord], today: date
) -> list[tuple[Role, list[RoleLine]]]:
    """Roles in their usual order, of each those in force first, in the order in which they are asked."""
    lines = [RoleLine(one, staff[one.person_id], in_force(one.valid_from, one.valid_to, today)) for one in roles]
    order = {role: n for n, role in enumerate(Role)}
    lines.sort(
        key=lambda line: (order[line.role.role], line.when == "over", line.role.ordinal, line.person.name.casefold())
    )
    asked = [line.role.id for line in lines if line.role.role is Role.SUBSTITUTE and line.when == "now"]
    turns = {identity: n for n, identity in enumerate(asked, 1)}
    lines = [replace(line, turn=turns.get(line.role.id, 0)) for line in lines]
    return [(role, list(found)) for role, found in groupby(lines, key=lambda line: line.role.role)]


@get("/directory/{unit_id:uuid}/changes")
async def earlier(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """Earlier changes of a unit."""
    return await history(page, "unit", unit_id, f"/directory/{unit_id}")


async def history(page: Page, kind: PartKind, identity: UUID, back: str) -> Response[Any]:
    """The changes of one thing, older than ?before."""
    text = page.request.query_params.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    found = await unit_pages.changes(
        page.services.db, kind, identity, before, actor=signed_in(page).actor, now=page.now
    )
    shown = found[:CHANGES]
    return page.html(
        "directory_changes.html",
        changes=said.lines(page.phrases, shown),
        older=f"{back}/changes?before={shown[-1].id}" if len(found) > CHANGES else None,
        back=back,
    )
