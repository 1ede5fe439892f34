"""What every request to a page passes before its handler, and the page where somebody confirms who she is.

The law of this file: nothing is done before (`confirmation`), and what was typed comes back filled in afterwards.
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.services import Services
from sip.edges.web.shell import confirmation, typed
from sip.edges.web.shell.confirmation import ConfirmationWanted, WaysToConfirm
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import HttpRequest, Page, form_values, with_cookies
from sip.edges.web.shell.places import local_path
from sip.edges.web.shell.session import asks, check_form, session_cookie, session_given, signed_in
from sip.edges.web.shell.sign_in import form_again
from sip.usecases import second_factors
from sip.usecases.actor import Actor
from sip.usecases.problems import InvalidError
from sip.usecases.reading import matters


async def admit(request: HttpRequest) -> Response[Any] | None:
    """Before every handler of the pages; what it gives is answered instead. Raises PermissionDenied and NotAuthorized
    as `check_form`, and ConfirmationWanted.
    """
    again = await check_form(request)
    if again is not None:
        return again
    template = request.scope["path_template"]
    thing = confirmation.thing_of(template, request.path_params, request.query_params)
    if thing is None and not confirmation.is_asked(template):
        return None
    services: Services = request.state.services
    now, found = await asks(request, services)
    if found is None:
        return None
    minutes = services.settings.confirm_minutes if confirmation.is_asked(template) else 0
    if template == confirmation.MATTERS or (
        thing is not None and await matters.is_protected(services.db, *thing, actor=found.actor, now=now)
    ):  # what is protected is asked for in any installation, and for no longer
        minutes = min(
            services.settings.confirm_minutes or confirmation.PROTECTED_MINUTES, confirmation.PROTECTED_MINUTES
        )
    if not minutes:
        return None
    token = request.cookies.get(session_cookie(services), "")
    if await second_factors.confirmed(services.db, token, timedelta(minutes=minutes)):
        return None
    if request.method == "POST":
        request.scope["state"][typed.TYPED] = await form_values(request)
    session = found.session
    raise ConfirmationWanted(await ways_of(services, found.actor), session.csrf_secret, session.user.language)


async def ways_of(services: Services, actor: Actor) -> WaysToConfirm:
    return WaysToConfirm(*await second_factors.ways_to_confirm(services.db, actor=actor))


@get("/confirm")
async def confirm_page(page: NamedDependency[Page]) -> Response[Any]:
    """The form."""
    ways = await ways_of(page.services, signed_in(page).actor)
    return confirmation.form(page, ways, FormState(), local_path(page.request.query_params.get("next")), {})


@post("/confirm", status_code=200)
async def confirm(page: NamedDependency[Page]) -> Response[Any]:
    """She confirms by a code; her session goes on under another token."""
    visitor, reader, services = signed_in(page), await page.reader(), page.services
    values, following = reader.state.values, local_path(reader.state.value("next"))
    try:
        token = await second_factors.confirm(
            services.db, services.vault, visitor.session, reader.state.value("code"), actor=visitor.actor
        )
    except InvalidError as error:
        again = FormState({"code": ""}, {})
        page.say_problems(error, again)
        ways = await ways_of(services, visitor.actor)
        return confirmation.form(page, ways, again, following, typed.carried_on(values), 422)
    refilled = await form_again(page, values, token)
    return with_cookies(refilled or page.to(following), session_given(services, token))
