"""The page behind a test call's link: whether somebody reads the mailbox for the unit, without sign-in.

The law of this file: as in `mailed`: GET shows and never answers; scanners press buttons too, so an answer takes a
choice that nothing preselects.
"""

from typing import Any

from litestar import Response

from sip.domain.address import folded
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases import mailbox_checks
from sip.usecases.reading.links import OpenedCheck, holder

CHOICES = ("reads", "not_ours")


def render(page: Page, token: str, opened: OpenedCheck, form: FormState, status: int = 200) -> Response[Any]:
    """The unit and the choice; the thanks once it has been made."""
    check, roster = opened.check, opened.roster
    current = check.email in (folded(email) for email in roster.addresses)
    state = check.state if current else "old"
    return page.html(
        "mailbox_check.html", status=status, token=token, unit=roster.name, email=check.email, state=state, form=form,
        choices_of=CHOICES,
    )  # fmt: skip


async def choose(page: Page, token: str, opened: OpenedCheck) -> Response[Any]:
    """Somebody chose."""
    reader = await page.reader()
    chosen = reader.one_of("answer", CHOICES)
    if not chosen:
        return render(page, token, opened, reader.state, 422)
    await mailbox_checks.answer(
        page.services.db, opened.check.id, ours=chosen == CHOICES[0], actor=holder(opened.ref), now=page.now
    )  # fmt: skip
    return page.to(f"/svar/{token}")
