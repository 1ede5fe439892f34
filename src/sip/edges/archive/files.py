"""An export as files: PDF/A, JSON and proof of each meeting, by name and bytes, for a folder or a zip file.

The law of this file: one meeting at a time is read, made and given on, so that no export needs more memory than its
largest meeting; documents are made off the event loop.
"""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import IO, Any
from uuid import UUID

import msgspec
from litestar.response import Stream

from sip.edges.archive import documents, reports
from sip.edges.archive.pdf import pdf
from sip.edges.web.shell.phrases import Phrases
from sip.store.db import Database
from sip.usecases import exporting
from sip.usecases.actor import Actor
from sip.usecases.exporting import AloneExport, MeetingExport

VERSION = 1
ZIP = "application/zip"
AT_ONCE = 200
"""Meetings of an organisation that are exported while somebody waits; a larger one is for the command line."""
_CHUNK = 256 * 1024
File = tuple[str, bytes]
"""A path below the folder, and what the file holds."""
Progress = Callable[[int, int], None]
"""Meetings done, of how many."""


def _quietly(done: int, of: int) -> None:
    """Nobody watches."""


async def of_meeting(db: Database, meeting_id: UUID, *, actor: Actor, now: datetime) -> list[File]:
    """The files of one meeting. Raises NotFoundError, ForbiddenError."""
    export = await exporting.meeting(db, meeting_id, actor=actor, now=now)
    return await asyncio.to_thread(_meeting_files, export, actor.name or "", now)


def _meeting_files(export: MeetingExport, by: str, now: datetime) -> list[File]:
    name = f"{export.meeting.reference}-{str(export.meeting.id)[:8]}"
    phrases = Phrases(export.meeting.convener.language)
    document = documents.of_meeting(export, phrases, by, now, (f"{name}.json", f"{name}.proof.json"))
    said = {
        "sip_export": VERSION, "what": "meeting", "id": str(export.meeting.id), "reference": export.meeting.reference,
        "organisation": export.organisation.name, "made_at": now, "made_by": by, "rows": export.rows,
        "journal": export.log, "readings": export.readings,
    }  # fmt: skip
    found = [(f"{name}.pdf", pdf(document, now)), (f"{name}.json", _json(said))]
    return found if export.proof is None else [*found, (f"{name}.proof.json", _json(export.proof))]


async def of_report(db: Database, report_id: UUID, *, actor: Actor, now: datetime) -> list[File]:
    """The files of one report without a meeting. Raises NotFoundError, ForbiddenError."""
    export = await exporting.report(db, report_id, actor=actor, now=now)
    return await asyncio.to_thread(_report_files, export, actor.name or "", now)


def _report_files(export: AloneExport, by: str, now: datetime) -> list[File]:
    report = export.found.report
    name = f"{report.reference}-{str(report.id)[:8]}"
    said = {
        "sip_export": VERSION, "what": "report", "id": str(report.id), "reference": report.reference,
        "organisation": export.organisation.name, "made_at": now, "made_by": by, "rows": export.rows,
        "journal": export.log,
    }  # fmt: skip
    document = reports.of_report(export.found, Phrases("sv"), by, now)
    return [(f"{name}.pdf", pdf(document, now)), (f"{name}.json", _json(said))]


def _json(said: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


async def of_organisation(
    db: Database, organisation_id: UUID, *, actor: Actor, now: datetime, most: int | None = None,
    progress: Progress = _quietly,
) -> AsyncIterator[File]:  # fmt: skip
    """The files of an organisation, its own first, then those of each meeting and each report without one of its
    matters, in folders by reference.

    Raises NotFoundError, ForbiddenError; TooManyMeetingsError where there are more than `most` of them.
    """
    export = await exporting.organisation(db, organisation_id, actor=actor, now=now)
    whole = len(export.meetings) + len(export.reports)
    if most is not None and whole > most:
        raise TooManyMeetingsError
    by = actor.name or ""
    said = {
        "sip_export": VERSION, "what": "organisation", "id": str(organisation_id), "name": export.organisation.name,
        "made_at": now, "made_by": by, "rows": export.rows, "meetings": [str(one) for one, _ in export.meetings],
        "reports": [str(one) for one, _ in export.reports],
    }  # fmt: skip
    document = documents.of_organisation(export, Phrases("sv"), by, now, "organisation.json")
    yield "organisation.json", _json(said)
    yield "organisation.pdf", await asyncio.to_thread(pdf, document, now)
    every = [(of_meeting, *one) for one in export.meetings] + [(of_report, *one) for one in export.reports]
    for done, (files_of, identity, reference) in enumerate(every, 1):
        for name, data in await files_of(db, identity, actor=actor, now=now):
            yield f"{reference}/{name}", data
        progress(done, whole)


async def of_matter(
    db: Database, organisation_id: UUID, reference: str, *, actor: Actor, now: datetime
) -> AsyncIterator[File]:
    """The files of each meeting, and each report without one, of the matter that this organisation keeps.

    Raises NotFoundError, ForbiddenError.
    """
    matter, alone = await exporting.matter_of(db, organisation_id, reference, actor=actor, now=now)
    for meeting_id in matter.meetings:
        for file in await of_meeting(db, meeting_id, actor=actor, now=now):
            yield file
    for report_id in alone:
        for file in await of_report(db, report_id, actor=actor, now=now):
            yield file


class TooManyMeetingsError(Exception):
    """More meetings than a browser waits for."""


async def zipped(files: AsyncIterator[File]) -> IO[bytes]:
    """The files in one, at its beginning; whoever reads it closes it."""
    to = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open
    try:
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
            async for name, data in files:
                await asyncio.to_thread(archive.writestr, name, data)
    except BaseException:
        to.close()
        raise
    to.seek(0)
    return to


def sent(zipped: IO[bytes], name: str) -> Stream:
    """The answer that carries it."""
    headers = {"content-disposition": f'attachment; filename="sip-{name}.zip"', "cache-control": "no-store"}
    return Stream(_read(zipped), media_type=ZIP, headers=headers)


async def _read(zipped: IO[bytes]) -> AsyncIterator[bytes]:
    with zipped:
        while data := zipped.read(_CHUNK):
            yield data
