"""A county's map of agreements on one page, and its import as one file (rules, section 17 J5).

The law of this file: nothing is written before what the file would do has been shown; what is then pressed carries the
file and the mark of what was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import OF_AN_AGREEMENT, Agreement, MeetingKind, binding, shared_by
from sip.domain.people import PrincipalKind
from sip.domain.renewal import Ending, endings
from sip.domain.worktime import local_day
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import Phrases, sort_key
from sip.edges.web.shell.sent_files import is_called
from sip.edges.web.shell.session import signed_in
from sip.usecases import counties, county_file
from sip.usecases.access import Act, has_role
from sip.usecases.counties import CountyChange, CountyPlan, CountyRead
from sip.usecases.county_file import CountyFileError, CountyRefusal
from sip.usecases.problems import ConflictError, NotFoundError

MOST_BYTES = 2 * county_file.MOST_BYTES
ENDINGS = (".toml", ".txt")
"""What a county's file is called."""
"""What the form may carry: the file, each sign of it in three at times, and the fields around it."""


@dataclass(frozen=True, slots=True)
class HeldLine:
    """An agreement that binds a municipality and the region today, for these kinds of meetings."""

    agreement: Agreement
    kinds: str
    decided: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class MapTile:
    """One principal on the map: what holds between it and the region, and for which kinds the law alone does."""

    name: str
    tone: str
    state: str
    held: list[HeldLine]
    law_only: str


@get("/counties/{county_id:uuid}")
async def show(page: NamedDependency[Page], county_id: FromPath[UUID]) -> Response[Any]:
    """The map as it is today."""
    read = await counties.read(page.services.db, county_id, actor=signed_in(page).actor, now=page.now)
    today = local_day(page.now)
    tiles = _tiles(page.phrases, read, today)
    return page.html(
        "county.html",
        county=read.county,
        regions=page.phrases.names(one.name for one in _of(read, PrincipalKind.REGION)),
        tiles=tiles,
        joined=sum(tile.state != "law_only" for tile in tiles),
        agreements=[(one, len(one.joined_on(today) & read.county.principals)) for one in _in_force(read, today)],
    )


def _of(read: CountyRead, kind: PrincipalKind) -> list[Any]:
    return [one for one in read.principals.values() if one.kind is kind]


def _in_force(read: CountyRead, today: date) -> list[Agreement]:
    """The versions that hold today, of each agreement the latest; regional first."""
    return sorted(binding(read.versions, None, today), key=lambda one: (one.local, sort_key(one.name)))


def _tiles(phrases: Phrases, read: CountyRead, today: date) -> list[MapTile]:
    ends = {(one.agreement.id, one.agreement.version, one.principal): one for one in endings(read.versions, today)}
    regions = [one.id for one in _of(read, PrincipalKind.REGION)]
    others = [one for one in read.principals.values() if one.id not in regions]
    return [
        _tile(phrases, read, regions, one.id, one.name, ends, today)
        for one in sorted(others, key=lambda other: sort_key(other.name))
    ]


def _tile(
    phrases: Phrases, read: CountyRead, regions: Sequence[UUID], principal: UUID, name: str,
    ends: dict[tuple[UUID, int, UUID], Ending], today: date,
) -> MapTile:  # fmt: skip
    by: dict[tuple[UUID, int] | None, list[MeetingKind]] = {}
    known: dict[tuple[UUID, int], Agreement] = {}
    for kind in OF_AN_AGREEMENT:
        held = next(
            (one for region in regions if (one := shared_by(read.versions, region, principal, kind, today))), None
        )
        key = None if held is None else (held.id, held.version)
        if held is not None and key is not None:
            known[key] = held
        by.setdefault(key, []).append(kind)
    alone = by.pop(None, [])
    lines = [_held(phrases, known[key], principal, kinds, ends, today) for key, kinds in by.items() if key is not None]
    if not lines:
        return MapTile(name, "bad", "law_only", [], "")
    partly = bool(alone) or any(line.ends for line in lines)
    state = "partly" if alone else "ends" if partly else "joined"
    return MapTile(name, "wait" if partly else "good", state, lines, _kinds(phrases, alone))


def _held(
    phrases: Phrases, one: Agreement, principal: UUID, kinds: Sequence[MeetingKind],
    ends: dict[tuple[UUID, int, UUID], Ending], today: date,
) -> HeldLine:  # fmt: skip
    joining, ending = one.joining(principal), ends.get((one.id, one.version, principal))
    said = [] if joining is None else [joining.body, phrases.day(joining.decided) if joining.decided else None,
                                       joining.registration_number]  # fmt: skip
    last = ending.last if ending is not None and ending.reached(today) else None
    every = len(kinds) == len(OF_AN_AGREEMENT)
    return HeldLine(one, "" if every else _kinds(phrases, kinds), ", ".join(part for part in said if part), last)


def _kinds(phrases: Phrases, kinds: Sequence[MeetingKind]) -> str:
    return ", ".join(phrases.t(f"kind.{kind}") for kind in kinds)


# -- the file


def _keeper(page: Page) -> None:
    if not has_role(signed_in(page).actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("county")


@get("/counties/file")
async def file(page: NamedDependency[Page]) -> Response[Any]:
    """Where a county's file is dropped."""
    _keeper(page)
    return _form(page, FormState())


@get("/counties/file/example")
async def example(page: NamedDependency[Page]) -> Response[Any]:
    """The documented file to begin from."""
    _keeper(page)
    headers = {"content-disposition": 'attachment; filename="county.toml"'}
    return Response(county_file.default_text().encode(), media_type="application/toml", headers=headers)


def _form(
    page: Page, state: FormState, refusals: Sequence[CountyRefusal] = (), status: int = 200
) -> Response[Any]:  # fmt: skip
    wrong = [(one.line, page.phrases.t(f"county_file.{one.code}", **dict(one.facts))) for one in refusals]
    return page.html("county_file.html", status=status, f=state, errors=wrong, most=county_file.MOST_BYTES // 1000)


@post("/counties/file", status_code=200, request_max_body_size=MOST_BYTES)
async def send(page: NamedDependency[Page]) -> Response[Any]:
    """A file that was dropped is looked at; with `then` "do" the file that was shown is carried out."""
    _keeper(page)
    reader = await page.reader()
    form = await page.request.form()
    sent, shown = form.get("file"), form.get("text")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    if data and not is_called(sent, ENDINGS):
        reader.wrong("file", "county.file.ending")
        return _form(page, reader.state, status=422)
    if not data and isinstance(shown, str):  # as it was shown, to the line: a form's reader would trim it
        data = shown.encode()
    actor, db, now = signed_in(page).actor, page.services.db, page.now
    if not data.strip():
        reader.wrong("file", "county.file.choose")
        return _form(page, reader.state, status=422)
    try:
        found = county_file.parse(data)
        if reader.state.value("then") != "do":
            return _plan(page, data, await counties.plan(db, found, actor=actor, now=now))
        await counties.carry_out(db, found, reader.text("mark", most=64), actor=actor, now=now)
    except CountyFileError as error:
        reader.wrong("file", "county.file.wrong_one" if len(error.refusals) == 1 else "county.file.wrong",
                     count=len(error.refusals))  # fmt: skip
        return _form(page, reader.state, error.refusals, 422)
    except ConflictError:
        return _plan(page, data, await counties.plan(db, found, actor=actor, now=now), changed=True, status=409)
    return page.to(f"/counties/{counties.county_id(found.name)}")


def _plan(page: Page, data: bytes, plan: CountyPlan, *, changed: bool = False, status: int = 200) -> Response[Any]:
    return page.html(
        "county_plan.html", status=status, text=data.decode("utf-8-sig"), plan=plan, changed=changed,
        lines=[(one.line, one.new, _said(page.phrases, one), _cells(page.phrases, one)) for one in plan.changes],
    )  # fmt: skip


def _said(phrases: Phrases, one: CountyChange) -> str:
    of = phrases.t(f"directory.principal_type.{one.of}") if one.part == "principal" else one.of
    return phrases.t(f"county.part.{one.part}", name=one.name, of=of)


def _cells(phrases: Phrases, one: CountyChange) -> list[tuple[str, str | None, str | None]]:
    return [(phrases.t(f"county.cell.{name}"), before, after) for name, before, after in one.cells]
