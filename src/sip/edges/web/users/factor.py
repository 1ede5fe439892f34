"""One's own second factor: set up with a telephone, recovery codes, and doing without it again.

The law of this file: a secret and recovery codes are shown in the answer to the POST that made them, and never again.
"""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.shell import qr
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import second_factors
from sip.usecases.problems import InvalidError
from sip.usecases.second_factors import NewFactor

_PATH = "/profile/second-factor"


@get(_PATH)
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """Whether there is one, and what can be done."""
    return await _show(page, FormState())


@dataclass(frozen=True, slots=True)
class _Made:
    """What this answer shows once: a secret to scan, or recovery codes."""

    new: NewFactor | None = None
    codes: tuple[str, ...] = ()


async def _show(page: Page, state: FormState, made: _Made | None = None, status: int = 200) -> Response[Any]:
    has, left = await second_factors.standing(page.services.db, actor=signed_in(page).actor)
    once = made or _Made()
    return page.html(
        "second_factor.html", status=status, f=FormState({}, state.errors), has=has, left=left, new=once.new,
        codes=once.codes, picture=qr.picture(once.new.address) if once.new is not None else "",
        removed="removed" in page.request.query_params,
    )  # fmt: skip


@post(_PATH, status_code=200)
async def act(page: NamedDependency[Page]) -> Response[Any]:
    """Begins, finishes, makes other recovery codes, or does without."""
    reader = await page.reader()
    then = reader.one_of("then", ("begin", "finish", "codes", "remove"))
    form = await page.request.form()
    password, code = form.get("current"), reader.state.value("code")
    visitor, services = signed_in(page), page.services
    db, vault, actor = services.db, services.vault, visitor.actor
    made = _Made()
    try:
        if then == "begin":
            desk, said = page.request.state.passwords, password if isinstance(password, str) else ""
            made = _Made(await second_factors.begin(db, vault, desk, said, visitor.email, actor=actor))
        elif then == "finish":
            made = _Made(second_factors.again(vault, reader.state.value("sealed"), visitor.email, actor=actor))
            sealed = reader.state.value("sealed")
            made = _Made(codes=tuple(await second_factors.finish(db, vault, sealed, code, actor=actor, now=page.now)))
        elif then == "codes":
            made = _Made(
                codes=tuple(await second_factors.new_recovery_codes(db, vault, code, actor=actor, now=page.now))
            )
        elif then == "remove":
            await second_factors.remove(db, vault, code, actor=actor, now=page.now)
            return page.to(f"{_PATH}?removed=yes#done")
    except InvalidError as error:
        state = FormState({"current": "", "code": ""}, {})
        page.say_problems(error, state)
        return await _show(page, state, made, 422)
    page.taken()
    return await _show(page, FormState(), made)
