"""The convener's question, the meeting itself, and after."""

from datetime import timedelta

from sip.domain import events as e
from sip.domain.terms import (
    Mark,
    Outcome,
)
from tests.domain.cast import (
    World,
    at,
)
from tests.domain.plays import done
from tests.domain.standings import HOUR, first, standing
from tests.domain.standings.answered import comes_with_two_names
from tests.domain.standings.covering import a_substitute_is_asked


@standing
def the_convener_is_asked() -> World:
    world = first()
    world.run(at("2026-12-03 09:00"))
    return world


@standing
def the_convener_lets_it_stand() -> World:
    world = the_convener_is_asked()
    done(world, e.GoAhead())
    world.now += HOUR
    return world


@standing
def begun() -> World:
    world = comes_with_two_names()
    world.run(world.the.start)
    return world


@standing
def ended() -> World:
    world = first()
    world.run(world.the.end)
    return world


@standing
def nobody_recorded_it() -> World:
    world = a_substitute_is_asked()
    world.run(world.the.end + timedelta(days=16))
    return world


@standing
def closed_and_absent() -> World:
    world = ended()
    done(world, e.OutcomeRecorded(Outcome.HELD, ((2, Mark.ABSENT), (3, Mark.ATTENDED)), "Clara"))
    return world


@standing
def cancelled() -> World:
    world = a_substitute_is_asked()
    done(world, e.Cancelled(e.CancelReason.OTHER))
    world.now += HOUR
    return world
