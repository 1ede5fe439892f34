"""An export as a file to download: a matter, or an organisation that is not too large for a browser to wait for.

The law of this file: it is a POST, for each export is an act that is logged; the file is made before the answer begins,
so that what cannot be made is a page with its reason.
"""

from collections.abc import AsyncIterator
from typing import IO, Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from sip.edges.archive import files
from sip.edges.archive.files import File
from sip.edges.web import disposal
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import exporting
from sip.usecases.actor import Actor
from sip.usecases.problems import NotFoundError

MOST = 200
"""Meetings of an organisation that a page exports; a larger one is for the command line."""
_CHUNK = 256 * 1024


@post("/disposal/{organisation_id:uuid}/export", status_code=200)
async def export(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any] | Stream:
    """All about a matter, or all that is the organisation's, as a zip file."""
    reader, actor = await page.reader("export-"), signed_in(page).actor
    reference = reader.text("reference", most=20).upper()
    made: AsyncIterator[File] = _matter(page, organisation_id, reference, actor)
    if not reference:
        made = files.of_organisation(page.services.db, organisation_id, actor=actor, now=page.now, most=MOST)
    try:
        zipped = await files.zipped(made)
    except files.TooManyMeetingsError:
        reader.wrong("reference", "archive.export_many", most=MOST)
    except NotFoundError as error:
        if error.what != "matter":
            raise
        reader.wrong("reference", "archive.export_none")
    else:
        name = reference if reference else "organisation"
        headers = {"content-disposition": f'attachment; filename="sip-{name}.zip"', "cache-control": "no-store"}
        return Stream(_read(zipped), media_type="application/zip", headers=headers)
    return await disposal.shown(page, organisation_id, export=reader.state, status=422)


async def _matter(page: Page, organisation_id: UUID, reference: str, actor: Actor) -> AsyncIterator[File]:
    db, now = page.services.db, page.now
    matter = await exporting.matter_of(db, organisation_id, reference, actor=actor, now=now)
    for meeting_id in matter.meetings:
        for file in await files.of_meeting(db, meeting_id, actor=actor, now=now):
            yield file


async def _read(zipped: IO[bytes]) -> AsyncIterator[bytes]:
    with zipped:
        while data := zipped.read(_CHUNK):
            yield data
