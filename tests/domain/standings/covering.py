"""Who is to stand in, and who was to come."""

from dataclasses import replace
from datetime import date

from sip.domain import events as e
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ClaimKind,
    RegretReason,
)
from tests.domain.cast import (
    CASE,
    World,
    at,
    said,
)
from tests.domain.plays import answers, done, moves, named, says
from tests.domain.standings import HOUR, first, standing
from tests.domain.standings.answered import comes_with_two_names

K, A = AnswerKind, AttendeeState


@standing
def a_substitute_is_asked() -> World:
    world = first()
    answers(world, K.REGRETS, stands_in=(named("Anna"),), regret_reason=RegretReason.DOUBLE_BOOKED)
    world.now += HOUR
    return world


@standing
def a_substitute_was_asked_in_vain() -> World:
    world = first()
    answers(world, K.REGRETS)
    world.run(at("2026-11-03 11:00"))
    return world


@standing
def a_substitute_comes() -> World:
    world = first()
    answers(world, K.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", A.ACCEPTED)
    world.now += HOUR
    return world


@standing
def nobody_can_stand_in() -> World:
    world = first(home={"substitutes": (), "managers": ()})
    answers(world, K.REGRETS)
    world.now += HOUR
    return world


@standing
def all_are_asked_at_once() -> World:
    world = first()
    world.run(at("2026-12-04 15:00"))
    answers(world, K.REGRETS)
    world.now += HOUR
    return world


@standing
def moved_with_people_kept() -> World:
    world = comes_with_two_names()
    moves(world, 1)
    world.now += HOUR
    return world


@standing
def moved_while_a_substitute_is_asked() -> World:
    world = a_substitute_is_asked()
    moves(world, 1)
    world.now += HOUR
    return world


@standing
def the_consent_is_over() -> World:
    world = first()
    answers(world, K.REGRETS)
    assert world.case is not None
    world.case = replace(CASE, consent_until=date(2026, 11, 5))
    done(world, e.ConsentChanged())
    world.run(at("2026-11-06 09:00"))
    return world


@standing
def moved_with_people_kept_and_a_reminder_waits() -> World:
    world = moved_with_people_kept()
    world.relay = "waits"
    world.run(at("2026-11-09 09:00"))
    return world


@standing
def a_stranger_was_let_in_who_comes_perhaps() -> World:
    world = first()
    answers(world, K.ATTENDS, names=(named("Anna"),))
    how = said(world, Channel.MAIL)
    done(world, e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, K.TENTATIVE, "nora@annat.example", how))
    done(world, e.ClaimDecided(1, e.Verdict.ACCEPT, "Clara", "Nora Ny"))
    world.now += HOUR
    return world
