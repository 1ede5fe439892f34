"""The auditor's start page: how the seals stand, the months' samples, what is to be looked into, and what to ask.

The law of this file: an address or a reference is sent by a form and never stands in an address, where logs keep it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.edges.web.audit import view
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.seen.audit import VERIFIED, StaffFound
from sip.usecases import auditing
from sip.usecases.actor import Actor
from sip.usecases.reading import audit

Find = Callable[..., Awaitable[StaffFound | None]]
"""Finds somebody by her address: `(db, email, *, actor, now)`."""
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
    actor, reader = auditor(page), await page.reader("meeting-")
    reference = reader.text("reference", required=True, most=20)
    found = None
    if reader.right:
        found = await audit.find_meeting(page.services.db, reference, actor=actor, now=page.now)
        if found is None:
            reader.wrong("reference", "audit.no_meeting")
    return page.to(f"/audit/meetings/{found}") if found is not None else await _start(page, actor, reader.state)


@post("/audit/users", status_code=200)
async def find_user(page: NamedDependency[Page]) -> Response[Any]:
    """To what the user with this address read."""
    return await _by_address(page, "user", audit.find_user, "/audit/users")


@post("/audit/extracts", status_code=200)
async def find_staff(page: NamedDependency[Page]) -> Response[Any]:
    """To what is kept about whoever of the staff has this address."""
    return await _by_address(page, "staff", audit.find_staff, "/audit/extracts")


async def _by_address(page: Page, whom: str, find: Find, to: str) -> Response[Any]:
    """To the page of whoever has this address, or what is wrong with it."""
    actor, reader = auditor(page), await page.reader(f"{whom}-")
    email, found = reader.email("email", required=True), None
    if email is not None:
        found = await find(page.services.db, email, actor=actor, now=page.now)
        if found is None:
            reader.wrong("email", f"audit.no_{whom}")
    return page.to(f"{to}/{found.id}") if found is not None else await _start(page, actor, reader.state)
