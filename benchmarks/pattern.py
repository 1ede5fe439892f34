"""The rows one reminder writes, taken from a real one, so that every contender writes the same content.

Only what differs from meeting to meeting is filled in; the rest travels as it is. Contenders hash what they write to
the journal too, once for each row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.county import SAMPLE

_SERVERS_OWN = {"id", "recorded_at", "failures"}


@dataclass(frozen=True, slots=True)
class Row:
    """One table's row: columns with their types, and the sample's values."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    values: tuple[Any, ...]

    def insert(self, mark: Callable[[int], str]) -> str:
        """An INSERT of this row; `mark` gives the placeholder of the n-th value, from 1."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        marks = ", ".join(f"{mark(n)}::{kind}" for n, kind in enumerate(self.types, 1))
        return f"insert into {self.table} ({names}) values ({marks})"

    def filled(self, **own: Any) -> list[Any]:
        return [own.get(column, value) for column, value in zip(self.columns, self.values, strict=True)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a reminder changes: the meeting's next due moment, one mail, one journal row (and, of ours, one rung)."""

    due_after: datetime
    mail: Row
    journal: Row
    rung: Row

    def mail_of(self, meeting: UUID) -> list[Any]:
        """The mail row of this meeting."""
        key, payload = self.mail_texts
        own, sample = str(meeting), str(SAMPLE)
        return self.mail.filled(meeting_id=meeting, key=key.replace(sample, own), payload=payload.replace(sample, own))

    @property
    def mail_texts(self) -> tuple[str, str]:
        """Key and payload of the sample."""
        found = dict(zip(self.mail.columns, self.mail.values, strict=True))
        return found["key"], found["payload"]

    def journal_of(self, meeting: UUID, digest: bytes) -> list[Any]:
        """The journal row of this meeting, with its hash."""
        return self.journal.filled(aggregate=meeting, hash=digest)

    def digest(self, meeting: UUID) -> bytes:
        """A hash over about as much as ours is reckoned over."""
        found = dict(zip(self.journal.columns, self.journal.values, strict=True))
        return sha256(f"{meeting}{found['data']}{found['notes']}{found['prev_hash'].hex()}".encode()).digest()


GUARDED_UPDATE = (
    "update meeting set version = version + 1, due_at = {due}, journal_seq = journal_seq + 1, journal_hash = {hash}"
    " where id = {id} and due_at <= {now} and (retry_at is null or retry_at <= clock_timestamp())"
)


async def pattern(conn: asyncpg.Connection) -> Pattern:
    """Reads what the sample's reminder wrote."""
    due = await conn.fetchval("select due_at from meeting where id = $1", SAMPLE)
    mail = await _row(conn, "outbox", "meeting_id = $1 and kind = 'reminder'")
    journal = await _row(conn, "journal", "aggregate = $1 and seq = 6")
    return Pattern(due, mail, journal, await _row(conn, "rung", "meeting_id = $1"))


async def _row(conn: asyncpg.Connection, table: str, where: str) -> Row:
    types: Sequence[Any] = await conn.fetch(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = $1::regclass"
        " and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
        table,
    )
    record = await conn.fetchrow(f"select * from {table} where {where}", SAMPLE)
    assert record is not None, f"the sample left no row in {table}"
    kept = [(name, kind) for name, kind in types if name not in _SERVERS_OWN and record[name] is not None]
    names = tuple(name for name, _ in kept)
    return Row(table, names, tuple(kind for _, kind in kept), tuple(record[name] for name in names))
