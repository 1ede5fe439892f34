"""Somebody is on leave (rules, section 7 S5): by her unit's word she does not come, and is not asked."""

from dataclasses import replace

from sip.domain import events as e
from sip.domain.decide import decide
from sip.domain.decision import Decision, Refused
from sip.domain.meeting import Meeting
from sip.domain.standing import Standing, standing
from sip.domain.terms import AnswerKind, AttendeeState
from tests.domain.cast import HOME_CARE, World, called, said

HOME = 2
ANNA, BO = e.NamedPerson("Anna Ek", "anna@al.example"), e.NamedPerson("Bo Lind", "bo@al.example")


def named(*people: e.NamedPerson) -> World:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE])
    world.do(e.Answered(HOME, AnswerKind.ATTENDS, said(world), names=people))
    world.mails.clear()
    return world


def states(world: World) -> dict[str, AttendeeState]:
    return {person.name: person.state for person in world.the.party(HOME).attendees}


def test_who_comes_alone_is_replaced_and_her_calendar_is_told() -> None:
    world = named(ANNA)
    world.do(e.AttendeeOnLeave(HOME, 1, said(world)))
    assert states(world) == {"Anna Ek": AttendeeState.WITHDRAWN, "Ersättare 1": AttendeeState.ASKED}
    assert standing(world.the.party(HOME)) is Standing.SEEKING_SUBSTITUTE
    assert {(mail.kind, mail.to.email) for mail in world.mails} >= {("stood_down", "anna@al.example")}
    assert not [mail for mail in world.mails if mail.kind == "receipt"]


def test_who_comes_beside_another_leaves_her_to_come() -> None:
    world = named(ANNA, BO)
    world.do(e.AttendeeOnLeave(HOME, 1, said(world)))
    assert states(world) == {"Anna Ek": AttendeeState.WITHDRAWN, "Bo Lind": AttendeeState.NAMED}
    assert standing(world.the.party(HOME)) is Standing.ATTENDS


def test_who_is_asked_is_passed_over_and_the_next_is_asked() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE])
    world.do(e.Answered(HOME, AnswerKind.REGRETS, said(world)))
    assert states(world) == {"Ersättare 1": AttendeeState.ASKED}
    world.do(e.AttendeeOnLeave(HOME, 1, said(world)))
    assert states(world) == {"Ersättare 1": AttendeeState.STOOD_DOWN, "Ersättare 2": AttendeeState.ASKED}


def test_the_same_again_and_after_the_start_change_nothing() -> None:
    world = named(ANNA)
    world.do(e.AttendeeOnLeave(HOME, 1, said(world)))
    before = world.the
    world.do(e.AttendeeOnLeave(HOME, 1, said(world)))
    assert world.the == before
    late = named(ANNA)
    late.now = late.the.start
    assert isinstance(late.do(e.AttendeeOnLeave(HOME, 1, said(late))), Refused)


def test_nobody_on_leave_is_asked_to_stand_in_while_somebody_else_can_be() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE])
    away = replace(world.context(), on_leave=frozenset({"ersattare1@al.example"}))
    done = decide(world.the, e.Answered(HOME, AnswerKind.REGRETS, said(world)), away)
    assert isinstance(done, Decision) and isinstance(done.state, Meeting)
    found = {person.name: person.state for person in done.state.party(HOME).attendees}
    assert found == {"Ersättare 1": AttendeeState.ENGAGED, "Ersättare 2": AttendeeState.ASKED}
    assert "substitute_on_leave" in [note.kind for note in done.notes]
