"""An export of HSA read into the directory: shown first, then carried out whole (rules, section 22).

The law of this file: what is carried out is what was shown, in one transaction; reading and comparing are done in a
thread, and rows are written together, so that a long file holds nobody up.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store import directory, hsa_values, uploads
from sip.store.db import Database
from sip.store.directory import OrganisationRecord
from sip.store.directory_one import REFUSED
from sip.store.uploads import Upload
from sip.store.vault import Vault
from sip.usecases.actor import Actor
from sip.usecases.directory import hsa_units, upload
from sip.usecases.directory.files import EVERYTHING
from sip.usecases.directory.hsa_plan import HsaAsked, HsaPlan, plan
from sip.usecases.directory.hsa_units import HsaFile
from sip.usecases.directory.keeping import told
from sip.usecases.directory.upload import NAME_MOST, SILENT, owner_of, require_whole
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded

FORM = "hsa"
__all__ = ["require_whole"]


@dataclass(frozen=True, slots=True)
class HsaShown:
    """A file on its way in, and what it would do."""

    upload: Upload
    plan: HsaPlan


async def _planned(conn: AsyncConnection, file: HsaFile, asked: HsaAsked, now: datetime) -> HsaPlan:
    units = {one.id: one for one in await directory.units(conn, limit=EVERYTHING)}
    organisations = {one.id: one for one in await directory.organisations(conn, limit=EVERYTHING)}
    if asked.organisation_id is not None and asked.organisation_id not in organisations:
        raise NotFoundError("organisation")
    values = await hsa_values.every(conn)
    return await asyncio.to_thread(plan, file, units, organisations, values, asked, now)


async def compare(db: Database, file: HsaFile, asked: HsaAsked, *, actor: Actor, now: datetime) -> HsaPlan:
    """What the file would do; nothing is written. Raises DirectoryFileError, and NotFoundError for an organisation that
    is not there.
    """
    async with recorded(db, actor, now) as (conn, log):
        log.note("compare", "directory", None)
        return await _planned(conn, file, asked, now)


async def carry_out(
    db: Database, file: HsaFile, asked: HsaAsked, *, actor: Actor, now: datetime, seen: str | None = None
) -> HsaPlan:
    """Does it, whole or not at all. Raises as `compare`, and ConflictError where it would do something else than was
    `seen` (the mark of a plan without answers), or somebody else wrote in that moment.
    """
    try:
        async with recorded(db, actor, now) as (conn, log):
            log.note("import", "directory", None)
            if seen is not None:
                bare = HsaAsked(asked.organisation_id, asked.known_only)
                if (await _planned(conn, file, bare, now)).mark != seen:
                    raise ConflictError("directory_changed")
            found = await _planned(conn, file, asked, now)
            if found.units:
                await directory.upsert_units(conn, found.units)
            if found.values:
                await hsa_values.keep(conn, found.values)
            await told(conn, found.told, actor=actor, now=now)
    except REFUSED as error:
        raise ConflictError("directory_changed") from error
    return found


# -- by a page


async def send(
    db: Database, vault: Vault, upload_id: UUID, name: str, data: bytes, asked: HsaAsked, *, actor: Actor, now: datetime
) -> None:
    """Keeps a file to be looked at. Raises NotFoundError, and DirectoryFileError with all that is wrong with it."""
    require_whole(actor)
    file = await asyncio.to_thread(hsa_units.parse, data)
    await compare(db, file, asked, actor=actor, now=now)
    async with recorded(db, actor, now) as (conn, log):
        log.note("send", "directory file", upload_id)
        shown = "".join(char for char in name if char.isprintable())[:NAME_MOST] or "ldif"
        await uploads.keep(conn, vault, upload_id, owner_of(actor), shown, data, len(file.units), now, FORM)


async def organisations(db: Database, *, actor: Actor, now: datetime) -> list[OrganisationRecord]:
    """Where new units may be put, of who keeps the whole directory. Raises NotFoundError."""
    require_whole(actor)
    async with recorded(db, actor, now, nothing="names of organisations are for everybody") as (conn, _):
        return await directory.organisations(conn, limit=EVERYTHING)


async def _kept(db: Database, vault: Vault, upload_id: UUID, *, actor: Actor, now: datetime) -> tuple[Upload, HsaFile]:
    require_whole(actor)
    async with recorded(db, actor, now, nothing="what it would change is recorded below") as (conn, _):
        found = await uploads.one(conn, vault, upload_id, owner_of(actor), SILENT, form=FORM)
    if found is None or found[1] is None:
        raise NotFoundError("directory file")
    return found[0], await asyncio.to_thread(hsa_units.parse, found[1])


async def look(
    db: Database, vault: Vault, upload_id: UUID, asked: HsaAsked, *, actor: Actor, now: datetime
) -> HsaShown:
    """The file and what it would do. Raises NotFoundError; DirectoryFileError when it fits no longer."""
    sent, file = await _kept(db, vault, upload_id, actor=actor, now=now)
    return HsaShown(sent, await compare(db, file, asked, actor=actor, now=now))


async def press(
    db: Database, vault: Vault, upload_id: UUID, asked: HsaAsked, seen: str, *, actor: Actor, now: datetime
) -> HsaPlan:
    """Carries out what was seen, and forgets the file. Raises as `look` and `carry_out`."""
    _, file = await _kept(db, vault, upload_id, actor=actor, now=now)
    done = await carry_out(db, file, asked, actor=actor, now=now, seen=seen)
    async with recorded(db, actor, now, nothing="the import is recorded where it is done") as (conn, _):
        await uploads.drop(conn, upload_id, owner_of(actor))
    return done


async def leave(db: Database, upload_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The file is not wanted after all. Raises NotFoundError for who may not have sent one."""
    await upload.leave(db, upload_id, actor=actor, now=now)
