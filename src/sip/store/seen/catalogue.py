"""The directory as record systems follow it: units, those who run them and functions, page by page, with when each row
was last changed.

The law of this file: a condition stands in a statement only where it is asked for, and a page begins where the one
before ended, so that it is read off an index, whatever was planned (decision 0180).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.codec import Shape
from sip.store.directory import (
    HELD_IN,
    ORGANISATION,
    PRINCIPAL,
    ROLE,
    UNIT,
    OrganisationRecord,
    PrincipalRecord,
    RoleRecord,
    StaffOf,
    UnitRecord,
)
from sip.store.seen.appointments import Span
from sip.store.seen.scope import EVERYTHING, Seen

T = TypeVar("T")
ANY_TIME = Span()


@dataclass(frozen=True, slots=True)
class Followed(Generic[T]):
    """A row, and when it was last changed, in machine time."""

    record: T
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A page: of these alone, changed in this span; by id, or by when they were changed (`by_change`, `down`: the
    latest first). `after`: the id, and the moment where it is by that, of the last one of the page before.
    """

    ids: Sequence[UUID] | None = None
    changed: Span = ANY_TIME
    by_change: bool = False
    down: bool = False
    after: tuple[datetime | None, UUID] | None = None
    limit: int = 50

    def sql(self, seen: Seen) -> str:
        """` and ` with the conditions, and the order."""
        asked = self.changed.sql(seen, "changed_at")
        asked += seen.given("id = any({}::uuid[])", None if self.ids is None else list(self.ids))
        than, way = ("<", " desc") if self.down else (">", "")
        if self.after is not None:
            moment, last = self.after
            mark = f"({seen.bind(moment)}::timestamptz, {seen.bind(last)}::uuid)" if self.by_change else seen.bind(last)
            asked += f" and {'(changed_at, id)' if self.by_change else 'id'} {than} {mark}"
        order = f"changed_at{way}, id{way}" if self.by_change else f"id{way}"
        return f"{asked} order by {order} limit {seen.bind(self.limit)}"


@dataclass(frozen=True, slots=True)
class UnitsAsked:
    """What units are narrowed to; `words`: part of the name; `open_at`: without those that have closed by then."""

    organisation_id: UUID | None = None
    words: str | None = None
    hsa_id: str | None = None
    open_at: datetime | None = None


async def principals(conn: AsyncConnection, page: PageAsked) -> list[Followed[PrincipalRecord]]:
    return await _page(conn, "principal", PRINCIPAL, Seen(EVERYTHING), "true", page)


async def organisations(
    conn: AsyncConnection, principal_id: UUID | None, page: PageAsked
) -> list[Followed[OrganisationRecord]]:
    seen = Seen(EVERYTHING)
    return await _page(
        conn, "organisation", ORGANISATION, seen, f"true{seen.given('principal_id = {}', principal_id)}", page
    )


async def units(conn: AsyncConnection, asked: UnitsAsked, page: PageAsked) -> list[Followed[UnitRecord]]:
    seen = Seen(EVERYTHING)
    where = f"true{seen.given('organisation_id = {}', asked.organisation_id)}{seen.given('hsa_id = {}', asked.hsa_id)}"
    where += seen.given("position(lower({}) in lower(name)) > 0", asked.words)
    where += seen.given("(archived_at is null or archived_at > {})", asked.open_at)
    return await _page(conn, "unit", UNIT, seen, where, page)


async def roles(
    conn: AsyncConnection, unit_id: UUID | None, held_in: StaffOf | None, page: PageAsked
) -> list[Followed[RoleRecord]]:
    """Roles of everywhere, or held in one place and what belongs to it."""
    seen = Seen(EVERYTHING)
    where = f"true{seen.given('unit_id = {}', unit_id)}"
    if held_in is not None:
        where += f" and {HELD_IN[held_in[0]].replace('$5', seen.bind(held_in[1]))}"
    return await _page(conn, "role", ROLE, seen, where, page)


async def _page(
    conn: AsyncConnection, table: str, shape: Shape[T], seen: Seen, where: str, page: PageAsked
) -> list[Followed[T]]:
    names = ", ".join(f'"{column}"' for column in shape.columns)
    sql = f"select {names}, changed_at from {table} where {where}{page.sql(seen)}"
    rows = await (await db.raw(conn)).fetch(sql, *seen.values)
    return [Followed(shape.read(row), row[-1]) for row in rows]
