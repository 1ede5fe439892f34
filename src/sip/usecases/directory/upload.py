"""A directory file by a page: sent, shown line by line before anything is done, and carried out with one press.

The law of this file: what is carried out is what was shown. The file is kept, sealed, until then and not longer, and
the press carries the mark of the differences that were seen: where the directory has changed meanwhile, they are shown
anew. Only who keeps the whole directory may do it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sip import retention
from sip.store import uploads
from sip.store.db import Database, DatabaseAway
from sip.store.uploads import FileError, Upload
from sip.store.vault import Vault
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.directory import csv_text, files
from sip.usecases.directory.differences import Differences
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded

SILENT = timedelta(seconds=30)
"""A file that is carried out and of which nothing has been heard for so long was left by a process that died."""
_TELLS_EVERY = 0.5
NAME_MOST = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A file on its way in, what it would change while it waits, and the mark of that."""

    upload: Upload
    differences: Differences | None
    mark: str


def require_whole(actor: Actor) -> None:
    """Raises NotFoundError for who does not keep the whole directory."""
    if not has_role(actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("directory")


async def send(
    db: Database, vault: Vault, upload_id: UUID, name: str, data: bytes, *, actor: Actor, now: datetime
) -> None:
    """Keeps a file to be looked at. Raises NotFoundError, and DirectoryFileError with all that is wrong with it."""
    require_whole(actor)
    file = await asyncio.to_thread(csv_text.parse, data)
    await files.try_file(db, file, actor=actor, now=now)
    async with recorded(db, actor, now) as (conn, log):
        log.note("send", "directory file", upload_id)
        shown = "".join(char for char in name if char.isprintable())[:NAME_MOST] or "csv"
        await uploads.keep(conn, vault, upload_id, owner_of(actor), shown, data, len(file), now)


def owner_of(actor: Actor) -> str:
    """Whose file it is."""
    return f"{actor.kind}/{actor.id}"


async def look(db: Database, vault: Vault, upload_id: UUID, *, actor: Actor, now: datetime) -> Shown:
    """The file and what it would change. Raises NotFoundError; DirectoryFileError when it fits no longer."""
    require_whole(actor)
    async with recorded(db, actor, now, nothing="what it would change is recorded below") as (conn, _):
        found = await uploads.one(conn, vault, upload_id, owner_of(actor), SILENT)
    if found is None:
        raise NotFoundError("directory file")
    upload, data = found
    waits = upload.state == "waiting" or (upload.state == "running" and upload.silent)
    if data is None or not waits:
        return Shown(upload, None, "")
    file = await asyncio.to_thread(csv_text.parse, data)
    told = await files.compare_file(db, file, actor=actor, now=now)
    return Shown(upload, told, told.mark)


async def leave(db: Database, upload_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The file is not wanted after all. Raises NotFoundError for who may not have sent one."""
    require_whole(actor)
    async with recorded(db, actor, now) as (conn, log):
        log.note("leave", "directory file", upload_id)
        await uploads.drop(conn, upload_id, owner_of(actor))


async def begin(db: Database, vault: Vault, upload_id: UUID, *, actor: Actor, now: datetime) -> bytes | None:
    """The file's bytes, to be carried out now by `carry_out`; None when it has been begun before.

    Raises NotFoundError.
    """
    require_whole(actor)
    async with recorded(db, actor, now) as (conn, log):
        found = await uploads.one(conn, vault, upload_id, owner_of(actor), SILENT, lock=True)
        if found is None:
            raise NotFoundError("directory file")
        if found[1] is None or (found[0].state == "running" and not found[0].silent):
            log.nothing("another press came first")
            return None
        await uploads.begin(conn, upload_id)
        log.note("begin", "directory file", upload_id)
    return found[1]


async def carry_out(db: Database, upload_id: UUID, data: bytes, mark: str, *, actor: Actor, now: datetime) -> bool:
    """Imports it whole or not at all, and tells how far it has come while it does. Whether it did what was seen: where
    it would have changed something else, it waits to be looked at again.
    """
    done = 0

    def count(_: str, through: int) -> None:
        nonlocal done
        done = through

    errors: tuple[FileError, ...] = ()
    as_seen = True
    async with _telling(db, upload_id, lambda: done):
        try:
            file = await asyncio.to_thread(csv_text.parse, data)
            await files.import_file(db, file, actor=actor, now=now, progress=count, seen=mark)
        except ConflictError:
            as_seen = False
        except DirectoryFileError as error:
            errors = tuple((one.line, one.code, one.values) for one in error.errors)
    async with recorded(db, actor, now, nothing="the import is recorded where it is done") as (conn, _):
        await (uploads.end(conn, upload_id, errors) if as_seen else uploads.put_back(conn, upload_id))
    return as_seen


@asynccontextmanager
async def _telling(db: Database, upload_id: UUID, rows: Callable[[], int]) -> AsyncIterator[None]:
    async def tell() -> None:
        while True:
            with contextlib.suppress(DatabaseAway):  # what is told is only shown
                async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
                    await uploads.tell(conn, upload_id, rows())
            await asyncio.sleep(_TELLS_EVERY)

    task = asyncio.create_task(tell())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def drop_old(db: Database) -> int:
    """Removes files that nobody carried out; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await uploads.drop_old(conn, retention.DIRECTORY_FILE.life)
