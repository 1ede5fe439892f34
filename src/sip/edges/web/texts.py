"""Short pages that anybody may read."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.edges.mail.addresses import Home
from sip.edges.web.shell.page import Page


@get("/privacy")
async def privacy(page: NamedDependency[Page]) -> Response[Any]:
    """For whoever got our mail: what this is, and what is kept."""
    return page.html("text.html", name="privacy", sections=5)


@get("/mail")
async def receivers(page: NamedDependency[Page]) -> Response[Any]:
    """For the mail administrators of organisations that receive our mail."""
    settings = page.services.settings
    home = Home(settings.mail_domain, settings.mail_local_part)
    return page.html("receivers.html", home=home, settings=settings, host=settings.base_url.partition("://")[2])
