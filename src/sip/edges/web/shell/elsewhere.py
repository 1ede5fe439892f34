"""Signing in, or confirming, with a provider in another tab, while this one keeps what was typed (decision 0152).

The law of this file: nothing is done and nothing is kept: what was typed stands in the page of the first tab, and comes
back filled for whoever sent it.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.shell import typed
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page, form_values
from sip.edges.web.shell.places import ELSEWHERE, local_path
from sip.edges.web.shell.session import session_cookie
from sip.edges.web.shell.sign_in import form_again, form_of_sign_in


@get(ELSEWHERE)
async def signed_in_here(page: NamedDependency[Page]) -> Response[Any]:
    """What the other tab ends at: word that the first is the one to go on in."""
    if page.visitor is None:
        return page.to("/sign-in")
    return page.message(200, page.t("page.elsewhere.title"), page.t("page.elsewhere.text"))


@post(ELSEWHERE, status_code=200)
async def shown_again(page: NamedDependency[Page]) -> Response[Any]:
    """The form, filled; or the page that asked, where nobody has signed in or confirmed yet."""
    values = await form_values(page.request)
    following = local_path(values.get("next"))
    if page.visitor is None:
        state = FormState({}, {"email": page.t("page.elsewhere.not_yet")})
        return form_of_sign_in(page, state, following, typed.carried_on(values), status=401)
    again = await form_again(page, values, page.request.cookies[session_cookie(page.services)])
    return again or page.to(following)
