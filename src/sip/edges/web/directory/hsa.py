"""An export of HSA on a page: chosen, looked at line by line with its questions, carried out with one press.

The law of this file: as in `file` beside it: nothing is done before it has been shown. No answer is chosen before a
person has chosen it.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.directory import said
from sip.edges.web.directory.file import MOST_BYTES, SHOWN, wrong_lines
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import sort_key
from sip.edges.web.shell.sent_files import is_called
from sip.edges.web.shell.session import signed_in
from sip.store.uploads import FileError
from sip.usecases.directory import hsa
from sip.usecases.directory.hsa_plan import Holds, HsaAct, HsaAsked, HsaLine
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.problems import ConflictError

ENDINGS = (".ldif", ".ldf", ".txt")
"""What an export is called."""
_TONES = {
    HsaAct.NEW: "good", HsaAct.CHANGED: "quiet", HsaAct.ENDED: "wait", HsaAct.ASKED: "bad", HsaAct.LEFT: "quiet",
}  # fmt: skip


@get("/directory/hsa")
async def file(page: NamedDependency[Page]) -> Response[Any]:
    """Where an export is chosen."""
    return await _form(page, FormState())


async def _form(page: Page, state: FormState, errors: tuple[FileError, ...] = (), status: int = 200) -> Response[Any]:
    found = await hsa.organisations(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html(
        "directory_hsa.html", status=status, f=state, errors=wrong_lines(page.phrases, errors[:SHOWN]),
        more=max(len(errors) - SHOWN, 0), most=MOST_BYTES // 1_000_000,
        organisations=sorted(((str(one.id), one.name) for one in found), key=lambda one: sort_key(one[1])),
    )  # fmt: skip


@post("/directory/hsa", status_code=200, request_max_body_size=MOST_BYTES)
async def send(page: NamedDependency[Page]) -> Response[Any]:
    """An export that was chosen: kept, to be looked at."""
    actor, reader = signed_in(page).actor, await page.reader()
    hsa.require_whole(actor)
    asked = HsaAsked(reader.uuid("organisation"), bool(reader.text("known")))
    sent = (await page.request.form()).get("file")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    reader.state.values = {**reader.state.values, "file": ""}
    if not isinstance(sent, UploadFile) or not data:
        reader.wrong("file", "directory.upload.choose")
    elif not is_called(sent, ENDINGS):
        reader.wrong("file", "hsa.ending")
    if not reader.right or not isinstance(sent, UploadFile):
        return await _form(page, reader.state, status=422)
    upload_id, services = uuid4(), page.services
    try:
        await hsa.send(
            services.db, services.vault, upload_id, sent.filename or "", data, asked, actor=actor, now=page.now
        )  # fmt: skip
    except DirectoryFileError as error:
        errors = tuple((one.line, one.code, one.values) for one in error.errors)
        reader.wrong("file", "directory.upload.wrong", count=len(errors))
        return await _form(page, reader.state, errors, 422)
    return page.to(f"/directory/hsa/{upload_id}{_query(asked)}")


def _query(asked: HsaAsked) -> str:
    """How the file is read, as its page's address has it."""
    given = {"known": "yes"} if asked.known_only else {}
    if asked.organisation_id is not None:
        given["organisation"] = str(asked.organisation_id)
    return f"?{urlencode(given)}" if given else ""


def _asked(page: Page) -> HsaAsked:
    given = page.request.query_params
    try:
        organisation = UUID(given["organisation"]) if "organisation" in given else None
    except ValueError:
        organisation = None
    return HsaAsked(organisation, "known" in given)


@get("/directory/hsa/{upload_id:uuid}")
async def look(page: NamedDependency[Page], upload_id: FromPath[UUID]) -> Response[Any]:
    """What the export would do, and what it asks."""
    return await _look(page, upload_id)


async def _look(page: Page, upload_id: UUID, *, changed: bool = False, status: int = 200) -> Response[Any]:
    services, asked = page.services, _asked(page)
    try:
        shown = await hsa.look(
            services.db, services.vault, upload_id, asked, actor=signed_in(page).actor, now=page.now
        )  # fmt: skip
    except DirectoryFileError as error:  # the directory has changed, and it fits no longer
        errors = tuple((one.line, one.code, one.values) for one in error.errors)
        state = FormState({"file": ""}, {"file": page.t("directory.upload.wrong", count=len(errors))})
        return await _form(page, state, errors, 422)
    given, plan = page.request.query_params, shown.plan
    first, only = given.get("from", ""), given.get("act", "")
    at = int(first) if first.isascii() and first.isdigit() and len(first) < 8 else 0
    told = [one for one in plan.lines if one.act is not HsaAct.ASKED and (only not in tuple(HsaAct) or one.act == only)]
    questions = [one for one in plan.lines if one.act is HsaAct.ASKED]
    return page.html(
        "directory_hsa_plan.html", status=status, file=shown.upload, plan=plan, mark=plan.mark, changed=changed,
        counts=[(act, plan.count(act)) for act in HsaAct], only=only if only in tuple(HsaAct) else "",
        questions=[(one, _cells(page, one)) for one in questions], tones=_TONES,
        found=[(one, _cells(page, one)) for one in told[at : at + SHOWN]],
        next=at + SHOWN if len(told) > at + SHOWN else None, query=_query(asked),
        any=bool(plan.units or plan.values or questions),
    )  # fmt: skip


def _cells(page: Page, one: HsaLine) -> Any:
    return said.cells(page.phrases, "unit", "changed", one.cells)


@post("/directory/hsa/{upload_id:uuid}", status_code=200)
async def press(page: NamedDependency[Page], upload_id: FromPath[UUID]) -> Response[Any]:
    """Carries out what was seen, with what was answered; or the file is left."""
    actor, services, reader = signed_in(page).actor, page.services, await page.reader()
    if reader.state.value("then") == "leave":
        await hsa.leave(services.db, upload_id, actor=actor, now=page.now)
        return page.to("/directory/hsa")
    asked = _asked(page)
    prefix = "holds-"
    answers = {
        name.removeprefix(prefix): Holds(value)
        for name, value in reader.state.values.items()
        if name.startswith(prefix) and value in tuple(Holds)
    }
    asked = HsaAsked(asked.organisation_id, asked.known_only, answers)
    mark = reader.text("mark", most=64)
    try:
        done = await hsa.press(
            services.db, services.vault, upload_id, asked, mark, actor=actor, now=page.now
        )  # fmt: skip
    except ConflictError:
        return await _look(page, upload_id, changed=True, status=409)
    page.taken()
    return page.html(
        "directory_hsa_done.html", plan=done, counts=[(act, done.count(act)) for act in HsaAct]
    )  # fmt: skip
