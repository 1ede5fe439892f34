"""What two units say, do and follow up about a report, and how it ends (rules, section 8 D3-D5)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from sip.domain.decide import decide, next_due
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationForwarded,
    DeviationMerged,
    DeviationReport,
    DeviationReturned,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    MeasureFollowedUp,
    MeasureTaken,
    NoWordBecause,
    ReportSide,
    Side,
    Statement,
    UnitSucceeded,
    WithdrawnBecause,
    WordSaid,
    WordUnusable,
)
from sip.domain.effects import Mail, MailKind
from sip.domain.report_clock import answer_due
from sip.domain.reporting import raised
from sip.domain.terms import Channel
from tests.domain.cast import CARE_CENTRE, HOME_CARE, SCHOOL, at
from tests.domain.test_report_clock import BOSS, COORDINATOR, OVER, Play

S = DeviationState
OURS, THEIRS = ReportSide.RECEIVING, ReportSide.REPORTING
RIGHT = HearingAnswered(Statement.RIGHT)
ANSWER = CauseGiven(Cause.MAILBOX_NOT_WATCHED, "Ingen läste brevlådan under semestern.", (Cause.DOUBLE_BOOKED,))
WATCH = MeasureTaken(OURS, "Två läser brevlådan.", "enhetschef", date(2027, 1, 11))  # a Monday
WORKED = MeasureFollowedUp(1, True, "Ingen kallelse har legat oläst.")


def heard() -> Play:
    play = Play()
    play.at("2026-12-09 10:00", RIGHT)
    return play


def answered() -> Play:
    play = heard()
    play.at("2026-12-10 10:00", ANSWER)
    play.mails = []
    return play


def _convener(play: Play) -> str:
    assert play.report.facts is not None
    return play.report.facts.convener_email


def state(play: Play) -> S:
    return play.report.state


# -- D3


def test_both_write_and_the_other_hears_that_there_is_a_word_and_not_what() -> None:
    play = heard()
    play.at("2026-12-10 10:00", WordSaid(THEIRS, " Hur gör vi nästa gång? "))
    play.at("2026-12-11 10:00", WordSaid(OURS, "Ring växeln.", Channel.MAIL))
    assert [(w.number, w.side, w.text, w.channel) for w in play.report.words] == [
        (1, THEIRS, "Hur gör vi nästa gång?", Channel.PAGE), (2, OURS, "Ring växeln.", Channel.MAIL),
    ]  # fmt: skip
    mails = [mail for mail in play.mails if mail.kind is MailKind.DEVIATION_WORD]
    assert [mail.to.email for mail in mails] == ["hemtjanst@al.example", _convener(play)]
    assert [mail.detail["target"] for mail in mails] == [CARE_CENTRE.name, HOME_CARE.name]
    assert not any("växeln" in str(mail) for mail in mails)


@pytest.mark.parametrize(
    ("before", "leads"),
    [
        ((), S.HEARING),
        ((RIGHT,), S.IN_DIALOGUE),
        ((HearingAnswered(Statement.WE_HAD_TOLD),), S.DISPUTED),
        ((ANSWER,), S.ANSWERED),
        ((ANSWER, WATCH, WORKED), S.FOLLOWED_UP),
        ((RIGHT, DeviationForwarded("Igen.")), S.FORWARDED),
    ],
)
def test_a_word_makes_a_received_report_a_dialogue_and_no_other(before: tuple[object, ...], leads: S) -> None:
    play = Play()
    for event in (*before, WordSaid(OURS, "Vi återkommer.")):
        play.do(event)
    assert state(play) is leads


def test_what_was_written_during_the_hearing_is_a_dialogue_once_it_is_over() -> None:
    play = Play()
    play.at("2026-12-08 10:00", WordSaid(OURS, "Vi tittar på det."))
    play.run("2026-12-30 10:00")
    assert state(play) is S.IN_DIALOGUE
    disputed = Play()
    for event in (HearingAnswered(Statement.WE_HAD_TOLD), WordSaid(THEIRS, "När?"), DisputeSettled()):
        disputed.do(event)
    assert state(disputed) is S.IN_DIALOGUE


def test_in_dialogue_the_time_to_answer_runs_as_before() -> None:
    quiet, talking = heard(), heard()
    talking.at("2026-12-10 10:00", WordSaid(OURS, "Vi återkommer."))
    assert answer_due(talking.report) == answer_due(quiet.report)
    assert next_due(talking.report) == next_due(quiet.report)


def test_an_answer_has_a_main_cause_and_those_that_contributed_once_each() -> None:
    play = heard()
    also = (Cause.DOUBLE_BOOKED, Cause.MAILBOX_NOT_WATCHED, Cause.DOUBLE_BOOKED)
    play.do(replace(ANSWER, also=also))
    assert (play.report.cause, play.report.also) == (Cause.MAILBOX_NOT_WATCHED, (Cause.DOUBLE_BOOKED,))


def test_what_could_not_join_is_told_its_sender_once_a_day_and_nobody_else() -> None:
    play = heard()
    for _ in range(2):
        play.at("2026-12-10 10:00", WordUnusable(OURS, NoWordBecause.NUMBER, "sara@al.example"))
    play.at("2026-12-11 10:00", WordUnusable(OURS, NoWordBecause.ENDED, "sara@al.example"))
    play.do(WordUnusable(THEIRS, NoWordBecause.NUMBER))
    mails = [mail for mail in play.mails if mail.kind is MailKind.UNUSABLE]
    assert [(mail.to.email, mail.to.name, mail.detail["why"]) for mail in mails] == [
        ("sara@al.example", HOME_CARE.name, "report_number"),
        ("sara@al.example", HOME_CARE.name, "report_number"),
        ("sara@al.example", HOME_CARE.name, "report_ended"),
    ]
    assert len({mail.key for mail in mails}) == 2, "the same is one mail"
    assert not play.report.words


def test_raised_again_it_keeps_what_was_said_and_done() -> None:
    play = answered()
    for event in (WordSaid(OURS, "Vi återkommer."), WATCH, DeviationWithdrawn(WithdrawnBecause.MARKS_CORRECTED)):
        play.do(event)
    play.do(raised(play.world.the, play.world.the.party(play.report.party or 0), automatic=True))
    assert (state(play), play.report.raisings) == (S.HEARING, 2)
    assert [word.text for word in play.report.words] == ["Vi återkommer."]
    assert [one.text for one in play.report.measures] == ["Två läser brevlådan."]


# -- D4


def test_a_measure_is_told_reminded_of_on_its_day_and_lifted_ten_working_days_later() -> None:
    play = answered()
    play.staff(HOME_CARE, managers=(BOSS,), heads=(OVER,))
    play.at("2026-12-10 11:00", WATCH)
    assert play.sent(MailKind.DEVIATION_MEASURE) == [(_convener(play), "Thu 10 Dec 11:00")]
    play.run("2027-06-01 10:00")
    assert play.sent(MailKind.DEVIATION_MEASURE_DUE) == [("hemtjanst@al.example", "Mon 11 Jan 08:00")]
    assert play.sent(MailKind.DEVIATION_MEASURE_LIFTED) == [(BOSS.email, "Mon 25 Jan 08:00")]
    assert next_due(play.report) is None
    (due,) = (mail for mail in play.mails if mail.kind is MailKind.DEVIATION_MEASURE_DUE)
    assert due.detail["answer_until"] == "2027-01-11"


def test_the_reporting_units_own_measure_is_its_own_to_be_reminded_of() -> None:
    play = answered()
    play.staff(CARE_CENTRE, coordinators=(COORDINATOR,))
    play.do(replace(WATCH, side=THEIRS))
    play.run("2027-06-01 10:00")
    assert [to for to, _ in play.sent(MailKind.DEVIATION_MEASURE)] == ["hemtjanst@al.example"]
    assert [to for to, _ in play.sent(MailKind.DEVIATION_MEASURE_DUE)] == [_convener(play)]
    assert [to for to, _ in play.sent(MailKind.DEVIATION_NOBODY)] == [COORDINATOR.email], "it has no manager"


def test_the_earliest_is_reminded_of_first_and_one_followed_up_no_more() -> None:
    play = answered()
    play.do(WATCH)
    play.do(replace(WATCH, due_on=date(2027, 1, 4)))
    play.do(replace(WATCH, due_on=date(2027, 1, 5)))
    play.at("2027-01-02 10:00", MeasureFollowedUp(3, False, "Hann inte."))
    play.run("2027-01-12 10:00")
    assert [when for _, when in play.sent(MailKind.DEVIATION_MEASURE_DUE)] == ["Mon 04 Jan 08:00", "Mon 11 Jan 08:00"]
    assert [(one.number, one.reminded) for one in play.report.measures] == [(1, True), (2, True), (3, False)]


def test_a_measure_may_be_for_today() -> None:
    play = answered()
    play.do(replace(WATCH, due_on=date(2026, 12, 10)))
    assert len(play.report.measures) == 1


def test_all_followed_up_is_told_once_and_another_measure_opens_it_again() -> None:
    play = answered()
    play.do(WATCH)
    play.do(replace(WATCH, text="Vi ringer växeln."))
    play.do(WORKED)
    assert state(play) is S.ANSWERED
    play.do(replace(WORKED, number=2, done=False, effect="Hann inte."))
    assert state(play) is S.FOLLOWED_UP
    play.do(replace(WORKED, effect="Två har legat olästa."))
    assert play.report.measures[0].effect == "Två har legat olästa."
    assert play.sent(MailKind.DEVIATION_FOLLOWED_UP) == [(_convener(play), "Thu 10 Dec 10:00")]
    play.do(WATCH)
    assert state(play) is S.ANSWERED


def test_measures_before_the_answer_are_followed_up_with_it() -> None:
    play = heard()
    play.do(WATCH)
    play.do(WORKED)
    assert state(play) is S.RECEIVED
    play.do(ANSWER)
    assert state(play) is S.FOLLOWED_UP


# -- D5


def test_followed_up_it_is_closed_freely_and_else_with_a_reason() -> None:
    play = answered()
    assert play.do(DeviationClosed()) == Refused(Reason.REASON_MISSING)
    play.do(WATCH)
    play.do(WORKED)
    play.do(DeviationClosed())
    assert (play.report.state, play.report.closed_because) == (S.CLOSED, None)
    assert [to for to, _ in play.sent(MailKind.DEVIATION_CLOSED)] == ["hemtjanst@al.example"]
    other = answered()
    other.do(DeviationClosed(" Vi är överens. "))
    assert (other.report.state, other.report.closed_because) == (S.CLOSED, "Vi är överens.")


@pytest.mark.parametrize(
    ("before", "leads"),
    [
        ((RIGHT,), S.RECEIVED),
        ((RIGHT, WordSaid(OURS, "Vi återkommer.")), S.IN_DIALOGUE),
        ((HearingAnswered(Statement.WE_WERE_THERE),), S.DISPUTED),
        ((ANSWER,), S.ANSWERED),
        ((ANSWER, WATCH, WORKED), S.FOLLOWED_UP),
    ],
)
def test_from_the_board_it_comes_back_to_where_the_units_stand(before: tuple[object, ...], leads: S) -> None:
    play = Play()
    for event in (*before, DeviationForwarded("Vi kommer inte längre.")):
        play.do(event)
    assert (play.report.state, play.report.forwarded_because) == (S.FORWARDED, "Vi kommer inte längre.")
    assert len(play.sent(MailKind.DEVIATION_FORWARDED)) == 2
    play.do(DeviationReturned())
    assert state(play) is leads
    assert [to for to, _ in play.sent(MailKind.DEVIATION_RETURNED)] == ["hemtjanst@al.example"]


def test_with_the_board_nobody_is_waited_for_and_its_days_are_nobodys() -> None:
    play = heard()
    play.do(WATCH)
    before = answer_due(play.report)
    play.at("2026-12-14 10:00", DeviationForwarded("Vi kommer inte längre."))
    assert next_due(play.report) is None
    play.at("2027-03-15 10:00", DeviationReturned())
    assert play.report.disputed_days == 91
    assert (answer_due(play.report) - before).days in range(90, 95)


def test_once_it_is_answered_the_boards_days_are_added_to_no_ones() -> None:
    play = answered()
    play.at("2026-12-14 10:00", DeviationForwarded("Vi kommer inte längre."))
    play.at("2027-03-15 10:00", DeviationReturned())
    assert (state(play), play.report.disputed_days) == (S.ANSWERED, 0)


def test_a_dispute_comes_back_from_the_board_as_one_and_its_days_count_once() -> None:
    play = Play()
    play.staff(CARE_CENTRE, coordinators=(COORDINATOR,))
    play.at("2026-12-09 10:00", HearingAnswered(Statement.WE_WERE_THERE))
    play.at("2026-12-19 10:00", DeviationForwarded("Vi kommer inte längre."))
    assert play.report.received_at is None
    play.at("2027-01-11 10:00", DeviationReturned())
    assert (state(play), play.report.disputed_days) == (S.DISPUTED, 0)
    play.run("2027-01-26 10:00")
    assert [when for _, when in play.sent(MailKind.DEVIATION_DISPUTE_WAITS)] == ["Mon 25 Jan 10:00"], "its time anew"
    play.at("2027-01-26 10:00", DisputeSettled())
    assert (state(play), play.report.disputed_days) == (S.RECEIVED, 48)


def test_what_is_followed_up_with_the_board_is_told_when_it_comes_back() -> None:
    play = answered()
    play.do(WATCH)
    play.at("2026-12-14 10:00", DeviationForwarded("Vi kommer inte längre."))
    play.at("2026-12-15 10:00", WORKED)
    assert not play.sent(MailKind.DEVIATION_FOLLOWED_UP)
    play.at("2026-12-16 10:00", DeviationReturned())
    assert state(play) is S.FOLLOWED_UP
    assert play.sent(MailKind.DEVIATION_FOLLOWED_UP) == [(_convener(play), "Wed 16 Dec 10:00")]
    for _ in range(2):
        play.at("2026-12-17 10:00", DeviationForwarded("Igen."))
        play.at("2026-12-18 10:00", DeviationReturned())
    assert len(play.sent(MailKind.DEVIATION_FOLLOWED_UP)) == 1, "it was told before"


def test_a_measure_that_reaches_nobody_holds_up_no_other() -> None:
    play = answered()
    play.staff(HOME_CARE, managers=(BOSS,))
    play.staff(CARE_CENTRE)
    play.do(replace(WATCH, side=THEIRS, due_on=date(2027, 1, 4)))
    play.do(WATCH)
    play.run("2027-06-01 10:00")
    assert [one.lifted for one in play.report.measures] == [True, True]
    assert play.sent(MailKind.DEVIATION_MEASURE_LIFTED) == [(BOSS.email, "Mon 25 Jan 08:00")]
    assert play.report.not_before is None and next_due(play.report) is None


def test_the_board_may_be_asked_again_and_each_time_is_told() -> None:
    play = heard()
    for day in ("14", "16"):
        play.at(f"2026-12-{day} 10:00", DeviationForwarded("Vi kommer inte längre."))
        play.do(DeviationReturned())
    assert len(play.sent(MailKind.DEVIATION_FORWARDED)) == 4
    assert len({mail.key for mail in play.mails}) == len(play.mails)


def test_merged_it_goes_on_in_its_like_and_takes_no_word_more() -> None:
    play = heard()
    play.do(DeviationMerged(UUID(int=7), "2222-ABC"))
    assert (play.report.state, play.report.merged_into) == (S.MERGED, UUID(int=7))
    assert play.report.closed_at == at("2026-12-09 10:00")
    assert [mail.detail["into"] for mail in play.mails if mail.kind is MailKind.DEVIATION_MERGED] == ["2222-ABC"]
    assert [to for to, _ in play.sent(MailKind.DEVIATION_MERGED)] == ["hemtjanst@al.example"]
    assert next_due(play.report) is None
    assert isinstance(play.do(WordSaid(OURS, "Hallå?")), Refused)
    play.do(DeviationWithdrawn(WithdrawnBecause.MARKS_CORRECTED))
    assert state(play) is S.WITHDRAWN
    assert play.world.now == at("2026-12-09 10:00")


# -- D6


def praised(by: UUID | None = None) -> Play:
    play = heard()
    event = replace(raised(play.world.the, play.world.the.party(2), automatic=False), good_example=True, by=by)
    made = decide(None, event, play.world.context())
    assert isinstance(made, Decision) and isinstance(made.state, DeviationReport)
    play.report, play.mails = made.state, [one for one in made.effects if isinstance(one, Mail)]
    return play


def test_a_good_example_is_told_asks_for_nothing_and_closes_by_itself() -> None:
    play = praised()
    assert state(play) is S.RECEIVED
    assert play.sent(MailKind.DEVIATION_GOOD) == [("hemtjanst@al.example", "Wed 09 Dec 10:00")]
    play.at("2026-12-10 10:00", WordSaid(OURS, "Tack!"))
    assert state(play) is S.IN_DIALOGUE
    play.run("2027-06-01 10:00")
    assert (play.report.state, play.report.closed_at) == (S.CLOSED, at("2026-12-23 10:00"))
    assert {mail.kind for mail in play.mails} == {MailKind.DEVIATION_GOOD, MailKind.DEVIATION_WORD}


def test_a_good_example_is_another_than_the_report_and_one_from_each_unit() -> None:
    ids = {
        heard().report.id,
        praised().report.id,
        praised(HOME_CARE.unit_id).report.id,
        praised(CARE_CENTRE.unit_id).report.id,
    }
    assert len(ids) == 4
    assert praised().report.id == praised().report.id


def test_no_report_is_merged_into_a_good_example() -> None:
    assert heard().report.is_like(heard().report)
    assert not heard().report.is_like(praised().report)


def test_a_protected_report_is_like_a_protected_one_alone() -> None:
    open_one = heard().report
    assert open_one.facts is not None
    hidden = replace(open_one, facts=replace(open_one.facts, protected=True))
    assert not open_one.is_like(hidden) and not hidden.is_like(open_one) and hidden.is_like(hidden)


# -- D8


@pytest.mark.parametrize("side", ReportSide)
def test_a_report_follows_its_unit_with_all_there_is(side: ReportSide) -> None:
    play = answered()
    play.do(WATCH)
    new = Side(SCHOOL.unit_id, SCHOOL.name, SCHOOL.organisation_id, SCHOOL.principal_id)
    play.staff(SCHOOL)
    before, play.mails = play.report, []
    play.do(UnitSucceeded(side, new))
    play.do(UnitSucceeded(side, new))
    assert (play.report.side(side), play.report.side(side.other)) == (new, before.side(side.other))
    assert (play.report.measures, play.report.state) == (before.measures, before.state)
    (told,) = play.mails
    assert (told.kind, told.to.email) == (MailKind.DEVIATION_TAKEN_OVER, SCHOOL.addresses[0])
    assert told.detail["before"] == before.side(side).unit_name
    play.do(WordSaid(side.other, "Välkomna."))
    assert play.mails[-1].to.email == SCHOOL.addresses[0], "also where the convener was written to"


@pytest.mark.parametrize("side", ReportSide)
def test_no_report_becomes_a_unit_s_with_itself(side: ReportSide) -> None:
    play = answered()
    before, play.mails = play.report, []
    play.do(UnitSucceeded(side, before.side(side.other)))
    assert (play.report, play.mails) == (before, [])
