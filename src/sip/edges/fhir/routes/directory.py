"""Units, who runs them, and the functions in them."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.api.desk import Desk, cursor_of, read_id, read_moment_and_id
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir import asked as asking
from sip.edges.fhir.answering import HttpRequest, bundle, sent
from sip.edges.fhir.asked import SearchAsked
from sip.edges.fhir.directory import function, organization, service
from sip.edges.fhir.including import allowed, included
from sip.edges.fhir.names import HSA_ID
from sip.edges.fhir.parameters import ORGANIZATION, ROLE, SERVICE, UPDATED
from sip.store.directory import OrganisationRecord, PrincipalRecord, RoleRecord, UnitRecord
from sip.store.seen.catalogue import Followed, PageAsked, UnitsAsked
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import catalogue

Row = Followed[UnitRecord] | Followed[RoleRecord] | Followed[PrincipalRecord] | Followed[OrganisationRecord]


def _page(asked: SearchAsked) -> PageAsked:
    by_change = asked.sorts_by(UPDATED)
    after: tuple[datetime | None, UUID] | None
    if by_change:
        after = read_moment_and_id(asked.cursor)
    else:
        last = read_id(asked.cursor)
        after = None if last is None else (None, last)
    return PageAsked(asked.uuids(), asked.updated, by_change, asked.down, after, asked.count)


def _last(asked: SearchAsked, found: list[Row]) -> str | None:
    """The cursor after a full page."""
    if len(found) < asked.count:
        return None
    last = found[-1]
    return cursor_of(last.changed_at, last.record.id) if asked.sorts_by(UPDATED) else cursor_of(last.record.id)


@get("/HealthcareService")
async def search_services(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Units, by id."""
    return await _services(request, desk)


@post("/HealthcareService/_search", status_code=200)
async def find_services(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same, with what is searched for in a form."""
    return await _services(request, desk)


async def _services(request: HttpRequest, desk: Desk) -> Response[bytes]:
    asked, now = await asking.read(request, SERVICE), await desk.now()
    allowed(desk, asked, SERVICE)
    active, words = asked.one("active"), asked.one("name")
    if active not in (None, "true"):
        raise ApiProblem(400, "fhir_active")
    if words is not None and (len(words) > 100 or "\0" in words):
        raise ApiProblem(400, "fhir_name")
    hsa_id = asking.token(asked.one("identifier"), HSA_ID)
    if hsa_id is not None and not hsa_id.isprintable():
        hsa_id = ""
    narrowed = UnitsAsked(asked.referred("organization", ORGANIZATION), words, hsa_id, None if active is None else now)
    found = await catalogue.units(desk.services.db, narrowed, _page(asked), actor=desk.actor)
    told = [service(one, now) for one in found]
    return bundle(request, asked, told, _last(asked, [*found]), await included(desk, asked, SERVICE, told))


@get("/HealthcareService/{identity:uuid}")
async def read_service(request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]) -> Response[bytes]:
    """One unit."""
    asking.only_format(request)
    for one in await catalogue.units_by_id(desk.services.db, [identity], actor=desk.actor):
        return sent(request, service(one, await desk.now()))
    raise NotFoundError("unit")


@get("/Organization")
async def search_organizations(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Principals and organisations in one row, by id."""
    return await _organizations(request, desk)


@post("/Organization/_search", status_code=200)
async def find_organizations(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same, with what is searched for in a form."""
    return await _organizations(request, desk)


async def _organizations(request: HttpRequest, desk: Desk) -> Response[bytes]:
    asked = await asking.read(request, ORGANIZATION)
    allowed(desk, asked, ORGANIZATION)
    of = asked.referred("partof", ORGANIZATION)
    found = await catalogue.runs(desk.services.db, of, _page(asked), actor=desk.actor)
    told = [organization(one) for one in found]
    return bundle(request, asked, told, _last(asked, [*found]), await included(desk, asked, ORGANIZATION, told))


@get("/Organization/{identity:uuid}")
async def read_organization(
    request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]
) -> Response[bytes]:
    """One organisation, or one principal."""
    asking.only_format(request)
    for one in await catalogue.runs_by_id(desk.services.db, [identity], actor=desk.actor):
        return sent(request, organization(one))
    raise NotFoundError("organisation")


@get("/PractitionerRole")
async def search_functions(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Functions in the scope's places, by id."""
    return await _functions(request, desk)


@post("/PractitionerRole/_search", status_code=200)
async def find_functions(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """The same, with what is searched for in a form."""
    return await _functions(request, desk)


async def _functions(request: HttpRequest, desk: Desk) -> Response[bytes]:
    asked, now = await asking.read(request, ROLE), await desk.now()
    allowed(desk, asked, ROLE)
    unit_id = asked.referred("service", SERVICE)
    found = await catalogue.roles(desk.services.db, unit_id, _page(asked), actor=desk.actor)
    told = [function(one, now) for one in found]
    return bundle(request, asked, told, _last(asked, [*found]), await included(desk, asked, ROLE, told))


@get("/PractitionerRole/{identity:uuid}")
async def read_function(request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]) -> Response[bytes]:
    """One function."""
    asking.only_format(request)
    for one in await catalogue.roles(desk.services.db, None, PageAsked([identity], limit=1), actor=desk.actor):
        return sent(request, function(one, await desk.now()))
    raise NotFoundError("role")
