"""Where a unit can stand when somebody says something: each standing as a small play.

Hemtjänsten is party 2, Skolan party 3. Every word of `words.py` is tried in every standing (`test_every_word.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.people import Successor
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ClaimKind,
    ContestReason,
    Mark,
    Obligation,
    Outcome,
    RegretReason,
)
from tests.domain.cast import (
    CASE,
    HOME_CARE,
    OUTSIDE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    said,
)
from tests.domain.plays import CALL, START, answers, bounces, done, moves, named, says

K, A = AnswerKind, AttendeeState
ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE
HOUR = timedelta(hours=1)
Standing = Callable[[], World]

STANDINGS: dict[str, Standing] = {}


def standing(made: Standing) -> Standing:
    """Registers a standing under its own name."""
    STANDINGS[made.__name__] = made
    return made


def _called(**more: Any) -> World:
    """Two units called on Monday 2 November for 7 December; the county shows a machine by its speed too."""
    world = World(at(CALL), automatic_within=timedelta(minutes=2))
    for unit, changes in more.items():
        roster = {"home": HOME_CARE, "school": SCHOOL}[unit]
        world.rosters[roster.unit_id] = replace(roster, **changes)
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    world.now += HOUR
    return world


@standing
def just_called() -> World:
    return _called()


@standing
def a_moment_after_the_call() -> World:
    world = _called()
    world.now = at(CALL) + timedelta(minutes=1)
    return world


@standing
def promised_to_answer() -> World:
    world = _called()
    done(world, e.Acknowledged(2, said(world), date(2026, 11, 12)))
    world.now += HOUR
    return world


@standing
def reminded() -> World:
    world = _called()
    world.run(at("2026-11-10 08:00"))
    return world


@standing
def comes_without_a_name() -> World:
    world = _called()
    answers(world, K.ATTENDS)
    world.now += HOUR
    return world


@standing
def comes_with_two_names() -> World:
    world = _called()
    answers(world, K.ATTENDS, names=(named("Anna"), named("Bo")))
    says(world, "Anna", A.ACCEPTED)
    world.now += HOUR
    return world


@standing
def comes_perhaps() -> World:
    world = _called()
    answers(world, K.TENTATIVE)
    world.now += HOUR
    return world


@standing
def a_substitute_is_asked() -> World:
    world = _called()
    answers(world, K.REGRETS, stands_in=(named("Anna"),), regret_reason=RegretReason.DOUBLE_BOOKED)
    world.now += HOUR
    return world


@standing
def a_substitute_was_asked_in_vain() -> World:
    world = _called()
    answers(world, K.REGRETS)
    world.run(at("2026-11-03 11:00"))
    return world


@standing
def a_substitute_comes() -> World:
    world = _called()
    answers(world, K.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", A.ACCEPTED)
    world.now += HOUR
    return world


@standing
def nobody_can_stand_in() -> World:
    world = _called(home={"substitutes": (), "managers": ()})
    answers(world, K.REGRETS)
    world.now += HOUR
    return world


@standing
def all_are_asked_at_once() -> World:
    world = _called()
    world.run(at("2026-12-04 15:00"))
    answers(world, K.REGRETS)
    world.now += HOUR
    return world


@standing
def proposes_another_time() -> World:
    world = _called()
    later = world.the.start + timedelta(days=1)
    answers(world, K.PROPOSES, proposed_start=later, proposed_end=later + HOUR)
    world.now += HOUR
    return world


@standing
def does_not_know_whom_it_concerns() -> World:
    world = _called()
    answers(world, K.UNKNOWN_IDENTITY)
    world.now += HOUR
    return world


@standing
def contests() -> World:
    world = _called()
    answers(world, K.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    world.now += HOUR
    return world


@standing
def contested_and_upheld() -> World:
    world = contests()
    done(world, e.Decided(2, DECLINE, "skäl"))
    world.now += HOUR
    return world


@standing
def redirects() -> World:
    world = _called()
    answers(world, K.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += HOUR
    return world


@standing
def redirected() -> World:
    """Party 2 has no duty any more; party 4 has it."""
    world = redirects()
    done(world, e.Decided(2, ACCEPT))
    world.now += HOUR
    return world


@standing
def not_ours() -> World:
    world = _called()
    answers(world, K.NOT_OURS)
    world.now += HOUR
    return world


@standing
def informs_instead() -> World:
    world = _called()
    answers(world, K.INFORMS, information_channel=Channel.PHONE)
    world.now += HOUR
    return world


@standing
def excused() -> World:
    world = _called()
    done(world, e.Excused(2, "skäl"))
    world.now += HOUR
    return world


@standing
def released() -> World:
    world = _called()
    done(world, e.Released(2))
    world.now += HOUR
    return world


@standing
def removed() -> World:
    world = _called()
    done(world, e.PartyRemoved(2))
    world.now += HOUR
    return world


@standing
def paused_by_the_convener() -> World:
    world = _called()
    done(world, e.PauseSet(2, "sportlov", at("2026-11-20 10:00")))
    world.now += HOUR
    return world


@standing
def its_mailbox_failed() -> World:
    world = _called()
    bounces(world, "call", "hemtjanst@al.example")
    world.now += HOUR
    return world


@standing
def it_is_reached_elsewhere_today() -> World:
    world = _called()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, addresses=("ny@al.example",))
    return world


@standing
def its_unit_closes_before_the_meeting() -> World:
    world = _called()
    closes = replace(HOME_CARE, closes_at=world.the.start, successor=Successor(SOCIAL.unit_id, SOCIAL.name))
    world.rosters[HOME_CARE.unit_id] = closes
    return world


@standing
def its_calendar_accepts_by_itself() -> World:
    return _called(home={"auto_accepts": True})


@standing
def it_is_reached_by_phone_alone() -> World:
    return _called(home={"phone_only": True})


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


def _claims(world: World, kind: ClaimKind, answer: AnswerKind, email: str, **more: Any) -> None:
    done(world, e.Claimed(2, 2, kind, answer, email, said(world, Channel.MAIL), **more))


@standing
def an_uncertain_yes_waits() -> World:
    world = _called()
    _claims(world, ClaimKind.UNCONFIRMED, K.ATTENDS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def an_uncertain_no_waits() -> World:
    world = _called()
    _claims(world, ClaimKind.UNCONFIRMED, K.REGRETS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def a_stranger_waits_to_be_let_in() -> World:
    world = moved_with_people_kept()
    how = said(world, Channel.MAIL)
    done(world, e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, K.ATTENDS, "nora@annat.example", how))
    world.now += HOUR
    return world


@standing
def a_delegate_waits() -> World:
    world = _called()
    _claims(world, ClaimKind.DELEGATE, K.ATTENDS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def a_claim_was_refused_and_the_meeting_moved() -> World:
    world = an_uncertain_yes_waits()
    done(world, e.ClaimDecided(1, DECLINE, "Clara"))
    moves(world, 1)
    world.now += HOUR
    return world


@standing
def the_convener_is_asked() -> World:
    world = _called()
    world.run(at("2026-12-03 09:00"))
    return world


@standing
def the_convener_lets_it_stand() -> World:
    world = the_convener_is_asked()
    done(world, e.GoAhead())
    world.now += HOUR
    return world


@standing
def the_last_working_day() -> World:
    """Asked to stand in within the last hours, all at once."""
    world = _called()
    answers(world, K.TENTATIVE)
    world.run(at("2026-12-04 16:00"))
    return world


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
def answers_cannot_come_in() -> World:
    world = _called()
    world.run(at("2026-11-06 07:00"))
    world.answers_open_from = at("2026-11-09 10:00")
    return world


@standing
def the_consent_is_over() -> World:
    world = _called()
    answers(world, K.REGRETS)
    assert world.case is not None
    world.case = replace(CASE, consent_until=date(2026, 11, 5))
    done(world, e.ConsentChanged())
    world.run(at("2026-11-06 09:00"))
    return world


@standing
def begun() -> World:
    world = comes_with_two_names()
    world.run(world.the.start)
    return world


@standing
def ended() -> World:
    world = _called()
    world.run(world.the.end)
    return world


@standing
def nobody_recorded_it() -> World:
    world = _called()
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
