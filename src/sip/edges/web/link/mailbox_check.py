"""The page behind a test call's link: whether somebody reads the mailbox for the unit, without sign-in.

The law of this file: as in `links`: GET shows and never answers; scanners press buttons too, so an answer takes a
choice that nothing preselects.
"""

from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.mailbox_check import MailboxCheck
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.store.aggregates.rosters import rosters
from sip.store.post import mailbox_checks
from sip.store.post.tokens import LinkRef
from sip.store.seen import access_log
from sip.usecases import mailbox_checks as checking
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import NotFoundError

CHOICES = ("reads", "not_ours")


async def show(conn: AsyncConnection, page: Page, token: str, ref: LinkRef) -> Response[Any]:
    """The unit and the choice; the thanks once it has been made."""
    who = _actor(ref).columns()
    response, check = await _rendered(conn, page, token, ref, FormState())
    await access_log.record(conn, who, "read", "mailbox_check", [str(check.unit_id)], page.now)
    return response


async def choose(page: Page, token: str, ref: LinkRef) -> Response[Any]:
    """Somebody chose."""
    reader = await page.reader()
    chosen = reader.one_of("answer", CHOICES)
    if not chosen or ref.check_id is None:
        async with page.services.db.transaction(_actor(ref)) as conn:
            return (await _rendered(conn, page, token, ref, reader.state, 422))[0]
    await checking.answer(
        page.services.db, ref.check_id, ours=chosen == CHOICES[0], actor=_actor(ref), now=page.now
    )  # fmt: skip
    return page.to(f"/svar/{token}")


async def _rendered(
    conn: AsyncConnection, page: Page, token: str, ref: LinkRef, form: FormState, status: int = 200
) -> tuple[Response[Any], MailboxCheck]:
    check = await mailbox_checks.by_id(conn, ref.check_id) if ref.check_id is not None else None
    if check is None:
        raise NotFoundError("link")
    roster = (await rosters(conn, [check.unit_id], page.now))[check.unit_id]
    current = check.email in (email.lower() for email in roster.addresses)
    state = check.state if current else "old"
    return page.html(
        "mailbox.html", status=status, token=token, unit=roster.name, email=check.email, state=state, form=form,
        choices_of=CHOICES,
    ), check  # fmt: skip


def _actor(ref: LinkRef) -> Actor:
    return Actor(ActorKind.MAIL, ref.address)
