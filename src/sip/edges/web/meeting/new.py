"""A new meeting."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.terms import Obligation, Purpose
from sip.edges.web.meeting import layout, schedule_form
from sip.edges.web.shell.forms import FormState, Reader
from sip.edges.web.shell.page import Page, Visitor, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.usecases import meetings
from sip.usecases.access import Act, require_role
from sip.usecases.cases import CaseOf, Consent, KnownCase, NewCase
from sip.usecases.commands import Command
from sip.usecases.meetings import DraftForm
from sip.usecases.problems import InvalidError
from sip.usecases.reading import meetings as reading

ROWS = 4
MOST_ROWS = 40
_GROUNDS = ("consent", "other", "existing")
_FIELDS = {
    "place.room": "place_room",
    "convener.person": "convener_person",
    "convener.unit_id": "convener_unit",
    "consent.given": "consent_given",
    "consent.scope": "consent_given",
    "unit_id": "convener_unit",
    "start": "from",
    "end": "to",
}


@get("/meetings/new")
async def new(page: NamedDependency[Page]) -> Response[Any]:
    """The form."""
    visitor = _convener(page)
    values = {"convener_person": visitor.name, "convener_email": visitor.email}
    return await _form(page, visitor, FormState(values), ROWS)


def _convener(page: Page) -> Visitor:
    visitor = signed_in(page)
    require_role(visitor.actor, Act.CONVENE)
    return visitor


async def _form(page: Page, visitor: Visitor, state: FormState, rows: int, status: int = 200) -> Response[Any]:
    units, own = await reading.units_to_call(page.services.db, actor=visitor.actor, now=page.now)
    if len(own) == 1:
        state.values = {"convener_unit": str(own[0].id), **{k: v for k, v in state.values.items() if v}}
    return page.html(
        "new_meeting.html",
        status=status,
        f=state,
        rows=rows,
        units=sorted_pairs([(str(unit.id), f"{unit.name}, {unit.principal}") for unit in units]),
        own_units=sorted_pairs([(str(unit.id), unit.name) for unit in own]),
        grounds=[(ground, page.t(f"page.new.ground_{ground}")) for ground in _GROUNDS],
    )


@post("/meetings", status_code=200)
async def create(page: NamedDependency[Page]) -> Response[Any]:
    """A draft, and the call where that was asked for. A refused call leaves the draft, and says why."""
    visitor, reader = _convener(page), await page.reader()
    rows = _rows(reader)
    if reader.state.value("more"):
        return await _form(page, visitor, reader.state, min(rows + 3, MOST_ROWS))
    by = await page.command(reader)
    try:
        meeting_id = await _draft(page, reader, rows, by)
    except InvalidError as error:
        page.say_problems(error, reader.state, _FIELDS)
        meeting_id = None
    if meeting_id is None:
        status = 422 if reader.state.errors.keys() - {""} else 409
        return await _form(page, visitor, reader.state, rows, status)
    if reader.state.value("then") == "call":
        called = Command(by.actor, by.now, by.world, f"{by.event_id}/call")
        handled = await meetings.call(page.services.db, meeting_id, called)
        if handled.refused is not None:
            state = FormState({}, {"": page.sentence(handled.refused)}, layout.prefix_of("call"))
            return await layout.render(page, meeting_id, status=409, failed=state)
    return page.to(f"/meetings/{meeting_id}#state")


def _rows(reader: Reader) -> int:
    filled = [n for n in range(1, MOST_ROWS + 1) if f"party_{n}_unit" in reader.state.values]
    return max([ROWS, *filled])


async def _draft(page: Page, reader: Reader, rows: int, by: Command) -> UUID | None:
    schedule = schedule_form.read(reader)
    kind = reader.choice("kind", MeetingKind, required=True)
    purpose = reader.choice("purpose", Purpose, required=True)
    questions = tuple(line.strip() for line in reader.text("questions", required=True).splitlines() if line.strip())
    parties = _parties(reader, rows)
    unit = reader.uuid("convener_unit", required=True)
    person = reader.text("convener_person", required=True, most=100)
    phone = reader.text("convener_phone", required=True, most=50)
    email = reader.email("convener_email", required=True)
    chair_name, chair_email = reader.text("chair_name", most=100) or None, reader.email("chair_email")
    purpose_text = reader.text("purpose_text")
    case = _case(reader)
    if not reader.right or None in (schedule, kind, purpose, unit, email, case):
        return None
    assert schedule is not None and kind is not None and purpose is not None and unit is not None and email is not None
    assert case is not None
    form = DraftForm(
        case=case, kind=kind, purpose=purpose, start=schedule.start, end=schedule.end, form=schedule.form,
        place=schedule.place, convener_unit_id=unit, convener_person=person, convener_email=email,
        convener_phone=phone, purpose_text=purpose_text, questions=questions, parties=parties,
        chair_name=chair_name, chair_email=chair_email,
    )  # fmt: skip
    handled = await meetings.draft(page.services.db, form, by)
    if handled.refused is not None:
        reader.state.errors[""] = page.sentence(handled.refused)
        return None
    return handled.state.id if handled.state is not None else None


def _parties(reader: Reader, rows: int) -> tuple[e.PartyDraft, ...]:
    found: list[e.PartyDraft] = []
    for n in range(1, rows + 1):
        unit = reader.uuid(f"party_{n}_unit")
        obligation = reader.choice(f"party_{n}_obligation", Obligation) or Obligation.SUMMONED
        if unit is None:
            continue
        if any(draft.unit_id == unit for draft in found):
            reader.wrong(f"party_{n}_unit", "page.new.party_twice")
        other = reader.text(f"party_{n}_other_system", most=50)
        found.append(e.PartyDraft(unit, obligation, other_system=other or None))
    if not found:
        reader.wrong("party_1_unit", "page.new.party_missing")
    return tuple(found)


def _consent(reader: Reader) -> Consent | None:
    """What the form says of the consent; None: what stands in the case already."""
    ground = reader.one_of("ground", _GROUNDS, required=False)
    until = reader.day("consent_until")
    how = reader.text("consent_given", most=200)
    has_case = bool(reader.state.value("reference"))
    if not ground or (ground == "existing" and not has_case):
        if not has_case:
            reader.wrong("ground", "page.new.ground_missing")
        return None
    if ground == "consent" and not how:
        reader.wrong("consent_given", "form_words.required")
    if ground == "existing":
        return None
    return Consent(given=ground == "consent", how=how or None, until=until, other_legal_ground=ground == "other")


def _case(reader: Reader) -> CaseOf | None:
    """A new case, or that of the reference, with the consent as the form says it."""
    reference, consent = reader.text("reference", most=20), _consent(reader)
    if reference:
        return KnownCase(reference=reference, consent=consent)
    return None if consent is None else NewCase(consent=consent, protected=bool(reader.state.value("protected")))
