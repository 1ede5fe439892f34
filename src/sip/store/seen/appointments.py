"""Meetings and answers as record systems search for them, page by page (house, law 11); ids only.

The law of this file: as in `lists`: every statement takes a `Scope`, and what is outside it is not there, not for a
search either: an answer is found by those alone who see its party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.seen.dashboard import THERE
from sip.store.seen.scope import Scope, Seen


@dataclass(frozen=True, slots=True)
class Span:
    """From this moment on, and before that one; None: without end."""

    begins: datetime | None = None
    ends: datetime | None = None

    def within(self, other: "Span") -> "Span":
        """What lies in both."""
        begins = [one for one in (self.begins, other.begins) if one is not None]
        ends = [one for one in (self.ends, other.ends) if one is not None]
        return Span(max(begins, default=None), min(ends, default=None))

    @property
    def open(self) -> bool:
        """Nothing bounds it."""
        return self.begins is None and self.ends is None

    def sql(self, seen: Seen, column: str) -> str:
        """` and ` with what bounds the column."""
        return seen.given(f"{column} >= {{}}", self.begins) + seen.given(f"{column} < {{}}", self.ends)


@dataclass(frozen=True, slots=True)
class AppointmentQuery:
    """What meetings are narrowed to. `unit_id` calls or is called. In the order of their start, or of when they were
    last recorded (`by_change`), `down`: the latest first; `after`: that moment and the id of the last of the page
    before.
    """

    ids: Sequence[UUID] | None = None
    reference: str | None = None
    unit_id: UUID | None = None
    starts: Span = Span()
    changed: Span = Span()
    by_change: bool = False
    down: bool = False
    after: tuple[datetime, UUID] | None = None
    limit: int = 50

    @property
    def asks_heads(self) -> bool:
        """Whether it must be known when each was last recorded."""
        return self.by_change or not self.changed.open


_HEAD = "join journal j on j.aggregate = m.id and j.seq = m.journal_seq"


async def appointments(conn: AsyncConnection, scope: Scope, query: AppointmentQuery) -> list[UUID]:
    """Ids of meetings in view, in order. Where it `asks_heads`, the transaction must see all heads of journals
    (`db.beyond`): a called unit's wall lets no journal through, and when something was recorded is in its calendar.
    """
    seen = Seen(scope)
    head, by = _HEAD if query.asks_heads else "", "j.at" if query.by_change else "m.starts_at"
    than, way = ("<", " desc") if query.down else (">", "")
    asked = query.starts.sql(seen, "m.starts_at") + query.changed.sql(seen, "j.at")
    asked += seen.given("m.reference = {}", query.reference)
    asked += seen.given("m.id = any({}::uuid[])", None if query.ids is None else list(query.ids))
    asked += seen.given(f"({by}, m.id) {than} ({{}}, {{}})", *query.after or ())
    if query.unit_id is not None:
        unit = f"{seen.bind(query.unit_id)}::uuid"
        asked += f""" and (m.convener_unit_id = {unit} or exists (select 1 from party f where f.meeting_id = m.id
 and f.unit_id = {unit} and not f.removed and f.redirected_to is null
 and ({seen.covers("m.convener_")} or {seen.covers("f.")})))"""
    sql = f"""select m.id from meeting m {head} where {seen.meeting()}{asked}
 order by {by}{way}, m.id{way} limit {seen.bind(query.limit)}"""
    return [row[0] for row in await (await db.raw(conn)).fetch(sql, *seen.values)]


async def changed_at(conn: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When anything about these meetings was last recorded; for whoever sees them (see above)."""
    sql = f"select m.id, j.at from meeting m {_HEAD} where m.id = any($1::uuid[])"
    return {row[0]: row[1] for row in await (await db.raw(conn)).fetch(sql, list(ids))}


@dataclass(frozen=True, slots=True)
class ResponseQuery:
    """What answers are narrowed to. `one`: a meeting and a party. By the start of the meeting, or by when they were
    given (`by_answer`), `down`: the latest first; `after` is the last (that moment, meeting, party).
    """

    ones: Sequence[tuple[UUID, int]] | None = None
    meeting_id: UUID | None = None
    unit_id: UUID | None = None
    answered: Span = Span()
    by_answer: bool = False
    down: bool = False
    after: tuple[datetime, UUID, int] | None = None
    limit: int = 50


async def responses(conn: AsyncConnection, scope: Scope, query: ResponseQuery) -> list[tuple[UUID, int]]:
    """Meetings and parties whose unit has answered, by start: one's own, and all of a meeting one's side called."""
    seen = Seen(scope)
    asked = query.answered.sql(seen, "r.answer_at")
    asked += seen.given("m.id = {}", query.meeting_id) + seen.given("p.unit_id = {}", query.unit_id)
    by, (than, way) = "r.answer_at" if query.by_answer else "m.starts_at", ("<", " desc") if query.down else (">", "")
    asked += seen.given(f"({by}, m.id, p.ordinal) {than} ({{}}, {{}}, {{}})", *query.after or ())
    if query.ones is not None:
        meetings, parties = [one[0] for one in query.ones], [one[1] for one in query.ones]
        asked += f""" and (m.id, p.ordinal) in (
 select * from unnest({seen.bind(meetings)}::uuid[], {seen.bind(parties)}::integer[]))"""
    sql = f"""select m.id, p.ordinal from meeting m join party p on p.meeting_id = m.id
 join party_round r on r.meeting_id = p.meeting_id and r.party = p.ordinal and r.number = p.round
 where {seen.meeting()} and ({seen.covers("m.convener_")} or {seen.covers("p.")}) and {THERE}
 and p.obligation <> 'convening' and r.answer_kind is not null{asked}
 order by {by}{way}, m.id{way}, p.ordinal{way} limit {seen.bind(query.limit)}"""
    return [(row[0], row[1]) for row in await (await db.raw(conn)).fetch(sql, *seen.values)]
