"""Aggregates whose turn failed: put aside with a `retry_at` in machine time, noted and shown, while the rest are
served.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.decide import MACHINES
from sip.store import db

KINDS = tuple(machine.kind for machine in MACHINES)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One aggregate that fails; `kind` is one of KINDS."""

    kind: str
    id: UUID
    failures: int
    last_error: str
    retry_at: datetime | None
    due_at: datetime | None


def sentence(error: BaseException) -> str:
    """What is noted: kind and first line, for those who run the service."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"[:_LONGEST]


async def note(conn: AsyncConnection, kind: str, failed: Mapping[UUID, BaseException | str]) -> None:
    """Each is tried again after 1, 2, 4 ... minutes, at most 60; an error is noted as `sentence` says it."""
    assert kind in KINDS
    if failed:
        await (await db.raw(conn)).execute(
            f"update {kind} a set failures = failures + 1, last_error = t.error, retry_at = clock_timestamp()"
            " + least(power(2, least(failures, 6)), 60) * interval '1 minute'"
            " from unnest($1::uuid[], $2::text[]) as t(id, error) where a.id = t.id",
            list(failed.keys()),
            [error if isinstance(error, str) else sentence(error) for error in failed.values()],
        )


async def all_faults(conn: AsyncConnection, limit: int = 100) -> list[Fault]:
    """Every aggregate that fails, the worst first."""
    parts = " union all ".join(
        f"select '{kind}', id, failures, coalesce(last_error, ''), retry_at, due_at from {kind} where failures > 0"
        for kind in KINDS
    )
    return [Fault(*row) for row in await (await db.raw(conn)).fetch(f"{parts} order by 3 desc limit $1", limit)]


async def oldest_due(conn: AsyncConnection, now: datetime) -> timedelta | None:
    """How late the most overdue timer is by the service's clock, None when nothing is due (for /health/ready)."""
    parts = " union all ".join(f"select min(due_at) as due_at from {kind} where due_at <= $1" for kind in KINDS)
    found: datetime | None = await (await db.raw(conn)).fetchval(f"select min(due_at) from ({parts}) as d", now)
    return None if found is None else now - found
