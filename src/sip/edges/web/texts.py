"""Short pages that anybody may read."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.edges.web.page import Page


@get("/privacy")
async def privacy(page: NamedDependency[Page]) -> Response[Any]:
    """For whoever got our mail: what this is, and what is kept."""
    return page.html("text.html", name="privacy", sections=5)


@get("/accessibility")
async def accessibility(page: NamedDependency[Page]) -> Response[Any]:
    """The accessibility statement (law 2018:1937)."""
    return page.html("text.html", name="accessibility", sections=3)
