"""What may be searched for: each resource's parameters, as the CapabilityStatement tells them and as they are read.

The law of this file: a parameter that is not here is refused, never passed over, for what was meant to narrow a search
must not widen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

APPOINTMENT, RESPONSE = "Appointment", "AppointmentResponse"
SERVICE, ORGANIZATION, ROLE = "HealthcareService", "Organization", "PractitionerRole"
COUNT, CURSOR, FORMAT, UPDATED = "_count", "_cursor", "_format", "_lastUpdated"
SORT, INCLUDE = "_sort", "_include"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its FHIR type, and what it narrows to. `many`: it may stand several times, and all hold."""

    kind: str
    about: str
    many: bool = False


_ID = Parameter("token", "The ids, with commas between.")
_UPDATED = Parameter("date", "When anything about it was last recorded.", many=True)
_CHANGED = Parameter("date", "When its row was last changed.", many=True)
_ACTOR = Parameter("reference", "The unit, as HealthcareService/id.")

PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    APPOINTMENT: {
        "_id": _ID,
        UPDATED: _UPDATED,
        "date": Parameter("date", "When it begins.", many=True),
        "actor": Parameter("reference", "A unit that calls or is called, as HealthcareService/id."),
        "identifier": Parameter("token", "The reference of the case, or urn:uuid: with the id."),
    },
    RESPONSE: {
        "_id": _ID,
        UPDATED: Parameter("date", "When the answer was given.", many=True),
        "appointment": Parameter("reference", "The meeting, as Appointment/id."),
        "actor": _ACTOR,
    },
    SERVICE: {
        "_id": _ID,
        UPDATED: _CHANGED,
        "name": Parameter("string", "Part of the name."),
        "identifier": Parameter("token", "The HSA-id."),
        "organization": Parameter("reference", "Who runs it, as Organization/id."),
        "active": Parameter("token", "true: without those that have closed."),
    },
    ORGANIZATION: {
        "_id": _ID,
        UPDATED: _CHANGED,
        "partof": Parameter("reference", "Of which principal, as Organization/id."),
    },
    ROLE: {
        "_id": _ID,
        UPDATED: _CHANGED,
        "service": Parameter("reference", "Of which unit, as HealthcareService/id."),
    },
}
"""Resource -> its parameters. `_count`, `_format`, `_sort` and `_cursor` (of a next link) are taken by all."""
PAGING = (COUNT, CURSOR, FORMAT, SORT)

SORTS: Mapping[str, tuple[str, ...]] = {
    APPOINTMENT: ("date", UPDATED), RESPONSE: (UPDATED,), SERVICE: (UPDATED,), ORGANIZATION: (UPDATED,),
    ROLE: (UPDATED,),
}  # fmt: skip
"""Resource -> what its search may be sorted by, each with `-` too. Without `_sort`: meetings and answers by the start
of the meeting, the directory by id.
"""

INCLUDES: Mapping[str, Mapping[str, str]] = {
    APPOINTMENT: {"Appointment:actor": SERVICE},
    RESPONSE: {"AppointmentResponse:appointment": APPOINTMENT, "AppointmentResponse:actor": SERVICE},
    SERVICE: {"HealthcareService:organization": ORGANIZATION},
    ORGANIZATION: {"Organization:partof": ORGANIZATION},
    ROLE: {"PractitionerRole:organization": ORGANIZATION, "PractitionerRole:service": SERVICE},
}
"""Resource -> what its search may include, and the kind that is included."""
