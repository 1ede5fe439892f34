"""An export as a file to download: a matter, or an organisation that is not too large for a browser to wait for.

The law of this file: it is a POST, for each export is an act that is logged; the file is made before the answer begins,
so that what cannot be made is a page with its reason.
"""

from collections.abc import AsyncIterator
from typing import Any
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
from sip.usecases.problems import NotFoundError


@post("/disposal/{organisation_id:uuid}/export", status_code=200)
async def export(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any] | Stream:
    """All about a matter, or all that is the organisation's, as a zip file."""
    reader, actor = await page.reader("export-"), signed_in(page).actor
    reference = reader.text("reference", most=20).upper()
    db, now = page.services.db, page.now
    made: AsyncIterator[File] = files.of_matter(db, organisation_id, reference, actor=actor, now=now)
    if not reference:
        made = files.of_organisation(db, organisation_id, actor=actor, now=now, most=files.AT_ONCE)
    try:
        zipped = await files.zipped(made)
    except files.TooManyMeetingsError:
        reader.wrong("reference", "archive.export_many", most=files.AT_ONCE)
    except NotFoundError as error:
        if error.what != "matter":
            raise
        reader.wrong("reference", "archive.export_none")
    else:
        return page.taken_with(files.sent(zipped, reference or "organisation"))
    return await disposal.shown(page, organisation_id, export=reader.state, status=422)
