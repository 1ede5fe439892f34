"""What needs a hand, from when, and when it is too late (rules, section 5 L9)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sip.domain import events as e
from sip.domain import needs
from sip.domain.decide import decide
from sip.domain.decision import Decision
from sip.domain.in_hand import Snoozed
from sip.domain.meeting import Meeting, Snooze
from sip.domain.needs import Urgency, urgency
from sip.domain.poll import PollAnswered, PollAsked, PollChoice, PollPicked, PollWithdrawn
from sip.domain.terms import AnswerKind, Channel, ClaimKind, ContestReason, Mark, Obligation, Outcome
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called, draft, local, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def now_needed(play: World, closing: tuple[int, ...] = ()) -> list[tuple[str, str]]:
    """Needs of the convener's side with the hour when it is too late."""
    there = needs.active(needs.of_convener(play.the, closing), play.now)
    return [(one.need.value, local(one.too_late)) for one in there]


def unit_needs(play: World) -> list[tuple[str, str]]:
    found = needs.of_unit(play.the, play.party(HOME_CARE))
    there = needs.active([found] if found is not None else [], play.now)
    return [(one.need.value, local(one.too_late)) for one in there]


def answer(play: World, kind: AnswerKind, **more: object) -> None:
    play.do(e.Answered(play.party(HOME_CARE).ordinal, kind, said(play), **more))  # type: ignore[arg-type]  # fields of the event


def test_silence_is_no_need_of_the_conveners_until_the_meeting_is_near() -> None:
    play = called(CALL, START)
    assert now_needed(play) == []
    play.now = at("2026-12-02 09:59")
    assert now_needed(play) == []
    play.now = at("2026-12-02 10:00")
    assert now_needed(play) == [("uncovered", local(at("2026-12-04 08:00")))]


def test_the_conveners_question_makes_it_one_at_once() -> None:
    play = called("2026-11-02 10:00", "2026-11-20 10:00")
    play.do(e.Answered(play.party(HOME_CARE).ordinal, AnswerKind.REGRETS, said(play)))
    play.run(at("2026-11-18 09:00"))
    assert "convener_asked" in play.noted()
    assert [need for need, _ in now_needed(play)] == ["uncovered"]
    play.do(e.GoAhead())
    assert now_needed(play) == []


def test_a_yes_without_a_name_is_no_need_and_the_units_once_it_is_asked() -> None:
    play = called(CALL, START)
    play.deliver()
    answer(play, AnswerKind.ATTENDS)
    play.now = at("2026-12-02 12:00")
    assert now_needed(play) == [] == unit_needs(play)
    play.run(at("2026-12-03 09:00"))
    assert "name_asked" in play.noted()
    assert now_needed(play) == []
    assert [need for need, _ in unit_needs(play)] == ["answer"]


def test_a_question_is_too_late_when_its_pause_ends() -> None:
    play = called(CALL, START)
    answer(play, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    this = play.party(HOME_CARE).round
    assert this is not None
    assert now_needed(play) == [("question", local(this.pauses[-1].until))]
    play.do(e.Decided(play.party(HOME_CARE).ordinal, e.Verdict.DECLINE, "Ni behövs."))
    assert now_needed(play) == []


def test_a_doubtful_answer_is_one_need_and_not_two() -> None:
    play = called(CALL, "2026-11-05 10:00")
    ordinal = play.party(HOME_CARE).ordinal
    play.do(e.Claimed(ordinal, 2, ClaimKind.UNCONFIRMED, AnswerKind.ATTENDS, "x@annat.example", said(play)))
    assert [need for need, _ in now_needed(play)] == ["claim"]
    (found,) = needs.active(needs.of_convener(play.the), play.now)
    assert (found.party, found.claim) == (ordinal, 1)


def test_an_undeliverable_call_and_a_unit_that_closes() -> None:
    play = called(CALL, START)
    (call,) = [mail for mail in play.sent("call") if mail.to.name == HOME_CARE.name]
    play.do(e.Bounced(call.key, play.now, call.party, call.invitation, None, call.to.email))
    assert [need for need, _ in now_needed(play)] == ["undeliverable"]
    ordinal = play.party(HOME_CARE).ordinal
    assert [need for need, _ in now_needed(called(CALL, START), (ordinal,))] == ["closes"]
    play.do(e.GoAhead())
    assert now_needed(play) == [], "who is let be needs no hand"


def test_a_doubtful_answer_is_told_beside_whatever_else_there_is() -> None:
    play = called(CALL, START)
    ordinal = play.party(HOME_CARE).ordinal
    (call,) = [mail for mail in play.sent("call") if mail.to.name == HOME_CARE.name]
    play.do(e.Bounced(call.key, play.now, call.party, call.invitation, None, call.to.email))
    play.do(e.Claimed(ordinal, 2, ClaimKind.UNCONFIRMED, AnswerKind.ATTENDS, "x@annat.example", said(play)))
    assert sorted(need for need, _ in now_needed(play)) == ["claim", "undeliverable"]
    assert sorted(need for need, _ in now_needed(play, (ordinal,))) == ["claim", "closes"]


def test_attendance_from_the_end_until_it_is_recorded() -> None:
    play = called(CALL, START)
    play.now = at("2026-12-07 10:59")
    assert [need for need, _ in now_needed(play)] == []
    play.now = at("2026-12-07 11:00")
    assert now_needed(play) == [("attendance", local(at("2026-12-21 11:00")))], "also before the tick"
    play.run(at("2026-12-07 12:00"))
    assert [need for need, _ in now_needed(play)] == ["attendance"]
    marks = tuple((p.ordinal, Mark.ATTENDED) for p in play.the.parties)
    play.do(e.OutcomeRecorded(Outcome.HELD, marks, "Clara"))
    assert now_needed(play) == []


def test_a_draft_is_too_late_for_the_notice() -> None:
    play = World(at(CALL))
    play.do(draft(at(START)))
    assert now_needed(play) == [("draft", local(at("2026-11-30 08:00")))]
    play.now = at(START)
    assert now_needed(play) == []


def test_a_called_unit_has_until_its_deadline_or_the_day_it_promised() -> None:
    play = called(CALL, START)
    assert unit_needs(play) == [("answer", local(at("2026-12-02 08:00")))]
    play.do(e.Acknowledged(play.party(HOME_CARE).ordinal, said(play), at("2026-11-10 10:00").date()))
    assert unit_needs(play) == []
    play.now = at("2026-11-11 08:00")
    assert [need for need, _ in unit_needs(play)] == ["answer"]
    invited = called(CALL, START, obligation=Obligation.INVITED)
    assert unit_needs(invited) == [("answer", local(at("2026-12-04 08:00")))]


def polled(play: World, *starts: str, until: date = date(2026, 11, 13)) -> World:
    """Asked of an hour from each start, until the end of a Friday."""
    times = tuple((at(start), at(start) + timedelta(hours=1)) for start in starts)
    assert isinstance(play.do(PollAsked(times, until)), Decision)
    return play


def test_a_poll_is_one_once_its_answers_have_ended_and_until_a_time_is_picked() -> None:
    """The call's own need is not one meanwhile: its time is still asked for."""
    play = World(at(CALL))
    play.do(draft(at(START)))
    polled(play, "2026-12-01 09:00", "2026-12-03 09:00")
    assert now_needed(play) == []
    play.now = at("2026-11-13 23:59")
    assert now_needed(play) == []
    play.now = at("2026-11-14 00:00")
    assert now_needed(play) == [("poll", local(at("2026-11-24 08:00")))], "also before the tick"
    play.run(at("2026-11-14 09:00"))
    assert [need for need, _ in now_needed(play)] == ["poll"]
    play.do(PollPicked(1, 2))
    assert [need for need, _ in now_needed(play)] == ["draft"]


def test_a_poll_that_all_have_answered_is_one_at_once() -> None:
    play = polled(called(CALL, START, [HOME_CARE, SCHOOL]), "2026-12-01 09:00", "2026-12-15 09:00")
    for party in (2, 3):
        assert now_needed(play) == []
        play.now += timedelta(hours=1)
        play.do(PollAnswered(party, 1, ((1, PollChoice.NO), (2, PollChoice.YES)), "Eva", Channel.PHONE))
    assert now_needed(play) == [("poll", local(at("2026-11-24 08:00")))]
    (pick,) = [one for one in needs.of_convener(play.the) if one.need is needs.Need.POLL]
    assert pick.since == play.now, "since the last of them said it"
    play.do(PollWithdrawn(1))
    assert now_needed(play) == []


def test_a_poll_is_too_late_when_a_time_it_leaves_loses_its_notice() -> None:
    play = World(at(CALL))
    play.do(draft(at(START)))
    polled(play, "2026-11-17 09:00", "2026-12-02 09:00")
    play.now = at("2026-11-14 00:00")
    assert now_needed(play) == [("poll", local(at("2026-11-25 08:00")))], "the first time never had fair notice"
    play = World(at(CALL))
    play.do(draft(at(START)))
    polled(play, "2026-11-16 09:00", "2026-11-17 09:00")
    play.now = at("2026-11-14 00:00")
    assert now_needed(play) == [("poll", local(at("2026-11-17 09:00")))]
    play.now = at("2026-11-17 09:00")
    assert [need for need, _ in now_needed(play)] == ["draft"], "no time of it can be picked any more"
    three = World(at(CALL))
    three.do(draft(at(START)))
    polled(three, "2026-11-17 09:00", "2026-11-16 09:00", "2026-11-18 09:00")
    three.now = at("2026-11-18 08:59")
    assert now_needed(three) == [("poll", local(at("2026-11-18 09:00")))], "the last of them can be picked"
    three.now = at("2026-11-18 09:00")
    assert [need for need, _ in now_needed(three)] == ["draft"]


def test_a_poll_of_a_meeting_that_stands_ends_with_its_start() -> None:
    play = polled(called(CALL, "2026-11-20 10:00"), "2026-12-01 09:00", "2026-12-03 09:00")
    play.now = at("2026-11-14 00:00")
    assert ("poll", local(at("2026-11-20 10:00"))) in now_needed(play)
    play.now = at("2026-11-20 10:00")
    assert "poll" not in [need for need, _ in now_needed(play)]


def test_a_poll_that_ends_brings_back_what_was_put_off() -> None:
    play = polled(called(CALL, START), "2026-12-01 09:00", "2026-12-15 09:00")
    play.now = at("2026-11-13 10:00")
    play.do(Snoozed(at("2026-11-20 10:00"), "x", "Siv"))
    play.run(at("2026-11-14 09:00"))
    assert play.the.snooze is None and "snooze_ended" in play.noted()


def test_what_stands_beside_the_meeting_is_the_first_of_all() -> None:
    play = called(CALL, START, [HOME_CARE, SCHOOL])
    hand = needs.hand_of(play.the)
    assert hand is not None and hand.since == play.the.start - needs.SOON
    play.do(Snoozed(at("2026-11-09 10:00"), "x", "Siv"))
    assert needs.hand_of(play.the) == hand, "it is put off longer than that anyway"
    answer(play, AnswerKind.NOT_OURS)
    play.do(Snoozed(at("2026-11-09 10:00"), "x", "Siv"))
    hand = needs.hand_of(play.the)
    assert hand is not None and hand.since == at("2026-11-09 10:00")


def test_what_was_put_off_and_is_over_has_nothing_beside_it() -> None:
    play = called(CALL, START)
    play.run(at("2026-12-07 12:00"))
    play.do(Snoozed(at("2026-12-09 10:00"), "x", "Siv"))
    assert needs.hand_of(play.the) is not None
    marks = tuple((p.ordinal, Mark.ATTENDED) for p in play.the.parties)
    play.do(e.OutcomeRecorded(Outcome.HELD, marks, "Clara"))
    assert needs.hand_of(replace(play.the, snooze=Snooze(at("2026-12-09 10:00"), "x", "Siv", play.now))) is None


def test_what_is_over_has_nothing_beside_it() -> None:
    play = called(CALL, START)
    play.do(e.Cancelled(e.CancelReason.OTHER))
    party = play.party(HOME_CARE)
    assert needs.hand_of(play.the) is None
    assert needs.hand_of_unit(play.the, party) is None and needs.ahead(play.the, party) is None


def test_every_need_now_is_seen_by_what_stands_beside() -> None:
    """The index may say a meeting too early, never too late: at every hour of every play."""
    asked = polled(called(CALL, START, [HOME_CARE, SCHOOL]), "2026-12-01 09:00", "2026-12-15 09:00")
    for play in (called(CALL, START, [HOME_CARE, SCHOOL]), called(CALL, "2026-11-05 10:00"), asked):
        play.deliver()
        for hour in (
            "2026-11-03 09:00",
            "2026-11-04 12:00",
            "2026-11-06 09:00",
            "2026-11-14 09:00",
            "2026-12-03 12:00",
            "2026-12-08 09:00",
        ):
            play.run(at(hour))
            hand, there = needs.hand_of(play.the), needs.active(needs.of_convener(play.the), play.now)
            if there:
                assert hand is not None and hand.since <= play.now
                assert hand.too_late <= there[0].too_late


@pytest.mark.parametrize(
    ("now", "too_late", "group"),
    [
        ("2026-11-04 09:00", "2026-11-04 08:00", Urgency.TODAY),  # a Wednesday
        ("2026-11-04 09:00", "2026-11-03 08:00", Urgency.TODAY),
        ("2026-11-04 00:30", "2026-11-04 23:30", Urgency.TODAY),
        ("2026-11-04 07:00", "2026-11-05 08:00", Urgency.TOMORROW),
        ("2026-11-04 09:00", "2026-11-05 23:59", Urgency.TOMORROW),
        ("2026-11-04 09:00", "2026-11-06 08:00", Urgency.WEEK),
        ("2026-11-04 09:00", "2026-11-08 23:00", Urgency.WEEK),
        ("2026-11-04 09:00", "2026-11-09 00:00", Urgency.LATER),
        ("2026-11-06 09:00", "2026-11-09 08:00", Urgency.TOMORROW),  # a Friday: Monday is the next working day
        ("2026-11-06 09:00", "2026-11-10 08:00", Urgency.LATER),
        ("2026-11-08 20:00", "2026-11-09 08:00", Urgency.TOMORROW),  # a Sunday
        ("2026-12-23 09:00", "2026-12-28 08:00", Urgency.TOMORROW),  # before Christmas
    ],
)
def test_groups_go_by_swedish_days(now: str, too_late: str, group: Urgency) -> None:
    assert urgency(at(too_late), at(now)) is group


def test_a_decided_question_or_told_identity_is_none() -> None:
    play = called(CALL, START, tell=False)
    answer(play, AnswerKind.UNKNOWN_IDENTITY)
    assert [need for need, _ in now_needed(play)] == ["question"]
    found = decide(play.the, e.IdentityConveyed(play.party(HOME_CARE).ordinal, said(play).channel), play.context())
    assert isinstance(found, Decision) and isinstance(found.state, Meeting)
    assert needs.active(needs.of_convener(found.state), play.now) == []
