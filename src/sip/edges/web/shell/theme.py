"""Light, dark, or as the computer has it: chosen under one's name, kept in the browser.

The law of this file: the choice is one of three words; the pages look right before anything was chosen, and without
script.
"""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from sip.edges.web.shell.page import THEME_COOKIE, THEMES, YEAR, Page, with_cookies
from sip.edges.web.shell.places import local_path
from sip.edges.web.shell.session import own_cookie


@post("/theme", status_code=303)
async def choose_theme(page: NamedDependency[Page]) -> Response[Any]:
    """Keeps the choice for a year and goes back to where one was. What is no theme is `auto`."""
    reader = await page.reader()
    wanted = reader.state.value("theme")
    theme = wanted if wanted in THEMES else THEMES[0]
    back = local_path(reader.state.value("back"))
    return with_cookies(page.to(back), own_cookie(page.services, THEME_COOKIE, theme, YEAR))
