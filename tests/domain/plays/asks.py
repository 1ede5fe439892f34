"""What is asked of whom, and when nothing is (rules, sections 4 T3, 5 L6 and L8, 6)."""

from datetime import timedelta

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.terms import AnswerKind, Channel, Obligation
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called, said
from tests.domain.plays import CALL, START, answers, decides, done, play


@play
def who_was_only_invited_is_not_asked_to_confirm() -> World:
    world = called(CALL, START, obligation=Obligation.INVITED)
    answers(world, AnswerKind.TENTATIVE)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def who_was_only_invited_is_not_asked_for_a_name() -> World:
    world = called(CALL, START, obligation=Obligation.INVITED)
    answers(world, AnswerKind.ATTENDS)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def an_excused_unit_is_not_asked_to_confirm() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.TENTATIVE)
    done(world, e.Excused(2, "semester"))
    world.run(at("2026-12-07 09:59"))
    return world


@play
def nothing_is_asked_within_the_conveners_pause() -> World:
    """L8: also of a unit that hesitates, and of the list of substitutes."""
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    answers(world, AnswerKind.TENTATIVE)
    answers(world, AnswerKind.REGRETS, unit=SCHOOL)
    for party in (2, 3):
        done(world, e.PauseSet(party, "sportlov", at("2026-12-03 12:00")))
    world.run(at("2026-12-07 09:59"))
    return world


@play
def hesitating_within_a_question_it_is_still_asked_to_confirm() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.UNKNOWN_IDENTITY)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.TENTATIVE)
    world.run(at("2026-12-03 12:00"))
    return world


@play
def what_is_due_in_the_night_is_asked_in_the_morning() -> World:
    """T3: what the engine has put off to office time, a person's act in the same night does not bring on."""
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    world.run(at("2026-12-01 20:00"))
    done(world, e.Acknowledged(2, said(world, Channel.PHONE)))
    world.now = at("2026-12-03 23:00")
    world.tick()
    done(world, e.IdentityConveyed(2, Channel.PHONE))
    world.run(at("2026-12-04 12:00"))
    return world


@play
def a_question_put_off_by_an_outage_is_asked_when_it_is_over() -> World:
    """L1: while answers could not come in nothing is held against anybody; then a person's act or a tick asks."""
    world = called(CALL, START)
    world.run(at("2026-12-02 16:00"))
    world.answers_open_from = at("2026-12-03 12:00")
    world.run(at("2026-12-03 11:00"))
    done(world, e.GoAhead())
    world.now = at("2026-12-03 12:00")
    done(world, e.GoAhead())
    world.run(at("2026-12-03 13:00"))
    return world


@play
def in_discharge_also_at_the_weekend() -> World:
    """T2: the question too, between 06 and 22."""
    world = called("2026-11-05 10:00", "2026-11-09 10:00", [HOME_CARE, SCHOOL], kind=MeetingKind.DISCHARGE)
    answers(world, AnswerKind.TENTATIVE, unit=SCHOOL)
    world.run(at("2026-11-09 10:00"))
    return world


@play
def a_proposal_in_discharge_waits_half_the_time_at_most() -> World:
    world = called("2026-11-05 10:00", "2026-11-09 10:00", kind=MeetingKind.DISCHARGE)
    new = at("2026-11-10 10:00")
    answers(world, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    world.run(at("2026-11-07 10:00"))
    decides(world, e.Verdict.ACCEPT)
    world.run(at("2026-11-08 10:00"))
    return world
