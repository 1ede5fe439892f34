"""Signing in and out, and the role one acts in.

The law of this file: a wrong password and an unknown address look the same: each is counted before the password is
looked at, by the client's address and by the one signed in with, and the answers follow from those counts alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges import refusals
from sip.edges.web.shell import confirmation, typed
from sip.edges.web.shell.confirmation import WaysToConfirm
from sip.edges.web.shell.filling import refilled
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import HttpRequest, Page, form_values, with_cookies
from sip.edges.web.shell.places import local_path, page_of
from sip.edges.web.shell.session import idle_minutes, own_cookie, session_cookie, session_given, signed_in
from sip.edges.web.shell.throttle import Throttle, client_of, give_back, take
from sip.store.users import FAILURES_BEFORE_LOCK, LOCKED_FOR
from sip.usecases import identities, second_factors, sessions
from sip.usecases.problems import ForbiddenError, NotFoundError
from sip.usecases.sessions import CodeWanted, NotLetIn, PasswordDesk


@get("/sign-in")
async def sign_in_page(page: NamedDependency[Page]) -> Response[Any]:
    """The form."""
    if page.visitor is not None:
        return page.to("/")
    asked = page.request.query_params
    following = local_path(asked.get("next"))
    return form_of_sign_in(page, FormState(), following, {}, chosen="chosen" in asked)


def form_of_sign_in(
    page: Page, form: FormState, following: str, carried: Mapping[str, str], *, status: int = 200, chosen: bool = False
) -> Response[Any]:
    """The page, with what was typed elsewhere in hidden fields."""
    return page.html(
        "sign_in.html", status=status, form=form, next=following, carried=carried, chosen=chosen,
        idle=idle_minutes(page.request, page.services),
        providers=page.services.settings.sign_in_providers,
    )  # fmt: skip


PASSWORD, CODE = "password", "code"
"""What the log says that somebody signed in by."""
BY_CLIENT = Throttle("sign in from", 30, timedelta(minutes=5))
BY_ADDRESS = Throttle("sign in as", FAILURES_BEFORE_LOCK, LOCKED_FOR)
"""By the address that is signed in with: known or not, they are counted alike."""


@post("/sign-in", status_code=200)
async def sign_in(page: NamedDependency[Page]) -> Response[Any]:
    """Signs in, in the first of the user's roles. Counted before the password is looked at. Raises ForbiddenError."""
    services, reader = page.services, await page.reader()
    email = reader.text("email", required=True, most=254)
    password = (await form_values(page.request)).get("password", "")  # as it was typed, space around it too
    following = local_path(reader.state.value("next"))
    counts = ((BY_CLIENT, client_of(page.request)), (BY_ADDRESS, email.lower()))
    desk: PasswordDesk = page.request.state.passwords
    if desk.full or not await take(services, *counts):
        refusals.not_signed_in(page.request.scope, services, "too_many", PASSWORD, email)
        return _again(page, reader.state, following, "page.sign_in.too_many", 429)
    ends = page.visitor.session if page.visitor is not None else None
    lives = timedelta(hours=services.settings.session_hours)
    try:
        token = await sessions.sign_in(
            services.db, desk, email, password, lives, ends=ends, now=page.now, device=device_of(page.request)
        )
    except NotLetIn:
        refusals.not_signed_in(page.request.scope, services, "wrong", PASSWORD, email)
        return _again(page, reader.state, following, "page.sign_in.wrong", 422)
    except ForbiddenError:
        refusals.not_signed_in(page.request.scope, services, "no_role", PASSWORD, email)
        raise
    except CodeWanted as wanted:
        await give_back(services, *counts)  # what is tried from here on is counted with the account
        ticket = second_factors.ticket(services.vault, wanted.user_id, wanted.at, page.bound_to)
        return _code(page, FormState(), ticket, following, typed.carried_on(reader.state.values))
    await give_back(services, *counts)
    refusals.signed_in(page.request.scope, await sessions.user_of(services.db, token), PASSWORD)
    cookie = session_given(services, token)
    again = await form_again(page, reader.state.values, token)
    return with_cookies(again or page.to(following), cookie)


def _code(
    page: Page, form: FormState, ticket: str, following: str, carried: Mapping[str, str], status: int = 200
) -> Response[Any]:
    return page.html("sign_in_code.html", status=status, form=form, ticket=ticket, next=following, carried=carried)


@post("/sign-in/code", status_code=200)
async def give_code(page: NamedDependency[Page]) -> Response[Any]:
    """The second factor of who has given her password. The tries are counted with the password's, in the database."""
    services, reader = page.services, await page.reader()
    values, following = reader.state.values, local_path(reader.state.value("next"))
    lives = timedelta(hours=services.settings.session_hours)
    ends = page.visitor.session if page.visitor is not None else None
    counted = (BY_CLIENT, client_of(page.request))
    if not await take(services, counted):
        refusals.not_signed_in(page.request.scope, services, "too_many", CODE)
        return _again(page, reader.state, following, "page.sign_in.too_many", 429)
    try:
        token = await second_factors.sign_in(
            services.db, services.vault, values.get("ticket", ""), reader.state.value("code"), lives,
            visit=page.bound_to, ends=ends, now=page.now, device=device_of(page.request),
        )  # fmt: skip
    except NotLetIn:
        refusals.not_signed_in(page.request.scope, services, "wrong", CODE)
        again = FormState({}, {"code": page.t("problem.field.code_wrong")})
        return _code(page, again, values.get("ticket", ""), following, typed.carried_on(values), 422)
    except NotFoundError:
        refusals.not_signed_in(page.request.scope, services, "late", CODE)
        return _again(page, FormState(values), following, "page.sign_in.code_late", 422)
    await give_back(services, counted)
    refusals.signed_in(page.request.scope, await sessions.user_of(services.db, token), CODE)
    refilled = await form_again(page, values, token)
    return with_cookies(refilled or page.to(following), session_given(services, token))


async def form_again(page: Page, values: Mapping[str, str], token: str) -> Response[Any] | None:
    """The form that came without a session, filled as it was sent; None where there was none, or it is gone."""
    path, said = local_path(values.get(typed.PATH)), typed.typed_in(values)
    before = values.get(typed.PAGE) or page_of(page.request, path)
    if not said or path == "/":
        return None
    own = (session_cookie(page.services), token)
    status, text, leads = await typed.fetched(page.request, local_path(before), own)
    if leads.startswith("/confirm?"):
        return await _confirmed_first(page, token, local_path(before), typed.carried_on(values))
    if status != 200:
        return None
    return Response(refilled(text, path, said, page.t("form_words.kept")), media_type="text/html")


async def _confirmed_first(page: Page, token: str, following: str, carried: Mapping[str, str]) -> Response[Any] | None:
    """The page that asks her who she is, with what was typed: what it is to be shown in asks for that too."""
    services = page.services
    idle = timedelta(minutes=services.settings.session_idle_minutes)
    found = await sessions.signed_in(services.db, token, page.now, idle)
    if found is None:
        return None
    ways = WaysToConfirm(*await second_factors.ways_to_confirm(services.db, actor=found.actor))
    at = f"/confirm?next={quote(following, safe='/')}"
    own = Page(services, page.request, page.phrases, page.now, found.session.csrf_secret, at=at)
    return confirmation.form(own, ways, FormState(), following, carried, 401)


_SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}


def device_of(request: HttpRequest) -> str:
    """What somebody signs in on, in two words that she recognises and that tell nobody apart: browser and system."""
    said = request.headers.get("user-agent", "")
    browser = next((name for sign, name in _BROWSERS.items() if sign in said), "")
    system = next((name for name in _SYSTEMS if name in said), "")
    return ", ".join(filter(None, (browser, "Mac" if system == "Macintosh" else system)))


def _again(page: Page, state: FormState, following: str, key: str, status: int) -> Response[Any]:
    kept = FormState({"email": state.value("email")}, {"email": page.t(key)})
    carried = typed.carried_on(state.values)
    return form_of_sign_in(page, kept, following, carried, status=status)


@post("/sign-out", status_code=200)
async def sign_out(page: NamedDependency[Page]) -> Response[Any]:
    """Ends the session, and leads on to where the provider ends its own."""
    services, onward = page.services, None
    if page.visitor is not None:
        actor, session = page.visitor.actor, page.visitor.session
        began = await identities.origin(services.db, services.vault, session, actor=actor)
        await sessions.sign_out(services.db, session, actor=actor)
        refusals.signed_out(page.request.scope, actor)
        provider = page.request.state.providers.get(began[0]) if began is not None else None
        if provider is not None and began is not None:
            base = services.settings.base_url.rstrip("/")
            onward = await provider.log_out_way(began[1], f"{base}/sign-in")
    gone = own_cookie(services, session_cookie(services), "", 0)
    if onward is None:
        return _emptied(with_cookies(page.to("/sign-in"), gone))
    # Not by a redirect: our policy holds what a form leads to, to ourselves.
    left = replace(page, visitor=None)
    answer = left.html("signed_out.html", onward=onward, headers={"refresh": f"0; url={onward}"})
    return _emptied(with_cookies(answer, gone))


def _emptied(answer: Response[Any]) -> Response[Any]:
    """What this site has in the browser's stores goes, also where a script that should have done it did not run."""
    answer.headers["clear-site-data"] = '"storage"'
    return answer


@get("/roles")
async def roles_page(page: NamedDependency[Page]) -> Response[Any]:
    """The roles one may act in."""
    return page.html("roles.html", roles=signed_in(page).roles)


@post("/roles", status_code=303)
async def choose_role(page: NamedDependency[Page]) -> Response[Any]:
    """Acts in another of one's roles from now on."""
    visitor, reader = signed_in(page), await page.reader()
    wanted = reader.uuid("role", required=True)
    if wanted is None or str(wanted) not in {role.id for role in visitor.roles}:
        raise NotFoundError("role")
    token = await sessions.choose_role(page.services.db, visitor.session, wanted, actor=visitor.actor)
    return with_cookies(page.to("/"), session_given(page.services, token))
