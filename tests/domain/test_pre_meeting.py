"""A pre-meeting of professionals: half the notice, without the person, and when it is offered (rules, section 11)."""

from dataclasses import replace
from datetime import date

import pytest

from sip.domain import events as e
from sip.domain.agreement import LAW_ONLY, MeetingKind, rule_set_for
from sip.domain.attendance import outcomes
from sip.domain.decision import Reason
from sip.domain.meeting import Place
from sip.domain.pre_meeting import WhyBefore, suggested_by
from sip.domain.sketch import Ground, pre_meeting
from sip.domain.terms import AnswerKind, ContestReason, Mark, MeetingState, Outcome, PlaceKind, Purpose
from tests.domain.cast import AGREEMENT, AL, REGION, World, at, called, draft, said
from tests.domain.plays import CALL, START

W = WhyBefore


def why(world: World, **more: bool) -> tuple[WhyBefore, ...]:
    return suggested_by(world.the, **{"reported": False, "goes_round": False, **more})


@pytest.mark.parametrize(("notice", "half"), [(5, 3), (4, 2), (1, 1), (0, 0)])
def test_half_the_notice_whatever_kinds_the_agreement_names(notice: int, half: int) -> None:
    narrow = replace(
        AGREEMENT, kinds=frozenset({MeetingKind.LSS}), rules=replace(AGREEMENT.rules, minimum_notice=notice)
    )
    found = rule_set_for([narrow], REGION, AL, MeetingKind.PRE_MEETING, date(2026, 12, 7))
    assert found == replace(narrow.rules, minimum_notice=half)
    alone = rule_set_for([], REGION, AL, MeetingKind.PRE_MEETING, date(2026, 12, 7))
    assert alone == replace(LAW_ONLY, minimum_notice=3)


def test_its_purpose_is_to_prepare_and_the_person_cannot_have_stayed_away() -> None:
    world = World(at(CALL))
    world.do(replace(draft(at(START)), kind=MeetingKind.PRE_MEETING, purpose=Purpose.NEW_PLAN))
    assert world.the.purpose is Purpose.PRE_MEETING
    assert Outcome.SUBJECT_ABSENT not in outcomes(world.the)
    world.do(e.Called())
    world.now = world.the.end
    marks = tuple((party.ordinal, Mark.ATTENDED) for party in world.the.parties)
    refused = world.do(e.OutcomeRecorded(Outcome.SUBJECT_ABSENT, marks, "Clara"))
    assert getattr(refused, "reason", None) is Reason.PERSON_NOT_CALLED


def test_it_is_offered_after_a_move_a_contest_a_report_and_where_the_case_goes_round() -> None:
    world = called(CALL, START)
    assert why(world) == ()
    assert why(world, reported=True, goes_round=True) == (W.REPORTED, W.GOES_ROUND)
    contested = called(CALL, START)
    contested.do(e.Answered(2, AnswerKind.CONTESTS, said(contested), contest_reason=ContestReason.NOT_CONCERNED))
    assert why(contested) == (W.CONTESTED,)
    contested.do(e.Released(2))
    assert why(contested) == ()
    world.do(e.Moved(at("2026-12-08 10:00"), at("2026-12-08 11:00"), world.the.form, world.the.place))
    assert why(world) == (W.MOVED,)


def test_never_for_a_draft_what_is_over_what_is_protected_or_a_pre_meeting() -> None:
    world = called(CALL, START)
    for changed in (
        {"protected": True}, {"kind": MeetingKind.PRE_MEETING}, {"state": MeetingState.DRAFT},
        {"state": MeetingState.CANCELLED},
    ):  # fmt: skip
        assert suggested_by(replace(world.the, **changed), reported=True, goes_round=True) == (), changed


def test_it_begins_with_the_case_and_the_parties_and_never_at_the_person_s_home() -> None:
    world = called(CALL, START)
    sketch = pre_meeting(world.the)
    assert (sketch.kind, sketch.purpose, sketch.questions) == (MeetingKind.PRE_MEETING, Purpose.PRE_MEETING, ())
    assert (sketch.reference, sketch.ground) == (world.the.reference, Ground.EXISTING)
    assert [one.unit_id for one in sketch.parties] == [world.the.party(2).unit_id]
    assert sketch.place == world.the.place
    home = pre_meeting(replace(world.the, place=Place(PlaceKind.HOME)))
    assert (home.form, home.place) == (None, None)
