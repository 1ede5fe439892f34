"""The whole directory as a file in a browser: fetched, or dropped on the page, looked at line by line, carried out.

The law of this file: nothing is done before what it would change has been shown; the page that waits for a long file
refreshes itself, without script.
"""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.worktime import local_day
from sip.edges.web.directory import said
from sip.edges.web.directory.said import ChangeView
from sip.edges.web.shell.errors import log, where_of
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.sent_files import is_called
from sip.edges.web.shell.session import signed_in
from sip.store.uploads import FileError
from sip.usecases.directory import csv_text, files, upload
from sip.usecases.directory.differences import Difference, RowChange
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.directory.upload import Shown

SHOWN = 200
"""Differences, and errors, of one page."""
MOST_BYTES = csv_text.MOST_BYTES + 100_000
"""What the form may carry: the file and the fields around it."""
_RUNNING: set[asyncio.Task[bool]] = set()


@get("/directory/file")
async def file(page: NamedDependency[Page]) -> Response[Any]:
    """Where a file is dropped, and where it is fetched."""
    upload.require_whole(signed_in(page).actor)
    return _form(page, FormState())


def _form(page: Page, state: FormState, errors: tuple[FileError, ...] = (), status: int = 200) -> Response[Any]:
    return page.html(
        "directory_file.html", status=status, f=state, errors=wrong_lines(page.phrases, errors[:SHOWN]),
        more=max(len(errors) - SHOWN, 0), most=csv_text.MOST_BYTES // 1_000_000,
    )  # fmt: skip


def wrong_lines(phrases: Phrases, errors: Iterable[FileError]) -> list[tuple[int, str]]:
    """Each line, and what is wrong with it in the reader's language."""
    return [_wrong(phrases, one) for one in errors]


def _wrong(phrases: Phrases, error: FileError) -> tuple[int, str]:
    """The line, and what is wrong with it in the reader's language."""
    line, code, values = error
    return line, phrases.fill(f"directory.file_error.{code}", dict(values))


@get("/directory/file/export")
async def export(page: NamedDependency[Page]) -> Response[Any]:
    """The whole directory as a file that can be sent back."""
    actor = signed_in(page).actor
    upload.require_whole(actor)
    found = await files.export_file(page.services.db, actor=actor, now=page.now)
    data = await asyncio.to_thread(csv_text.write, found)
    name = (
        f"katalog-{local_day(page.now)}.csv"
        if page.phrases.language == "sv"
        else f"directory-{local_day(page.now)}.csv"
    )
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


ENDINGS = (".csv", ".txt")
"""What a file of the directory is called."""


@post("/directory/file", status_code=200, request_max_body_size=MOST_BYTES)
async def send(page: NamedDependency[Page]) -> Response[Any]:
    """A file that was dropped or chosen: kept, to be looked at."""
    actor = signed_in(page).actor
    upload.require_whole(actor)
    reader = await page.reader()
    sent = (await page.request.form()).get("file")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not data:
        reader.state.values = {**reader.state.values, "file": ""}
        reader.wrong("file", "directory.upload.choose")
        return _form(page, reader.state, status=422)
    if not is_called(sent, ENDINGS):
        reader.state.values = {**reader.state.values, "file": ""}
        reader.wrong("file", "directory.upload.ending")
        return _form(page, reader.state, status=422)
    upload_id = uuid4()
    try:
        await upload.send(
            page.services.db, page.services.vault, upload_id, sent.filename or "", data, actor=actor, now=page.now
        )
    except DirectoryFileError as error:
        errors = tuple((one.line, one.code, one.values) for one in error.errors)
        reader.wrong("file", "directory.upload.wrong", count=len(errors))
        return _form(page, reader.state, errors, 422)
    return page.to(f"/directory/file/{upload_id}")


@get("/directory/file/{upload_id:uuid}")
async def look(page: NamedDependency[Page], upload_id: FromPath[UUID]) -> Response[Any]:
    """What the file would change, how far it has come, or what came of it. Pressed, and yet it waits: what it would
    change had changed.
    """
    return await _look(page, upload_id, changed="pressed" in page.request.query_params)


async def _look(page: Page, upload_id: UUID, *, changed: bool = False, status: int = 200) -> Response[Any]:
    actor, services = signed_in(page).actor, page.services
    try:
        shown = await upload.look(services.db, services.vault, upload_id, actor=actor, now=page.now)
    except DirectoryFileError as error:  # the directory has changed, and it fits no longer
        errors = tuple((one.line, one.code, one.values) for one in error.errors)
        state = FormState({"file": ""}, {"file": page.t("directory.upload.wrong", count=len(errors))})
        return _form(page, state, errors, 422)
    template = "directory_upload.html" if shown.differences is not None else "directory_progress.html"
    changed = changed and shown.upload.state == "waiting"
    return page.html(template, status=status, **_context(page, shown, changed=changed))


def _context(page: Page, shown: Shown, *, changed: bool) -> dict[str, Any]:
    found = shown.differences.found if shown.differences else ()
    first = page.request.query_params.get("from", "")
    at = int(first) if first.isascii() and first.isdigit() and len(first) < 8 else 0
    only = page.request.query_params.get("act", "")
    wanted = [one for one in found if only not in tuple(RowChange) or one.act == only]
    return {
        "file": shown.upload,
        "mark": shown.mark,
        "changed": changed,
        "counts": [(act, sum(one.act is act for one in found)) for act in RowChange],
        "unchanged": shown.differences.unchanged if shown.differences else 0,
        "only": only if only in tuple(RowChange) else "",
        "found": [_view(page.phrases, one) for one in wanted[at : at + SHOWN]],
        "next": at + SHOWN if len(wanted) > at + SHOWN else None,
        "errors": wrong_lines(page.phrases, shown.upload.errors[:SHOWN]),
        "any": bool(found),
    }


def _view(phrases: Phrases, one: Difference) -> ChangeView:
    title = said.title(phrases, one.kind, one.act, one.called, one.cells)
    return ChangeView(title, said.cells(phrases, one.kind, one.act, one.cells), one.act, line=one.line)


def _done(task: asyncio.Task[bool]) -> None:
    """A fault is logged by its kind and place; the page then says that it was broken off."""
    _RUNNING.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("fault", path="/directory/file", kind=type(error).__name__, where=where_of(error))


@post("/directory/file/{upload_id:uuid}", status_code=200)
async def carry_out(page: NamedDependency[Page], upload_id: FromPath[UUID]) -> Response[Any]:
    """One press carries it out; or it is left. What was seen and what would be done are the same, or it is refused."""
    actor, services, reader = signed_in(page).actor, page.services, await page.reader()
    if reader.state.value("then") == "leave":
        await upload.leave(services.db, upload_id, actor=actor, now=page.now)
        return page.to("/directory/file")
    mark = reader.text("mark", most=64)
    data = await upload.begin(services.db, services.vault, upload_id, actor=actor, now=page.now)
    if data is not None:
        task = asyncio.create_task(upload.carry_out(services.db, upload_id, data, mark, actor=actor, now=page.now))
        _RUNNING.add(task)
        task.add_done_callback(_done)
        await asyncio.wait({task}, timeout=1.0)  # a short file is done before the page is drawn
        if task.done() and task.exception() is None and not task.result():
            return await _look(page, upload_id, changed=True, status=409)
    return page.to(f"/directory/file/{upload_id}?pressed=1")
