"""What the service says it can (CapabilityStatement): made from the tables that it reads requests by."""

from sip.edges.fhir.definitions import MADE
from sip.edges.fhir.names import Resource
from sip.edges.fhir.parameters import APPOINTMENT, INCLUDES, PARAMETERS, RESPONSE, ROLE, SORTS

_SECURITY = (
    "Authorization: Bearer with the same key, scopes and pace as the API has; meetings:read or directory:read to read,"
    " meetings:write to answer. This statement and the definitions are open. Each search may be a POST to _search too,"
    " form-encoded, which needs the scope to read; its next link holds the search sealed."
)
_POST = (
    "POST is a unit's answer: accepted, declined or tentative; tentative with start and end proposes another time."
    " With an Idempotency-Key a repetition gives the first answer again."
)


def capability(base: str, version: str) -> Resource:
    """The statement of this installation."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": MADE,
        "kind": "instance",
        "software": {"name": "SIP", "version": version},
        "implementation": {"description": "Meetings, answers and units; no person concerned.", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "security": {"description": _SECURITY},
            "resource": [_resource(kind) for kind in PARAMETERS] + [_definitions()],
        }],
    }  # fmt: skip


def _resource(kind: str) -> Resource:
    acts = ["read", "search-type", *(["create"] if kind == RESPONSE else [])]
    found: Resource = {
        "type": kind,
        "interaction": [{"code": act} for act in acts],
        "versioning": "versioned" if kind in (APPOINTMENT, RESPONSE) else "no-version",
        "readHistory": False,
        "conditionalRead": "full-support" if kind in (APPOINTMENT, RESPONSE) else "not-match",
        "searchParam": [
            {"name": name, "type": one.kind, "documentation": one.about} for name, one in PARAMETERS[kind].items()
        ],
    }
    found["searchInclude"] = list(INCLUDES[kind])
    told = [_SPECIAL[kind]] if kind in _SPECIAL else []
    told.append(f"Sorted with _sort by {' or '.join(SORTS[kind])}, each with - for the last first.")
    found["documentation"] = " ".join(told)
    return found


_SPECIAL = {RESPONSE: _POST, ROLE: "Functions alone: no practitioner is named."}


def _definitions() -> Resource:
    return {
        "type": "StructureDefinition",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "url", "type": "uri", "documentation": "The name of one."}],
    }
