"""The yearly report for people: written in and published by a board, and read by everybody once it is published.

The law of this file: a page shows what a file of it would hold, edition by edition; publishing is a press of its own
beneath what is published.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.annual import MOST_TEXT, AnnualReport, Edition, ReportPart, ReportYear
from sip.edges.annual.files import FileFormat, ReportFile, written
from sip.edges.annual.page_file import lines_of
from sip.edges.annual.telling import tell
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Html, Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import annual
from sip.usecases.annual import ReportRead
from sip.usecases.problems import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which report is asked for: what stands in the address."""

    of: ReportYear
    edition: Edition
    version: int | None

    def query(self, **changed: str | int | None) -> str:
        """The rest of an address that asks for this, or for another."""
        given = {"area": self.of.area, "edition": str(self.edition), "version": self.version, **changed}
        return urlencode({name: value for name, value in given.items() if value})


def _asked(page: Page, year: int) -> _Asked:
    given = page.request.query_params
    edition = given.get("edition", "")
    said = given.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    return _Asked(
        ReportYear(year, given.get("area", "")[:200]),
        Edition(edition) if edition in tuple(Edition) else Edition.BOARD, version,
    )  # fmt: skip


@get("/annual-reports")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """The years and areas, and what was published."""
    found = await annual.listed(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html("annual_reports.html", found=found, of=ReportYear, editions=tuple(Edition))


@get("/annual-reports/{year:int}")
async def show(page: NamedDependency[Page], year: FromPath[int]) -> Response[Any]:
    """A report, as of the day or as it was published."""
    return await _shown(page, _asked(page, year))


async def _read(page: Page, asked: _Asked) -> ReportRead:
    services = page.services
    return await annual.read(
        services.db, asked.of, asked.edition, actor=signed_in(page).actor, now=page.now,
        small=services.settings.small_number, version=asked.version,
    )  # fmt: skip


async def _shown(
    page: Page, asked: _Asked, *, texts: FormState | None = None, publication: FormState | None = None,
    status: int = 200,
) -> Html:  # fmt: skip
    found = await _read(page, asked)
    return page.html(
        "annual_report.html", status=status, told=tell(found.report, page.phrases), lines_of=lines_of, asked=asked,
        found=found, parts=tuple(ReportPart), formats=tuple(FileFormat), editions=tuple(Edition), most=MOST_TEXT,
        f=texts or FormState(), p=publication or FormState(prefix="publish-"),
        report=found.report, written=found.written,
    )  # fmt: skip


@post("/annual-reports/{year:int}/texts", status_code=303)
async def write(page: NamedDependency[Page], year: FromPath[int]) -> Response[Any]:
    """What the board writes in one part."""
    asked, reader = _asked(page, year), await page.reader()
    part = reader.choice("part", ReportPart, required=True)
    text = reader.text("text", most=MOST_TEXT)
    if part is not None and reader.right:
        try:
            await annual.write_text(
                page.services.db, asked.of, part, text, version=reader.whole("version") or 0,
                actor=signed_in(page).actor, now=page.now, event_id=_nonce(reader.state),
            )  # fmt: skip
            return page.to(f"/annual-reports/{year}?{asked.query(version=None)}#part-{part}")
        except InvalidError as error:
            page.say_problems(error, reader.state)
        except ConflictError:
            reader.wrong("text", "annual.meanwhile")
    return await _shown(page, asked, texts=reader.state, status=422)


@post("/annual-reports/{year:int}/publication", status_code=303)
async def publish(page: NamedDependency[Page], year: FromPath[int]) -> Response[Any]:
    """A new version of the edition, as it stands."""
    asked, reader = _asked(page, year), await page.reader("publish-")
    if not reader.text("sure"):
        reader.wrong("sure", "annual.sure_wanted")
    if reader.right:
        try:
            made = await annual.publish(
                page.services.db, asked.of, asked.edition, actor=signed_in(page).actor, now=page.now,
                small=page.services.settings.small_number, event_id=_nonce(reader.state),
            )  # fmt: skip
            return page.to(f"/annual-reports/{year}?{asked.query(version=made.version)}")
        except InvalidError as error:
            page.say_problems(error, reader.state, {"edition": "sure"})
    return await _shown(page, asked, publication=reader.state, status=422)


def _nonce(state: FormState) -> str:
    return state.value("nonce")[:64] or uuid4().hex


@get("/annual-reports/{year:int}/file")
async def file(page: NamedDependency[Page], year: FromPath[int]) -> Response[Any]:
    """The report as a file."""
    return await _file(page, (await _read(page, _asked(page, year))).report)


async def _file(page: Page, report: AnnualReport) -> Response[Any]:
    return _answer(await asyncio.to_thread(written, report, _format(page)), "no-store")


def _format(page: Page) -> FileFormat:
    said = page.request.query_params.get("format", "")
    if said not in tuple(FileFormat):
        raise NotFoundError("format")
    return FileFormat(said)


def _answer(made: ReportFile, cache: str) -> Response[Any]:
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": cache}
    return Response(made.data, media_type=made.media_type, headers=headers)


# -- for everybody


@get("/published-reports")
async def public(page: NamedDependency[Page]) -> Response[Any]:
    """The public editions."""
    return page.html("published_reports.html", found=await annual.public(page.services.db, now=page.now))


@get("/published-reports/{edition_id:uuid}")
async def public_one(page: NamedDependency[Page], edition_id: FromPath[UUID]) -> Response[Any]:
    """One of them."""
    report = await annual.public_one(page.services.db, edition_id, now=page.now)
    return page.html(
        "published_report.html", told=tell(report, page.phrases), lines_of=lines_of, formats=tuple(FileFormat),
        href=f"/published-reports/{edition_id}/file",
    )  # fmt: skip


@get("/published-reports/{edition_id:uuid}/file")
async def public_file(page: NamedDependency[Page], edition_id: FromPath[UUID]) -> Response[Any]:
    """One of them as a file, the same to the byte whenever it is asked for: it is made once.

    Whoever asks has not signed in: files are made one after the other, apart from what the others wait for.
    """
    wanted = (edition_id, _format(page))
    if wanted not in _MADE:
        report = await annual.public_one(page.services.db, edition_id, now=page.now)
        made = await asyncio.get_running_loop().run_in_executor(_PRESS, written, report, wanted[1])
        while len(_MADE) >= _MOST_MADE:
            del _MADE[next(iter(_MADE))]
        _MADE[wanted] = made
    return _answer(_MADE[wanted], "public, max-age=86400")


_PRESS = ThreadPoolExecutor(1, "published-reports")
_MADE: dict[tuple[UUID, FileFormat], ReportFile] = {}
_MOST_MADE = 40
