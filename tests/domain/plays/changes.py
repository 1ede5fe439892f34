"""What changes under a called meeting: its consent, its convener (rules, section 5 R3 and R4)."""

from dataclasses import replace
from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.terms import AnswerKind, AttendeeState, Obligation
from tests.domain.cast import CARE_CENTRE, CASE, CONVENER, HOME_CARE, SCHOOL, SOCIAL, World, at, called
from tests.domain.plays import CALL, START, answers, done, named, play, says

ANNA = replace(CONVENER, person="Anna Annan", email="anna@region.example", phone="010-123 45 99")


def resting_on(until: date | None) -> World:
    return called(CALL, START, [HOME_CARE, SCHOOL], world=World(at(CALL), case=replace(CASE, consent_until=until)))


def neighbour(world: World) -> e.HandedOver:
    """A clinic of the convener's own principal."""
    clinic = replace(SOCIAL, organisation_id=CARE_CENTRE.organisation_id, principal_id=CARE_CENTRE.principal_id)
    world.rosters[clinic.unit_id] = clinic
    return e.HandedOver(replace(ANNA, unit_id=clinic.unit_id, unit_name=clinic.name))


@play
def a_consent_that_ends_on_a_sunday() -> World:
    """R4: said at the call, a task on its last working day, and after it nothing more is begun."""
    world = resting_on(date(2026, 11, 22))
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-12-08 09:00"))
    return world


@play
def a_consent_that_ends_while_people_are_asked() -> World:
    world = resting_on(date(2026, 11, 4))
    world.now = at("2026-11-04 16:00")
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    answers(world, AnswerKind.TENTATIVE, unit=SCHOOL)
    world.run(at("2026-11-09 09:00"))
    return world


@play
def a_consent_that_is_renewed_and_given_back() -> World:
    world = resting_on(date(2026, 11, 6))
    world.run(at("2026-11-09 09:00"))
    world.case = replace(CASE, consent_until=date(2026, 11, 27))
    done(world, e.ConsentChanged())
    world.run(at("2026-11-13 09:00"))
    world.case = replace(CASE, consent=False)
    done(world, e.ConsentChanged())
    world.run(at("2026-12-08 09:00"))
    return world


@play
def a_consent_that_no_longer_covers_one_who_had_named_somebody() -> World:
    world = resting_on(None)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),), unit=SCHOOL)
    world.now += timedelta(hours=1)
    world.case = replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    done(world, e.ConsentChanged())
    world.run(at("2026-11-09 09:00"))
    return world


@play
def handed_over_within_the_unit_while_something_waits() -> World:
    """R3: an update of text to those who may still come; questions already put are put to her."""
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", AttendeeState.ACCEPTED)
    world.run(at("2026-12-03 09:00"))
    done(world, e.HandedOver(ANNA))
    world.run(at("2026-12-04 09:00"))
    return world


@play
def handed_over_to_a_neighbour() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    world.now += timedelta(hours=1)
    done(world, neighbour(world))
    world.run(at("2026-11-09 09:00"))
    return world


@play
def handed_over_to_one_that_was_called() -> World:
    world = called(CALL, START, [HOME_CARE])
    event = neighbour(world)
    done(world, e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.INVITED)))
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),), unit=SOCIAL)
    world.now += timedelta(hours=1)
    done(world, event)
    return world


@play
def a_discharge_is_handed_over_to_a_clinic() -> World:
    world = called(CALL, "2026-11-06 10:00", kind=MeetingKind.DISCHARGE)
    done(world, neighbour(world))
    world.run(at("2026-11-06 10:00"))
    return world
