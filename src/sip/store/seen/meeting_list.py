"""The list of meetings that people search and filter, page by page from where the last one ended.

The law of this file: as in `dashboard`: it writes nothing, and what is outside the scope is not there, not even for the
search: a unit's name finds a meeting for those alone who may see that party. A period is always given, so that what has
been is not read; an exact reference is found whatever the period.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.seen.dashboard import MeetingLine, lines_of, lines_where
from sip.store.seen.scope import Scope, Seen

REFERENCE = re.compile(r"[0-9A-Za-z]{4}-[0-9A-Za-z]{3}")
MOST_COUNTED = 200
MOST_WORDS = 6


class SortBy(StrEnum):
    """The order of the list."""

    START = "start"
    LATEST = "latest"
    CONVENER = "convener"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list is narrowed to. Each of the `words` stands in the reference, a unit or the convener; `after` is the
    last (convener, start, id) of the page before."""

    begins: datetime
    ends: datetime
    words: str = ""
    principal_id: UUID | None = None
    area: str | None = None
    unit_id: UUID | None = None
    kind: str | None = None
    state: str | None = None
    convener: str = ""
    sort: SortBy = SortBy.START
    after: tuple[str, datetime, UUID] | None = None
    limit: int = 30


def _like(words: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", words)
    return f"%{escaped}%"


def _of_unit(seen: Seen, condition: str) -> str:
    """One of its parties, where the reader may see that one."""
    return f"""exists (select 1 from party f where f.meeting_id = m.id and not f.removed and {condition}
 and ({seen.covers("m.convener_")} or {seen.covers("f.")}))"""


def _where(seen: Seen, query: ListQuery) -> str:
    exact = REFERENCE.fullmatch(query.words)
    if exact is not None:
        where = f" and m.case_id = any(array(select id from case_ where reference = {seen.bind(query.words.upper())}))"
    else:
        where = f" and m.starts_at >= {seen.bind(query.begins)} and m.starts_at < {seen.bind(query.ends)}"
        for word in query.words.split()[:MOST_WORDS]:
            like = seen.bind(_like(word))
            where += f""" and (m.reference ilike {like} or m.convener_unit_name ilike {like}
 or m.convener_person ilike {like} or {_of_unit(seen, f"f.unit_name ilike {like}")})"""
    where += seen.given("m.kind = {}", query.kind) + seen.given("m.state = {}", query.state)
    if query.convener:
        like = seen.bind(_like(query.convener))
        where += f" and (m.convener_unit_name ilike {like} or m.convener_person ilike {like})"
    if query.unit_id is not None:
        unit = seen.bind(query.unit_id)
        where += f" and (m.convener_unit_id = {unit} or {_of_unit(seen, f'f.unit_id = {unit}')})"
    if query.principal_id is not None:
        where += f" and {_of_unit(seen, f'f.principal_id = {seen.bind(query.principal_id)}')}"
    if query.area is not None:
        there = f"f.unit_id = any(array(select u.id from unit u where u.area = {seen.bind(query.area)}))"
        where += f" and {_of_unit(seen, there)}"
    return where


_ORDER = {
    SortBy.START: "m.starts_at, m.id",
    SortBy.LATEST: "m.starts_at desc, m.id desc",
    SortBy.CONVENER: "m.convener_unit_name, m.starts_at, m.id",
}
_AFTER = {
    SortBy.START: "(m.starts_at, m.id) > ({1}, {2})",
    SortBy.LATEST: "(m.starts_at, m.id) < ({1}, {2})",
    SortBy.CONVENER: "(m.convener_unit_name, m.starts_at, m.id) > ({0}, {1}, {2})",
}


async def listed(conn: AsyncConnection, scope: Scope, query: ListQuery) -> list[MeetingLine]:
    """One page."""
    seen = Seen(scope)
    sql = f"{lines_of(seen)}{_where(seen, query)}"
    if query.after is not None:
        unit, start, key = query.after
        bound = seen.bind(unit) if query.sort is SortBy.CONVENER else ""
        sql += f" and {_AFTER[query.sort].format(bound, seen.bind(start), seen.bind(key))}"
    return await lines_where(conn, seen, f"{sql} order by {_ORDER[query.sort]} limit {seen.bind(query.limit)}")


async def counted(conn: AsyncConnection, scope: Scope, query: ListQuery) -> int:
    """How many there are in all, at most MOST_COUNTED."""
    seen = Seen(scope)
    sql = f"select 1 from meeting m where {seen.meeting()}{_where(seen, query)} limit {MOST_COUNTED}"
    return int(await (await db.raw(conn)).fetchval(f"select count(*) from ({sql}) x", *seen.values))


async def in_view(conn: AsyncConnection, scope: Scope, ids: Sequence[UUID]) -> list[MeetingLine]:
    """Those of the meetings that the reader sees."""
    seen = Seen(scope)
    sql = f"{lines_of(seen)} and m.id = any({seen.bind(list(ids))}::uuid[]) order by m.starts_at, m.id"
    return await lines_where(conn, seen, sql)
