"""Units, who runs them, and the functions in them."""

from collections.abc import Iterable
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.api.desk import Desk, cursor_of, read_id
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir import asked as asking
from sip.edges.fhir.answering import HttpRequest, bundle, sent
from sip.edges.fhir.asked import SearchAsked
from sip.edges.fhir.directory import function, organisation, principal, service
from sip.edges.fhir.names import HSA_ID, Resource
from sip.edges.fhir.parameters import ORGANIZATION, ROLE, SERVICE
from sip.store.directory import UnitRecord
from sip.usecases.problems import NotFoundError
from sip.usecases.reading import directory


@get("/HealthcareService")
async def search_services(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Units, by id."""
    asked, now = asking.read(request, SERVICE), await desk.now()
    found = await _units(desk, asked)
    last = cursor_of(found[-1].id) if len(found) >= asked.count else None
    return bundle(request, asked, [service(one, now) for one in found], last)


async def _units(desk: Desk, asked: SearchAsked) -> list[UnitRecord]:
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    active, words, after = asked.one("active"), asked.one("name"), read_id(asked.cursor)
    if active not in (None, "true"):
        raise ApiProblem(400, "fhir_active")
    if words is not None and (len(words) > 100 or "\0" in words):
        raise ApiProblem(400, "fhir_name")
    of, ids = asked.referred("organization", ORGANIZATION), asked.uuids()
    hsa_id = asking.token(asked.one("identifier"), HSA_ID)
    if hsa_id is None and ids is None:
        found = await directory.units(db, of, words, after, asked.count, archived=active is None, actor=actor, now=now)
        return [one for one, _ in found]
    if hsa_id is not None:
        known = await directory.unit_by_hsa_id(db, hsa_id, actor=actor) if hsa_id.isprintable() else None
        few = [] if known is None or (ids is not None and known.id not in ids) else [known]
    else:
        few = await directory.some_units(db, ids or [], actor=actor)
    return _after(
        [
            one for one in few
            if (of is None or one.organisation_id == of) and (words is None or words.lower() in one.name.lower())
            and (active is None or one.archived_at is None or one.archived_at > now)
        ],
        after, asked.count,
    )  # fmt: skip


def _after(found: Iterable[UnitRecord], after: UUID | None, count: int) -> list[UnitRecord]:
    """A page of a few that are all at hand."""
    return [one for one in found if after is None or one.id > after][:count]


@get("/HealthcareService/{identity:uuid}")
async def read_service(request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]) -> Response[bytes]:
    """One unit."""
    asking.only_format(request)
    now = await desk.now()
    found, _ = await directory.unit(desk.services.db, identity, actor=desk.actor, now=now)
    return sent(request, service(found, now))


@get("/Organization")
async def search_organizations(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Principals and organisations in one row, by id."""
    asked = asking.read(request, ORGANIZATION)
    db, after, ids = desk.services.db, read_id(asked.cursor), asked.uuids()
    of = asked.referred("partof", ORGANIZATION)
    found: list[tuple[UUID, Resource]]
    if ids is not None:
        every = [one for one in [await _organization(desk, key) for key in sorted(set(ids))] if one is not None]
        partof = None if of is None else f"{ORGANIZATION}/{of}"
        found = [
            (UUID(one["id"]), one) for one in every
            if (after is None or UUID(one["id"]) > after)
            and (partof is None or one.get("partOf", {}).get("reference") == partof)
        ]  # fmt: skip
    else:
        runs = await directory.organisations(db, of, after, asked.count, actor=desk.actor)
        found = [(one.id, organisation(one)) for one, _ in runs]
        if of is None:
            above = await directory.principals(db, after, asked.count, actor=desk.actor)
            found = sorted([*found, *((one.id, principal(one)) for one in above)], key=lambda one: one[0])
    found = found[: asked.count]
    last = cursor_of(found[-1][0]) if len(found) >= asked.count else None
    return bundle(request, asked, [one for _, one in found], last)


@get("/Organization/{identity:uuid}")
async def read_organization(
    request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]
) -> Response[bytes]:
    """One organisation, or one principal."""
    asking.only_format(request)
    found = await _organization(desk, identity)
    if found is None:
        raise NotFoundError("organisation")
    return sent(request, found)


async def _organization(desk: Desk, identity: FromPath[UUID]) -> Resource | None:
    try:
        found, _ = await directory.organisation(desk.services.db, identity, actor=desk.actor)
        return organisation(found)
    except NotFoundError:
        pass
    try:
        return principal(await directory.principal(desk.services.db, identity, actor=desk.actor))
    except NotFoundError:
        return None


@get("/PractitionerRole")
async def search_functions(request: HttpRequest, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Functions in the scope's places, by id."""
    asked, now = asking.read(request, ROLE), await desk.now()
    unit_id = asked.referred("service", SERVICE)
    found = await directory.roles(
        desk.services.db, unit_id, None, read_id(asked.cursor), asked.count, actor=desk.actor, only=asked.uuids()
    )
    last = cursor_of(found[-1].id) if len(found) >= asked.count else None
    return bundle(request, asked, [function(one, now) for one in found], last)


@get("/PractitionerRole/{identity:uuid}")
async def read_function(request: HttpRequest, desk: NamedDependency[Desk], identity: FromPath[UUID]) -> Response[bytes]:
    """One function."""
    asking.only_format(request)
    found = await directory.role(desk.services.db, identity, actor=desk.actor)
    return sent(request, function(found, await desk.now()))
