"""The page behind a test call's link: one button that says that somebody reads the mailbox, without sign-in.

The law of this file: as in `links`: GET shows and never answers, only the press of a person does.
"""

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.mailbox import CheckOutcome
from sip.edges.web.page import Page
from sip.store import access_log, mailbox_checks
from sip.store.rosters import rosters
from sip.store.tokens import LinkRef
from sip.usecases import mailbox_checks as checking
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError


async def show(conn: AsyncConnection, page: Page, token: str, ref: LinkRef) -> Response[Any]:
    """The unit and the button; the thanks once it has been answered."""
    check = await mailbox_checks.by_id(conn, ref.check_id) if ref.check_id is not None else None
    if check is None:
        raise NotFoundError("link")
    roster = (await rosters(conn, [check.unit_id], page.now))[check.unit_id]
    who = _actor(ref).columns()
    await access_log.record(conn, who, "read", "mailbox_check", [str(check.unit_id)], page.now)
    return page.html(
        "mailbox.html",
        token=token,
        unit=roster.name,
        email=check.email,
        done=check.outcome is CheckOutcome.ANSWERED,
        current=check.email in (email.lower() for email in roster.addresses),
    )


async def confirm(page: Page, token: str, ref: LinkRef) -> Response[Any]:
    """Somebody pressed the button."""
    if ref.check_id is None:
        raise NotFoundError("link")
    await checking.confirm(page.services.db, ref.check_id, actor=_actor(ref), now=page.now)
    return page.to(f"/svar/{token}")


def _actor(ref: LinkRef) -> Actor:
    return Actor(ActorKind.MAIL, ref.address)
