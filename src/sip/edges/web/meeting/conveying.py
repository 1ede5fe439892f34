"""A text for each called unit that has not been told whom a meeting concerns, to be sent by SDK from one's own system.

The law of this file: whom it concerns is never written here. The text leaves room for it, and it is filled in where it
is sent from (decision 0161); a field with the text can be copied and not written in.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.meeting import Meeting, Party
from sip.domain.terms import Channel
from sip.edges.web.shell.acting import acted
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.session import signed_in
from sip.usecases import meetings
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import conveying


@get("/meetings/{meeting_id:uuid}/conveying")
async def show(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The texts, each with its press."""
    return await _shown(page, meeting_id, 200, FormState())


@post("/meetings/{meeting_id:uuid}/conveying/{party:int}", status_code=200)
async def sent(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """The unit was told by SDK; the others are still there."""

    async def run(_: Reader, by: Command) -> Handled:
        return await meetings.convey_identity(page.services.db, meeting_id, party, Channel.SDK, by)

    async def again(status: int, failed: FormState) -> Response[Any]:
        return await _shown(page, meeting_id, status, failed)

    return await acted(page, f"p{party}-", run, again, f"/meetings/{meeting_id}/conveying#units")


async def _shown(page: Page, meeting_id: UUID, status: int, failed: FormState) -> Response[Any]:
    visitor = signed_in(page)
    found = await conveying.untold(page.services.db, meeting_id, actor=visitor.actor, now=page.now)
    texts = [(party, name, conveyed_text(page.phrases, found.meeting, party)) for party, name in found.parties]
    return page.html(
        "conveying.html", status=status, meeting=found.meeting, version=found.version, texts=texts, failed=failed,
        subject=page.t("conveying.subject" if not found.meeting.protected else "conveying.subject_protected",
                       reference=found.meeting.reference),
    )  # fmt: skip


def conveyed_text(phrases: Phrases, meeting: Meeting, party: Party) -> str:
    """Lines for one unit: which call it is and whom to ring, and room for whom it concerns. Of a protected matter
    neither time nor place nor who calls by name (rules, section 13 I1).
    """
    own = meeting.convener
    if meeting.protected:
        lines = [phrases.t("conveying.text_protected", unit=party.unit_name)]
        ring = own.phone or ""
    else:
        when = f"{phrases.long_day(meeting.start)}, {phrases.span(meeting.start, meeting.end)}"
        lines = [
            phrases.t("conveying.text_call", unit=party.unit_name, convener=own.unit_name, reference=meeting.reference),
            phrases.t("conveying.text_when", when=when, form=phrases.t(f"form.{meeting.form}")),
        ]
        ring = ", ".join(one for one in (own.person, own.phone) if one)
    lines += ["", phrases.t("conveying.text_whom"), "", phrases.t("conveying.text_answer")]
    if ring:
        lines.append(phrases.t("conveying.text_ring", ring=ring))
    return "\n".join(lines)
