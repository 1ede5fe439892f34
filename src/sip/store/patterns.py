"""Patterns that a coordinator or an administrator has kept: of one organisation, or of a whole principal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import MeetingKind
from sip.domain.terms import Form, Purpose
from sip.store import db, tables
from sip.store.codec import Shape
from sip.store.rows import insert

MOST = 60


@dataclass(frozen=True, slots=True)
class PatternRecord:
    """One pattern; exactly one of the two it may belong to is set."""

    id: UUID
    name: str
    kind: MeetingKind
    purpose: Purpose
    purpose_text: str
    questions: tuple[str, ...]
    form: Form | None
    minutes: int
    organisation_id: UUID | None
    principal_id: UUID | None
    made_at: datetime


SHAPE: Shape[PatternRecord] = Shape(PatternRecord).check(tables.meeting_pattern, ("recorded_at",))
_NAMES = ", ".join(f"m.{column}" for column in SHAPE.columns)


async def save(conn: AsyncConnection, record: PatternRecord) -> None:
    """Makes one, or changes its words."""
    words = ", ".join(f"{column} = excluded.{column}" for column in ("name", "purpose_text", "questions"))
    conflict = f"on conflict (id) do update set {words}"
    await insert(await db.raw(conn), tables.meeting_pattern, SHAPE.columns, [SHAPE.write(record)], conflict)


async def of(
    conn: AsyncConnection, organisations: Sequence[UUID], principals: Sequence[UUID], *, every: bool = False
) -> list[PatternRecord]:
    """Those of these organisations and principals, or all."""
    rows = await (await db.raw(conn)).fetch(
        f"select {_NAMES} from meeting_pattern m where $3 or m.organisation_id = any($1::uuid[])"
        " or m.principal_id = any($2::uuid[]) order by m.made_at desc, m.id limit $4",
        list(organisations),
        list(principals),
        every,
        MOST,
    )
    return [SHAPE.read(row) for row in rows]


async def one(conn: AsyncConnection, pattern_id: UUID) -> PatternRecord | None:
    """One by its id."""
    row = await (await db.raw(conn)).fetchrow(f"select {_NAMES} from meeting_pattern m where m.id = $1", pattern_id)
    return None if row is None else SHAPE.read(row)


async def drop(conn: AsyncConnection, pattern_id: UUID) -> None:
    """Takes one away; meetings that began with it stay as they are."""
    await (await db.raw(conn)).execute("delete from meeting_pattern where id = $1", pattern_id)
