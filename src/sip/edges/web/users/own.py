"""One's own account: language and colours, password, where one is signed in; and a forgotten password.

The law of this file: whether there is a user of an address is never told: the answer is the same, and what is done for
one who exists is done after it has been given.
"""

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency

from sip.domain.optional import NoticeTopic
from sip.domain.people import Language
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, YEAR, Page, form_values, with_cookies
from sip.edges.web.shell.session import own_cookie, session_cookie, signed_in
from sip.edges.web.shell.throttle import Throttle, client_of, give_back, take
from sip.usecases import accounts, passwords
from sip.usecases.problems import InvalidError
from sip.usecases.users_csv import PASSWORD_LEAST

FORGOTTEN = Throttle("forgotten", 5, timedelta(hours=1))
"""Who has asked for another password, by client and by address, known or not."""
CHOSEN = Throttle("password of", 5, timedelta(hours=1))
"""Who has said her own password wrongly to choose another."""


@get("/password")
async def forgotten_page(page: NamedDependency[Page]) -> Response[Any]:
    """The form of who has forgotten her password."""
    return page.html("forgotten.html", f=FormState(), asked="asked" in page.request.query_params)


@post("/password", status_code=200)
async def forgotten(page: NamedDependency[Page]) -> Response[Any]:
    """A link is mailed if there is such a user; nothing tells whether there is."""
    reader = await page.reader()
    email = reader.email("email", required=True)
    if email is None:
        return page.html("forgotten.html", status=422, f=reader.state, asked=False)
    whom = (client_of(page.request), email.lower())
    if not await take(page.services, *((FORGOTTEN, one) for one in whom)):
        reader.state.errors["email"] = page.t("page.error.too_many_more")
        return page.html("forgotten.html", status=429, f=reader.state, asked=False)
    answer = page.to("/password?asked=yes#asked")
    answer.background = BackgroundTask(accounts.forgotten, page.services.db, email, page.now)
    return answer


# -- who is signed in


@get("/profile")
async def profile(page: NamedDependency[Page]) -> Response[Any]:
    """One's own account."""
    return await _profile(page, FormState())


async def _profile(page: Page, state: FormState, status: int = 200, kept: str = "") -> Response[Any]:
    visitor = signed_in(page)
    sessions = await accounts.sessions(page.services.db, visitor.session, own=True, actor=visitor.actor, now=page.now)
    off = await accounts.switched_off(page.services.db, actor=visitor.actor, now=page.now)
    notices = FormState({f"notices_{topic}": "yes" for topic in NoticeTopic if topic not in off}, {})
    return page.html(
        "profile.html", status=status, f=state, notices=notices, kept=kept,
        asks=await passwords.has_one(page.services.db, actor=visitor.actor, now=page.now),
        topics=[(topic, page.t(f"account.topic.{topic}")) for topic in NoticeTopic],
        visitor=visitor, sessions=sessions, least=PASSWORD_LEAST,
        choices=[(theme, page.t(f"account.theme.{theme}")) for theme in THEMES],
        done=next((word for word in ("saved",) if word in page.request.query_params), None),
    )  # fmt: skip


@post("/profile", status_code=200)
async def prefer(page: NamedDependency[Page]) -> Response[Any]:
    """Another language, or other colours."""
    visitor, reader = signed_in(page), await page.reader()
    language = reader.choice("language", Language, required=True)
    theme = reader.one_of("theme", THEMES)
    if language is None or not reader.right:
        return await _profile(page, reader.state, 422)
    await accounts.prefer(page.services.db, language, actor=visitor.actor, now=page.now)
    chosen = {LANGUAGE_COOKIE: str(language), THEME_COOKIE: theme}
    cookies = [own_cookie(page.services, name, value, YEAR) for name, value in chosen.items()]
    return with_cookies(page.to("/profile?saved=yes#saved"), *cookies)


@post("/profile/notices", status_code=200)
async def choose_notices(page: NamedDependency[Page]) -> Response[Any]:
    """Which of the mails that can be done without one gets."""
    visitor, reader = signed_in(page), await page.reader()
    off = [topic for topic in NoticeTopic if not reader.state.value(f"notices_{topic}")]
    await accounts.switch_off(page.services.db, off, actor=visitor.actor, now=page.now)
    return page.to("/profile?saved=yes#saved")


@post("/profile/password", status_code=200)
async def change_password(page: NamedDependency[Page]) -> Response[Any]:
    """Another password; everywhere one is signed out, here too."""
    visitor, reader = signed_in(page), await page.reader()
    state = page.request.state
    counted = (CHOSEN, str(visitor.actor.id))
    if state.passwords.full or not await take(page.services, counted):
        reader.state.errors["current"] = page.t("page.sign_in.too_many")
        return await _profile(page, _without_passwords(reader.state), 429)
    form = await page.request.form()
    current, password = form.get("current"), form.get("password")
    try:
        await accounts.change_password(
            page.services.db, state.passwords, current if isinstance(current, str) else "",
            password if isinstance(password, str) else "", actor=visitor.actor, now=page.now,
        )  # fmt: skip
    except InvalidError as error:
        reader.state.values = {**reader.state.values, "current": "", "password": ""}
        page.say_problems(error, reader.state)
        return await _profile(page, _without_passwords(reader.state), 422)
    await give_back(page.services, counted)
    return with_cookies(page.to("/sign-in?chosen=yes"), own_cookie(page.services, session_cookie(page.services), "", 0))


def _without_passwords(state: FormState) -> FormState:
    return FormState({}, state.errors)


@post("/profile/sessions", status_code=303)
async def end_session(page: NamedDependency[Page]) -> Response[Any]:
    """Signs oneself out in another place; who has a password says it, or whoever sits here could shut her out."""
    visitor, reader = signed_in(page), await page.reader()
    db, actor, desk = page.services.db, visitor.actor, page.request.state.passwords
    if await passwords.has_one(db, actor=actor, now=page.now):
        counted = (CHOSEN, str(actor.id))
        if desk.full or not await take(page.services, counted):
            return await _profile(page, FormState(), 429, page.t("page.sign_in.too_many"))
        current = (await form_values(page.request)).get("current", "")
        try:
            await passwords.require_own(db, desk, current, actor=actor, now=page.now)
        except InvalidError:
            return await _profile(page, FormState(), 422, page.t("account.session_kept"))
        await give_back(page.services, counted)
    await accounts.end_session(db, reader.text("session", most=40), own=True, actor=actor, now=page.now)
    return page.to("/profile#sessions")
