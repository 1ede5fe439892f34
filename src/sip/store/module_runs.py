"""What each module of the service did last, one row a module, whichever process ran it; in machine time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db

_results: msgspec.json.Decoder[dict[str, int]] = msgspec.json.Decoder(dict[str, int])

_KEEP = """
    insert into module_run (name, ran_at, seconds, results, error, failures)
    select name, clock_timestamp(), seconds, results::jsonb, error, (error is not null)::int
      from unnest($1::text[], $2::float8[], $3::text[], $4::text[]) as t (name, seconds, results, error) order by name
    on conflict (name) do update set
        ran_at = excluded.ran_at,
        seconds = excluded.seconds,
        results = case when excluded.results = '{}' then module_run.results else excluded.results end,
        error = excluded.error,
        failures = case when excluded.error is null then 0 else module_run.failures + 1 end
"""
_LAST = """
    select name, seconds, results::text, error, failures,
           extract(epoch from clock_timestamp() - ran_at)::float8 from module_run order by name
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: how many seconds it took, what it did (a number by word, never 0), and the sentence of a fault."""

    name: str
    seconds: float
    results: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run that was kept, so many seconds ago; `results` of the last that did anything, `failures` in a row."""

    name: str
    seconds: float
    results: Mapping[str, int]
    error: str | None
    failures: int
    age: float


async def keep(conn: AsyncConnection, rans: Sequence[Ran]) -> None:
    """Writes what these modules did; of one that is named twice, its last run."""
    latest = list({one.name: one for one in rans}.values())
    results = [msgspec.json.encode(one.results, order="sorted").decode() for one in latest]
    await (await db.raw(conn)).execute(
        _KEEP, [one.name for one in latest], [one.seconds for one in latest], results, [one.error for one in latest]
    )


async def last(conn: AsyncConnection) -> list[LastRun]:
    """Every module that has ever run, by name."""
    rows = await (await db.raw(conn)).fetch(_LAST)
    return [LastRun(row[0], row[1], _results.decode(row[2]), *row[3:]) for row in rows]
