"""How the unit was called, reached, excused; what stands in the way."""

from dataclasses import replace
from datetime import timedelta

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.people import Successor
from sip.domain.terms import (
    Obligation,
)
from tests.domain.cast import (
    HOME_CARE,
    OUTSIDE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
)
from tests.domain.plays import CALL, START, bounces, done, moves
from tests.domain.standings import HOUR, first, standing


@standing
def just_called() -> World:
    return first()


@standing
def a_moment_after_the_call() -> World:
    world = first()
    world.now = at(CALL) + timedelta(minutes=1)
    return world


@standing
def excused() -> World:
    world = first()
    done(world, e.Excused(2, "skäl"))
    world.now += HOUR
    return world


@standing
def released() -> World:
    world = first()
    done(world, e.Released(2))
    world.now += HOUR
    return world


@standing
def removed() -> World:
    world = first()
    done(world, e.PartyRemoved(2))
    world.now += HOUR
    return world


@standing
def paused_by_the_convener() -> World:
    world = first()
    done(world, e.PauseSet(2, "sportlov", at("2026-11-20 10:00")))
    world.now += HOUR
    return world


@standing
def its_mailbox_failed() -> World:
    world = first()
    bounces(world, "call", "hemtjanst@al.example")
    world.now += HOUR
    return world


@standing
def it_is_reached_elsewhere_today() -> World:
    world = first()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, addresses=("ny@al.example",))
    return world


@standing
def moved_and_reached_elsewhere_today() -> World:
    world = first()
    moves(world, 1)
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, addresses=("ny@al.example",))
    world.now += HOUR
    return world


@standing
def reached_elsewhere_at_the_very_start() -> World:
    """S has come, and nobody has ticked yet."""
    world = first()
    world.run(at("2026-12-07 09:59"))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, addresses=("ny@al.example",))
    world.now = world.the.start
    return world


@standing
def its_unit_closes_before_the_meeting() -> World:
    world = first()
    closes = replace(HOME_CARE, closes_at=world.the.start, successor=Successor(SOCIAL.unit_id, SOCIAL.name))
    world.rosters[HOME_CARE.unit_id] = closes
    return world


@standing
def its_calendar_accepts_by_itself() -> World:
    return first(home={"auto_accepts": True})


@standing
def it_is_reached_by_phone_alone() -> World:
    return first(home={"phone_only": True})


@standing
def outside_the_agreement() -> World:
    world = World(at(CALL))
    called(CALL, START, [OUTSIDE, SCHOOL], world=world)
    world.now += HOUR
    return world


@standing
def only_invited() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL], obligation=Obligation.INVITED)
    world.now += HOUR
    return world


@standing
def called_in_another_system() -> World:
    world = called(CALL, START)
    other = e.PartyDraft(SCHOOL.unit_id, Obligation.SUMMONED, other_system="Lifecare")
    done(world, e.PartyRemoved(2))
    done(world, e.PartyAdded(other))
    world.now += HOUR
    return world


@standing
def at_discharge() -> World:
    world = World(at("2026-11-06 12:00"))
    called("2026-11-06 12:00", "2026-11-13 12:00", [HOME_CARE, SCHOOL], kind=MeetingKind.DISCHARGE, world=world)
    world.now += HOUR
    return world


@standing
def the_relay_is_slow() -> World:
    world = World(at(CALL), relay="slow", automatic_within=timedelta(minutes=2))
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    world.now += HOUR
    return world


@standing
def the_relay_has_just_accepted_it() -> World:
    """An hour late: whether an answer is too quick for a person is counted from then."""
    world = the_relay_is_slow()
    world.relay = "accepts"
    world.deliver()
    world.now += timedelta(minutes=1)
    return world


@standing
def answers_can_come_in_again() -> World:
    """The convener's question was put off until this very moment."""
    world = first()
    world.run(at("2026-12-03 07:59"))
    world.answers_open_from = at("2026-12-03 10:00")
    world.run(at("2026-12-03 09:00"))
    world.now = at("2026-12-03 10:00")
    return world


@standing
def answers_cannot_come_in() -> World:
    world = first()
    world.run(at("2026-11-06 07:00"))
    world.answers_open_from = at("2026-11-09 10:00")
    return world
