"""A page in another language with what was typed into one of its forms (`switches`).

The law of this file: nothing is done but that the language is remembered in the browser, and nothing of what was typed
is kept here: the page comes back with it, as it does after signing in (`typed`).
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from sip.domain.people import Language
from sip.edges.web.shell import confirming, typed
from sip.edges.web.shell.confirmation import ConfirmationWanted
from sip.edges.web.shell.filling import refilled
from sip.edges.web.shell.page import LANGUAGE_COOKIE, YEAR, Page, cookie_name, form_values, with_cookies
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.places import local_path
from sip.edges.web.shell.session import own_cookie

_NOT_ITS_OWN = frozenset({"in_language", "password", "current"})


@get("/language")
async def of_page(page: NamedDependency[Page]) -> Redirect:
    """Who asks for the address of a page that came back: that page, as it is now."""
    return page.to(local_path(page.request.query_params.get("page")))


@post("/language", status_code=200)
async def with_what_was_typed(page: NamedDependency[Page]) -> Response[Any]:
    """The page again. Raises ConfirmationWanted where it is for who has lately confirmed who she is."""
    asked, said = page.request.query_params, await form_values(page.request)
    wanted = said.get("in_language", "")
    language = wanted if wanted in tuple(Language) else page.phrases.language
    back = local_path(asked.get("page"))
    cookie = own_cookie(page.services, LANGUAGE_COOKIE, language, YEAR)
    status, text, leads = await typed.fetched(
        page.request, back, (cookie_name(page.services, LANGUAGE_COOKIE), language)
    )
    if leads.startswith("/confirm?") and page.visitor is not None:
        page.request.scope["state"][typed.TYPED] = said
        ways = await confirming.ways_of(page.services, page.visitor.actor)
        raise ConfirmationWanted(ways, page.bound_to, language)
    own = {name: value for name, value in said.items() if name not in _NOT_ITS_OWN}
    again = (
        refilled(text, asked.get("form", ""), own, Phrases(language).t("form_words.kept")) if status == 200 else text
    )
    if again == text:  # nothing was typed, or its form is gone
        return with_cookies(Redirect(back, status_code=303), cookie)
    return with_cookies(Response(again, media_type="text/html"), cookie)
