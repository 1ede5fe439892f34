"""What is open to anybody: what the service can, and what its extensions mean. Nothing of anybody is in it."""

from functools import cache
from importlib.metadata import version

from litestar import Response, get
from litestar.params import FromPath

from sip.edges.api.problems import ApiProblem
from sip.edges.fhir.answering import HttpRequest, base_of, bundle, sent
from sip.edges.fhir.asked import SearchAsked, only_format
from sip.edges.fhir.capability import capability
from sip.edges.fhir.definitions import DEFINITIONS, structure_definition
from sip.edges.fhir.parameters import FORMAT


@cache
def _version() -> str:
    return version("sip")


@get("/metadata")
async def metadata(request: HttpRequest) -> Response[bytes]:
    """The CapabilityStatement."""
    only_format(request)
    return sent(request, capability(base_of(request), _version()))


@get("/StructureDefinition")
async def search_definitions(request: HttpRequest) -> Response[bytes]:
    """Our extensions; `url` for one by its name."""
    for name in request.query_params:
        if name not in ("url", FORMAT):
            raise ApiProblem(400, "fhir_parameter", name="?")
    urls = request.query_params.getall("url", [])
    found = [structure_definition(one) for one in DEFINITIONS if not urls or one.url in urls]
    return bundle(request, SearchAsked({"url": urls} if urls else {}, len(DEFINITIONS), None), found, None)


@get("/StructureDefinition/{definition:str}")
async def read_definition(request: HttpRequest, definition: FromPath[str]) -> Response[bytes]:
    """One of our extensions."""
    only_format(request)
    for one in DEFINITIONS:
        if one.id == definition:
            return sent(request, structure_definition(one))
    raise ApiProblem(404, "not_found")
