"""The journal: what happened to an aggregate, who did it and what came of it; append-only, chained by hash.

Each row's hash covers its content, when it was recorded and the hash before it; the head of the chain stands on the
aggregate's own row, so that a removed end is seen as well. What is hashed is one text (`text_of`), which is also the
row's leaf in its day's tree (`sip.store.sealing`, decision 0086). `seq` counts rows, `version` is the aggregate's after
the row: what changes nothing (a stale reply, a refused command) is a row without a new version.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.decision import Note
from sip.store import db, tables
from sip.store.aggregates.event_codec import VERSION, decode_event, decode_notes, encode, encode_notes, kind_of
from sip.store.aggregates.versioned import NO_HASH
from sip.store.rows import insert

APPLIED, UNCHANGED, REFUSED = "applied", "unchanged", "refused"
HASHING = 2
"""How rows are hashed now. Those of 1 were written before `recorded_at` was in what is hashed; they verify as such."""

_COLUMNS = (
    "aggregate",
    "seq",
    "version",
    "event_id",
    "kind",
    "codec",
    "data",
    "notes",
    "outcome",
    "reason",
    "detail",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_unit_id",
    "actor_role",
    "at",
    "recorded_at",
    "hashing",
    "prev_hash",
    "hash",
)


@dataclass(frozen=True, slots=True)
class ActorColumns:
    """Who did it, in the order of the columns."""

    kind: str
    id: str | None
    name: str | None
    unit_id: UUID | None
    role: str | None


@dataclass(frozen=True, slots=True)
class FirstOutcome:
    """What came of an event the first time: applied, unchanged or refused (with reason and detail)."""

    outcome: str
    version: int
    reason: str | None
    detail: dict[str, str] | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row, read back."""

    aggregate: UUID
    seq: int
    version: int
    event_id: str
    kind: str
    event: Any
    notes: tuple[Note, ...]
    outcome: str
    reason: str | None
    actor: ActorColumns
    at: datetime
    recorded_at: datetime


class Writer:
    """The rows of one transaction, chained as they are added and written at once."""

    def __init__(self, actor: ActorColumns, now: datetime, recorded_at: datetime) -> None:
        self._actor = actor
        self._now = now
        self._recorded_at = recorded_at
        self._rows: list[Sequence[Any]] = []

    def add(
        self,
        head: tuple[UUID, int, bytes],
        version: int,
        event_id: str,
        event: object,
        notes: Sequence[Note],
        outcome: str,
        refused: tuple[str, dict[str, str]] | None = None,
        actor: ActorColumns | None = None,
    ) -> tuple[int, bytes]:
        """One row after `head` (aggregate, seq, hash), of the writer's actor or another; gives the new seq and hash."""
        who, told_who = _told(actor or self._actor)
        aggregate, seq, before = head[0], head[1] + 1, head[2]
        data, noted = encode(event), encode_notes(notes)
        reason, detail = refused if refused is not None else (None, None)
        told = None if detail is None else encode(detail)
        kind = kind_of(event)
        content = [str(aggregate), seq, version, event_id, kind, VERSION, data, noted, outcome, reason, told]
        digest = _digest(_text(content, told_who, self._now, self._recorded_at, before))
        row = (
            aggregate,
            seq,
            version,
            event_id,
            kind,
            VERSION,
            data.decode(),
            noted.decode(),
            outcome,
            reason,
            None if told is None else told.decode(),
            *who,
            self._now,
            self._recorded_at,
            HASHING,
            before,
            digest,
        )
        self._rows.append(row)
        return seq, digest

    async def write(self, conn: AsyncConnection) -> None:
        await insert(await db.raw(conn), tables.journal, _COLUMNS, self._rows)
        self._rows = []


@lru_cache(maxsize=256)
def _told(actor: ActorColumns) -> tuple[tuple[Any, ...], list[Any]]:
    """Its columns, and as it is hashed."""
    who = (actor.kind, actor.id, actor.name, actor.unit_id, actor.role)
    return who, [actor.kind, actor.id, actor.name, str(actor.unit_id or ""), actor.role]


def _text(
    content: Sequence[Any], actor: Sequence[Any], at: datetime, recorded_at: datetime | None, before: bytes
) -> bytes:
    """The canonical JSON of a row, which its hash is of; JSON inside it as it is, not as text in text. Without
    `recorded_at` as rows of hashing 1 had it.
    """
    whole = [msgspec.Raw(one) if isinstance(one, bytes) else one for one in content]
    if recorded_at is None:
        return encode([whole, actor, in_utc(at), before.hex()])
    return encode([HASHING, whole, actor, in_utc(at), in_utc(recorded_at), before.hex()])


@lru_cache(maxsize=256)
def in_utc(moment: datetime) -> str:
    """A moment as it is hashed: UTC, ISO 8601, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


async def recording_moment(conn: AsyncConnection) -> datetime:
    """The machine time that the rows about to be written are recorded at."""
    moment: datetime = await (await db.raw(conn)).fetchval("select clock_timestamp()")
    return moment


async def heads(conn: AsyncConnection, aggregates: Sequence[UUID]) -> dict[UUID, tuple[int, bytes]]:
    """The last seq and hash of journals whose aggregate has no row of its own (its first command was refused)."""
    rows = await (await db.raw(conn)).fetch(
        "select distinct on (aggregate) aggregate, seq, hash from journal where aggregate = any($1::uuid[])"
        " order by aggregate, seq desc",
        list(aggregates),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def first_outcomes(
    conn: AsyncConnection, events: Sequence[tuple[UUID, str]]
) -> dict[tuple[UUID, str], FirstOutcome]:
    """What came of those (aggregate, event_id) that happened before."""
    if not events:
        return {}
    rows = await (await db.raw(conn)).fetch(
        "select j.aggregate, j.event_id, j.outcome, j.version, j.reason, j.detail::text, j.notes::text"
        " from unnest($1::uuid[], $2::text[]) as t(a, e) join journal j on j.aggregate = t.a and j.event_id = t.e",
        [one[0] for one in events],
        [one[1] for one in events],
    )
    return {
        (row[0], row[1]): FirstOutcome(
            row[2], row[3], row[4], None if row[5] is None else msgspec.json.decode(row[5]), decode_notes(row[6])
        )
        for row in rows
    }


ROW = (
    "j.aggregate, j.seq, j.version, j.event_id, j.kind, j.codec, j.data::text, j.notes::text, j.outcome, j.reason,"
    " j.detail::text, j.actor_kind, j.actor_id, j.actor_name, j.actor_unit_id, j.actor_role, j.at, j.prev_hash, j.hash,"
    " j.recorded_at, j.hashing"
)
"""The columns of a row `j`, in the order that `text_of` and `holds` take them."""
WIDTH = 21
_READ = f"select {ROW} from journal j where j.aggregate = $1 and j.seq > $2 order by j.seq limit $3"


async def read(conn: AsyncConnection, aggregate: UUID, after: int = 0, limit: int = 10_000) -> list[JournalEntry]:
    """The journal from after `seq` on, with events of today's shape."""
    rows = await (await db.raw(conn)).fetch(_READ, aggregate, after, limit)
    return [
        JournalEntry(
            aggregate=row[0],
            seq=row[1],
            version=row[2],
            event_id=row[3],
            kind=row[4],
            event=decode_event(row[4], row[5], row[6]),
            notes=decode_notes(row[7]),
            outcome=row[8],
            reason=row[9],
            actor=ActorColumns(row[11], row[12], row[13], row[14], row[15]),
            at=row[16],
            recorded_at=row[19],
        )
        for row in rows
    ]


async def applied_since(conn: AsyncConnection, aggregate: UUID, version: int) -> list[object]:
    """The events that made the versions after this one, in their order."""
    rows = await (await db.raw(conn)).fetch(
        "select kind, codec, data::text from journal where aggregate = $1 and version > $2 and outcome = $3"
        " order by seq",
        aggregate,
        version,
        APPLIED,
    )
    return [decode_event(*row) for row in rows]


_HEAD = (
    "select journal_seq, journal_hash from meeting where id = $1"
    " union all select journal_seq, journal_hash from deviation where id = $1"
)


async def broken_at(conn: AsyncConnection, aggregate: UUID) -> int | None:
    """The first seq where the chain does not hold (one past the end: rows are missing there), or None when it holds."""
    raw = await db.raw(conn)
    before, expected = NO_HASH, 1
    for row in await raw.fetch(_READ, aggregate, 0, 1_000_000):
        if row[1] != expected or not holds(row, text_of(row), before):
            return expected
        before, expected = row[18], expected + 1
    head = await raw.fetchrow(_HEAD, aggregate)
    if head is not None and (head[0], head[1]) != (expected - 1, before):
        return expected
    return None


def text_of(row: Sequence[Any]) -> bytes:
    """What the hash of this row (`ROW`) is of, made anew from its columns."""
    content = [str(row[0]), *row[1:6], _canonical(row[6]), _canonical(row[7]), row[8], row[9], _canonical(row[10])]
    actor = [row[11], row[12], row[13], str(row[14] or ""), row[15]]
    return _text(content, actor, row[16], row[19] if row[20] == HASHING else None, row[17])


def holds(row: Sequence[Any], text: bytes, before: bytes | None) -> bool:
    """Whether the row (`ROW`) is as it was hashed, and hangs on the row before, whose hash is `before` (None or
    NO_HASH: there is none).
    """
    return bool(row[17] == (before or NO_HASH) and row[18] == _digest(text))


_AS_IT_IS = {None: None, "[]": b"[]", "{}": b"{}"}


def _canonical(data: str | None) -> bytes | None:
    return _AS_IT_IS[data] if data in _AS_IT_IS else encode(msgspec.json.decode(data or ""))
