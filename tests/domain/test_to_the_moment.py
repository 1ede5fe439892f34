"""What a figure of the rules includes, to the second: the last moment that counts, and the first that does not."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.bounds import FARTHEST
from sip.domain.calling import check_time
from sip.domain.change import Refusal
from sip.domain.decide import next_due
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.ladder import clock_start, noon_after
from sip.domain.meeting import Round
from sip.domain.reporting import fairly_reached
from sip.domain.terms import AnswerKind, AttendeeState, Channel, Delivery
from tests.domain.cast import HOME_CARE, World, at, called, local, said
from tests.domain.plays import CALL, START, answers, done, named, says

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
NOW = at(CALL)


def this_round(world: World) -> Round:
    found = world.party(HOME_CARE).round
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (NOW, NOW + HOUR, Reason.TIME_PAST),
        (NOW + SECOND, NOW + HOUR, None),
        (NOW + FARTHEST, NOW + FARTHEST + HOUR, None),
        (NOW + FARTHEST + SECOND, NOW + FARTHEST + HOUR, Reason.TIME_TOO_FAR),
        (NOW + HOUR, NOW + HOUR, Reason.END_BEFORE_START),
        (NOW + HOUR, NOW + HOUR + SECOND, None),
        (NOW + HOUR, NOW + HOUR + DAY, None),
        (NOW + HOUR, NOW + HOUR + DAY + SECOND, Reason.END_BEFORE_START),
    ],
)
def test_the_times_that_a_meeting_may_have(start: datetime, end: datetime, reason: Reason | None) -> None:
    try:
        check_time(start, end, NOW)
    except Refusal as refusal:
        assert refusal.reason is reason
    else:
        assert reason is None


@pytest.mark.parametrize(("seconds", "automatic"), [(119, True), (120, False)])
def test_a_machine_answers_within_two_minutes(seconds: int, automatic: bool) -> None:
    """Section 3: a nameless yes by mail."""
    world = called(CALL, START, world=World(NOW, automatic_within=timedelta(minutes=2)))
    world.now += timedelta(seconds=seconds)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world, Channel.MAIL), 2))
    assert (this_round(world).answer is None) is automatic


@pytest.mark.parametrize(("later", "overtaken"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_a_failure_is_overtaken_by_what_came_after_its_mail_had_left(later: timedelta, overtaken: bool) -> None:
    """Decision 0022: by the unit's answer, by a person's own, by what proved the mailbox."""
    sent_at = at("2026-11-03 10:00")
    unit, person, proved = (called(CALL, START) for _ in range(3))
    unit.now = sent_at + later
    answers(unit, AnswerKind.TENTATIVE)
    done(unit, e.Bounced("k", unit.now, 2, 2, None, "hemtjanst@al.example", sent_at=sent_at))
    assert (unit.the.invitation(2).delivery is Delivery.ACCEPTED) is overtaken
    answers(person, AnswerKind.ATTENDS, names=(named("Anna"),))
    person.now = sent_at + later
    says(person, "Anna", AttendeeState.ACCEPTED)
    hers = person.party(HOME_CARE).attendees[0].invitation
    done(person, e.Bounced("k", person.now, 2, hers, 1, "anna@al.example", sent_at=sent_at))
    assert (person.the.invitation(hers or 0).delivery is Delivery.ACCEPTED) is overtaken
    read = {"hemtjanst@al.example": sent_at + later}
    proved.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, verified=read)
    done(proved, e.Bounced("k", proved.now, 2, 2, None, "hemtjanst@al.example", sent_at=sent_at))
    assert (proved.the.invitation(2).delivery is Delivery.ACCEPTED) is overtaken


@pytest.mark.parametrize(("after", "sent"), [(HOUR - SECOND, 1), (HOUR, 2)])
def test_a_calendar_gets_the_newest_once_an_hour(after: timedelta, sent: int) -> None:
    world = called(CALL, START)
    done(world, e.Refreshed(2, 2))
    world.now += after
    done(world, e.Refreshed(2, 2))
    assert len(world.sent("resend")) == sent


@pytest.mark.parametrize(
    ("noticed", "ended"),
    [
        ("2026-11-12 12:59:59", "2026-11-12 12:00"),
        ("2026-11-12 13:00", "2026-11-12 13:00"),
        ("2026-11-12 15:00", "2026-11-12 15:00"),
    ],
)
def test_a_pause_that_is_noticed_late_ended_when_it_was_noticed(noticed: str, ended: str) -> None:
    """L8: late by an office hour or more, so that nothing bursts."""
    world = called(CALL, START)
    done(world, e.PauseSet(2, "sportlov", at("2026-11-12 12:00")))
    world.tick(at(noticed))
    (pause,) = this_round(world).pauses
    assert pause.ended_at == at(ended)


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        (NOW, Reason.TIME_PAST),
        (NOW + SECOND, None),
        (at("2026-12-04 08:00"), None),
        (at("2026-12-04 08:00") + SECOND, Reason.PAUSE_TOO_LONG),
    ],
)
def test_a_pause_ends_at_the_last_working_days_opening_at_the_latest(until: datetime, reason: Reason | None) -> None:
    found = called(CALL, START).do(e.PauseSet(2, "sportlov", until))
    assert (found.reason if isinstance(found, Refused) else None) is reason


@pytest.mark.parametrize(("day", "taken"), [(date(2026, 11, 1), False), (date(2026, 11, 2), True)])
def test_an_answer_can_be_promised_for_today(day: date, taken: bool) -> None:
    world = called(CALL, START)
    assert isinstance(world.do(e.Acknowledged(2, said(world), day)), Decision) is taken


@pytest.mark.parametrize(("old", "verified"), [(timedelta(days=360), True), (timedelta(days=360) + SECOND, False)])
def test_a_mailbox_counts_as_read_for_twelve_months_of_thirty_days(old: timedelta, verified: bool) -> None:
    world = World(NOW)
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, verified={"hemtjanst@al.example": NOW - old})
    called(CALL, START, world=world)
    assert this_round(world).verified is verified


@pytest.mark.parametrize(("later", "reached"), [(timedelta(0), True), (SECOND, False)])
def test_who_is_told_whom_it_concerns_at_the_deadline_was_told_in_time(later: timedelta, reached: bool) -> None:
    """A3: D of a meeting on Monday at ten is the opening three working days before."""
    world = called(CALL, START, tell=False)
    world.run(at("2026-12-02 08:00"))
    world.now += later
    done(world, e.IdentityConveyed(2, Channel.PHONE))
    assert fairly_reached(world.the, world.party(HOME_CARE)) is reached


@pytest.mark.parametrize(
    ("call", "reached"),
    [("2026-11-30 10:00", True), ("2026-11-30 10:00:01", False)],
)
def test_notice_is_five_whole_working_days(call: str, reached: bool) -> None:
    world = called(call, START)
    assert fairly_reached(world.the, world.party(HOME_CARE)) is reached


@pytest.mark.parametrize(("later", "from_the_call"), [(HOUR, True), (HOUR + SECOND, False)])
def test_a_slow_relay_moves_the_clock_when_it_took_over_an_hour(later: timedelta, from_the_call: bool) -> None:
    """L1."""
    world = called(CALL, START)
    start = clock_start(world.the, world.party(HOME_CARE), NOW, NOW + later)
    assert start == (NOW if from_the_call else NOW + later)


def test_in_discharge_the_clock_starts_at_noon() -> None:
    """T2: called by 12:00 that day's, else the next day's."""
    assert local(noon_after(at("2026-11-05 12:00"))) == "Thu 05 Nov 12:00"
    assert local(noon_after(at("2026-11-05 12:00") + SECOND)) == "Fri 06 Nov 12:00"
    assert local(noon_after(at("2026-11-05 00:00"))) == "Thu 05 Nov 12:00"
    world = called("2026-11-05 10:00", "2026-11-09 10:00", kind=MeetingKind.DISCHARGE)
    party, began = world.party(HOME_CARE), at("2026-11-05 10:00")
    assert local(clock_start(world.the, party, began, at("2026-11-05 10:30"))) == "Thu 05 Nov 12:00"
    assert local(clock_start(world.the, party, began, at("2026-11-05 13:00"))) == "Thu 05 Nov 13:00"


@pytest.mark.parametrize(
    ("start", "ladder"), [("2026-11-03 08:00", False), ("2026-11-03 08:00:01", True), ("2026-11-02 12:00", False)]
)
def test_a_meeting_before_the_next_opening_is_over_has_no_ladder(start: str, ladder: bool) -> None:
    assert this_round(called(CALL, start)).ladder is ladder


def test_a_mail_that_the_relay_takes_when_the_meeting_begins_starts_no_ladder() -> None:
    world = called(CALL, "2026-11-04 10:00", world=World(NOW, relay="waits"))
    waiting = next(mail for mail in world.pending if mail.party == 2)
    world.now = at("2026-11-04 10:00")
    world.settle(waiting)
    assert not this_round(world).ladder


@pytest.mark.parametrize(
    ("now", "at_once"),
    [("2026-12-02 13:00", False), ("2026-12-02 13:00:01", True)],
)
def test_substitutes_are_asked_one_at_a_time_while_each_has_an_hour(now: str, at_once: bool) -> None:
    """S2: four to ask until the opening two working days before S, which is at eight on Thursday."""
    world = called(CALL, START)
    world.now = at(now)
    answers(world, AnswerKind.REGRETS)
    asked = [a for a in world.party(HOME_CARE).attendees if a.state is AttendeeState.ASKED]
    assert len(asked) == (4 if at_once else 1)
    assert ("substitutes_by_phone" in world.told()) is at_once


@pytest.mark.parametrize(
    ("late", "next_rung"),
    [
        ("2026-11-06 08:00", "Tue 10 Nov 08:00"),
        ("2026-11-06 08:59:59", "Tue 10 Nov 08:00"),
        ("2026-11-06 09:00", "Wed 11 Nov 08:00"),
    ],
)
def test_a_rung_that_was_late_by_an_office_hour_moves_the_next(late: str, next_rung: str) -> None:
    """L1: whether the engine noticed it late, or the relay took its mail late."""
    noticed, taken = called(CALL, START), called(CALL, START)
    noticed.tick(at(late))
    taken.relay = "waits"
    taken.run(at("2026-11-06 08:00"))
    taken.now = at(late)
    taken.deliver()
    for world in (noticed, taken):
        assert [rung for rung, _ in world.fired()] == ["reminder"]
        assert local(next_due(world.the)) == next_rung
