"""A unit's own facts: a new unit, other facts, another organisation (a move), its last day and who takes over.

The law of this file: a unit is never deleted. What its last day means for meetings is said before it is given.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST, name_fits
from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.web.directory.listed import words_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.store.directory import UnitRecord
from sip.store.seen.unit_search import UnitQuery
from sip.usecases.directory import edit
from sip.usecases.directory.csv_text import FLAGS, HSA_ID, PHONE
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import ForbiddenError, InvalidError, NotFoundError
from sip.usecases.reading import place_pages, unit_pages
from sip.usecases.reading.unit_pages import UnitRead

NEW = UUID(int=0)


def checked_line(reader: Reader, name: str, *, required: bool = False) -> str | None:
    """One line of text, a name for instance; None when it is empty."""
    value = reader.text(name, required=required, most=NAME_MOST)
    if not name_fits(value):
        reader.wrong(name, "directory.form.one_line")
        return None
    return value or None


def phone_of(reader: Reader, name: str) -> str | None:
    """A phone number, None when it is empty or wrong."""
    value = reader.text(name, most=50)
    if value and not PHONE.fullmatch(value):
        reader.wrong(name, "directory.form.bad_phone")
    return value or None


@get("/directory/new")
async def new(page: NamedDependency[Page]) -> Response[Any]:
    """The form for a new unit."""
    values = {"language": "sv", "organisation_id": page.request.query_params.get("organisation", "")}
    return await _form(page, FormState(values), None)


@post("/directory/new", status_code=200)
async def create(page: NamedDependency[Page]) -> Response[Any]:
    """A new unit."""
    reader = await page.reader()
    nonce = reader.state.value("nonce")[:64] or str(page.now)
    return await _save(page, reader, uuid5(NAMESPACE, f"unit/{signed_in(page).actor.id}/{nonce}"), None)


@get("/directory/{unit_id:uuid}/facts")
async def facts(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    read = await _read(page, unit_id)
    unit = read.unit
    values = {
        "name": unit.name, "organisation_id": str(unit.organisation_id), "hsa_id": unit.hsa_id or "",
        "phone": unit.phone or "", "area": unit.area or "", "language": unit.language,
        **{f"flags_{flag}": "yes" for flag in FLAGS if getattr(unit, flag)},
    }  # fmt: skip
    return await _form(page, FormState(values), unit)


@post("/directory/{unit_id:uuid}/facts", status_code=200)
async def save_facts(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """Other facts of a unit, or another organisation."""
    read = await _read(page, unit_id)
    return await _save(page, await page.reader(), unit_id, read.unit)


async def _read(page: Page, unit_id: UUID) -> UnitRead:
    return await unit_pages.unit(page.services.db, unit_id, actor=signed_in(page).actor, now=page.now)


async def _form(page: Page, state: FormState, unit: UnitRecord | None, status: int = 200) -> Response[Any]:
    principals, organisations = await place_pages.places(page.services.db, actor=signed_in(page).actor, now=page.now)
    names = {one.id: one.name for one in principals}
    choices = sorted_pairs([(str(one.id), f"{names.get(one.principal_id, '')} – {one.name}") for one in organisations])
    return page.html("unit_form.html", status=status, f=state, unit=unit, organisations=choices, flags=FLAGS)


async def _save(page: Page, reader: Reader, unit_id: UUID, before: UnitRecord | None) -> Response[Any]:
    record = _record(reader, unit_id)
    if record is not None:
        try:
            await edit.put_unit(page.services.db, record, new=before is None, actor=signed_in(page).actor, now=page.now)
            return page.to(f"/directory/{unit_id}#facts")
        except InvalidError as error:
            _say(page, error, reader.state)
        except ForbiddenError:
            reader.wrong("organisation_id", "directory.form.not_yours")
    return await _form(page, reader.state, before, 422)


def _say(page: Page, error: InvalidError, state: FormState) -> None:
    if any(problem.code == "taken" for problem in error.problems):
        state.errors["hsa_id"] = page.t("directory.form.hsa_taken")
        return
    page.say_problems(error, state)


def _record(reader: Reader, unit_id: UUID) -> UnitRecord | None:
    name = checked_line(reader, "name", required=True)
    organisation = reader.uuid("organisation_id", required=True)
    hsa_id = reader.text("hsa_id", most=50).upper().replace(" ", "") or None
    if hsa_id and not HSA_ID.fullmatch(hsa_id):
        reader.wrong("hsa_id", "directory.form.bad_hsa")
    phone, area = phone_of(reader, "phone"), checked_line(reader, "area")
    language = reader.choice("language", Language, required=True)
    auto_accepts, phone_only, weekend_staffed, inpatient, week_mail = (
        bool(reader.state.value(f"flags_{flag}")) for flag in FLAGS
    )
    if phone_only and not phone:
        reader.wrong("phone", "directory.form.phone_needed")
    if not reader.right or name is None or organisation is None or language is None:
        return None
    return UnitRecord(
        unit_id, organisation, name, hsa_id, phone, language, auto_accepts, phone_only,
        weekend_staffed, inpatient, week_mail, area=area,
    )  # fmt: skip


# -- the last day


@get("/directory/{unit_id:uuid}/closing")
async def closing(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form for a unit's last day, with the meetings it is called to."""
    read = await _read(page, unit_id)
    values = {}
    if read.unit.archived_at is not None:
        values["last_day"] = local_day(read.unit.archived_at - timedelta(microseconds=1)).isoformat()
    if read.successor is not None:
        values["successor"] = str(read.successor.id)
    return await _closing(page, read, FormState(values))


async def _closing(page: Page, read: UnitRead, state: FormState, status: int = 200) -> Response[Any]:
    """`look`: units are searched for by words, and one of them chosen to take over."""
    words = words_of(state.value("words"))
    found = []
    if words:
        query = UnitQuery(words)
        actor = signed_in(page).actor
        read_units = await unit_pages.units(page.services.db, query, None, unverified=False, actor=actor, now=page.now)
        found = [one for one in read_units.found.units[:20] if one.id != read.unit.id]
    if read.successor is not None and read.successor.id not in {one.id for one in found}:
        chosen = [(str(read.successor.id), read.successor.name, "")]
    else:
        chosen = []
    choices = [*chosen, *((str(one.id), one.name, f"{one.organisation}, {one.principal}") for one in found)]
    return page.html(
        "unit_closing.html", status=status, f=state, unit=read.unit, calls=read.calls, choices=choices,
        looked=bool(words), closed=read.unit.archived_at is not None,
    )  # fmt: skip


@post("/directory/{unit_id:uuid}/closing", status_code=200)
async def close(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """A last day and a successor; or, with `then` "reopen", that the unit goes on."""
    read, reader = await _read(page, unit_id), await page.reader()
    then = reader.state.value("then")
    if then == "look":
        if not words_of(reader.state.value("words")):
            reader.wrong("words", "form_words.required")
        return await _closing(page, read, reader.state, 200 if reader.right else 422)
    if then == "reopen":
        last_day, successor = None, None
    else:
        last_day, successor = reader.day("last_day", required=True), reader.uuid("successor")
    if reader.right:
        try:
            await edit.archive_unit(
                page.services.db, unit_id, last_day, successor, actor=signed_in(page).actor, now=page.now
            )
            return page.to(f"/directory/{unit_id}#closing")
        except InvalidError as error:
            page.say_problems(error, reader.state, {"successor_id": "successor"})
        except ForbiddenError:
            raise NotFoundError("unit") from None
    return await _closing(page, read, reader.state, 422)
