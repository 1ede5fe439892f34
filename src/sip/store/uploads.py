"""Directory files that were sent by a page: sealed, and gone as soon as they are carried out, left or forgotten.

The law of this file: a file is its sender's alone. Times are machine time: a file that nobody touches is a matter of
real minutes, and of a process that died in the midst of it only its silence tells.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import db
from sip.store.vault import Vault

FileError = tuple[int, str, tuple[tuple[str, str], ...]]
"""What is wrong with a line: its number, the code, and the values that its words need."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. `state`: waiting, running, done or failed; `silent`: nobody works on it any more."""

    id: UUID
    name: str
    state: str
    rows: int
    total: int
    errors: tuple[FileError, ...]
    silent: bool


async def keep(
    conn: AsyncConnection, vault: Vault, upload_id: UUID, owner: str, name: str, data: bytes, total: int, at: datetime,
    form: str = "csv",
) -> None:  # fmt: skip
    """Keeps a file. The owner's other ones, which nobody carried out, are forgotten; the same again stays as it is."""
    raw = await db.raw(conn)
    await raw.execute(
        "delete from directory_upload where owner = $1 and state <> 'running' and id <> $2", owner, upload_id
    )
    await raw.execute(
        "insert into directory_upload (id, owner, name, data, state, total, at, form)"
        " values ($1, $2, $3, $4, 'waiting', $5, $6, $7) on conflict (id) do nothing",
        upload_id,
        owner,
        name,
        vault.seal(data, upload_id.bytes),
        total,
        at,
        form,
    )


_READ = """select id, name, state, rows, total, coalesce(errors::text, '[]'),
 touched_at < statement_timestamp() - $3::interval, data from directory_upload
 where id = $1 and owner = $2 and form = $4"""


async def one(
    conn: AsyncConnection,
    vault: Vault,
    upload_id: UUID,
    owner: str,
    silent_after: timedelta,
    *,
    lock: bool = False,
    form: str = "csv",
) -> tuple[Upload, bytes | None] | None:
    """The owner's file of this id and form with its bytes, None when it has been carried out; None where there is
    none.
    """
    sql = f"{_READ}{' for update' if lock else ''}"
    row = await (await db.raw(conn)).fetchrow(sql, upload_id, owner, silent_after, form)
    if row is None:
        return None
    errors = tuple((line, code, tuple(map(tuple, values))) for line, code, values in json.loads(row[5]))
    data = None if row[7] is None else vault.open(row[7], upload_id.bytes)
    return Upload(row[0], row[1], row[2], row[3], row[4], errors, row[6]), data


async def begin(conn: AsyncConnection, upload_id: UUID) -> None:
    """Somebody works on it now."""
    await (await db.raw(conn)).execute(
        "update directory_upload set state = 'running', rows = 0, touched_at = clock_timestamp() where id = $1",
        upload_id,
    )


async def tell(conn: AsyncConnection, upload_id: UUID, rows: int) -> None:
    """So many rows are written, and somebody still works on it."""
    await (await db.raw(conn)).execute(
        "update directory_upload set rows = $2, touched_at = clock_timestamp() where id = $1 and state = 'running'",
        upload_id,
        rows,
    )


async def end(conn: AsyncConnection, upload_id: UUID, errors: Sequence[FileError]) -> None:
    """It is carried out, or was refused; its bytes are gone either way."""
    await (await db.raw(conn)).execute(
        "update directory_upload set state = $2, rows = case when $2 = 'done' then total else rows end, data = null,"
        " errors = $3::jsonb, touched_at = clock_timestamp() where id = $1",
        upload_id,
        "failed" if errors else "done",
        json.dumps([[line, code, list(values)] for line, code, values in errors], ensure_ascii=False),
    )


async def put_back(conn: AsyncConnection, upload_id: UUID) -> None:
    """Nothing was done; it waits to be looked at again."""
    await (await db.raw(conn)).execute(
        "update directory_upload set state = 'waiting', rows = 0, touched_at = clock_timestamp() where id = $1",
        upload_id,
    )


async def drop(conn: AsyncConnection, upload_id: UUID, owner: str) -> None:
    """The owner leaves it."""
    await (await db.raw(conn)).execute(
        "delete from directory_upload where id = $1 and owner = $2 and state <> 'running'", upload_id, owner
    )


async def drop_old(conn: AsyncConnection, after: timedelta) -> int:
    """Removes files that nobody has touched for so long; gives how many."""
    rows = await (await db.raw(conn)).fetch(
        "delete from directory_upload where touched_at <= statement_timestamp() - $1::interval returning 1", after
    )
    return len(rows)
