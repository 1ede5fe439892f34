"""Checking in (rules, section 8 A5): evidence with bounds, on which nothing rests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sip.domain import events as e
from sip.domain.check_in import MOST, OPENS, of_party
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.terms import Mark, MeetingState, Outcome
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called

HOME, SCHOOLS = 2, 3


@pytest.fixture
def world() -> World:
    found = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE, SCHOOL])
    found.now = found.the.start - OPENS
    return found


def refused(world: World, event: e.CheckedIn) -> Reason | None:
    done = world.do(event)
    return done.reason if isinstance(done, Refused) else None


def test_it_opens_to_the_minute(world: World) -> None:
    world.now -= timedelta(seconds=1)
    assert refused(world, e.CheckedIn(HOME, name="Anna Ek")) is Reason.CHECK_IN_EARLY
    world.now += timedelta(seconds=1)
    assert refused(world, e.CheckedIn(HOME, name="Anna Ek")) is None


def test_who_says_nothing_of_herself_is_asked(world: World) -> None:
    assert refused(world, e.CheckedIn(HOME, name="  ")) is Reason.CHECK_IN_NAMELESS
    assert refused(world, e.CheckedIn(HOME, attendee=9)) is Reason.NOT_FOUND
    assert refused(world, e.CheckedIn(99, name="Anna")) is Reason.NOT_FOUND
    assert world.the.check_ins == ()


def test_the_same_again_changes_nothing_and_there_is_an_end(world: World) -> None:
    before = world.the
    for name in ("Anna Ek", " anna ek "):
        assert refused(world, e.CheckedIn(HOME, name=name)) is None
    assert [one.name for one in of_party(world.the, HOME)] == ["Anna Ek"]
    for n in range(1, MOST):
        assert refused(world, e.CheckedIn(HOME, name=f"Person {n}")) is None
    assert refused(world, e.CheckedIn(HOME, name="En till")) is Reason.TOO_MANY_CHECK_INS
    assert refused(world, e.CheckedIn(SCHOOLS, name="En till")) is None, "each party has its own"
    assert replace(world.the, check_ins=()) == before, "nothing else of the meeting has changed"


def test_it_ends_with_the_meeting_and_a_move_takes_it_away(world: World) -> None:
    world.do(e.CheckedIn(HOME, name="Anna Ek"))
    moved = world.do(e.Moved(at("2026-12-08 10:00"), at("2026-12-08 11:00"), world.the.form, world.the.place))
    assert isinstance(moved, Decision) and world.the.check_ins == ()
    world.now = world.the.start
    marks = tuple((party.ordinal, Mark.ABSENT) for party in world.the.parties)
    world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair"))
    assert world.the.state is MeetingState.CLOSED
    assert refused(world, e.CheckedIn(HOME, name="Anna Ek")) is Reason.WRONG_STATE


def test_who_is_of_a_unit_that_has_gone_cannot_check_in() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [HOME_CARE, SCHOOL])
    world.do(e.PartyRemoved(HOME))
    world.now = world.the.start
    assert refused(world, e.CheckedIn(HOME, name="Anna Ek")) is Reason.PARTY_INACTIVE
    assert refused(world, e.CheckedIn(SCHOOLS, name="Anna Ek")) is None
