"""The end, attendance and the report raised by itself (rules, section 8), as short plays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sip.domain import events as e
from sip.domain.decide import decide, next_due
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationReport,
    DeviationState,
    HearingAnswered,
    Statement,
    statements,
)
from sip.domain.effects import Mail
from sip.domain.meeting import deviation_id
from sip.domain.reporting import raised
from sip.domain.terms import AnswerKind, Channel, Delivery, Mark, MeetingState, Outcome
from tests.domain.cast import HOME_CARE, OUTSIDE, READ, SCHOOL, World, at, called, draft, local, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def closed(world: World, mark: Mark = Mark.ABSENT, outcome: Outcome = Outcome.HELD, reason: str = "") -> object:
    world.run(max(world.now, world.the.end + timedelta(minutes=5)))
    marks = tuple((p.ordinal, mark) for p in world.the.parties if p.obligation == "summoned")
    return world.do(e.OutcomeRecorded(outcome, marks, "chair", reason))


def report(world: World) -> DeviationReport | None:
    return world.reports.get(deviation_id(world.the.id, world.party(HOME_CARE).ordinal))


def test_said_yes_and_stayed_away() -> None:
    world = called(CALL, START)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna", "anna@al.example"),)))
    closed(world)
    found = report(world)
    assert found is not None
    assert (found.state, found.notice_days, found.automatic) == (DeviationState.HEARING, 25, True)
    assert [m.to.email for m in world.sent("deviation_hearing")] == ["hemtjanst@al.example"]


@pytest.mark.parametrize(("outcome", "raised"), [
    (Outcome.HELD, True), (Outcome.PARTY_MISSING, True), (Outcome.SUBJECT_ABSENT, False), (Outcome.TECHNICAL, False),
])  # fmt: skip
def test_only_when_held_or_fallen_through_for_a_missing_party(outcome: Outcome, raised: bool) -> None:
    world = called(CALL, START)
    closed(world, outcome=outcome)
    assert (report(world) is not None) == raised


def test_corrected_and_corrected_back_is_the_same_report() -> None:
    world = called(CALL, START)
    closed(world)
    refused = closed(world, Mark.LATE)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.REASON_MISSING
    closed(world, Mark.LATE, reason="kom kvart över")
    found = report(world)
    assert found is not None
    assert found.state is DeviationState.WITHDRAWN
    closed(world, Mark.ABSENT, reason="fel person")
    assert report(world).state is DeviationState.HEARING  # type: ignore[union-attr]  # it was raised
    assert len(world.reports) == 1


def test_a_failed_delivery_learned_later_withdraws_it() -> None:
    world = called(CALL, START)
    call = next(m for m in world.sent("call") if m.to.email == "hemtjanst@al.example")
    closed(world)
    world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, call.to.email))
    found = report(world)
    assert found is not None
    assert (found.state, found.withdrawn_because) == (DeviationState.WITHDRAWN, "delivery_failed")


def test_news_of_failure_has_its_place_in_time() -> None:
    """The unit answered from that mailbox after the call had left, or a member behind it was not reached: the report
    stays, and the convener is told (decision 0022)."""
    world = called(CALL, START)
    call = next(m for m in world.sent("call") if m.to.email == "hemtjanst@al.example")
    sent_at = world.now
    late = e.Bounced(call.key, sent_at, call.party, call.invitation, None, call.to.email, None, sent_at, 1)
    world.run(at("2026-11-02 12:00"))
    world.do(e.Answered(call.party or 0, AnswerKind.ATTENDS, said(world, Channel.MAIL), invitation=call.invitation))
    closed(world)
    world.do(late)
    world.do(replace(late, key="another", elsewhere=True, sent_at=None))
    found = report(world)
    assert found is not None and found.state is DeviationState.HEARING
    assert world.told().count("bounce_noted") == 2
    assert world.the.invitation(call.invitation or 0).delivery is Delivery.ACCEPTED


def test_a_failure_of_an_older_round_says_nothing_of_the_newer() -> None:
    world = called(CALL, START)
    call = next(m for m in world.sent("call") if m.to.email == "hemtjanst@al.example")
    later = world.the.start + timedelta(days=1)
    world.do(e.Moved(later, later + timedelta(hours=1), world.the.form, world.the.place))
    world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, call.to.email, None, None, 1))
    assert world.the.invitation(call.invitation or 0).delivery is not Delivery.UNDELIVERABLE
    assert world.told().count("bounce_noted") == 1


def test_without_fair_notice_the_convener_is_told_and_no_report_is_raised() -> None:
    world = called("2026-12-03 10:00", START)
    closed(world)
    assert report(world) is None
    assert world.told().count("no_fair_notice") == 1


def test_identity_not_conveyed_means_no_report() -> None:
    world = called(CALL, START, tell=False)
    closed(world)
    assert report(world) is None


def test_an_unwatched_mailbox_that_never_acted_is_not_reported() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, verified={})
    called(CALL, START, world=world)
    closed(world)
    assert report(world) is None


def test_what_another_mailbox_of_the_units_proved_says_nothing_of_the_next() -> None:
    """Asked at the second address after the first bounced: it is that one which somebody must be seen to read."""
    for read, reported in ((SCHOOL.addresses[:1], False), (SCHOOL.addresses[1:], True)):
        world = World(at(CALL))
        world.rosters[SCHOOL.unit_id] = replace(SCHOOL, verified=dict.fromkeys(read, READ))
        called(CALL, START, (SCHOOL,), world=world)
        call = next(m for m in world.sent("call") if m.to.email == SCHOOL.addresses[0])
        world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, call.to.email))
        closed(world)
        assert bool(world.reports) is reported, read


def test_a_party_outside_the_agreement_is_never_reported() -> None:
    world = called(CALL, START, [OUTSIDE])
    closed(world)
    assert world.reports == {}


def test_unknown_keeps_it_open() -> None:
    world = called(CALL, START)
    closed(world, Mark.UNKNOWN)
    assert world.the.state is MeetingState.ENDED
    assert next_due(world.the) is not None


def test_attendance_never_recorded() -> None:
    world = called(CALL, START)
    world.run(at("2027-01-20 10:00"))
    asked = [(m.to.email, local(m.dtstamp)) for m in world.sent("attendance_request")]
    assert asked == [
        ("clara@region.example", "Mon 07 Dec 11:00"), ("clara@region.example", "Tue 08 Dec 11:00"),
        ("clara@region.example", "Wed 09 Dec 11:00"), ("siv@region.example", "Mon 14 Dec 11:00"),
    ]  # fmt: skip
    assert world.the.unrecorded
    assert world.reports == {}
    closed(world)
    assert report(world) is not None
    assert not world.the.unrecorded


def test_cancel_and_move_are_possible_only_before_the_start() -> None:
    world = called(CALL, START)
    world.now = at("2026-12-07 10:00")
    refused = world.do(e.Cancelled(e.CancelReason.OTHER))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.ALREADY_STARTED


class Hearing:
    """A raised report and its own little world."""

    def __init__(self) -> None:
        self.world = called(CALL, START)
        closed(self.world)
        found = report(self.world)
        assert found is not None
        self.report = found
        self.mails: list[Mail] = []

    def do(self, event: object) -> Decision | Refused:
        made = decide(self.report, event, self.world.context())
        if isinstance(made, Decision):
            assert isinstance(made.state, DeviationReport)
            self.report = made.state
            self.mails += [x for x in made.effects if isinstance(x, Mail)]
        return made

    def run(self, until: str) -> None:
        while (due := next_due(self.report)) is not None and due <= at(until):
            self.world.now = due
            self.do(e.TimePassed())
        self.world.now = at(until)


def test_the_hearing_runs_out_then_reminders_then_manager_then_head() -> None:
    play = Hearing()
    play.run("2027-01-10 10:00")
    assert play.report.reminders == 1
    play.run("2027-04-01 10:00")
    assert play.report.state is DeviationState.RECEIVED
    assert [(m.kind, m.timing, local(m.dtstamp)) for m in play.mails] == [
        ("deviation_reminder", "morning", "Thu 07 Jan 08:00"),
        ("deviation_reminder", "morning", "Tue 26 Jan 08:00"),
        ("deviation_manager", "morning", "Fri 05 Feb 08:00"),
        ("deviation_head", "monday", "Fri 19 Feb 08:00"),
    ]
    assert next_due(play.report) is None


def test_right_cause_account_closed() -> None:
    play = Hearing()
    states = []
    closed = DeviationClosed("Vi är överens.")
    for event in (HearingAnswered(Statement.RIGHT), CauseGiven(Cause.DOUBLE_BOOKED, "Två möten."), closed):
        if isinstance(event, CauseGiven):
            assert isinstance(play.do(replace(event, account=" ")), Refused)
        play.do(event)
        states.append(play.report.state)
    assert states == [DeviationState.RECEIVED, DeviationState.ANSWERED, DeviationState.CLOSED]
    assert next_due(play.report) is None


def test_disputed_is_told_to_the_convener() -> None:
    play = Hearing()
    play.do(HearingAnswered(Statement.WE_WERE_THERE))
    assert play.report.state is DeviationState.DISPUTED
    assert [m.kind for m in play.mails] == ["deviation_disputed"]
    assert isinstance(play.do(DeviationClosed()), Refused)


def test_what_the_reported_party_may_say() -> None:
    """D1: of a recorded absence, that it was there, had told, was not reached, or that it is right; of what somebody
    wrote, whether it is right."""
    automatic = Hearing().report
    assert set(statements(automatic)) == set(Statement) - {Statement.OTHERWISE}
    assert set(statements(replace(automatic, automatic=False))) == {Statement.RIGHT, Statement.OTHERWISE}


def test_closed_days_always_count_in_fair_notice_also_where_the_ladder_leaves_them_out() -> None:
    """A3 and T1: closed throughout, so that the ladder goes on as if it were open; but nobody was there to be told."""
    for closed_days, reported in (
        (frozenset[date](), True),
        (frozenset(date(2026, 11, n) for n in range(1, 31)), False),
    ):
        world = World(at(CALL))
        world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, closed_days=closed_days)
        called(CALL, "2026-11-13 10:00", world=world)
        closed(world)
        assert (report(world) is not None) is reported
        assert ("no_fair_notice" in world.told()) is not reported


def test_the_days_of_notice_are_counted_from_the_call_where_no_mail_went() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True)
    called(CALL, START, world=world)
    by_hand = raised(world.the, world.party(HOME_CARE), automatic=False)
    assert (by_hand.notice_days, by_hand.automatic, by_hand.description) == (25, False, None)
    drafted = World(at(CALL))
    drafted.do(draft(at(START)))
    assert raised(drafted.the, drafted.party(HOME_CARE), automatic=False).notice_days is None


def test_a_correction_says_why_and_a_first_record_need_not() -> None:
    """A2: nothing said, and nothing but spaces, are no reason."""
    world = called(CALL, START)
    world.run(world.the.end)
    marks = ((2, Mark.ATTENDED),)
    assert isinstance(world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair")), Decision)
    for nothing in (None, "", "  "):
        assert world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair", nothing)) == Refused(Reason.REASON_MISSING)
    assert isinstance(world.do(e.OutcomeRecorded(Outcome.HELD, marks, "chair", "fel person")), Decision)
