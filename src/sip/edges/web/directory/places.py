"""Where units belong: principals and their organisations, listed and changed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import PrincipalKind, Role
from sip.domain.worktime import local_day
from sip.edges.web.directory import said
from sip.edges.web.directory.unit import RoleLine, roles_by_kind
from sip.edges.web.directory.unit_form import checked_line
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.phrases import sort_key
from sip.edges.web.shell.session import signed_in
from sip.store.directory import OrganisationRecord, PrincipalRecord
from sip.usecases.access import Act, everywhere
from sip.usecases.directory import edit
from sip.usecases.directory.csv_text import DOMAIN, ORGANISATION_TYPES
from sip.usecases.directory.keys import NAMESPACE
from sip.usecases.problems import ForbiddenError, InvalidError, NotFoundError
from sip.usecases.reading import place_pages
from sip.usecases.reading.place_pages import PlaceRead


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    principal: PrincipalRecord
    organisations: list[OrganisationRecord]


@get("/directory/places")
async def places(page: NamedDependency[Page]) -> Response[Any]:
    """Principals with their organisations."""
    principals, organisations = await place_pages.places(page.services.db, actor=signed_in(page).actor, now=page.now)
    groups = [
        PlaceGroup(
            one,
            sorted((o for o in organisations if o.principal_id == one.id), key=lambda found: sort_key(found.name)),
        )
        for one in sorted(principals, key=lambda found: sort_key(found.name))
    ]
    return page.html("directory_places.html", groups=groups)


def _roles(page: Page, read: PlaceRead | None) -> list[tuple[Role, list[RoleLine]]]:
    return roles_by_kind(read.roles, read.staff, local_day(page.now)) if read else []


def _nonce(page: Page, reader: Reader) -> str:
    return f"{signed_in(page).actor.id}/{reader.state.value('nonce')[:64] or page.now}"


# -- principals


@get("/directory/principals/new")
async def new_principal(page: NamedDependency[Page]) -> Response[Any]:
    """The form for a new principal."""
    visitor = signed_in(page)
    if not (visitor.may(Act.KEEP_DIRECTORY) and everywhere(visitor.actor)):
        raise NotFoundError("directory")
    return _principal(page, FormState(), None)


@get("/directory/principals/{principal_id:uuid}")
async def principal(page: NamedDependency[Page], principal_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    read = await place_pages.place(
        page.services.db, "principal", principal_id, actor=signed_in(page).actor, now=page.now
    )
    assert read.principal is not None
    return _principal(page, FormState({"name": read.principal.name, "kind": read.principal.kind}), read)


def _principal(page: Page, state: FormState, read: PlaceRead | None, status: int = 200) -> Response[Any]:
    kinds = [(kind, page.t(f"directory.principal_type.{kind}")) for kind in PrincipalKind]
    changes = said.lines(page.phrases, read.changes) if read else []
    return page.html(
        "directory_principal.html",
        status=status,
        f=state,
        read=read,
        kinds=kinds,
        changes=changes,
        roles=_roles(page, read),
    )


@post("/directory/principals/new", status_code=200)
async def add_principal(page: NamedDependency[Page]) -> Response[Any]:
    """A new principal."""
    reader = await page.reader()
    return await _put_principal(page, reader, uuid5(NAMESPACE, f"principal/{_nonce(page, reader)}"), None)


@post("/directory/principals/{principal_id:uuid}", status_code=200)
async def save_principal(page: NamedDependency[Page], principal_id: FromPath[UUID]) -> Response[Any]:
    """Another name or kind of a principal."""
    read = await place_pages.place(
        page.services.db, "principal", principal_id, actor=signed_in(page).actor, now=page.now
    )
    return await _put_principal(page, await page.reader(), principal_id, read)


async def _put_principal(page: Page, reader: Reader, identity: UUID, read: PlaceRead | None) -> Response[Any]:
    name, kind = checked_line(reader, "name", required=True), reader.choice("kind", PrincipalKind, required=True)
    if name is not None and kind is not None and reader.right:
        record = PrincipalRecord(identity, kind, name)
        try:
            await edit.put_principal(
                page.services.db, record, new=read is None, actor=signed_in(page).actor, now=page.now
            )
            return page.to(f"/directory/places#p-{identity}")
        except InvalidError as error:
            _say(page, error, reader)
    return _principal(page, reader.state, read, 422)


def _say(page: Page, error: InvalidError, reader: Reader) -> None:
    if any(problem.code == "taken" for problem in error.problems):
        reader.wrong("name", "directory.form.name_taken")
    else:
        page.say_problems(error, reader.state)


# -- organisations


@get("/directory/organisations/new")
async def new_organisation(page: NamedDependency[Page]) -> Response[Any]:
    """The form for a new organisation."""
    return await _organisation(page, FormState({"principal_id": page.request.query_params.get("principal", "")}), None)


@get("/directory/organisations/{organisation_id:uuid}")
async def organisation(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    read = await _read(page, organisation_id)
    one = read.organisation
    assert one is not None
    values = {
        "name": one.name, "kind": one.kind, "principal_id": str(one.principal_id), "domains": " ".join(read.domains),
    }  # fmt: skip
    return await _organisation(page, FormState(values), read)


async def _read(page: Page, organisation_id: UUID) -> PlaceRead:
    return await place_pages.place(
        page.services.db, "organisation", organisation_id, actor=signed_in(page).actor, now=page.now
    )


async def _organisation(page: Page, state: FormState, read: PlaceRead | None, status: int = 200) -> Response[Any]:
    principals, _ = await place_pages.places(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html(
        "directory_organisation.html", status=status, f=state, read=read,
        principals=sorted_pairs([(str(one.id), one.name) for one in principals]),
        kinds=[(kind, page.t(f"directory.organisation_type.{kind}")) for kind in ORGANISATION_TYPES],
        changes=said.lines(page.phrases, read.changes) if read else [],
        roles=_roles(page, read),
    )  # fmt: skip


@post("/directory/organisations/new", status_code=200)
async def add_organisation(page: NamedDependency[Page]) -> Response[Any]:
    """A new organisation."""
    reader = await page.reader()
    return await _put_organisation(page, reader, uuid5(NAMESPACE, f"organisation/{_nonce(page, reader)}"), None)


@post("/directory/organisations/{organisation_id:uuid}", status_code=200)
async def save_organisation(page: NamedDependency[Page], organisation_id: FromPath[UUID]) -> Response[Any]:
    """Another name, kind, principal or other mail domains of an organisation."""
    read = await _read(page, organisation_id)
    return await _put_organisation(page, await page.reader(), organisation_id, read)


async def _put_organisation(page: Page, reader: Reader, identity: UUID, read: PlaceRead | None) -> Response[Any]:
    name = checked_line(reader, "name", required=True)
    kind = reader.one_of("kind", ORGANISATION_TYPES)
    principal_id = reader.uuid("principal_id", required=True)
    domains = reader.text("domains", most=500).lower().replace(",", " ").split()
    if not all(DOMAIN.fullmatch(domain) for domain in domains):
        reader.wrong("domains", "directory.form.bad_domain")
    if reader.right and name is not None and principal_id is not None:
        record = OrganisationRecord(identity, principal_id, name, kind)
        try:
            await edit.put_organisation(
                page.services.db, record, domains, new=read is None, actor=signed_in(page).actor, now=page.now
            )
            return page.to(f"/directory/places#o-{identity}")
        except InvalidError as error:
            _say(page, error, reader)
        except ForbiddenError:
            reader.wrong("principal_id", "directory.form.not_yours")
    return await _organisation(page, reader.state, read, 422)
