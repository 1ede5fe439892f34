"""Silence, and what the ladder does about it (rules, section 5)."""

from dataclasses import replace
from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.people import Language, Person
from sip.domain.terms import AnswerKind, Channel, Obligation, SettledAs
from tests.domain.cast import AGREEMENT, HOME_CARE, OUTSIDE, SCHOOL, World, at, called, said
from tests.domain.plays import CALL, START, answers, done, moves, play


@play
def silence_of_a_summoned_and_an_invited_unit() -> World:
    world = called(CALL, START)
    done(world, e.PartyAdded(e.PartyDraft(SCHOOL.unit_id, Obligation.INVITED)))
    world.run(at("2026-12-07 09:59"))
    return world


@play
def silence_outside_the_agreement() -> World:
    world = called(CALL, START, [OUTSIDE])
    world.run(at("2026-12-07 09:59"))
    return world


@play
def silence_of_a_private_provider_in_english_who_is_shown_the_others() -> World:
    """L2: the contract officer too; an address that stands twice is mailed once; one without an address is not."""
    world = World(at(CALL))
    heads = (Person("Helge Topp", "helge@al.example"), Person("Helge igen", "helge@al.example"), Person("Utan adress"))
    world.rosters[HOME_CARE.unit_id] = replace(
        HOME_CARE, language=Language.EN, heads=heads, contract_officers=(Person("Ove Avtal", "ove@region.example"),),
        addresses=("hemtjanst@al.example", "hemtjanst2@al.example"),
    )  # fmt: skip
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, show_other_units=True)),)
    called(CALL, "2026-11-23 10:00", [HOME_CARE, SCHOOL], world=world)
    done(world, e.PartyRemoved(world.party(SCHOOL).ordinal))
    world.run(at("2026-11-23 09:59"))
    assert world.sent("lift_head")[-1].facts.other_units == ("Vårdcentralen Eken",)
    assert {m.to.language for m in world.mails if m.party == 2 and m.to.email == "hemtjanst@al.example"} == {"en"}
    return world


@play
def rungs_with_nobody_to_mail() -> World:
    """L5: the coordinator is asked at once, later rungs keep their time, nobody higher is mailed in its stead."""
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, managers=(), heads=(Person("Utan adress"),), watchers=())
    called(CALL, START, world=world)
    world.run(at("2026-12-03 12:00"))
    return world


@play
def a_unit_that_the_directory_no_longer_knows() -> World:
    """Time and mail never fail for a gap in the directory: the rungs find nobody, and the convener is asked."""
    world = called(CALL, START)
    del world.rosters[HOME_CARE.unit_id]
    world.run(at("2026-12-03 12:00"))
    return world


@play
def a_slow_relay_moves_the_clock_and_holds_the_next_rung() -> World:
    """L1: A is the acceptance when over an office hour later; no rung while a mail of its predecessor is pending."""
    world = called(CALL, "2026-11-23 10:00", world=World(at(CALL), relay="slow"))
    world.now = at("2026-11-02 13:00")
    world.deliver()
    world.run(at("2026-11-11 12:00"))
    assert world.fired() == [("reminder", "Fri 06 Nov 08:00")]
    world.deliver(SettledAs.DROPPED)
    world.run(at("2026-11-23 09:00"))
    return world


@play
def an_outage_moves_everything_and_nothing_bursts() -> World:
    """L1, L4: while answers could not come in nothing is due; afterwards one rung, and f moves with it."""
    world = called(CALL, "2026-11-23 10:00")
    world.now = at("2026-11-05 15:00")
    world.answers_open_from = at("2026-11-12 10:15")
    world.run(at("2026-11-12 10:15"))
    world.run(at("2026-11-23 09:00"))
    return world


@play
def discharge_over_a_weekend() -> World:
    """T2: calendar days from noon; a rung on a closed day passes without mail and the convener is told to phone."""
    world = called("2026-11-06 14:00", "2026-11-13 10:00", [HOME_CARE, SCHOOL], kind=MeetingKind.DISCHARGE)
    world.run(at("2026-11-13 09:00"))
    return world


@play
def discharge_to_a_unit_that_is_staffed_at_weekends() -> World:
    world = World(at("2026-11-06 10:00"))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, weekend_staffed=True)
    called("2026-11-06 10:00", "2026-11-13 10:00", kind=MeetingKind.DISCHARGE, world=world)
    world.run(at("2026-11-09 12:00"))
    return world


@play
def a_promise_to_answer_holds_the_rungs_until_the_opening_after_it() -> World:
    """R2: no rung until then, at most the opening 4 wd before S; the next is no_answer."""
    world = called(CALL, "2026-11-23 10:00", [HOME_CARE, SCHOOL])
    done(world, e.Acknowledged(world.party(HOME_CARE).ordinal, said(world), date(2026, 11, 12)))
    done(world, e.Acknowledged(world.party(SCHOOL).ordinal, said(world, Channel.MAIL), date(2026, 11, 22)))
    world.run(at("2026-11-23 09:00"))
    return world


@play
def a_promise_for_today_is_a_promise() -> World:
    world = called(CALL, "2026-11-23 10:00")
    done(world, e.Acknowledged(world.party(HOME_CARE).ordinal, said(world, Channel.PHONE), date(2026, 11, 2)))
    world.run(at("2026-11-06 08:00"))
    return world


@play
def acknowledged_between_the_first_two_rungs() -> World:
    """L5: a rung whose condition is gone is skipped, and its due time is the point of the next."""
    world = called(CALL, "2026-11-23 10:00")
    world.run(at("2026-11-06 12:00"))
    done(world, e.Acknowledged(world.party(HOME_CARE).ordinal, said(world)))
    world.run(at("2026-11-13 09:00"))
    return world


@play
def called_too_late_for_a_ladder() -> World:
    """L6: S at or before the next opening: the convener is asked at once, and there is no ladder."""
    world = called("2026-11-17 18:00", "2026-11-18 08:00", [HOME_CARE, SCHOOL])
    world.run(at("2026-11-18 07:59"))
    return world


@play
def compressed_until_only_some_rungs_fit() -> World:
    """L3: dropped in the order no_acknowledgement, reminder, still_none."""
    world = called("2026-11-17 10:00", "2026-11-18 09:00")
    world.run(at("2026-11-18 08:59"))
    return world


@play
def short_notice_in_the_evening_leaves_between_six_and_ten() -> World:
    """T3: with under 1 wd left what the engine begins leaves 06-22 on working days and on S's own day."""
    world = called("2026-11-17 16:30", "2026-11-18 12:00")
    answers(world, AnswerKind.ATTENDS)
    world.run(at("2026-11-18 11:00"))
    return world


@play
def covered_again_is_asked_about_again() -> World:
    """L6: after its own Q at once for a party that becomes uncovered, by a person's act or by the clock."""
    world = called(CALL, START)
    world.run(at("2026-12-03 12:00"))
    answers(world, AnswerKind.ATTENDS)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.REGRETS)
    assert len(world.sent("convener_question")) == 2
    return world


@play
def two_uncovered_parties_are_asked_about_in_one_mail() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL, OUTSIDE])
    answers(world, AnswerKind.ATTENDS, unit=SCHOOL)
    world.run(at("2026-12-03 12:00"))
    assert [m.detail["units"] for m in world.sent("convener_question")] == ["Hemtjänsten Al\nSocialtjänsten Bok"]
    return world


@play
def a_new_round_begins_with_a_new_clock() -> World:
    """R1: nothing is answered or acknowledged; the ladder begins anew."""
    world = called(CALL, "2026-11-30 10:00")
    answers(world, AnswerKind.TENTATIVE)
    world.run(at("2026-11-10 12:00"))
    moves(world, 7)
    world.run(at("2026-11-18 12:00"))
    return world


@play
def so_late_that_only_the_manager_is_asked() -> World:
    """L3, L4: the rungs that no longer fit are passed in the same tick, and told as dropped."""
    world = called("2026-11-17 15:30", "2026-11-18 09:00")
    world.run(at("2026-11-18 08:59"))
    return world


@play
def a_promise_after_the_manager_was_asked_holds_the_head_too() -> World:
    """R2: no rung is due until the opening after the day, whichever is next; here the head's may come early."""
    world = World(at(CALL))
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, still_none_bound=8, deadline_bound=8)),)
    called(CALL, START, world=world)
    world.run(at("2026-11-23 12:00"))
    assert [rung for rung, _ in world.fired()] == ["reminder", "no_acknowledgement", "no_answer"]
    done(world, e.Acknowledged(2, said(world), date(2026, 11, 30)))
    world.run(at("2026-12-03 12:00"))
    assert ("still_none", "Tue 01 Dec 08:00") in world.fired()
    return world
