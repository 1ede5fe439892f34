"""Litestar's route decorators with the API's errors documented: every one is a problem document (RFC 9457)."""

from functools import partial

import litestar
from litestar.openapi.datastructures import ResponseSpec

from sip.edges.api.schemas.common import Problem

ERRORS = {
    400: "The request does not follow the description.",
    401: "No key, or a wrong one.",
    403: "The key's role does not suffice.",
    404: "Not there, or not to be seen.",
    409: "It cannot be done in the present state; or the version is stale, and `present` is what is there now.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken here.",
    422: "A field cannot be kept; or the Idempotency-Key was used for another request.",
    429: "The key has asked too much in the last minute; Retry-After says when to go on.",
    500: "A fault of the service.",
    503: "The database cannot be reached.",
}
_SPECS = {
    status: ResponseSpec(
        data_container=Problem, media_type="application/problem+json", description=said, generate_examples=False
    )
    for status, said in ERRORS.items()
}

get = partial(litestar.get, responses=_SPECS)
post = partial(litestar.post, responses=_SPECS)
put = partial(litestar.put, responses=_SPECS)
patch = partial(litestar.patch, responses=_SPECS)
delete = partial(litestar.delete, responses=_SPECS)
route = partial(litestar.route, responses=_SPECS)
