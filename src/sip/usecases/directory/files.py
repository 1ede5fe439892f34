"""A whole directory file, in or out, or what it would change.

The law of this file: one transaction each, nothing half imported; ids follow from keys, so that the same file twice
changes nothing the second time. What stands in a file is set to what the file says, all of it at once and in whatever
order (decision 0044); what does not stand in it stays. What the database refuses is told with its line.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import directory
from sip.store.db import Database
from sip.store.directory_one import REFUSED, refused_row
from sip.store.rows import Told
from sip.usecases.actor import Actor
from sip.usecases.directory.check import Present, check
from sip.usecases.directory.differences import Differences, differences
from sip.usecases.directory.keeping import told
from sip.usecases.directory.keys import key_id
from sip.usecases.directory.rows import DirectoryFile, DirectoryFileError, LineError, wrong_line
from sip.usecases.directory.wanted import WantedDirectory, wanted
from sip.usecases.directory.written import as_file
from sip.usecases.problems import ConflictError
from sip.usecases.recorded import recorded

EVERYTHING = 1_000_000
Progress = Callable[[str, int], None]
"""Hears what is being done, and how many rows of the file are through."""
_PASSES = 3


class _Watched:
    """How far a file has come. A row passes three times (compared, written, told in the journal), each time a third."""

    def __init__(self, of: int, progress: Progress) -> None:
        self._of, self._passed, self._progress = of, 0, progress

    def pass_(self, what: str) -> Told:
        def more(rows: int) -> None:
            self._passed += rows
            self._progress(what, min(self._passed // _PASSES, self._of))

        return more


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of each kind a file brought."""

    principals: int
    organisations: int
    units: int
    addresses: int
    closed_days: int
    persons: int
    roles: int


def _silent(what: str, rows: int) -> None:
    """Nobody watches."""


async def import_file(
    db: Database, file: DirectoryFile, *, actor: Actor, now: datetime, progress: Progress = _silent,
    seen: str | None = None,
) -> Imported:  # fmt: skip
    """Imports a whole file, or nothing. Raises DirectoryFileError with every line that does not fit the directory, and
    ConflictError where it would change something else than the differences of which `seen` is the mark.
    """
    watched = _Watched(len(file), progress)
    try:
        async with recorded(db, actor, now) as (conn, log):
            log.note("import", "directory", None)
            present = await _fitting(conn, file)
            found = await asyncio.to_thread(differences, file, present, watched.pass_("compared"))
            if seen is not None and found.mark != seen:
                raise ConflictError("directory_changed")
            want = await asyncio.to_thread(wanted, file, present)
            await _write(conn, want, present, len(file.closed_days), watched)
            await told(conn, found.found, actor=actor, now=now, heard=watched.pass_("told"))
    except REFUSED as error:
        # Somebody else wrote meanwhile; a second look says what.
        async with recorded(db, actor, now, nothing="only what the file's giver gave is told") as (conn, _):
            await _fitting(conn, file)
        raise DirectoryFileError([_refusal(file, error)]) from error
    return Imported(
        len(file.principals), len(file.organisations), len(file.units), len(file.addresses), len(want.closed),
        len(file.persons), len(file.roles),
    )  # fmt: skip


async def compare_file(db: Database, file: DirectoryFile, *, actor: Actor, now: datetime) -> Differences:
    """What importing the file would change; nothing is written. Raises DirectoryFileError as `import_file`."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("compare", "directory", None)
        present = await _fitting(conn, file)
    return await asyncio.to_thread(differences, file, present)


async def try_file(db: Database, file: DirectoryFile, *, actor: Actor, now: datetime) -> None:
    """Raises DirectoryFileError as `import_file`."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("compare", "directory", None)
        await _fitting(conn, file)


async def export_file(db: Database, *, actor: Actor, now: datetime) -> DirectoryFile:
    """The whole directory as a file that can be imported again; keys are ids."""
    async with recorded(db, actor, now) as (conn, log):
        log.note("export", "directory", None)
        present = await _present(conn)
    return await asyncio.to_thread(as_file, present)


async def _fitting(conn: AsyncConnection, file: DirectoryFile) -> Present:
    present = await _present(conn)
    errors = await asyncio.to_thread(check, file, present)
    if errors:
        raise DirectoryFileError(errors)
    return present


async def _present(conn: AsyncConnection) -> Present:
    units = await directory.units(conn, limit=EVERYTHING)
    organisations = await directory.organisations(conn, limit=EVERYTHING)
    return Present(
        {one.id: one for one in await directory.principals(conn, limit=EVERYTHING)},
        {one.id: one for one in organisations},
        {one.id: one for one in units},
        {one.id: one for one in await directory.persons(conn, limit=EVERYTHING)},
        tuple(await directory.roles(conn, limit=EVERYTHING)),
        tuple(await directory.addresses(conn, [one.id for one in units])),
        tuple(await directory.closed_days(conn, [one.id for one in units])),
        tuple(await directory.domains(conn, [one.id for one in organisations])),
    )


async def _write(
    conn: AsyncConnection, want: WantedDirectory, present: Present, closed_rows: int, watched: _Watched
) -> None:
    await directory.upsert_principals(conn, want.principals)
    watched.pass_("principals")(len(want.principals))
    await directory.upsert_organisations(conn, want.organisations)
    await directory.replace_domains(conn, sorted(want.domains_of), want.domains)
    watched.pass_("organisations")(len(want.organisations))
    await directory.upsert_units(conn, want.units, watched.pass_("units"))
    await directory.replace_addresses(conn, sorted(want.addresses_of), want.addresses, watched.pass_("addresses"))
    await directory.replace_closed_days(conn, sorted(want.closed_of), want.closed)
    watched.pass_("closed days")(closed_rows)
    await directory.upsert_persons(conn, want.persons, watched.pass_("persons"))
    await directory.delete_roles(conn, [one.id for one in want.roles_gone(present)])
    await directory.upsert_roles(conn, want.roles, watched.pass_("roles"))


def _refusal(file: DirectoryFile, error: BaseException) -> LineError:
    """What the database said of a row that no rule of ours spoke of, at the row's line where it named one."""
    why, told = refused_row(error)
    keyed: list[tuple[int, UUID]] = [
        *((row.line, key_id("principal", row.key)) for row in file.principals),
        *((row.line, key_id("organisation", row.key)) for row in file.organisations),
        *((row.line, key_id("unit", row.key)) for row in file.units),
        *((row.line, key_id("person", row.key)) for row in file.persons),
        *((row.line, key_id("unit", row.parent)) for row in file.addresses),
        *((row.line, key_id("unit", row.parent)) for row in file.closed_days),
    ]
    # A row's own id is its first column; what it belongs to comes after.
    named = min(((told.index(str(key)), line) for line, key in keyed if str(key) in told), default=None)
    return wrong_line(named[1], "refused", why=why) if named else wrong_line(1, "refused_somewhere", why=why)
