"""Units, those who run them and the functions in them, as HealthcareService, Organization and PractitionerRole.

The law of this file: functions, never names: a PractitionerRole has no practitioner, and nobody's address.
"""

from datetime import date, datetime

from sip.domain.worktime import local_day
from sip.edges.fhir.answering import meta
from sip.edges.fhir.names import HSA_ID, ORGANISATION_KIND, PRINCIPAL_KIND, ROLE, Resource, coded, reference
from sip.store.directory import PrincipalRecord, RoleRecord, UnitRecord
from sip.store.seen.catalogue import Followed
from sip.usecases.reading.catalogue import Run


def service(one: Followed[UnitRecord], now: datetime) -> Resource:
    """A unit."""
    unit = one.record
    found: Resource = {
        "resourceType": "HealthcareService",
        "id": str(unit.id),
        "meta": meta(None, one.changed_at),
        "active": unit.archived_at is None or unit.archived_at > now,
        "providedBy": reference("Organization", unit.organisation_id),
        "name": unit.name,
    }
    if unit.hsa_id is not None:
        found["identifier"] = [{"system": HSA_ID, "value": unit.hsa_id}]
    if unit.phone is not None:
        found["telecom"] = [{"system": "phone", "value": unit.phone, "use": "work"}]
    return found


def organization(found: Run) -> Resource:
    """A region or a municipality; or a board, a company or another that units belong to."""
    one = found.record
    told: Resource = {"resourceType": "Organization", "id": str(one.id), "meta": meta(None, found.changed_at)}
    if isinstance(one, PrincipalRecord):
        return {**told, "type": [coded(PRINCIPAL_KIND, one.kind.value)], "name": one.name}
    of = reference("Organization", one.principal_id)
    return {**told, "type": [coded(ORGANISATION_KIND, one.kind)], "name": one.name, "partOf": of}


def function(one: Followed[RoleRecord], now: datetime) -> Resource:
    """A function in a unit, an organisation or a principal, from its first day to its last."""
    role = one.record
    found: Resource = {
        "resourceType": "PractitionerRole",
        "id": str(role.id),
        "meta": meta(None, one.changed_at),
        "active": _in_force(role, local_day(now)),
        "code": [coded(ROLE, role.role.value)],
    }
    days = (("start", role.valid_from), ("end", role.valid_to))
    period = {name: day.isoformat() for name, day in days if day is not None}
    if period:
        found["period"] = period
    held_in = role.organisation_id or role.principal_id
    if held_in is not None:
        found["organization"] = reference("Organization", held_in)
    if role.unit_id is not None:
        found["healthcareService"] = [reference("HealthcareService", role.unit_id)]
    return found


def _in_force(role: RoleRecord, day: date) -> bool:
    return (role.valid_from or day) <= day <= (role.valid_to or day)
