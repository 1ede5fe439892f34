"""The auditor's start page: how the seals stand, the months' samples, what is to be looked into, and what to ask.

The law of this file: an address or a reference is sent by a form and never stands in an address, where logs keep it.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.audit import view
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.seen.audit import VERIFIED, StaffFound
from sip.usecases import auditing
from sip.usecases.actor import Actor
from sip.usecases.reading import audit

Find = Callable[..., Awaitable[StaffFound | UUID | None]]
"""Finds what is called so: `(db, word, *, actor, now)`."""
_FORMS = ("meeting", "user", "staff")


def auditor(page: Page) -> Actor:
    """Who asks. Raises NotFoundError for anybody else."""
    actor = signed_in(page).actor
    audit.require_auditor(actor)
    return actor


@get("/audit")
async def show(page: NamedDependency[Page]) -> Response[Any]:
    """How it stands."""
    return await _start(page, auditor(page))


async def _start(page: Page, actor: Actor, asked: FormState | None = None) -> Response[Any]:
    db = page.services.db
    chain = await audit.chain(db, actor=actor, now=page.now)
    forms = {name: FormState(prefix=f"{name}-") for name in _FORMS}
    if asked is not None:
        forms[asked.prefix.removesuffix("-")] = asked
    return page.html(
        "audit.html",
        status=422 if asked is not None else 200,
        chain=chain,
        holds=chain.verified is not None and chain.verified[0] == VERIFIED,
        months=await auditing.months(db, actor=actor, now=page.now),
        matters=view.lines(page.phrases, await auditing.matters(db, actor=actor, now=page.now)),
        tones=view.TONES,
        f=forms,
    )


@post("/audit/meetings", status_code=200)
async def find_meeting(page: NamedDependency[Page]) -> Response[Any]:
    """To who read the meeting with this reference."""
    return await _to(page, "meeting", _reference, audit.find_meeting, "/audit/meetings")


@post("/audit/users", status_code=200)
async def find_user(page: NamedDependency[Page]) -> Response[Any]:
    """To what the user with this address read."""
    return await _to(page, "user", _address, audit.find_user, "/audit/users")


@post("/audit/extracts", status_code=200)
async def find_staff(page: NamedDependency[Page]) -> Response[Any]:
    """To what is kept about whoever of the staff has this address."""
    return await _to(page, "staff", _address, audit.find_staff, "/audit/extracts")


def _reference(reader: Reader) -> str | None:
    return reader.text("reference", required=True, most=20)


def _address(reader: Reader) -> str | None:
    return reader.email("email", required=True)


async def _to(page: Page, whom: str, read: Callable[[Reader], str | None], find: Find, to: str) -> Response[Any]:
    """To the page of what this form names, or what is wrong with it."""
    actor, reader = auditor(page), await page.reader(f"{whom}-")
    word, found = read(reader), None
    if reader.right:
        found = await find(page.services.db, word, actor=actor, now=page.now)
        if found is None:
            reader.wrong("reference" if read is _reference else "email", f"audit.no_{whom}")
    if found is None:
        return await _start(page, actor, reader.state)
    return page.to(f"{to}/{found.id if isinstance(found, StaffFound) else found}")
