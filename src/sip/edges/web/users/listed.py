"""The users of the service: found, invited by mail, given roles with dates, disabled; and who is signed in."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.people import Language
from sip.domain.worktime import local_day
from sip.edges.web.directory.listed import id_of, words_of
from sip.edges.web.directory.unit import in_force
from sip.edges.web.directory.unit_form import checked_line
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.users import role_form
from sip.store.accounts import Account
from sip.store.users import GrantRecord
from sip.usecases import accounts, second_factors
from sip.usecases.accounts import UsersRead
from sip.usecases.problems import InvalidError


def state_of(one: Account) -> tuple[str, str]:
    """A word for whether she can sign in, and how it is coloured."""
    if not one.user.active:
        return "disabled", "quiet"
    if not one.has_password and not one.tied:
        return ("undelivered", "bad") if one.mailed == "failed" else ("invited", "wait")
    return ("locked", "wait") if one.locked else ("active", "good")


@get("/users")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Users by words, fifty at a time."""
    asked = page.request.query_params
    text = asked.get("q", "").strip()[:100]
    read = await accounts.found(
        page.services.db, words_of(text), id_of(asked.get("after")), actor=signed_in(page).actor, now=page.now
    )
    following = urlencode({"q": text, "after": str(read.users[-1].user.id)}) if read.more else None
    return page.html(
        "users.html", read=read, q=text, next=following, state_of=state_of, held=lambda one: _held(page, read, one)
    )


def _held(page: Page, read: UsersRead, one: Account) -> list[tuple[str, str]]:
    """The roles of today, and where."""
    today = local_day(page.now)
    return [
        (page.t(f"role.{grant.role}"), _place(page, read, grant))
        for grant in read.grants.get(one.user.id, [])
        if in_force(grant.valid_from, grant.valid_to, today) == "now"
    ]


def _place(page: Page, read: UsersRead, grant: GrantRecord) -> str:
    place = grant.unit_id or grant.organisation_id or grant.principal_id
    return page.t("users.everywhere") if place is None else read.places.get(place, "–")


# -- a new one


@get("/users/new")
async def new(page: NamedDependency[Page]) -> Response[Any]:
    """The form for an invitation."""
    accounts.require_keeper(signed_in(page).actor)
    return await _new(page, FormState({"language": "sv"}))


async def _new(page: Page, state: FormState, status: int = 200) -> Response[Any]:
    return page.html("user_new.html", status=status, f=state, **await role_form.context(page, state))


@post("/users/new", status_code=200)
async def invite(page: NamedDependency[Page]) -> Response[Any]:
    """Invites somebody: a user is made, and a link to choose a password is mailed."""
    actor, reader = signed_in(page).actor, await page.reader()
    accounts.require_keeper(actor)
    if reader.state.value("then") == "look":
        return await _new(page, reader.state)
    email, name = reader.email("email", required=True), checked_line(reader, "name", required=True)
    language = reader.choice("language", Language, required=True)
    wanted = role_form.read(reader)
    if wanted is not None and email is not None and name is not None and language is not None and reader.right:
        try:
            made = await accounts.invite(page.services.db, email, name, language, wanted, actor=actor, now=page.now)
            return page.to(f"/users/{made}?invited=yes#done")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _new(page, reader.state, 422)


# -- one of them


@get("/users/{user_id:uuid}")
async def show(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """One user: her roles, her sessions, what can be done."""
    return await _show(page, user_id, FormState())


async def _show(page: Page, user_id: UUID, state: FormState, status: int = 200) -> Response[Any]:
    actor = signed_in(page).actor
    read = await accounts.found(page.services.db, (), None, only=user_id, actor=actor, now=page.now)
    one, today = read.users[0], local_day(page.now)
    asked = page.request.query_params
    done = next((word for word in ("invited", "changed") if word in asked), None)
    return page.html(
        "user.html",
        status=status,
        f=state,
        one=one,
        state=state_of(one),
        grants=[
            (grant, _place(page, read, grant), in_force(grant.valid_from, grant.valid_to, today))
            for grant in read.grants.get(user_id, [])
        ],
        today=today,
        done=done,
        providers=bool(page.services.settings.sign_in_providers),
        **await role_form.context(page, state),
    )


@post("/users/{user_id:uuid}/roles", status_code=200)
async def give_role(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """A further role, or other dates of one."""
    actor, reader = signed_in(page).actor, await page.reader()
    accounts.require_keeper(actor)
    if reader.state.value("then") == "look":
        return await _show(page, user_id, reader.state)
    wanted = role_form.read(reader)
    if wanted is not None:
        try:
            await accounts.give_role(page.services.db, user_id, wanted, actor=actor, now=page.now)
            return page.to(f"/users/{user_id}?changed=yes#roles")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _show(page, user_id, reader.state, 422)


@post("/users/{user_id:uuid}/roles/{grant_id:uuid}", status_code=200)
async def end_role(page: NamedDependency[Page], user_id: FromPath[UUID], grant_id: FromPath[UUID]) -> Response[Any]:
    """A role's last day."""
    reader = Reader(dict((await page.reader()).state.values), page.phrases, f"g-{grant_id}-")
    last = reader.day("last", required=True)
    return await _acted(
        page, user_id, reader,
        None if last is None else lambda: accounts.end_role(
            page.services.db, user_id, grant_id, last, actor=signed_in(page).actor, now=page.now
        ),
    )  # fmt: skip


@post("/users/{user_id:uuid}/acts", status_code=200)
async def act(page: NamedDependency[Page], user_id: FromPath[UUID]) -> Response[Any]:
    """Invited once more, disabled, enabled, or signed out everywhere."""
    actor, db, reader = signed_in(page).actor, page.services.db, await page.reader()
    then = reader.one_of("then", ("invite", "disable", "enable", "sign_out", "reset_factor"))
    acts = {
        "invite": lambda: accounts.invite_again(db, user_id, actor=actor, now=page.now),
        "disable": lambda: accounts.set_active(db, user_id, False, actor=actor, now=page.now),
        "enable": lambda: accounts.set_active(db, user_id, True, actor=actor, now=page.now),
        "reset_factor": lambda: second_factors.reset(db, user_id, actor=actor, now=page.now),
        "sign_out": lambda: accounts.end_sessions(db, user_id, actor=actor, now=page.now),
    }
    return await _acted(page, user_id, reader, acts.get(then))


async def _acted(page: Page, user_id: UUID, reader: Reader, does: Any) -> Response[Any]:
    accounts.require_keeper(signed_in(page).actor)
    if does is not None and reader.right:
        try:
            await does()
            return page.to(f"/users/{user_id}?changed=yes#done")
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _show(page, user_id, reader.state, 422)


# -- who is signed in


@get("/users/sessions")
async def sessions(page: NamedDependency[Page]) -> Response[Any]:
    """Every session that holds."""
    visitor = signed_in(page)
    found = await accounts.sessions(page.services.db, visitor.session, own=False, actor=visitor.actor, now=page.now)
    return page.html("sessions.html", sessions=found)


@post("/users/sessions", status_code=303)
async def end_session(page: NamedDependency[Page]) -> Response[Any]:
    """Ends one of them."""
    reader = await page.reader()
    session_id = reader.text("session", most=40)
    await accounts.end_session(page.services.db, session_id, own=False, actor=signed_in(page).actor, now=page.now)
    return page.to("/users/sessions")
