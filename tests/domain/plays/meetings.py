"""Draft, call, change, move, cancel: how rounds begin (rules, section 5 R1; domain, section 4)."""

from dataclasses import replace
from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.people import Language
from sip.domain.terms import AnswerKind, AttendeeState, Channel, Obligation, Purpose
from tests.domain.cast import CARE_CENTRE, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, World, at, called, draft
from tests.domain.plays import CALL, START, answers, done, moves, named, play, says


@play
def a_draft_is_edited_and_nobody_hears_of_it() -> World:
    world = World(at(CALL))
    made = draft(at(START), [HOME_CARE, CARE_CENTRE, SCHOOL])
    done(world, replace(made, purpose_text=" Planering ", questions=(" Vem? ", " "), follows=made.case_id))
    done(world, e.TextChanged())
    done(world, e.TextChanged(Purpose.NEW_PLAN, "Planering", ("Vem?",)))
    done(
        world, e.TextChanged(Purpose.FOLLOW_UP, " Uppföljning ", (" När? ", ""), "Ola Ordförande", "ola@region.example")
    )
    done(world, e.PartyRemoved(2))
    done(world, e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.INVITED)))
    done(world, e.IdentityConveyed(3, Channel.LETTER))
    moves(world, 1)
    moves(world, 0)
    done(world, e.HandedOver(world.the.convener))
    return world


@play
def a_draft_is_cancelled_and_nobody_hears_of_it() -> World:
    world = World(at(CALL))
    done(world, draft(at(START)))
    done(world, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    return world


@play
def handed_over_to_a_unit_that_was_to_be_called() -> World:
    world = World(at(CALL))
    done(world, draft(at(START), [HOME_CARE, SCHOOL]))
    other = replace(world.the.convener, unit_id=SCHOOL.unit_id, unit_name=SCHOOL.name)
    done(world, e.HandedOver(other))
    done(world, e.Called())
    return world


@play
def a_new_text_is_sent_to_those_who_may_still_come() -> World:
    """Text only: no new round; one who said no or was never reached is not written to again."""
    world = called(CALL, START, [HOME_CARE, SCHOOL, SOCIAL])
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", AttendeeState.REFUSED)
    answers(world, AnswerKind.ATTENDS, names=(named("Bo"),), unit=SCHOOL)
    done(world, e.PartyRemoved(world.party(SOCIAL).ordinal))
    world.now += timedelta(hours=1)
    done(world, e.TextChanged(chair_name="Ola Ordförande"))
    done(world, e.TextChanged(questions=("Vem gör vad?", "När?")))
    done(world, e.TextChanged(purpose_text="Annan planering"))
    done(world, e.TextChanged(Purpose.FOLLOW_UP))
    return world


@play
def a_party_that_joins_has_the_agreements_rules_and_a_round_of_its_own() -> World:
    """R1: other parties coming or going begin no round."""
    world = called(CALL, START)
    world.now += timedelta(days=1)
    done(world, e.PartyAdded(e.PartyDraft(SCHOOL.unit_id, Obligation.SUMMONED)))
    done(world, e.PartyAdded(e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED)))
    assert [world.party(unit).rule_set.law_only for unit in (SCHOOL, OUTSIDE)] == [False, True]
    assert world.party(SCHOOL).rule_set.name == "Länsavtalet"
    return world


@play
def a_party_that_goes_takes_its_people_with_it() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    answers(world, AnswerKind.REGRETS)
    done(world, e.PartyRemoved(2))
    world.run(at("2026-12-03 09:00"))
    return world


@play
def a_move_asks_everybody_again() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    done(world, e.PartyRemoved(world.party(SCHOOL).ordinal))
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"), e.NamedPerson("Vikarien")))
    done(world, e.Excused(2, "skäl"))
    moves(world, 0)
    world.now += timedelta(hours=1)
    moves(world, 2)
    return world


@play
def cancelled_everybody_is_told_and_every_ask_stops() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-11-06 08:00"))
    done(world, e.Cancelled(e.CancelReason.CONSENT_WITHDRAWN))
    return world


@play
def what_the_convener_must_know_at_the_call() -> World:
    """A phone-only unit, one without an address, closed days all the way, another system: and only once each."""
    world = World(at(CALL))
    closed = frozenset(date(2026, 11, day) for day in range(1, 31))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True, language=Language.EN)
    world.rosters[SCHOOL.unit_id] = replace(SCHOOL, addresses=(), phone=None)
    world.rosters[SOCIAL.unit_id] = replace(
        SOCIAL, closed_days=closed, verified={"soc@al.example": at("2025-11-07 10:00")}
    )
    called(CALL, "2026-11-10 10:00", [HOME_CARE, SCHOOL, SOCIAL], world=world)
    done(world, e.PartyAdded(e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED)))
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-11-09 12:00"))
    return world


@play
def closed_days_that_leave_a_working_day_are_counted() -> World:
    """T1; and a mailbox verified exactly twelve months of thirty days ago is verified."""
    world = World(at(CALL))
    closed = frozenset({date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 11)})
    world.rosters[HOME_CARE.unit_id] = replace(
        HOME_CARE, closed_days=closed, verified={"hemtjanst@al.example": at(CALL) - timedelta(days=360)}
    )
    called(CALL, "2026-11-10 10:00", world=world)
    return world


@play
def closed_days_mean_nothing_in_discharge() -> World:
    world = World(at(CALL))
    closed = frozenset(date(2026, 11, day) for day in range(1, 31))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, closed_days=closed)
    called(CALL, "2026-11-05 10:00", kind=MeetingKind.DISCHARGE, world=world)
    return world
