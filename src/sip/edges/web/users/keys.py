"""The keys of other systems: made with a role and scopes, shown once, renewed, revoked.

The law of this file: a key is shown in the answer to the POST that made it, and never again.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.worktime import at_hour, local_day
from sip.edges.web.directory.unit_form import checked_line
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.edges.web.users import role_form
from sip.usecases import accounts
from sip.usecases.key_scopes import READ, WRITE, Area
from sip.usecases.problems import InvalidError

OVERLAPS = (7, 1, 30, 0)
"""For how many days the secret before may open beside the new one; the first is proposed."""


@get("/users/keys")
async def keys(page: NamedDependency[Page]) -> Response[Any]:
    """Every key, and the form for a new one."""
    return await _keys(page, FormState())


async def _keys(page: Page, state: FormState, status: int = 200, made: str | None = None) -> Response[Any]:
    lines, places = await accounts.keys(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html(
        "keys.html", status=status, f=state, lines=lines, names=places, made=made, overlaps=OVERLAPS,
        areas=[(area, page.t(f"users.key.area.{area}")) for area in Area], in_words=partial(_in_words, page),
        **await role_form.context(page, state),
    )  # fmt: skip


def _in_words(page: Page, scopes: Iterable[str]) -> str:
    """Möten och kalendrar (läsa), ärenden (läsa och skriva)."""
    parts = (one.partition(":") for one in scopes)
    said = (f"{page.t(f'users.key.area.{area}')} ({page.t(f'users.key.may_{how}').lower()})" for area, _, how in parts)
    return ", ".join(said)


@post("/users/keys", status_code=200)
async def make(page: NamedDependency[Page]) -> Response[Any]:
    """A new key, shown this once."""
    actor, reader = signed_in(page).actor, await page.reader()
    accounts.require_keeper(actor)
    if reader.state.value("then") == "look":
        return await _keys(page, reader.state)
    name, wanted = checked_line(reader, "name", required=True), role_form.read(reader)
    until = reader.day("until")
    said = {area: reader.one_of(f"scope_{area}", (READ, WRITE), required=False) for area in Area}
    scopes = [f"{area}:{how}" for area, how in said.items() if how]
    if reader.one_of("narrow", ("only",), required=False) and not scopes:
        reader.wrong("narrow", "users.key.narrow_none")  # or a key of nothing would be one of everything
    if until is not None and until < local_day(page.now):
        reader.wrong("until", "users.key.past")
    if name is not None and wanted is not None and reader.right:
        expires = at_hour(until + timedelta(days=1), 0) if until is not None else None
        try:
            made = await accounts.make_key(
                page.services.db, name, wanted, expires, scopes=scopes, actor=actor, now=page.now
            )
            page.taken()
            return await _keys(page, FormState(), made=made)
        except InvalidError as error:
            page.say_problems(error, reader.state)
    return await _keys(page, reader.state, 422)


@post("/users/keys/{key_id:uuid}/rotation", status_code=200)
async def rotate(page: NamedDependency[Page], key_id: FromPath[UUID]) -> Response[Any]:
    """Another secret, shown this once; the one before opens for some days too."""
    actor, reader = signed_in(page).actor, await page.reader()
    days = reader.one_of("days", tuple(str(one) for one in OVERLAPS))
    if not reader.right:
        return await _keys(page, reader.state, 422)
    made = await accounts.rotate_key(page.services.db, key_id, timedelta(days=int(days)), actor=actor, now=page.now)
    page.taken()
    return await _keys(page, FormState(), made=made)


@post("/users/keys/{key_id:uuid}/old", status_code=303)
async def end_old(page: NamedDependency[Page], key_id: FromPath[UUID]) -> Response[Any]:
    """The secret that the key had before opens nothing more."""
    await accounts.end_old_secret(page.services.db, key_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/users/keys#keys")


@post("/users/keys/{key_id:uuid}/revocation", status_code=303)
async def revoke(page: NamedDependency[Page], key_id: FromPath[UUID]) -> Response[Any]:
    """Ends a key."""
    await accounts.revoke_key(page.services.db, key_id, actor=signed_in(page).actor, now=page.now)
    return page.to("/users/keys#keys")
