"""The convener's use cases: who may, what free text may not carry, consent held while a call is made."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.decision import Reason
from sip.domain.deviation import Category, DeviationReport
from sip.domain.meeting import Meeting, Place, deviation_id
from sip.domain.people import Role
from sip.domain.standing import Standing, standing
from sip.domain.terms import AnswerKind, Channel, Form, Mark, MeetingState, Obligation, Outcome, PlaceKind, Purpose
from sip.usecases import answers, attendance, cases, deviations, meetings
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.cases import Consent
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.meetings import DraftForm
from sip.usecases.problems import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.domain.cast import AL, CARE_CENTRE, HOME_CARE, SCHOOL, at
from tests.store.town import CASE, WORLD, Town
from tests.tester import TESTER

CONVENER = Actor(ActorKind.USER, "clara", "Clara Kallar", CARE_CENTRE.unit_id, Role.CONVENER)
STAFF = Actor(ActorKind.USER, "anna", "Anna", HOME_CARE.unit_id, Role.UNIT_STAFF)
COORDINATOR = Actor(ActorKind.USER, "kim", "Kim", role=Role.COORDINATOR, principal_id=AL)
NUMBER = "Gäller 19121212-1212"


def by(town: Town, actor: Actor = CONVENER, once: str | None = None, seen: int | None = None) -> Command:
    town.said += 1
    return Command(actor, town.now, WORLD, once or f"test/{town.said}", seen)


def form(**more: object) -> DraftForm:
    given = DraftForm(
        case=CASE,
        kind=MeetingKind.ADULT,
        purpose=Purpose.NEW_PLAN,
        purpose_text="Gemensam planering",
        questions=("Vem gör vad?",),
        start=at("2026-12-07 10:00"),
        end=at("2026-12-07 11:00"),
        form=Form.PHYSICAL,
        place=Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 2"),
        convener_unit_id=CARE_CENTRE.unit_id,
        convener_person="Clara Kallar",
        convener_email="clara@region.example",
        convener_phone="010-0000000",
        parties=(e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED),),
    )
    return replace(given, **more)  # type: ignore[arg-type]  # fields by name


def state(found: Handled) -> Meeting:
    assert found.refused is None, found.refused
    assert isinstance(found.state, Meeting)
    return found.state


async def called(town: Town) -> UUID:
    meeting = state(await meetings.draft(town.db, form(), by(town)))
    for party in meeting.parties:
        await meetings.convey_identity(town.db, meeting.id, party.ordinal, Channel.SDK, by(town))
    return state(await meetings.call(town.db, meeting.id, by(town))).id


async def test_a_draft_repeated_is_one_meeting(town: Town) -> None:
    first = await meetings.draft(town.db, form(), by(town, once="form/1"))
    again = await meetings.draft(town.db, form(), by(town, once="form/1"))
    assert state(first).id == state(again).id
    assert again.repeated


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose_text": NUMBER}, "purpose_text"),
        ({"questions": ("Bra?", NUMBER)}, "questions[1]"),
        ({"chair_name": "x@y.example"}, "chair_name"),
        ({"place": Place(PlaceKind.ROOM, "A", "ring 070-000 00 00")}, "place.room"),
    ],
)
async def test_free_text_is_refused_before_anything_is_written(
    town: Town, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        await meetings.draft(town.db, form(**change), by(town))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert "1212" not in str(caught.value)


async def test_who_may_what(town: Town) -> None:
    target = await called(town)
    with pytest.raises(ForbiddenError):
        await meetings.draft(town.db, form(), by(town, STAFF))
    with pytest.raises(ForbiddenError):
        await meetings.cancel(town.db, target, e.CancelReason.OTHER, by(town, STAFF))
    other = replace(STAFF, unit_id=SCHOOL.unit_id)
    with pytest.raises(NotFoundError):
        await meetings.cancel(town.db, target, e.CancelReason.OTHER, by(town, other))
    with pytest.raises(NotFoundError):
        await answers.acknowledge(town.db, target, 1, answers.said(Channel.PAGE, 0, by(town, STAFF)), by(town, STAFF))


async def test_not_ours_is_decided_by_the_units_own_coordinator(town: Town) -> None:
    target = await called(town)
    command = by(town, STAFF)
    event = e.Answered(2, AnswerKind.NOT_OURS, answers.said(Channel.PAGE, 0, command))
    assert standing(state(await answers.answer(town.db, target, event, command)).party(2)) is Standing.NOT_OURS
    with pytest.raises(ForbiddenError):
        await meetings.cancel(town.db, target, e.CancelReason.OTHER, by(town, COORDINATOR))
    found = await meetings.decide(
        town.db, target, 2, e.Verdict.ACCEPT, by(town, COORDINATOR), target_unit_id=SCHOOL.unit_id
    )
    assert [p.unit_name for p in state(found).parties if p.active] == ["Vårdcentralen Eken", "Skolan Al"]


async def test_a_redirect_is_decided_by_the_conveners_side_alone(town: Town) -> None:
    target = await called(town)
    command = by(town, STAFF)
    event = e.Answered(
        2, AnswerKind.REDIRECTS, answers.said(Channel.PAGE, 0, command), target_unit_id=SCHOOL.unit_id
    )  # fmt: skip
    await answers.answer(town.db, target, event, command)
    with pytest.raises(ForbiddenError):
        await meetings.decide(town.db, target, 2, e.Verdict.ACCEPT, by(town, COORDINATOR))
    found = await meetings.decide(town.db, target, 2, e.Verdict.ACCEPT, by(town, CONVENER))
    assert [p.unit_name for p in state(found).parties if p.active] == ["Vårdcentralen Eken", "Skolan Al"]


async def test_a_stale_version_is_refused(town: Town) -> None:
    drafted = await meetings.draft(town.db, form(), by(town))
    target = state(drafted).id
    await meetings.edit_text(town.db, target, by(town), purpose_text="Nytt")
    stale = await meetings.call(town.db, target, by(town, seen=drafted.version))
    assert stale.refused is not None and stale.refused.reason is Reason.STALE_VERSION


async def test_consent_withdrawn_while_a_call_is_made_leaves_no_called_meeting(town: Town) -> None:
    drafts = [state(await meetings.draft(town.db, form(), by(town))).id for _ in range(4)]
    calls = [meetings.call(town.db, one, by(town)) for one in drafts]
    await asyncio.gather(*calls[:2], cases.withdraw_consent(town.db, CASE, by(town)), *calls[2:])
    states = {(await town.meeting(one)).state.state for one in drafts}
    assert MeetingState.CALLED not in states
    renewed = await cases.set_consent(town.db, CASE, Consent(given=True, how="muntligt"), by(town))
    assert renewed.record.consent_withdrawn_at is None


async def test_a_no_show_becomes_a_report_and_a_correction_takes_it_back(town: Town) -> None:
    target = await called(town)
    await town.send()
    command = by(town, STAFF)
    event = e.Answered(2, AnswerKind.ATTENDS, answers.said(Channel.PAGE, 0, command))
    await answers.answer(town.db, target, event, command)
    town.now = at("2026-12-07 11:30")
    marks = {1: Mark.ATTENDED, 2: Mark.ABSENT}
    closed = state(await attendance.record(town.db, target, Outcome.HELD, marks, by(town)))
    assert closed.state is MeetingState.CLOSED and closed.party(2).reported
    report = deviation_id(target, 2)
    async with town.db.transaction(TESTER) as conn:
        found = await deviations.report_of(conn, report)
    assert found is not None and found.automatic
    with pytest.raises(InvalidError):
        await attendance.record(town.db, target, Outcome.HELD, {**marks, 2: Mark.LATE}, by(town), reason=NUMBER)
    unsaid = await attendance.record(town.db, target, Outcome.HELD, {**marks, 2: Mark.LATE}, by(town))
    assert unsaid.refused is not None and unsaid.refused.reason is Reason.REASON_MISSING
    await attendance.record(town.db, target, Outcome.HELD, {**marks, 2: Mark.LATE}, by(town), reason="Kom sent")
    async with town.db.transaction(TESTER) as conn:
        found = await deviations.report_of(conn, report)
    assert found is not None and found.state == "withdrawn"


async def test_reports_by_hand_go_both_ways_and_once(town: Town) -> None:
    target = await called(town)

    async def write(about: int, actor: Actor) -> DeviationReport:
        found = await deviations.raise_by_hand(
            town.db, target, about, (Category.COMMUNICATION,), "Syftet var otydligt.", by(town, actor)
        )
        assert isinstance(found.state, DeviationReport)
        return found.state

    theirs = await write(1, STAFF)
    assert (theirs.reporting.unit_name, theirs.receiving.unit_name) == ("Hemtjänsten Al", "Vårdcentralen Eken")
    ours = await write(2, CONVENER)
    assert (ours.reporting.unit_name, ours.receiving.unit_name) == ("Vårdcentralen Eken", "Hemtjänsten Al")
    for about, actor, error in (
        (2, CONVENER, ConflictError),
        (1, CONVENER, InvalidError),
        (2, STAFF, ForbiddenError),
        (9, CONVENER, NotFoundError),
    ):
        with pytest.raises(error):
            await write(about, actor)


async def test_a_page_answer_and_its_double_are_one(town: Town) -> None:
    target = await called(town)
    command = by(town, STAFF, once="nonce/1")
    event = e.Answered(2, AnswerKind.TENTATIVE, answers.said(Channel.PAGE, 0, command))
    first = await answers.answer(town.db, target, event, command)
    town.now += timedelta(seconds=1)
    again = await answers.answer(town.db, target, event, by(town, STAFF, once="nonce/1"))
    assert again.repeated and again.version == first.version
    past = e.Answered(
        2, AnswerKind.PROPOSES, answers.said(Channel.PAGE, 0, by(town)), proposed_start=at("2026-10-01 10:00"),
        proposed_end=at("2026-10-01 11:00"),
    )  # fmt: skip
    refused = await answers.answer(town.db, target, past, by(town, STAFF))
    assert refused.refused is not None and refused.refused.reason is Reason.TIME_PAST
