"""What a page of a search refers to, where it was asked to come along (`_include`).

The law of this file: what is included is read as if it had been asked for by itself: by a key that may, and as it may
see it (decision 0180).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from sip.edges.api.desk import Desk
from sip.edges.api.problems import ApiProblem
from sip.edges.fhir.appointments import appointment
from sip.edges.fhir.asked import SearchAsked
from sip.edges.fhir.directory import organization, service
from sip.edges.fhir.names import Resource
from sip.edges.fhir.parameters import APPOINTMENT, INCLUDES, ORGANIZATION, SERVICE
from sip.store.seen.appointments import AppointmentQuery
from sip.usecases import key_scopes
from sip.usecases.reading import appointments, catalogue

_PLACES: Mapping[str, Callable[[Resource], list[Resource]]] = {
    "Appointment:actor": lambda one: [part["actor"] for part in one["participant"]],
    "AppointmentResponse:appointment": lambda one: [one["appointment"]],
    "AppointmentResponse:actor": lambda one: [one["actor"]],
    "HealthcareService:organization": lambda one: [one["providedBy"]],
    "Organization:partof": lambda one: [one["partOf"]] if "partOf" in one else [],
    "PractitionerRole:organization": lambda one: [one["organization"]] if "organization" in one else [],
    "PractitionerRole:service": lambda one: one.get("healthcareService", []),
}
"""Where a resource has the references of each."""


def allowed(desk: Desk, asked: SearchAsked, kind: str) -> None:
    """Raises ApiProblem (403) where the key is narrowed to scopes without what is to be included; asked before
    anything is read.
    """
    for one in asked.include:
        lacking = key_scopes.lacking(desk.key.scopes, INCLUDES[kind][one], writes=False)
        if lacking is not None:
            raise ApiProblem(403, "beyond_key", scope=lacking)


async def included(desk: Desk, asked: SearchAsked, kind: str, found: Sequence[Resource]) -> list[Resource]:
    """What these refer to, of what was asked for and is there to be seen."""
    wanted: dict[str, set[UUID]] = {}
    for one in asked.include:
        into = wanted.setdefault(INCLUDES[kind][one], set())
        into |= _ids(INCLUDES[kind][one], (ref for resource in found for ref in _PLACES[one](resource)))
    db, actor, now = desk.services.db, desk.actor, await desk.now()
    told: list[Resource] = []
    if ids := sorted(wanted.get(APPOINTMENT, ())):
        query = AppointmentQuery(ids=ids, limit=len(ids))
        told += [appointment(one, actor) for one in await appointments.page(db, query, actor=actor, now=now)]
    if ids := sorted(wanted.get(SERVICE, ())):
        told += [service(one, now) for one in await catalogue.units_by_id(db, ids, actor=actor)]
    if ids := sorted(wanted.get(ORGANIZATION, ())):
        told += [organization(one) for one in await catalogue.runs_by_id(db, ids, actor=actor)]
    return told


def _ids(kind: str, references: Iterable[Resource]) -> set[UUID]:
    """The ids of what is of this kind; a place that a meeting holds in itself is none."""
    found = (one["reference"].partition("/") for one in references)
    return {UUID(identity) for of, _, identity in found if of == kind}
