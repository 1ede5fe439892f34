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
from sip.usecases.directory.keeping import PartKind
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import InvalidError, NotFoundError
from sip.usecases.reading import place_pages
from sip.usecases.reading.place_pages import MOST_STAFF, Holder

OF_UNIT = (
    Role.UNIT_MANAGER, Role.DEPUTY, Role.HEAD_OF_OPERATIONS, Role.CONTRACT_OFFICER, Role.WATCHER, Role.SUBSTITUTE,
    Role.COORDINATOR, Role.CONVENER, Role.CHAIR, Role.UNIT_STAFF,
)  # fmt: skip
"""The roles that somebody has in a unit, in the order of the list."""
SOMEBODY_NEW = "new"
_MOST_ORDER = 999


@get("/directory/{unit_id:uuid}/roles/new")
async def new_role(page: NamedDependency[Page], unit_id: FromPath[UUID]) -> Response[Any]:
    """The form for a role in a unit, with the organisation's staff to choose from."""
    return await _new(page, "unit", unit_id)


@get("/directory/organisations/{organisation_id:uuid}/roles/new")
async def new_role_in_organisation(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """The same, of an organisation."""
    return await _new(page, "organisation", organisation_id)


@get("/directory/principals/{principal_id:uuid}/roles/new")
async def new_role_at_principal(page: NamedDependency[Page], principal_id: FromPath[UUID]) -> Response[Any]:
    """The same, at a principal, of all its staff."""
    return await _new(page, "principal", principal_id)


async def _new(page: Page, kind: PartKind, identity: UUID) -> Response[Any]:
    asked = page.request.query_params.get("role", "")
    state = FormState({"role": asked if asked in tuple(Role) else ""})
    return await _form(page, await _holder(page, kind, identity), state)


async def _holder(page: Page, kind: PartKind, identity: UUID) -> Holder:
    return await place_pages.holder(page.services.db, kind, identity, actor=signed_in(page).actor, now=page.now)


def _home(of: Holder) -> str:
    """Where one comes from, and goes back to."""
    return f"/directory/{of.id}" if of.kind == "unit" else f"/directory/{of.kind}s/{of.id}"


def _roles(of: Holder) -> tuple[Role, ...]:
    return OF_UNIT if of.kind == "unit" else tuple(Role)


async def _form(page: Page, of: Holder, state: FormState, status: int = 200) -> Response[Any]:
    words, actor = words_of(state.value("words")), signed_in(page).actor
    found = await place_pages.staff(page.services.db, of, words, actor=actor, now=page.now)
    chosen = state.value("person")
    if chosen not in ("", SOMEBODY_NEW) and chosen not in {str(one.id) for one in found}:
        found = [*await _chosen(page, chosen), *found]
    return page.html(
        "unit_role.html", status=status, f=state, of=of, home=_home(of), found=found,
        roles=[(role, page.t(f"role.{role}")) for role in _roles(of)], many=len(found) >= MOST_STAFF,
        looked=bool(words),
    )  # fmt: skip


async def _chosen(page: Page, text: str) -> list[PersonHit]:
    """Who was chosen before the words were changed stays among the choices."""
    try:
        read = await place_pages.person(page.services.db, UUID(text), actor=signed_in(page).actor, now=page.now)
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
    """A role in a unit, given to somebody chosen or to somebody new."""
    return await _give(page, "unit", unit_id)


@post("/directory/organisations/{organisation_id:uuid}/roles/new", status_code=200)
async def give_role_in_organisation(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """The same, in an organisation."""
    return await _give(page, "organisation", organisation_id)


@post("/directory/principals/{principal_id:uuid}/roles/new", status_code=200)
async def give_role_at_principal(page: NamedDependency[Page], principal_id: FromPath[UUID]) -> Response[Any]:
    """The same, at a principal."""
    return await _give(page, "principal", principal_id)


async def _give(page: Page, kind: PartKind, identity: UUID) -> Response[Any]:
    actor, reader, of = signed_in(page).actor, await page.reader(), await _holder(page, kind, identity)
    if reader.state.value("then") == "look":
        return await _form(page, of, reader.state)
    wanted = _wanted(page, reader, of)
    if wanted is None:
        return await _form(page, of, reader.state, 422)
    person, db = wanted.person, page.services.db
    try:
        if isinstance(person, PersonRecord):
            await edit.put_person(db, person, new=True, actor=actor, now=page.now)
        record = RoleRecord(
            identity,
            person if isinstance(person, UUID) else person.id,
            wanted.role,
            identity if kind == "unit" else None,
            identity if kind == "organisation" else None,
            identity if kind == "principal" else None,
            wanted.ordinal,
            wanted.valid_from,
            wanted.valid_to,
        )
        await edit.add_role(db, record, actor=actor, now=page.now)
    except InvalidError as error:
        if any(problem.code == "taken" for problem in error.problems):
            reader.wrong("email", "directory.form.email_taken")
        else:
            page.say_problems(error, reader.state, {"person_id": "person"})
        return await _form(page, of, reader.state, 422)
    return page.to(f"{_home(of)}#roles")


def _wanted(page: Page, reader: Reader, of: Holder) -> _Wanted | None:
    role = reader.choice("role", Role, required=True)
    if role is not None and role not in _roles(of):
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
        person = _somebody_new(page, reader, of)
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


def _somebody_new(page: Page, reader: Reader, of: Holder) -> PersonRecord | None:
    if of.organisation is None:
        reader.wrong("person", "directory.form.whom")
        return None
    nonce = reader.state.value("nonce")[:64] or str(page.now)
    identity = uuid5(NAMESPACE, f"person/{signed_in(page).actor.id}/{nonce}")
    return person_of(reader, identity, of.organisation.id)


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
    read = await place_pages.role(page.services.db, role_id, actor=signed_in(page).actor, now=page.now)
    values = {
        "order": str(max(read.role.ordinal, 1)),
        "to": read.role.valid_to.isoformat() if read.role.valid_to else "",
    }
    return page.html("directory_role.html", f=FormState(values), read=read, back=_back(read.role))


@post("/directory/roles/{role_id:uuid}", status_code=200)
async def change_role(page: NamedDependency[Page], role_id: FromPath[UUID]) -> Response[Any]:
    """Another last day or place; or, with `then` "drop", a role given by mistake."""
    actor, reader = signed_in(page).actor, await page.reader()
    read = await place_pages.role(page.services.db, role_id, actor=actor, now=page.now)
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
