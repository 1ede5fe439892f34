"""The API for the application that also has the pages: routes, errors and description, in one value.

The law of this file: every handler under /api/v1 stands behind the `Door`, but the one that mail is pushed to, which
has a secret of its own; every error is a problem document.
"""

from functools import cache
from importlib.metadata import version

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from sip.edges.api import docs, problems
from sip.edges.api.bodies import Bodies
from sip.edges.api.desk import provide_desk
from sip.edges.api.door import BASE, Door
from sip.edges.api.problems import handle
from sip.edges.api.routes import (
    auditing,
    boards,
    cases,
    deviations,
    directory,
    disposal,
    feeds,
    groups,
    in_hand,
    meetings,
    others,
    parties,
    polls,
    push,
    units,
    webhooks,
)
from sip.edges.fhir import outcome
from sip.edges.fhir import router as fhir
from sip.edges.web.app import Api


@cache
def api(production: bool) -> Api:
    """The whole API of a process, with what record systems read."""
    routes = (router(production), push.router(BASE), docs.page, *fhir.routers())
    errors = {problems.PREFIX: problems.handle, fhir.PREFIX: outcome.handle}
    return Api(routes, errors, docs.config(version("sip")), (Bodies(),))


def router(production: bool) -> Router:
    """Everything under /api/v1. The clock is there outside production alone."""
    handlers: list[ControllerRouterHandler] = [
        meetings.router, parties.router, polls.router, in_hand.router, cases.router, deviations.router, boards.router,
        groups.router, others.inbound_router, directory.router, units.router, feeds.router, others.agreements_router,
        disposal.router, auditing.router, webhooks.router,
        others.me_router,
    ]  # fmt: skip
    if not production:
        handlers.append(others.clock_router)
    return Router(
        BASE,
        route_handlers=handlers,
        dependencies={"desk": Provide(provide_desk)},
        middleware=[Door()],
        exception_handlers={Exception: handle},
        security=[{"apiKey": []}],
    )
