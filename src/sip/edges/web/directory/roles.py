"""Who answers for a unit: a role given to somebody of its organisation or to somebody new, its dates, its place.

The law of this file: who may be chosen is the staff of the unit's own organisation (rules, section 7 S1); a role that
has ended gets its last day, and only one that was given by mistake is taken back.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Role
from sip.edges.web.directory.listed import words_of
from sip.edges.web.directory.unit_form import checked_line, phone_of
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.directory import PersonRecord, RoleRecord
from sip.store.seen.unit_search import PersonHit
from sip.usecases.directory import edit
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import unit_pages
from sip.usecases.reading.unit_pages import MOST_STAFF, UnitRead

OF_UNIT = (
    Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS, Role.CONTRACT_OFFICER, Role.WATCHER, Role.SUBSTITUTE,
    Role.COORDINATOR, Role.CONVENER, Role.CHAIR, Role.UNIT_STAFF,
)  # fmt: skip
"""The roles that somebody has in a unit, in the order of the list."""
SOMEBODY_NEW = "new"
_MOST_ORDER = 999


@get("/directory/{unit_id:uuid}/roles/new")
async def new_role(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form for a role, with the organisation's staff to choose from."""
    read = await unit_pages.unit(page.services.db, unit_id, actor=signed_in(page).actor, now=page.now)
    asked = page.request.query_params.get("role", "")
    return await _form(page, read, FormState({"role": asked if asked in OF_UNIT else ""}))


async def _form(page: Page, read: UnitRead, state: FormState, status: int = 200) -> Response[Any]:
    words, actor = words_of(state.value("words")), signed_in(page).actor
    found = await unit_pages.staff(page.services.db, read.unit.id, words, actor=actor, now=page.now)
    chosen = state.value("person")
    if chosen not in ("", SOMEBODY_NEW) and chosen not in {str(one.id) for one in found}:
        found = [*await _chosen(page, chosen), *found]
    return page.html(
        "unit_role.html", status=status, f=state, unit=read.unit, organisation=read.organisation, found=found,
        roles=[(role, page.t(f"role.{role}")) for role in OF_UNIT], many=len(found) >= MOST_STAFF, looked=bool(words),
    )  # fmt: skip


async def _chosen(page: Page, text: str) -> list[PersonHit]:
    """Who was chosen before the words were changed stays among the choices."""
    try:
        read = await unit_pages.person(page.services.db, UUID(text), actor=signed_in(page).actor, now=page.now)
    except (ValueError, NotFoundError):
        return []
    one = read.person
    return [PersonHit(one.id, one.name, one.function, one.email)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    role: Role
    person: PersonRecord | UUID
    ordinal: int
    valid_from: date | None
    valid_to: date | None


@post("/directory/{unit_id:uuid}/roles/new", status_code=200)
async def give_role(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """A role, given to somebody chosen or to somebody new."""
    actor, reader = signed_in(page).actor, await page.reader()
    read = await unit_pages.unit(page.services.db, unit_id, actor=actor, now=page.now)
    if reader.state.value("then") == "look":
        return await _form(page, read, reader.state)
    wanted = _wanted(page, reader, read)
    if wanted is not None:
        try:
            person = wanted.person
            if isinstance(person, PersonRecord):
                await edit.put_person(page.services.db, person, new=True, actor=actor, now=page.now)
            person_id = person if isinstance(person, UUID) else person.id
            record = RoleRecord(
                unit_id, person_id, wanted.role, unit_id, ordinal=wanted.ordinal, valid_from=wanted.valid_from,
                valid_to=wanted.valid_to,
            )  # fmt: skip
            await edit.add_role(page.services.db, record, actor=actor, now=page.now)
            return page.to(f"/directory/{unit_id}#roles")
        except InvalidError as error:
            taken = any(problem.code == "taken" for problem in error.problems)
            if taken:
                reader.wrong("email", "directory.form.email_taken")
            page.say_problems(error, reader.state, {"person_id": "person"}) if not taken else None
    return await _form(page, read, reader.state, 422)


def _wanted(page: Page, reader: Reader, read: UnitRead) -> _Wanted | None:
    role = reader.choice("role", Role, required=True)
    if role is not None and role not in OF_UNIT:
        reader.wrong("role", "form_words.bad_choice")
    first, last = reader.day("from"), reader.day("to")
    if first is not None and last is not None and last < first:
        reader.wrong("to", "directory.form.days_order")
    ordinal = order_of(reader)
    chosen = reader.text("person")
    person: PersonRecord | UUID | None = None
    if not chosen:
        reader.wrong("person", "directory.form.whom")
    elif chosen == SOMEBODY_NEW:
        person = _somebody_new(page, reader, read)
    else:
        person = reader.uuid("person")
    if role is Role.DEPUTY and last is None:
        reader.wrong("to", "directory.form.deputy_until")
    if not reader.right or role is None or person is None:
        return None
    return _Wanted(role, person, ordinal, first, last)


def order_of(reader: Reader) -> int:
    """The place in a queue, 1 where none is given."""
    text = reader.text("order", most=10)
    number = reader.whole("order")
    if text and (number is None or not 1 <= number <= _MOST_ORDER):
        reader.wrong("order", "directory.form.bad_order")
    return number or 1


def _somebody_new(page: Page, reader: Reader, read: UnitRead) -> PersonRecord | None:
    nonce = reader.state.value("nonce")[:64] or str(page.now)
    identity = uuid5(NAMESPACE, f"person/{signed_in(page).actor.id}/{nonce}")
    return person_of(reader, identity, read.organisation.id)


def person_of(reader: Reader, identity: UUID, organisation_id: UUID) -> PersonRecord | None:
    """A member of staff as the form says it; a function alone will do."""
    name, function = checked_line(reader, "name"), checked_line(reader, "function")
    email, phone = reader.email("email"), phone_of(reader, "phone")
    if name is None and function is None:
        reader.wrong("name", "directory.form.name_or_function")
    if not reader.right:
        return None
    return PersonRecord(identity, organisation_id, name or function or "", email, phone, function)


# -- a role that somebody has


@get("/directory/roles/{role_id:uuid}")
async def role(page: NamedDependency[Page], role_id: FromPath[UUID]) -> Response[Any]:
    """The form for a role's last day and place."""
    read = await unit_pages.role(page.services.db, role_id, actor=signed_in(page).actor, now=page.now)
    values = {
        "order": str(max(read.role.ordinal, 1)),
        "to": read.role.valid_to.isoformat() if read.role.valid_to else "",
    }
    return page.html("directory_role.html", f=FormState(values), read=read, back=_back(read.role))


@post("/directory/roles/{role_id:uuid}", status_code=200)
async def change_role(page: NamedDependency[Page], role_id: FromPath[UUID]) -> Response[Any]:
    """Another last day or place; or, with `then` "drop", a role given by mistake."""
    actor, reader = signed_in(page).actor, await page.reader()
    read = await unit_pages.role(page.services.db, role_id, actor=actor, now=page.now)
    back = _back(read.role)
    if reader.state.value("then") == "drop":
        await edit.drop_role(page.services.db, role_id, actor=actor, now=page.now)
        return page.to(f"{back}#roles")
    ordinal, last = order_of(reader), reader.day("to")
    if last is not None and read.role.valid_from is not None and last < read.role.valid_from:
        reader.wrong("to", "directory.form.days_order")
    if not reader.right:
        return page.html("directory_role.html", status=422, f=reader.state, read=read, back=back)
    await edit.change_role(page.services.db, role_id, ordinal, last, actor=actor, now=page.now)
    return page.to(f"{back}#roles")


def _back(role: RoleRecord) -> str:
    if role.unit_id is not None:
        return f"/directory/{role.unit_id}"
    if role.organisation_id is not None:
        return f"/directory/organisations/{role.organisation_id}"
    return f"/directory/principals/{role.principal_id}"
