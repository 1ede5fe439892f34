"""FHIR R4 for the application that also has the pages: routes and errors.

The law of this file: whatever tells of a meeting or of the directory stands behind the same `Door` as the API; every
error is an OperationOutcome. The CapabilityStatement describes it, so it is not in the API's description.
"""

from litestar import Router
from litestar.di import Provide

from sip.edges.api.desk import provide_desk
from sip.edges.api.door import Door
from sip.edges.fhir import outcome
from sip.edges.fhir.asked import require_json
from sip.edges.fhir.names import BASE
from sip.edges.fhir.routes import conformance, directory, meetings

OPEN = (conformance.metadata, conformance.search_definitions, conformance.read_definition)
BEHIND_THE_DOOR = (
    meetings.search_appointments, meetings.read_appointment, meetings.search_responses, meetings.read_response,
    meetings.add_response,
    directory.search_services, directory.read_service, directory.search_organizations, directory.read_organization,
    directory.search_functions, directory.read_function,
    meetings.find_appointments, meetings.find_responses, directory.find_services, directory.find_organizations,
    directory.find_functions,
)  # fmt: skip
PREFIX = "/fhir/"


def routers() -> tuple[Router, Router]:
    """What takes a key, and what is open to anybody."""
    behind = Router(
        BASE,
        route_handlers=list(BEHIND_THE_DOOR),
        dependencies={"desk": Provide(provide_desk)},
        middleware=[Door(BASE, outcome.sent)],
        before_request=require_json,
        exception_handlers={Exception: outcome.handle},
        include_in_schema=False,
    )
    open_to_all = Router(
        BASE,
        route_handlers=list(OPEN),
        before_request=require_json,
        exception_handlers={Exception: outcome.handle},
        include_in_schema=False,
    )
    return behind, open_to_all
