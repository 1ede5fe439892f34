"""Who came: the form, for whoever may record and for the chair behind her mailed link."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.freetext import findings
from sip.domain.meeting import Meeting, Party
from sip.domain.standing import standing
from sip.domain.terms import Mark, MeetingState, Obligation, Outcome
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.session import signed_in
from sip.edges.web.views import MarkLine
from sip.usecases import attendance
from sip.usecases.access import Act
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import InvalidError
from sip.usecases.reading import meetings as reading


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was filled in."""

    outcome: Outcome
    marks: dict[int, Mark] = field(default_factory=dict)
    reason: str | None = None
    responsible: UUID | None = None
    next_meeting: date | None = None
    own_record: bool = False


def marked(meeting: Meeting) -> list[Party]:
    """The parties that are asked about."""
    return [party for party in meeting.parties if party.active]


def read(reader: Reader, meeting: Meeting) -> Recorded | None:
    """The form, None when something is missing (and said beside its field)."""
    outcome = reader.choice("outcome", Outcome)
    if outcome is None and not reader.state.error("outcome"):
        reader.wrong("outcome", "page.attendance.outcome_missing")
    marks: dict[int, Mark] = {}
    for party in marked(meeting):
        required = party.obligation is Obligation.SUMMONED
        mark = reader.choice(f"mark_{party.ordinal}", Mark, required=required)
        if mark is not None:
            marks[party.ordinal] = mark
    correcting = meeting.state is MeetingState.CLOSED
    reason = reader.text("reason", required=correcting, most=200)
    for finding in findings("reason", reason):
        reader.wrong("reason", f"freetext.{finding.found}")
    responsible, following = reader.uuid("responsible"), reader.day("next_meeting")
    if outcome is None or not reader.right:
        return None
    own_record = bool(reader.state.value("own_record"))
    return Recorded(outcome, marks, reason or None, responsible, following, own_record)


async def record(page: Page, meeting: Meeting, found: Recorded, by: Command) -> Handled:
    """Hands it to the use case."""
    return await attendance.record(
        page.services.db, meeting.id, found.outcome, found.marks, by, reason=found.reason,
        responsible_principal_id=found.responsible, next_meeting_on=found.next_meeting,
        own_record_copy=found.own_record,
    )  # fmt: skip


def closed(meeting: Meeting, page: Page) -> str | None:
    """Why nothing can be recorded, None when it can."""
    if meeting.state is MeetingState.CANCELLED:
        return page.t("page.attendance.cancelled")
    if page.now < meeting.end or meeting.state is MeetingState.DRAFT:
        return page.t("page.attendance.not_ended")
    return None


def context(
    page: Page, meeting: Meeting, version: int, principals: Iterable[tuple[str, str]], state: FormState, **more: Any
) -> dict[str, Any]:
    """What the template needs."""
    here = {party.principal_id for party in meeting.parties} | {meeting.convener.principal_id}
    found: dict[str, Any] = {
        "meeting": meeting,
        "version": version,
        "f": state,
        "parties": [_line(party, page.phrases) for party in marked(meeting)],
        "principals": sorted_pairs([pair for pair in principals if UUID(pair[0]) in here]),
        "correcting": meeting.state is MeetingState.CLOSED,
        "closed": closed(meeting, page),
        "back": f"/meetings/{meeting.id}",
        "action": f"/meetings/{meeting.id}/attendance",
        "signs": False,
        "done": False,
    }
    return found | more


def filled(meeting: Meeting) -> FormState:
    """The form with what has been recorded; nothing is chosen before that."""
    return FormState(
        {
            "outcome": meeting.outcome or "",
            "responsible": str(meeting.responsible_principal_id or ""),
            "next_meeting": meeting.next_meeting_on.isoformat() if meeting.next_meeting_on else "",
            "own_record": "yes" if meeting.own_record_copy else "",
        }
    )


def _line(party: Party, phrases: Phrases) -> MarkLine:
    names = [person.name for person in party.attendees if person.stands]
    if party.obligation is Obligation.CONVENING:
        hint = phrases.t("obligation.convening")
    elif names:
        hint = phrases.t("page.attendance.hint_named", names=", ".join(names))
    else:
        hint = phrases.t("page.attendance.hint", standing=phrases.t(f"standing.{standing(party)}"))
    return MarkLine(party.ordinal, party.unit_name, party.obligation, hint, party.mark)


# -- for whoever may record


@get("/meetings/{meeting_id:uuid}/attendance")
async def form(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """The form."""
    return await _form(page, meeting_id, None)


async def _form(page: Page, meeting_id: UUID, state: FormState | None, status: int = 200) -> Response[Any]:
    actor = signed_in(page).actor
    found, principals = await reading.for_marks(page.services.db, meeting_id, actor=actor, now=page.now)
    named = [(str(identity), name) for identity, name in principals]
    facts = context(page, found.state, found.version, named, state or filled(found.state))
    return page.html("attendance.html", status=status, **facts)


@post("/meetings/{meeting_id:uuid}/attendance", status_code=200)
async def save(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """Records it, or corrects what was recorded."""
    actor = signed_in(page).actor
    meeting = await reading.current(page.services.db, meeting_id, actor=actor, now=page.now, act=Act.RECORD)
    reader = await page.reader()
    by = await page.command(reader)
    recorded = read(reader, meeting)
    if recorded is None:
        return await _form(page, meeting_id, reader.state, 422)
    try:
        handled = await record(page, meeting, recorded, by)
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return await _form(page, meeting_id, reader.state, 422)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return await _form(page, meeting_id, reader.state, 409)
    return page.to(f"/meetings/{meeting_id}#state")
