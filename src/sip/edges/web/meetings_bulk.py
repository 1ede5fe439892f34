"""One act on several meetings of the list: ask those who are silent again, hold until a day, take over.

The law of this file: each meeting is a command of its own; what was refused is said, meeting by meeting, and the rest
is done.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency

from sip.domain.decision import Refused
from sip.domain.standing import covered
from sip.edges.web.meetings import shown
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.store.seen.dashboard import MeetingLine
from sip.usecases import in_hand, meetings
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import ForbiddenError, InvalidError, NotFoundError
from sip.usecases.reading import meeting_list
from sip.usecases.reading import meetings as reading

ACTS = ("remind", "pause", "take")
MOST = 100


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A meeting of which something was refused, of a party or of the whole, and why."""

    line: MeetingLine
    unit: str | None
    why: str


@post("/meetings/bulk", status_code=200)
async def bulk(page: NamedDependency[Page]) -> Response[Any]:
    """Does it to each of the meetings that are ticked."""
    visitor, reader = signed_in(page), await page.reader("bulk-")
    act = reader.one_of("act", ACTS)
    ids = _ticked(reader)
    if not ids:
        reader.wrong("ticked", "meetings.none_ticked")
    by = await page.command(reader)
    until = reader.moment("until_day", "until_time", required=True) if act == "pause" else None
    reason = reader.text("reason", required=act == "pause", most=200)
    query = reader.text("query", most=1000)
    if not reader.right:
        return await shown(page, dict(parse_qsl(query)) | {"after": reader.text("after")}, bulk=reader.state)
    lines = {one.id: one for one in await meeting_list.of_ids(page.services.db, ids, actor=visitor.actor, now=page.now)}
    refused: list[RefusedLine] = []
    done = idle = 0
    for line in lines.values():
        said = [one async for one in _each(page, line, act, by, reason, until)]
        refused += [RefusedLine(line, unit, why) for unit, why in said if why is not None]
        done += any(why is None for _, why in said)
        idle += not said
    if not refused:
        told = urlencode({"act": act, "done": done, "idle": idle})
        return page.to(f"/meetings?{query}{'&' if query else ''}{told}#list")
    return page.html("meetings_refused.html", status=409, refused=refused, done=done, query=query, act=act)


def _ticked(reader: Reader) -> list[UUID]:
    found = []
    for name in reader.state.values:
        if name.startswith("m_"):
            try:
                found.append(UUID(name[2:]))
            except ValueError:
                reader.wrong("", "form_words.bad_choice")
    return found[:MOST]


async def _each(
    page: Page, line: MeetingLine, act: str, by: Command, reason: str, until: Any
) -> AsyncIterator[tuple[str | None, str | None]]:
    """What came of the meeting, or of each of its parties that the act is about, if of any: the unit, and why it was
    refused."""
    db = page.services.db
    if act == "take":
        yield None, await _said(page, in_hand.take_over(db, line.id, _own(by, line.id, 0)))
        return
    meeting = await reading.current(db, line.id, actor=by.actor, now=page.now)
    silent = [p for p in meeting.parties if p.round is not None and p.active and p.bound and not covered(p)]
    if act == "remind":
        silent = [p for p in silent if p.round is not None and p.round.answer is None]
    for party in silent:
        own = _own(by, line.id, party.ordinal)
        if act == "remind":
            yield party.unit_name, await _said(page, in_hand.ask_again(db, line.id, party.ordinal, own))
        else:
            yield party.unit_name, await _said(page, meetings.pause(db, line.id, party.ordinal, reason, until, own))


def _own(by: Command, meeting_id: UUID, party: int) -> Command:
    """The same form again is the same command for each."""
    return Command(by.actor, by.now, by.world, f"{by.event_id}/{meeting_id}/{party}")


async def _said(page: Page, doing: Any) -> str | None:
    """Why it was refused; None where it was done."""
    try:
        handled: Handled = await doing
    except (ForbiddenError, NotFoundError):
        return page.t("meetings.not_yours")
    except InvalidError:
        return page.t("form_words.bad_choice")
    return page.sentence(handled.refused) if isinstance(handled.refused, Refused) else None
