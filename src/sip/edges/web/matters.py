"""Protected meetings: the one page that lists them, and who may see each (rules, section 13).

The law of this file: nothing here is shown before whoever looks has shown, by more than a password, who she is
(`shell/confirmation.py`), in any installation.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.meeting import acts
from sip.edges.web.shell.confirmation import MATTERS
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases import naming
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.reading import matters


@get(MATTERS)
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Those that are for whoever looks."""
    found = await matters.listed(page.services.db, actor=signed_in(page).actor, now=page.now)
    return page.html("matters.html", matters=found)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/named", status_code=200)
async def name(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """A user of the unit may see the meeting."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        user = _user(reader)
        return None if user is None else await naming.name(page.services.db, meeting_id, party, user, by)

    return await acts.act(page, meeting_id, "named", run, party)


@post("/meetings/{meeting_id:uuid}/parties/{party:int}/unnamed", status_code=200)
async def unname(page: NamedDependency[Page], meeting_id: FromPath[UUID], party: FromPath[int]) -> Response[Any]:
    """She may no longer; who takes herself away is shown what is left for her."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        user = _user(reader)
        return None if user is None else await naming.unname(page.services.db, meeting_id, user, by)

    return await acts.act(page, meeting_id, "named", run, party)


def _user(reader: Reader) -> UUID | None:
    text = reader.text("user", required=True, most=40)
    try:
        return UUID(text) if text else None
    except ValueError:
        reader.wrong("user", "form_words.bad_choice")
        return None
