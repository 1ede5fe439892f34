"""The directory has gaps, or knows the unit no longer; the relay takes its time (rules, sections 4 T4 and 5 L1, L7)."""

from dataclasses import replace
from typing import Any

from sip.domain.agreement import MeetingKind
from sip.domain.people import Person
from sip.domain.terms import AnswerKind
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, World, at, called
from tests.domain.plays import CALL, START, answers, moves
from tests.domain.standings import HOUR, first, standing

BARE = Person("Utan adress")
"""Staff without an address stand first in every list."""


def _gaps(**more: Any) -> dict[str, Any]:
    people = ("managers", "heads", "watchers", "substitutes", "coordinators")
    lists = {name: (BARE, *getattr(HOME_CARE, name)[:1]) for name in people}
    return {"phone": None, "contract_officers": (BARE, *HOME_CARE.heads), **lists, **more}


@standing
def some_of_its_staff_have_no_address() -> World:
    return first(home=_gaps())


@standing
def none_of_its_staff_has_an_address() -> World:
    nobody = dict.fromkeys(("managers", "heads", "watchers", "coordinators", "contract_officers"), (BARE,))
    world = first(home=_gaps(**nobody, administrators=(BARE, Person("Ada Adm", "ada@al.example")), substitutes=()))
    own = world.rosters[CARE_CENTRE.unit_id]
    world.rosters[CARE_CENTRE.unit_id] = replace(own, coordinators=(BARE, *own.coordinators))
    return world


@standing
def some_of_its_staff_have_no_address_at_discharge() -> World:
    world = World(at("2026-11-05 10:00"))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, **_gaps())
    called("2026-11-05 10:00", "2026-11-09 10:00", [HOME_CARE, SCHOOL], kind=MeetingKind.DISCHARGE, world=world)
    world.now += HOUR
    return world


@standing
def a_substitute_without_an_address_was_passed_over() -> World:
    world = first(home=_gaps())
    answers(world, AnswerKind.REGRETS)
    world.now += HOUR
    return world


@standing
def the_directory_no_longer_knows_it() -> World:
    world = first()
    del world.rosters[HOME_CARE.unit_id]
    return world


@standing
def moved_and_the_relay_waits() -> World:
    world = first()
    world.relay = "waits"
    moves(world, 1)
    world.now += HOUR
    return world


@standing
def a_reminder_waits_at_the_relay() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    world.relay = "waits"
    world.run(at("2026-11-06 09:00"))
    return world
