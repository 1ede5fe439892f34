"""The end, attendance, and the report on a party that did not come (rules, section 8)."""

from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.decide import next_due
from sip.domain.decision import Decision
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Statement,
    WithdrawnBecause,
)
from sip.domain.meeting import deviation_id
from sip.domain.reporting import raised
from sip.domain.terms import AnswerKind, Mark, Outcome
from sip.domain.values import replace
from tests.domain.cast import AGREEMENT, CARE_CENTRE, HOME_CARE, OUTSIDE, REGION, SCHOOL, World, at, called
from tests.domain.plays import CALL, START, answers, bounces, done, moves, named, play

ABSENT, ATTENDED, UNKNOWN = Mark.ABSENT, Mark.ATTENDED, Mark.UNKNOWN


def records(world: World, *marks: Mark, outcome: Outcome = Outcome.HELD, reason: str | None = None) -> None:
    """The chair says who came: parties 2, 3, ... in order."""
    pairs = tuple((n, mark) for n, mark in enumerate(marks, start=2))
    done(world, e.OutcomeRecorded(outcome, pairs, "Clara Kallar", reason))


def ended(*units: object) -> World:
    """Said yes with a name, or nothing; the meeting is over."""
    world = called(CALL, START, [HOME_CARE, *units])  # type: ignore[list-item]  # units are rosters
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    return world


def hears(world: World, event: object, moment: str) -> None:
    """The report's own event."""
    world.now = at(moment)
    identity = deviation_id(world.the.id, 2)
    assert isinstance(world.report(identity, event), Decision)


def waits(world: World, until: str) -> None:
    """The report's own due moments."""
    identity = deviation_id(world.the.id, 2)
    while (due := next_due(world.reports[identity])) is not None and due <= at(until):
        world.now = due
        world.report(identity, e.TimePassed())
    world.now = at(until)


@play
def attendance_is_asked_for_and_never_recorded() -> World:
    world = called(CALL, START)
    done(world, e.TextChanged(chair_name="Ola Ordförande", chair_email="ola@region.example"))
    world.log.clear()
    world.run(at("2027-01-20 10:00"))
    return world


@play
def attendance_after_an_outage_is_asked_for_once() -> World:
    """Several steps late are passed with one mail, to the last of them, and not in the night."""
    world = called(CALL, START)
    world.log.clear()
    world.tick(at("2026-12-09 23:00"))
    world.run(at("2026-12-10 12:00"))
    world.tick(at("2026-12-28 10:00"))
    return world


@play
def a_meeting_without_a_chair_asks_the_convener() -> World:
    world = called(CALL, START)
    assert world.meeting is not None
    world.meeting = replace(world.meeting, chair_email=None)
    world.log.clear()
    world.run(at("2026-12-08 12:00"))
    return world


@play
def a_chair_without_a_name_is_asked_in_the_name_of_the_unit() -> World:
    world = called(CALL, START)
    assert world.meeting is not None
    world.meeting = replace(world.meeting, chair_name=None)
    world.log.clear()
    world.run(at("2026-12-07 12:00"))
    assert [m.to.name for m in world.sent("attendance_request")] == [CARE_CENTRE.name]
    return world


@play
def recorded_while_the_meeting_still_goes_on() -> World:
    world = called(CALL, START)
    world.log.clear()
    world.now = at("2026-12-07 10:00")
    records(world, ATTENDED)
    return world


@play
def recorded_after_the_start_had_been_noticed() -> World:
    world = called(CALL, START)
    world.run(at("2026-12-07 10:30"))
    world.log.clear()
    done(world, e.OutcomeRecorded(Outcome.HELD, ((2, ATTENDED),), "Clara", None, REGION, date(2027, 3, 1), True))
    done(world, e.OutcomeRecorded(Outcome.HELD, (), "Clara", "rättat"))
    return world


@play
def one_unknown_keeps_it_open() -> World:
    """A2: and when the last is known it closes, with the moment it first closed kept through corrections."""
    world = ended(SCHOOL)
    records(world, ABSENT, UNKNOWN)
    world.now += timedelta(hours=1)
    records(world, ABSENT, Mark.LATE)
    world.now += timedelta(hours=1)
    records(world, ABSENT, Mark.PART, reason="kom senare")
    world.now += timedelta(hours=1)
    records(world, ABSENT, UNKNOWN, reason="vet inte")
    return world


@play
def absent_heard_right_answered_closed() -> World:
    """D1-D2: right; then cause and account; then closed. The convener is told of each."""
    world = ended()
    records(world, ABSENT)
    hears(world, HearingAnswered(Statement.RIGHT, "Vi glömde."), "2026-12-09 10:00")
    hears(world, CauseGiven(Cause.DOUBLE_BOOKED, " Två möten. "), "2026-12-10 10:00")
    hears(world, DeviationClosed("Vi är överens."), "2026-12-11 10:00")
    return world


@play
def absent_and_answered_during_the_hearing() -> World:
    world = ended()
    records(world, ABSENT)
    hears(world, CauseGiven(Cause.NOT_RECEIVED, "Kallelsen kom aldrig."), "2026-12-10 10:00")
    return world


@play
def disputed_settled_and_answered() -> World:
    world = ended()
    records(world, ABSENT)
    hears(world, HearingAnswered(Statement.WE_HAD_TOLD), "2026-12-09 10:00")
    hears(world, DisputeSettled(), "2026-12-10 10:00")
    hears(world, CauseGiven(Cause.OTHER, "Vi ringde."), "2026-12-11 10:00")
    return world


@play
def nobody_says_anything_about_the_report() -> World:
    """D1: ten working days; D2: reminders 30 and 10 days before the 60th, then the manager, then the head."""
    world = ended()
    records(world, ABSENT)
    waits(world, "2027-04-01 10:00")
    return world


@play
def a_report_after_an_outage_reminds_once() -> World:
    world = ended()
    records(world, ABSENT)
    hears(world, e.TimePassed(), "2026-12-21 20:00")
    waits(world, "2026-12-23 12:00")
    hears(world, e.TimePassed(), "2027-01-29 07:00")
    hears(world, e.TimePassed(), "2027-01-29 09:00")
    hears(world, e.TimePassed(), "2027-01-29 10:00")
    return world


@play
def corrected_and_corrected_back_it_is_the_same_report() -> World:
    world = ended()
    records(world, ABSENT)
    world.now += timedelta(hours=1)
    records(world, Mark.SUBSTITUTE_ATTENDED, reason="Anna var där")
    world.now += timedelta(hours=1)
    records(world, ABSENT, reason="det var en annan Anna")
    hears(world, DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE), "2026-12-10 10:00")
    hears(world, DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE), "2026-12-11 10:00")
    return world


@play
def a_failure_of_delivery_learned_later_withdraws_it() -> World:
    world = ended()
    records(world, ABSENT)
    bounces(world, "call", "hemtjanst@al.example")
    return world


@play
def only_the_fair_notice_fails() -> World:
    """A3: the convener gets a notice, once, and may raise it by hand; outside the agreement nobody is told."""
    world = called("2026-12-03 10:00", START, [HOME_CARE, OUTSIDE])
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    records(world, ABSENT, ABSENT, outcome=Outcome.PARTY_MISSING)
    records(world, ABSENT, ABSENT, outcome=Outcome.PARTY_MISSING, reason="igen")
    return world


@play
def the_notice_is_counted_from_when_the_relay_had_it() -> World:
    """A3, L1: from A, not from the call."""
    world = called(CALL, START, world=World(at(CALL), relay="slow"))
    world.now = at("2026-11-16 10:00")
    world.relay = "accepts"
    world.deliver()
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    records(world, ABSENT)
    return world


@play
def a_mailbox_is_shown_to_be_watched_by_an_act_or_by_a_check() -> World:
    """A3: the party acted in this round, or its mailbox was verified when the round began; silence shows nothing."""
    world = World(at(CALL))
    for unit in (HOME_CARE, SCHOOL):
        long_ago = at(CALL) - timedelta(days=360, seconds=1)
        world.rosters[unit.unit_id] = replace(unit, verified={unit.addresses[0]: long_ago})
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    answers(world, AnswerKind.TENTATIVE, unit=SCHOOL)
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    records(world, ABSENT, ABSENT)
    return world


@play
def moved_too_late_for_a_report() -> World:
    world = called(CALL, START)
    world.now = at("2026-12-04 10:00")
    moves(world, 1)
    world.run(at("2026-12-08 11:00"))
    world.log.clear()
    records(world, ABSENT)
    return world


@play
def a_called_unit_reports_the_convening_side() -> World:
    """D1: its mailbox is the reporting side's, the first of two, and is told; never the convener, nor of an absence."""
    world = called(CALL, START, [SCHOOL])
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    about = raised(world.the, world.party(CARE_CENTRE), automatic=False, description="Ingen ordförande kom.")
    school = replace(
        about.reporting, unit_id=SCHOOL.unit_id, unit_name=SCHOOL.name, organisation_id=SCHOOL.organisation_id,
        principal_id=SCHOOL.principal_id,
    )  # fmt: skip
    identity = deviation_id(world.the.id, 1)
    for moment, event in (
        ("2026-12-08 10:00", replace(about, reporting=school)),
        ("2026-12-09 10:00", HearingAnswered(Statement.OTHERWISE, "Hon var där.")),
        ("2026-12-10 10:00", DisputeSettled()),
        ("2026-12-11 10:00", CauseGiven(Cause.OTHER, "Sjuk.")),
    ):
        world.now = at(moment)
        assert isinstance(world.report(identity, event), Decision)
    return world


@play
def a_report_that_reaches_nobody_is_told_to_who_mends_the_directory() -> World:
    """D2: no manager and no head with an address: the coordinator is told so, and the step is done."""
    world = ended()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, managers=(), heads=())
    records(world, ABSENT)
    waits(world, "2027-04-01 10:00")
    return world


@play
def a_report_on_a_unit_that_the_directory_no_longer_knows() -> World:
    """It ends like any other, and reaches nobody."""
    world = ended()
    records(world, ABSENT)
    del world.rosters[HOME_CARE.unit_id]
    waits(world, "2027-02-20 10:00")
    return world


@play
def a_dispute_by_an_agreement_of_its_own_figures() -> World:
    """D2: the convener is reminded when the hearing's days have passed, and each lift follows after the head's."""
    world = World(at(CALL))
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, hearing=7, head_after=4)),)
    called(CALL, START, world=world)
    world.run(at("2026-12-07 11:00"))
    world.log.clear()
    records(world, ABSENT)
    hears(world, HearingAnswered(Statement.WE_WERE_THERE, "Anna satt i receptionen."), "2026-12-09 10:00")
    waits(world, "2027-02-20 10:00")
    return world


@play
def a_report_with_nobody_at_all_is_tried_again_a_week_later() -> World:
    world = ended()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, managers=(), heads=(), coordinators=())
    records(world, ABSENT)
    waits(world, "2027-02-10 10:00")
    world.rosters[HOME_CARE.unit_id] = HOME_CARE
    waits(world, "2027-03-05 10:00")
    return world
