"""The convener lets the meeting stand (rules, section 5 L6)."""

from sip.domain import attendance
from sip.domain import events as e
from sip.domain.standing import awaits_convener
from sip.domain.terms import AnswerKind, RegretReason
from tests.domain.cast import HOME_CARE, at, called, said
from tests.domain.plays import CALL, START
from tests.domain.standings.later import the_convener_is_asked


def test_a_meeting_that_stands_asks_no_more_until_somebody_came_and_went() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00")
    world.run(at("2026-12-03 09:00"))
    assert len(world.sent("convener_question")) == 1
    assert [p.unit_name for p in awaits_convener(world.the)] == [HOME_CARE.name]
    world.do(e.GoAhead())
    assert awaits_convener(world.the) == []
    world.run(at("2026-12-04 12:00"))
    assert len(world.sent("convener_question")) == 1
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world)))
    world.do(e.Answered(who, AnswerKind.REGRETS, said(world), regret_reason=RegretReason.UNPLANNED_ABSENCE))
    assert len(world.sent("convener_question")) == 2
    assert [p.unit_name for p in awaits_convener(world.the)] == [HOME_CARE.name]


def test_who_lets_it_stand_before_the_question_is_not_asked_at_all() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00")
    world.do(e.GoAhead())
    world.run(at("2026-12-06 12:00"))
    assert world.sent("convener_question") == []


def test_a_party_that_was_covered_since_the_question_is_asked_about_again() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00")
    world.run(at("2026-12-03 09:00"))
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world)))
    world.do(e.Answered(who, AnswerKind.REGRETS, said(world), regret_reason=RegretReason.UNPLANNED_ABSENCE))
    assert len(world.sent("convener_question")) == 2


def test_steps_that_came_due_together_are_one_mail() -> None:
    """After the first the service was away until the very moment of the third: the second is passed."""
    world = called("2026-11-02 10:00", "2026-12-07 10:00")
    world.run(at("2026-12-07 11:00"))
    world.now = attendance.step_due(world.the, 2)
    world.do(e.TimePassed())
    assert [note.detail["step"] for _, note in world.notes if note.kind == "attendance_asked"] == ["1", "3"]


def test_whom_the_convener_was_asked_about_and_has_not_let_the_meeting_stand_without() -> None:
    """L6: until somebody comes, the duty is lifted, or she goes ahead."""
    for done_since, waits in (
        (None, [2, 3]),
        (e.Released(2), [3]),
        (e.Excused(2, "skäl"), [3]),
        (e.PartyRemoved(2), [3]),
        (e.GoAhead(), []),
    ):
        world = the_convener_is_asked()
        if done_since is not None:
            world.do(done_since)
        assert [party.ordinal for party in awaits_convener(world.the)] == waits, done_since
    world = the_convener_is_asked()
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world)))
    assert [party.ordinal for party in awaits_convener(world.the)] == [3]
    assert awaits_convener(called(CALL, START).the) == []
