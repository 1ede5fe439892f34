"""Who came: the form and what is shown when it has been taken, alike for who is signed in and behind the chair's link.

The law of this file: nothing is chosen before a person has chosen it. One press marks all who were expected, and saves
nothing; did the meeting take place is asked apart, so that no machine that presses buttons has recorded anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import UploadFile

from sip.domain.attendance import expected_mark, outcomes
from sip.domain.check_in import OPENS, of_party
from sip.domain.decision import Reason
from sip.domain.freetext import findings
from sip.domain.meeting import Meeting, Party
from sip.domain.standing import standing
from sip.domain.terms import Form, Mark, MeetingState, Obligation, Outcome
from sip.domain.worktime import local_day
from sip.edges.web.check_in import way_in
from sip.edges.web.meeting.record_text import record_text
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.sent_files import is_called
from sip.edges.web.views import MarkLine
from sip.usecases import attendance, attendance_list
from sip.usecases.commands import Command
from sip.usecases.problems import InvalidError
from sip.usecases.reading.attendance import AttendanceRead

OFTEN = (Mark.ATTENDED, Mark.SUBSTITUTE_ATTENDED, Mark.ABSENT, Mark.UNKNOWN)
ENDINGS = (".csv", ".tsv", ".txt")
"""What a list of participants is called."""
LATE = timedelta(hours=1)
"""After the end: so long the way to check in is still shown."""
SELDOM = (Mark.LATE, Mark.LEFT_EARLY, Mark.PART, Mark.EXCUSED)


@dataclass(frozen=True, slots=True)
class AttendanceDoor:
    """Where attendance is taken: the address of the form, that of what was recorded, what lies behind, and whether
    whoever takes it says who she is.
    """

    form: str
    action: str
    recorded: str
    follow_up: str
    back: str | None = None
    signs: bool = False


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
        reader.wrong("outcome", "attendance.outcome_missing")
    marks: dict[int, Mark] = {}
    for party in marked(meeting):
        name = f"mark_{party.ordinal}"
        mark = reader.choice(name, Mark)
        if mark is not None:
            marks[party.ordinal] = mark
        elif party.obligation is Obligation.SUMMONED and not reader.state.error(name):
            reader.wrong(name, "attendance.mark_missing", unit=party.unit_name)
    reason = reader.text("reason", most=200)  # the rules ask for it, and know a form that is sent again
    for finding in findings("reason", reason):
        reader.wrong("reason", f"freetext.{finding.found}")
    responsible, following = reader.uuid("responsible"), reader.day("next_meeting")
    if following is not None and following <= local_day(meeting.start):
        reader.wrong("next_meeting", "attendance.next_too_early")
    if outcome is None or not reader.right:
        return None
    own_record = bool(reader.state.value("own_record"))
    return Recorded(outcome, marks, reason or None, responsible, following, own_record)


def closed(meeting: Meeting, page: Page) -> str | None:
    """Why nothing can be recorded, None when it can: from the start on (rules, section 8 A2)."""
    if meeting.state is MeetingState.CANCELLED:
        return page.t("attendance.cancelled")
    if page.now < meeting.start or meeting.state is MeetingState.DRAFT:
        return page.t("attendance.not_started")
    return None


def filled(meeting: Meeting) -> FormState:
    """The form with what has been recorded; nothing is chosen before that."""
    marks = {f"mark_{party.ordinal}": party.mark.value for party in marked(meeting) if party.mark is not None}
    return FormState(
        {
            "outcome": meeting.outcome or "",
            "responsible": str(meeting.responsible_principal_id or ""),
            "next_meeting": meeting.next_meeting_on.isoformat() if meeting.next_meeting_on else "",
            "own_record": "yes" if meeting.own_record_copy else "",
            **marks,
        }
    )


def with_expected(values: Mapping[str, str], meeting: Meeting) -> dict[str, str]:
    """What was filled in, and beside it the marks of all who were expected; none that has been made is changed."""
    found = dict(values)
    for party in marked(meeting):
        mark, name = expected_mark(party), f"mark_{party.ordinal}"
        if mark is not None and not found.get(name):
            found[name] = mark.value
    return found


# -- what is shown


def render(
    page: Page,
    door: AttendanceDoor,
    found: AttendanceRead,
    state: FormState | None = None,
    status: int = 200,
    **more: Any,
) -> Response[Any]:
    """The form."""
    meeting = found.meeting
    facts: dict[str, Any] = {
        "meeting": meeting,
        "version": found.version,
        "f": state or filled(meeting),
        "parties": [_line(meeting, party, page.phrases) for party in marked(meeting)],
        "proposed": None,
        "expected": _expected(meeting, page),
        "principals": sorted_pairs(list(found.principals)),
        "correcting": meeting.state is MeetingState.CLOSED,
        "outcomes": page.phrases.options("outcome", outcomes(meeting)),
        "closed": closed(meeting, page),
        "door": door,
        "often": page.phrases.options("mark", OFTEN),
        "seldom": page.phrases.options("mark", SELDOM),
        "online": meeting.form in (Form.VIDEO, Form.HYBRID),
        "room": way_in(page, meeting) if page.now < meeting.end + LATE else None,
        "room_from": meeting.start - OPENS if page.now < meeting.start - OPENS else None,
    }
    return page.html("attendance.html", status=status, **(facts | more))


async def save(page: Page, door: AttendanceDoor, found: AttendanceRead, by: Command, reader: Reader) -> Response[Any]:
    """What was sent: marks to look at where the one press was pressed, else what is recorded now."""
    meeting = found.meeting
    if reader.state.value("press") == "expected":
        return render(page, door, found, FormState(with_expected(reader.state.values, meeting)), pressed=True)
    if closed(meeting, page):
        return render(page, door, found, reader.state, 409)
    if reader.state.value("press") == "list":
        return await _from_list(page, door, found, by, reader)
    recorded = read(reader, meeting)
    if recorded is None:
        return render(page, door, found, reader.state, 422)
    try:
        handled = await attendance.record(
            page.services.db, meeting.id, recorded.outcome, recorded.marks, by, reason=recorded.reason,
            responsible_principal_id=recorded.responsible, next_meeting_on=recorded.next_meeting,
            own_record_copy=recorded.own_record,
        )  # fmt: skip
    except InvalidError as error:
        page.say_problems(error, reader.state)
        return render(page, door, found, reader.state, 422)
    if handled.refused is not None:
        unsaid = handled.refused.reason is Reason.REASON_MISSING
        reader.state.errors["reason" if unsaid else ""] = page.sentence(handled.refused)
        return render(page, door, found, reader.state, 422 if unsaid else 409)
    return page.to(f"{door.recorded}#recorded")


async def _from_list(
    page: Page, door: AttendanceDoor, found: AttendanceRead, by: Command, reader: Reader
) -> Response[Any]:
    """The marks that a list of participants proposes, beside those that have been made; nothing of it is kept."""
    meeting = found.meeting
    sent = (await page.request.form()).get("list")
    raw = await sent.read() if isinstance(sent, UploadFile) else b""
    if raw and not is_called(sent, ENDINGS):
        reader.wrong("list", "attendance.list_not_csv")
        return render(page, door, found, reader.state, 422)
    try:
        listed = attendance_list.read(raw)
    except attendance_list.UnreadableListError as error:
        reader.wrong("list", f"attendance.list_{error.code if raw else 'missing'}")
        return render(page, door, found, reader.state, 422)
    proposed = await attendance_list.propose(page.services.db, meeting, listed, actor=by.actor, now=page.now)
    marks = {f"mark_{ordinal}": mark.value for ordinal, mark in proposed.marks.items()}
    made = {name: value for name, value in reader.state.values.items() if value}
    return render(page, door, found, FormState(marks | made), proposed=proposed)


def thanks(
    page: Page, door: AttendanceDoor, found: AttendanceRead, refused: str = "", status: int = 200
) -> Response[Any]:
    """What is recorded now; `refused`: why the draft that follows could not be made."""
    meeting = found.meeting
    if meeting.outcome is None:
        return page.to(door.form)
    principals = dict(found.principals)
    responsible = principals.get(str(meeting.responsible_principal_id))
    return page.html(
        "attendance_recorded.html",
        status=status,
        meeting=meeting,
        door=door,
        marks=[(party.unit_name, party.mark) for party in marked(meeting) if party.mark is not None],
        open_for=[party.unit_name for party in marked(meeting) if party.bound and party.mark is Mark.UNKNOWN],
        responsible=responsible,
        follow_up=found.follow_up,
        opens=found.opens,
        refused=refused,
        text=record_text(page.phrases, meeting, responsible),
    )  # fmt: skip


async def follow(page: Page, door: AttendanceDoor, found: AttendanceRead, by: Command) -> Response[Any]:
    """The draft that follows, asked for again."""
    handled = await attendance.follow(page.services.db, found.meeting.id, by)
    if handled is not None and handled.refused is not None:
        return thanks(page, door, found, page.sentence(handled.refused), 409)
    return page.to(f"{door.recorded}#follow-up")


def _expected(meeting: Meeting, page: Page) -> dict[str, Any] | None:
    """What the one press marks, in words; None where nobody was expected."""
    by_mark: dict[Mark, list[str]] = {}
    rest = []
    for party in marked(meeting):
        mark = expected_mark(party)
        if mark is not None:
            by_mark.setdefault(mark, []).append(party.unit_name)
        else:
            rest.append(party.unit_name)
    if not by_mark:
        return None
    says = [
        page.t("attendance.expected_says", mark=page.t(f"mark.{mark}"), units=_listed(units, page.phrases))
        for mark, units in by_mark.items()
    ]
    return {"says": says, "rest": _listed(rest, page.phrases)}


def _listed(units: Iterable[str], phrases: Phrases) -> str:
    return ", ".join(phrases.names(units))


def _line(meeting: Meeting, party: Party, phrases: Phrases) -> MarkLine:
    names = [person.name for person in party.attendees if person.stands]
    if party.obligation is Obligation.CONVENING:
        hint = phrases.t("obligation.convening")
    elif names:
        hint = phrases.t("attendance.hint_named", names=", ".join(names))
    else:
        hint = phrases.t("attendance.hint", standing=phrases.t(f"standing.{standing(party)}"))
    here = ", ".join(f"{one.name} {phrases.clock(one.at)}" for one in of_party(meeting, party.ordinal))
    return MarkLine(party.ordinal, party.unit_name, party.obligation, hint, expected_mark(party), here)
