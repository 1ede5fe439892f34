"""One request to the pages: who asks, in which language, and how an answer is made of it.

The law of this file: handlers get a `Page` and return what it renders; none of them reads a cookie or makes a header.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.datastructures import Cookie, State
from litestar.response import Redirect

from sip.domain.decision import Refused
from sip.edges.services import Services
from sip.edges.web.shell import acts, csrf, navigation
from sip.edges.web.shell.assets import render
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.naming import named
from sip.edges.web.shell.phrases import Phrases, sort_key
from sip.edges.web.shell.places import CONFIRM, local_path, page_before
from sip.edges.web.shell.switches import Switch, set_in
from sip.edges.web.views import PersonOnPage, RoleView
from sip.edges.words import has_word
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor
from sip.usecases.commands import BY_FORM, Command
from sip.usecases.problems import InvalidError

LANGUAGE_COOKIE = "sip_language"
YEAR = 365 * 24 * 3600
NONCE = "sip_nonce"
"""Where a request keeps the nonce of the form it sent."""

SAID = "sip_said"
"""Where a request keeps what its form said."""

HEARD = "sip_heard"
"""Where a request that sent a form keeps what its browser has heard of with the answer."""

TAKEN_COOKIE = "sip_taken"
"""The number of the form last taken, a dot and a random number: the page's script then forgets what it had kept of that
form, and what this browser sends next is another act (`acts`).
"""

HttpRequest = Request[Any, Any, State]
Html = Response[str]
R = TypeVar("R", bound=Response[Any])

THEME_COOKIE = "sip_theme"
THEMES = ("auto", "light", "dark")
"""How pages may be coloured; auto follows the browser's own setting."""


def cookie_name(services: Services, name: str) -> str:
    """The name in production: `__Host-` keeps other hosts of the domain from setting it (RFC 6265bis)."""
    return f"__Host-{name}" if services.settings.is_production else name


def cookie_of(request: HttpRequest, name: str) -> str:
    """What the browser sent in the cookie of this name; "" without one."""
    services: Services = request.state.services
    return request.cookies.get(cookie_name(services, name), "")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, in which role, and all the roles she could choose, with the units that she has one in;
    `session` is her cookie's token.
    """

    actor: Actor
    name: str
    email: str
    place: str | None
    roles: tuple[RoleView, ...]
    units: tuple[UUID, ...]
    session: str

    def may(self, act: Act) -> bool:
        """Whether her role may do this anywhere."""
        return has_role(self.actor, act)


@dataclass(frozen=True, slots=True)
class Page:
    """A request, ready to be answered. `bound_to` is what the tokens of its forms are bound to; `at` the address under
    which what it answers can be had again, where that is not the page that its form stands on.
    """

    services: Services
    request: HttpRequest
    phrases: Phrases
    now: datetime
    bound_to: str
    visitor: Visitor | None = None
    cookies: tuple[Cookie, ...] = ()
    at: str = ""

    # -- words

    def t(self, key: str, /, **values: object) -> str:
        return self.phrases.t(key, **values)

    @property
    def csrf(self) -> str:
        """The token that this page's forms carry, each time in other letters."""
        return csrf.masked(csrf.token(self.services.settings.secret_key.get_secret_value(), self.bound_to))

    @property
    def theme(self) -> str:
        """How this browser's pages are coloured: auto, light or dark."""
        chosen = cookie_of(self.request, THEME_COOKIE)
        return chosen if chosen in THEMES else "auto"

    # -- answers

    def html(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> Html:
        """A page."""
        wrong = self.t("form_words.title_wrong") if status in (409, 422) else ""
        context = self._context(faulty=status >= 400 and not wrong and not self.at) | {"title_wrong": wrong} | context
        content = set_in(render(template, **context), context["switch"], self._said())
        if status in (409, 422):
            content = named(content)
        response = Response(content, media_type="text/html", status_code=status, headers=dict(headers or {}))
        return with_cookies(response, *self.cookies, *self._hears(self._heard()))

    def part(self, template: str, **context: Any) -> Html:
        """A piece of a page, for one that stands open."""
        content = render(template, **self._context(), title_wrong="", **context)
        response = Response(content, media_type="text/html", headers={"cache-control": "no-store"})
        return with_cookies(response, *self._hears(self._heard()))

    def message(self, status: int, title: str, sentence: str, *, back: str | None = None) -> Html:
        """A page with one sentence that says what to do."""
        return self.html("message.html", status=status, title=title, sentence=sentence, back=back, problems=())

    def to(self, path: str) -> Redirect:
        """After a POST: the page that shows what came of it, and word to the browser that its form was taken."""
        nonce = self.request.scope["state"].get(NONCE)
        return with_cookies(Redirect(path, status_code=303), *self._hears(f"{nonce or ''}.{uuid4().hex}"))

    def taken(self) -> None:
        """What was sent is taken, and this answer itself shows what came of it: what is shown once has no page to lead
        to. The browser keeps what was typed no longer.
        """
        state = self.request.scope["state"]
        state[HEARD] = f"{state.get(NONCE) or ''}.{uuid4().hex}"

    def taken_with(self, answer: R) -> R:
        """An answer that is no page, such as a file, with word that what was sent is taken."""
        self.taken()
        return with_cookies(answer, *self._hears(self._heard()))

    def _heard(self) -> str:
        """What this browser has heard of once it has this answer: of a form that was sent, too, which may have been
        refused for what is otherwise when the same is said again.
        """
        state = self.request.scope["state"]
        if NONCE not in state:
            return cookie_of(self.request, TAKEN_COOKIE)
        heard: str = state.setdefault(HEARD, f".{uuid4().hex}")
        return heard

    def _hears(self, heard: str) -> tuple[Cookie, ...]:
        """Word to the browser of the form that this answers, if any: taken where it begins with its nonce."""
        if NONCE not in self.request.scope["state"]:
            return ()
        cookie = Cookie(
            key=cookie_name(self.services, TAKEN_COOKIE), value=heard, path="/",
            secure=self.services.settings.is_production, samesite="strict",
        )  # fmt: skip
        return (cookie,)

    def _context(self, *, faulty: bool = False) -> dict[str, Any]:
        """What every template knows. A faulty page repeats nothing of the address: anything may stand in it."""
        other = "en" if self.phrases.language == "sv" else "sv"
        found = self.phrases.globals()
        found |= {
            "page": self,
            "csrf": self.csrf,
            "nonce": partial(acts.number, self._visit(), self._heard()),
            "now": self.now,
            "notice": self.notice(),
            "themes": THEMES,
            "switch": Switch("/" if faulty else self.here(), other, "English" if other == "en" else "Svenska"),
            "person": None,
            "nav": (),
            "own_nav": (),
            "may_convene": False,
        }
        if self.visitor is not None:
            actor, path = self.visitor.actor, self._room()
            assert actor.role is not None
            found["person"] = PersonOnPage(
                self.visitor.name, actor.role, self.visitor.place, len(self.visitor.roles) > 1
            )
            found["nav"], found["own_nav"] = navigation.bar(actor, path), navigation.own(actor, path)
            found["may_convene"] = self.visitor.may(Act.CONVENE)
        return found

    def _room(self) -> str:
        """The path that the menu marks: where one is, and where she is asked who she is, the one that she is on her way
        to.
        """
        path, asked = self.request.url.path, self.request.query_params
        return local_path(asked.get("next")).partition("?")[0] if path == CONFIRM else path

    def _visit(self) -> str:
        """This browser's visit, also where it begins with this answer."""
        name = cookie_name(self.services, csrf.VISIT_COOKIE)
        given = next((one.value for one in self.cookies if one.key == name), None)
        return given or cookie_of(self.request, csrf.VISIT_COOKIE)

    def here(self) -> str:
        """This page's path with its query; after a POST that of the page which has the form."""
        if self.at:
            return self.at
        if self.request.method != "GET":
            return page_before(self.request)
        path = self.request.url.path
        query = urlencode([(name, value) for name, value in self.request.query_params.multi_items() if name != "lang"])
        return f"{path}?{query}" if query else path

    def _said(self) -> tuple[str, dict[str, str]] | None:
        """Where the form was sent that this answers, and what it said."""
        said = self.request.scope["state"].get(SAID)
        return (self.request.url.path, said) if said is not None else None

    def notice(self) -> str | None:
        """What stands on top of every page outside production: that nothing is real, and the time there."""
        environment = self.services.settings.environment
        if environment == "production":
            return None
        return self.t(f"page.{environment}", time=self.phrases.moment(self.now))

    # -- what came in

    async def reader(self, prefix: str = "") -> Reader:
        """The form that was sent."""
        return Reader(await form_values(self.request), self.phrases, prefix)

    async def command(self, reader: Reader, actor: Actor | None = None) -> Command:
        """What makes a command of a form: who, when, its nonce and the version the person saw."""
        who = actor or (self.visitor.actor if self.visitor is not None else None)
        assert who is not None
        nonce, version = reader.state.value("nonce")[:64] or uuid4().hex, reader.whole("version")
        return Command(who, self.now, await self.services.world(self.now), f"{BY_FORM}{nonce}", version)

    def sentence(self, refused: Refused) -> str:
        """Why a command was refused, and what to do."""
        return self.phrases.refused(refused)

    def say_problems(self, error: InvalidError, state: FormState, names: Mapping[str, str] | None = None) -> None:
        """Puts a use case's findings beside the fields; `names` turns its names into the form's. What no field of this
        form is called stands at its head.
        """
        for problem in error.problems:
            said = problem.field.partition("[")[0]
            shown = ((names or {}).get(said, said), said.replace(".", "_").removesuffix("_url"))
            field = next((one for one in shown if one in state.values), "")
            keys = (problem.code, f"problem.field.{problem.code}", f"reason.{problem.code}")
            key = next((one for one in keys if has_word(self.phrases.language, one)), "form_words.bad_choice")
            state.errors.setdefault(field, self.phrases.fill(key, dict(problem.detail)))


async def form_values(request: HttpRequest) -> dict[str, str]:
    """The text fields of a form, the last of each name; files are not asked for anywhere. They are kept with the
    request, for the page that answers shows which of its forms was sent. `nonce` becomes the key of the act (`acts`).
    """
    form = await request.form()
    said = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    if nonce := said.get("nonce", "")[:64]:
        request.scope["state"][NONCE] = nonce if nonce.isascii() and nonce.isalnum() else None
        files = sorted(f"{name}={value.filename}" for name, value in form.multi_items() if not isinstance(value, str))
        said["nonce"] = acts.key(nonce, request.url.path, said, files)
    request.scope["state"][SAID] = said
    return said


def with_cookies(response: R, *cookies: Cookie) -> R:
    """The answer with these cookies."""
    for cookie in cookies:
        response.set_cookie(cookie)
    return response


def sorted_pairs(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Values and words of a list to choose from, in Swedish order."""
    return sorted(pairs, key=lambda pair: sort_key(pair[1]))
