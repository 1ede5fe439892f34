"""What becomes of our mails, and what comes back that is no answer (rules, sections 3 and 5 L1, L7)."""

from dataclasses import replace
from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.terms import AnswerKind, AttendeeState, Obligation, SettledAs
from tests.domain.cast import CARE_CENTRE, CONVENER, HOME_CARE, SCHOOL, World, at, called, ident
from tests.domain.plays import CALL, START, answers, bounces, done, moves, named, play, says


@play
def the_next_address_with_a_new_clock_and_then_none() -> World:
    """L7: none left: the ladder ends, convener and coordinator are told."""
    world = called(CALL, START, [SCHOOL])
    world.run(at("2026-11-06 12:00"))
    bounces(world, "call", "skolan@al.example")
    bounces(world, "call", "skolan@al.example")
    world.run(at("2026-11-12 12:00"))
    bounces(world, "reminder", "skolan2@al.example")
    world.run(at("2026-12-03 12:00"))
    return world


@play
def an_address_that_failed_is_not_tried_again_in_a_new_round() -> World:
    world = called(CALL, START, [SCHOOL])
    bounces(world, "call", "skolan@al.example")
    world.now += timedelta(hours=1)
    moves(world, 1)
    bounces(world, "update", "skolan2@al.example")
    world.now += timedelta(hours=1)
    moves(world, 1)
    return world


@play
def given_up_by_the_relay() -> World:
    world = World(at(CALL), relay="slow")
    called(CALL, START, [HOME_CARE], world=world)
    world.now += timedelta(hours=4)
    world.deliver(SettledAs.FAILED)
    return world


@play
def a_result_that_comes_late_or_names_nothing() -> World:
    """Totality: of an older round, of a party or an invitation that is not there, twice; accepted after it failed."""
    world = called(CALL, START, world=World(at(CALL), relay="slow"))
    first = next(m for m in world.pending if m.to.email == "hemtjanst@al.example")
    moves(world, 1)
    world.settle(first)
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "call", 99, 1))
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "call", None, 1))
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "call", 2, 99, round=2))
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "removed", 2, 2, round=2))
    done(world, e.Bounced("x", world.now, 99))
    done(world, e.Bounced("x", world.now, None))
    world.now += timedelta(hours=2)
    world.deliver()
    world.now += timedelta(hours=2)
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "call", 2, 2, round=2))
    bounces(world, "update", "hemtjanst@al.example")
    done(world, e.MailSettled("x", SettledAs.ACCEPTED, world.now, "update", 2, 2, round=2))
    return world


@play
def accepted_so_late_that_there_is_no_ladder() -> World:
    """L6: A not before S."""
    world = called("2026-11-16 10:00", "2026-11-17 16:00", world=World(at(CALL), relay="slow"))
    world.now = at("2026-11-17 16:00")
    world.deliver()
    return world


@play
def a_lifted_mail_that_comes_back_is_told_to_the_coordinator() -> World:
    world = called(CALL, START)
    world.run(at("2026-11-23 12:00"))
    bounces(world, "lift_manager", "mona@al.example")
    bounces(world, "lift_watchers", "vera@al.example")
    bounces(world, "lift_manager", "mona@al.example")
    done(world, e.PartyRemoved(2))
    bounces(world, "removed", "hemtjanst@al.example")
    bounces(world, "lift_watchers", "vera@al.example", "5.7.1")
    return world


@play
def a_named_person_who_cannot_be_reached_is_told_once() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    bounces(world, "named", "anna@al.example")
    bounces(world, "named", "anna@al.example")
    says(world, "Anna", AttendeeState.ACCEPTED)
    receipt = world.sent("receipt")[-1]
    done(world, e.Bounced(receipt.key, world.now, 2, None, receipt.attendee, "kollega@al.example", "5.1.1"))
    done(world, e.Bounced(receipt.key, world.now, 2, None, receipt.attendee, "ANNA@al.example", "5.1.1"))
    return world


@play
def what_fails_after_the_start_is_noted_and_nothing_is_asked() -> World:
    world = called(CALL, START, [SCHOOL])
    answers(world, AnswerKind.REGRETS, unit=SCHOOL)
    world.run(at("2026-12-07 10:00"))
    bounces(world, "ask_substitute", "ersattare1@al.example")
    bounces(world, "call", "skolan@al.example")
    return world


@play
def replies_that_set_no_answer() -> World:
    """To an older time: the current REQUEST once per SEQUENCE; unusable: told once a day, with the button that does."""
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    moves(world, 1)
    done(world, e.ReplySeen("old_time", 2, 2, 0, AnswerKind.ATTENDS, resend=True))
    done(world, e.ReplySeen("old_time", 2, 2, 0, AnswerKind.ATTENDS, resend=True))
    done(world, e.ReplySeen("unusable", 2, 2, 1, unusable_to="hemtjanst@al.example"))
    world.now += timedelta(days=1)
    done(world, e.ReplySeen("unusable", 2, 2, 1, unusable_to="hemtjanst@al.example"))
    done(world, e.PartyRemoved(3))
    done(world, e.ReplySeen("removed", 3, 3, 1, resend=True, unusable_to="skolan@al.example"))
    done(world, e.Cancelled(e.CancelReason.OTHER))
    done(world, e.ReplySeen("cancelled", 2, 2, 1, resend=True, unusable_to="hemtjanst@al.example"))
    done(world, e.ReplySeen("cancelled", 2, 2, 1, resend=True))
    return world


@play
def replies_after_the_start_are_noted() -> World:
    world = called(CALL, START)
    world.now = at(START)
    done(world, e.ReplySeen("late", 2, 2, 0, unusable_to="hemtjanst@al.example"))
    done(world, e.HumanWrote(2, 2, "hemtjanst@al.example"))
    return world


@play
def a_calendar_asks_for_the_newest_request_at_most_once_an_hour() -> World:
    world = called(CALL, START)
    done(world, e.Refreshed(2, 2))
    world.now += timedelta(minutes=59)
    done(world, e.Refreshed(2, 2))
    world.now += timedelta(minutes=1)
    done(world, e.Refreshed(2, 2))
    world.now += timedelta(hours=2)
    done(world, e.Cancelled(e.CancelReason.OTHER))
    done(world, e.Refreshed(2, 2))
    return world


@play
def words_and_machines_are_noted_beside_the_invitation() -> World:
    """RFC 3834: never an answer and never answered; a person's words are told to the convener, once a day each."""
    world = called(CALL, START, [HOME_CARE, SCHOOL], obligation=Obligation.INVITED)
    done(world, e.AutoReplied(2, 2, date(2026, 11, 9)))
    done(world, e.AutoReplied(2, 2))
    done(world, e.AutoReplied(3))
    done(world, e.HumanWrote(2, 2, "hemtjanst@al.example"))
    done(world, e.HumanWrote(3, 3))
    world.now += timedelta(days=1)
    done(world, e.HumanWrote(2, 2, "hemtjanst@al.example"))
    return world


@play
def what_comes_through_a_persons_own_invitation_and_is_no_answer() -> World:
    """Section 3: whoever wrote hears that it did not count, at her own place; the unit's mailbox hears nothing."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    hers = world.party(HOME_CARE).attendees[0].invitation or 0
    world.log.clear()
    done(world, e.ReplySeen("unusable", 2, hers, 0, unusable_to="anna@al.example"))
    world.now += timedelta(days=1)
    done(world, e.HumanWrote(2, hers, "anna@al.example"))
    done(world, e.Refreshed(2, hers))
    done(world, e.AutoReplied(2, hers, date(2026, 11, 9)))
    done(world, e.ReplySeen("old_time", 2, hers, 0, resend=True))
    says(world, "Anna", AttendeeState.REFUSED)
    world.now += timedelta(days=1)
    done(world, e.ReplySeen("unusable", 2, hers, 0, unusable_to="anna@al.example"))
    done(world, e.Refreshed(2, hers))
    done(world, e.ReplySeen("old_time", 2, hers, 0, resend=True))
    return world


@play
def an_older_word_of_one_who_was_stood_down_gets_her_cancel_again() -> World:
    """Her entry is hers to lose, whoever comes for the unit now; the unit's own goes on."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    answers(world, AnswerKind.ATTENDS, names=(named("Bo"),))
    hers = world.party(HOME_CARE).attendees[0].invitation or 0
    world.log.clear()
    done(world, e.ReplySeen("old_time", 2, hers, 0, resend=True))
    done(world, e.ReplySeen("old_time", 2, hers, 0, resend=True))
    done(world, e.Refreshed(2, hers))
    done(world, e.ReplySeen("unusable", 2, hers, 0, unusable_to="anna@al.example"))
    return world


@play
def a_mail_to_the_convener_comes_back_after_another_unit_took_over() -> World:
    """L7: what was meant for the convener's side is told to the mailbox of the unit that convenes now."""
    world = called(CALL, START)
    other = replace(CARE_CENTRE, unit_id=ident("Vc Linden"), name="Linden", addresses=("linden@region.example",))
    world.rosters[other.unit_id] = other
    taking_over = replace(CONVENER, unit_id=other.unit_id, unit_name=other.name, email="lo@region.example")
    done(world, e.HandedOver(taking_over))
    world.log.clear()
    done(world, e.Bounced("x", world.now, None, email="lo@region.example", reason="5.1.1"))
    return world
