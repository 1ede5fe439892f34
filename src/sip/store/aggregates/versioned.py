"""An aggregate as it stands in its row, and as it is to stand: what `handle()` reads and writes beside the value."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

COLUMNS = ("version", "due_at", "retry_at", "failures", "last_error", "journal_seq", "journal_hash")
_columns_of = attrgetter(*COLUMNS)
NO_HASH = b"\x00" * 32


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """The value with its version, its one due moment, its faults and the head of its journal."""

    state: T
    version: int
    due_at: datetime | None
    journal_seq: int
    journal_hash: bytes
    failures: int = 0
    retry_at: datetime | None = None
    last_error: str | None = None
    beside: Any = None
    """What stands beside it in its rows for lists, as it was read; None for a value that has not been."""

    def columns(self) -> tuple[Any, ...]:
        columns: tuple[Any, ...] = _columns_of(self)
        return columns


def versioned(state: T, row: Any, start: int) -> Versioned[T]:
    """From a row that has COLUMNS at `start`."""
    version, due_at, retry_at, failures, last_error, seq, head = row[start : start + len(COLUMNS)]
    return Versioned(state, version, due_at, seq, head, failures, retry_at, last_error)


@dataclass(frozen=True, slots=True)
class Rewrite(Generic[T]):
    """One aggregate to write: as it was read (None: new), and as it is now."""

    id: UUID
    old: Versioned[T] | None
    new: Versioned[T]
