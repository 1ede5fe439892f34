"""What people do at their dashboard, and what it must never do to the call (rules, section 5 L9)."""

from datetime import timedelta

import pytest

from sip.domain import events as e
from sip.domain.decide import next_due
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import MailKind, Method
from sip.domain.in_hand import AskedAgain, Remarked, Snoozed, TakenOver, Woken
from sip.domain.terms import AnswerKind, AttendeeState, MeetingState
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
PUT_OFF = Snoozed(at("2026-11-03 13:00"), "Ringt, återkommer", "Siv Holm")


def world() -> World:
    return called(CALL, START, [HOME_CARE, SCHOOL])


def snoozed() -> World:
    play = world()
    assert isinstance(play.do(PUT_OFF), Decision)
    assert play.the.snooze is not None
    return play


def answer(play: World, kind: AnswerKind = AnswerKind.ATTENDS) -> None:
    play.do(e.Answered(play.party(HOME_CARE).ordinal, kind, said(play)))


def test_who_takes_over_has_it_and_the_timeline_says_so() -> None:
    play = world()
    play.do(TakenOver("siv", "Siv Holm"))
    assert play.the.keeper is not None and (play.the.keeper.id, play.the.keeper.name) == ("siv", "Siv Holm")
    before = play.the
    play.do(TakenOver("siv", "Siv Holm"))
    assert play.the == before
    play.do(TakenOver("kim", "Kim Sund"))
    assert play.the.keeper is not None and play.the.keeper.name == "Kim Sund"
    assert play.noted().count("taken_over") == 2


def test_a_note_is_kept_and_one_without_words_is_refused() -> None:
    play = world()
    assert play.do(Remarked("  ", "Siv")) == Refused(Reason.REASON_MISSING)
    play.do(Remarked(" Ringt, återkommer. ", "Siv"))
    assert play.the.remark is not None and play.the.remark.text == "Ringt, återkommer."


def test_none_of_it_touches_the_ladder_or_mails_anybody() -> None:
    play, like = world(), world()
    mails = len(play.mails)
    for event in (TakenOver("siv", "Siv"), Remarked("Ringt", "Siv"), PUT_OFF):
        play.do(event)
        assert next_due(play.the) == next_due(like.the)
    assert len(play.mails) == mails
    play.deliver()
    like.deliver()
    play.run(at(START))
    like.run(at(START))
    assert play.fired() == like.fired() != []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Snoozed(at("2026-11-03 10:00"), " ", "Siv"), Reason.REASON_MISSING),
        (Snoozed(at(CALL), "x", "Siv"), Reason.TIME_PAST),
        (Snoozed(at(CALL) + timedelta(days=14, seconds=1), "x", "Siv"), Reason.SNOOZE_TOO_LONG),
    ],
)
def test_what_cannot_be_put_off(event: Snoozed, reason: Reason) -> None:
    found = world().do(event)
    assert isinstance(found, Refused) and found.reason is reason


def test_it_is_never_put_off_past_the_start_that_is_ahead() -> None:
    play = called(CALL, "2026-11-09 10:00")
    assert isinstance(play.do(Snoozed(at("2026-11-09 10:01"), "x", "Siv")), Refused)
    assert isinstance(play.do(Snoozed(at("2026-11-09 10:00"), "x", "Siv")), Decision)
    play.run(at("2026-11-09 12:00"))
    assert play.the.state is MeetingState.ENDED and play.the.snooze is None
    assert isinstance(play.do(Snoozed(at("2026-11-20 10:00"), "ordföranden är borta", "Siv")), Decision)


def test_news_of_a_party_brings_it_back_at_once() -> None:
    play = snoozed()
    answer(play)
    assert play.the.snooze is None
    assert play.noted()[-1] == "snooze_ended"


def test_one_of_two_who_comes_no_more_is_news_though_the_other_comes() -> None:
    play = world()
    two = (e.NamedPerson("Anna", "anna@al.example"), e.NamedPerson("Bo", "bo@al.example"))
    play.do(e.Answered(play.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(play), names=two))
    play.do(PUT_OFF)
    play.do(e.AttendeeAnswered(play.party(HOME_CARE).ordinal, 2, AttendeeState.REFUSED, said(play)))
    assert play.the.snooze is None


def test_the_conveners_question_brings_it_back() -> None:
    play = called(CALL, START)
    play.deliver()
    play.run(at("2026-12-02 12:00"))
    play.do(Snoozed(at("2026-12-06 10:00"), "x", "Siv"))
    assert play.the.snooze is not None
    play.run(at("2026-12-03 09:00"))
    assert "convener_asked" in play.noted() and play.the.snooze is None


def test_bookkeeping_and_rungs_bring_nothing_back() -> None:
    play = snoozed()
    play.deliver()
    play.do(TakenOver("siv", "Siv"))
    play.do(Remarked("Ringt", "Siv"))
    play.run(at("2026-11-06 09:00"))
    assert play.fired() != [] and play.the.snooze is not None


def test_it_can_be_taken_up_before() -> None:
    play = snoozed()
    play.do(Woken("Siv"))
    assert play.the.snooze is None
    before = play.the
    play.do(Woken("Siv"))
    assert play.the == before


def test_a_unit_is_asked_again_once_a_day_and_the_ladder_keeps_its_time() -> None:
    play = world()
    play.deliver()
    ordinal, due = play.party(HOME_CARE).ordinal, next_due(play.the)
    play.now += timedelta(hours=1)
    assert isinstance(play.do(AskedAgain(ordinal)), Decision)
    (mail,) = play.sent(MailKind.REMINDER)
    assert (mail.method, mail.party, mail.ask, mail.sequence) == (Method.REQUEST, ordinal, True, 0)
    assert next_due(play.the) == due
    assert play.do(AskedAgain(ordinal)) == Refused(Reason.ASKED_TODAY)
    play.now += timedelta(days=1)
    assert isinstance(play.do(AskedAgain(ordinal)), Decision)
    first, second = play.sent(MailKind.REMINDER)
    assert first.key != second.key


def test_who_has_answered_is_not_asked_again() -> None:
    play = world()
    answer(play)
    assert play.do(AskedAgain(play.party(HOME_CARE).ordinal)) == Refused(Reason.NOTHING_TO_ASK)


def test_a_mailbox_that_failed_is_tried_again() -> None:
    play = called(CALL, START)
    (call,) = [mail for mail in play.sent(MailKind.CALL) if mail.to.name == HOME_CARE.name]
    play.do(e.Bounced(call.key, play.now, call.party, call.invitation, None, call.to.email))
    party = play.party(HOME_CARE)
    assert party.round is not None and party.round.undeliverable
    calls = len(play.sent(MailKind.CALL))
    assert isinstance(play.do(AskedAgain(party.ordinal)), Decision)
    this = play.party(HOME_CARE).round
    assert this is not None and not this.undeliverable
    assert len(play.sent(MailKind.CALL)) == calls + 1
    play.deliver()
    this = play.party(HOME_CARE).round
    assert this is not None and this.clock_start is not None, "A anew"
