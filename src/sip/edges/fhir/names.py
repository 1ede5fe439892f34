"""The names FHIR asks for: of systems of codes and identifiers, and of the definitions that are our own.

The law of this file: a name of ours is a URN, so that it is the same in every installation; the definition it names is
served at /fhir/R4/StructureDefinition (decision 0160).
"""

from typing import Any
from uuid import UUID

BASE = "/fhir/R4"
HSA_ID = "urn:oid:1.2.752.29.4.19"
"""HSA-id as the Swedish base profiles of HL7 Sweden name it."""
URI = "urn:ietf:rfc:3986"
REFERENCE = "urn:sip:reference"
MEETING_KIND, PURPOSE, FORM = "urn:sip:meeting-kind", "urn:sip:purpose", "urn:sip:form"
ROLE, ORGANISATION_KIND, PRINCIPAL_KIND = "urn:sip:role", "urn:sip:organisation-kind", "urn:sip:principal-kind"
PROBLEM = "urn:sip:problem"
DEFINITION = "urn:sip:fhir:"

Resource = dict[str, Any]
"""A resource or a part of one, as JSON has it."""


def coded(system: str, code: str) -> Resource:
    """A CodeableConcept of one of our own words."""
    return {"coding": [{"system": system, "code": code}]}


def said(definition: str, value: str | int) -> Resource:
    """An extension of ours: a code, or the number of a party."""
    return {"url": f"{DEFINITION}{definition}", "valueCode" if isinstance(value, str) else "valuePositiveInt": value}


def reference(kind: str, identity: UUID | str, display: str | None = None) -> Resource:
    """A Reference to something of ours."""
    found: Resource = {"reference": f"{kind}/{identity}"}
    return found if display is None else {**found, "display": display}
