"""A next date that passes without a meeting is a need, and told of twice at most (rules, section 8 A6)."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from sip.domain import events as e
from sip.domain import needs
from sip.domain.decide import decide, next_due
from sip.domain.decision import Decision, Follower, Reason, Refused
from sip.domain.effects import Link, Mail
from sip.domain.in_hand import Remarked, Snoozed, TakenOver, Woken
from sip.domain.meeting import Meeting
from sip.domain.next_date import PlanEnded
from sip.domain.terms import Mark, NextDate, Outcome
from tests.domain.cast import CARE_CENTRE, CASE, HOME_CARE, World, at, called, draft, ident, local

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
DAY = date(2027, 6, 9)
"""A Wednesday."""


def met(day: date | None = DAY) -> World:
    """A meeting that was held, with a next date."""
    play = called(CALL, START)
    play.run(play.the.end)
    _record(play, day)
    return play


def _record(play: World, day: date | None, reason: str | None = None) -> None:
    marks = ((play.party(HOME_CARE).ordinal, Mark.ATTENDED),)
    made = play.do(e.OutcomeRecorded(Outcome.HELD, marks, "Clara", reason, next_meeting_on=day))
    assert isinstance(made, Decision)


def needed(play: World, *, followed: bool = False) -> list[tuple[str, str, str]]:
    there = needs.active(needs.of_convener(play.the, followed=followed), play.now)
    return [(one.need.value, local(one.since), local(one.too_late)) for one in there]


def told(play: World) -> list[tuple[str, str]]:
    return [(m.to.email, local(m.dtstamp)) for m in play.sent("convener_told") if m.detail["what"] == "next_date"]


def look(play: World, moment: datetime, follower: Follower | None = None) -> Decision:
    """A tick at this moment, with what the case has besides."""
    play.now = moment
    made = decide(play.the, e.TimePassed(), replace(play.context(), follower=follower))
    assert isinstance(made, Decision) and isinstance(made.state, Meeting)
    play.meeting = made.state
    return made


def test_it_is_a_need_from_the_midnight_after_the_day_and_too_late_on_the_second_monday_mail() -> None:
    play = met()
    play.now = at("2027-06-09 23:59")
    assert needed(play) == []
    play.now = at("2027-06-10 00:00")
    assert needed(play) == [("next_date", "Thu 10 Jun 00:00", "Mon 28 Jun 08:00")]
    assert needed(play, followed=True) == []
    assert needs.hand_of(play.the) is not None


def test_the_convener_is_told_in_the_morning_and_once_more_on_a_monday_and_then_nobody() -> None:
    play = met()
    play.run(at("2028-06-09 10:00"))
    clara = "clara@region.example"
    assert told(play) == [(clara, "Thu 10 Jun 08:00"), (clara, "Mon 28 Jun 08:00")]
    assert next_due(play.the) is None and play.the.next_date is NextDate.TOLD_AGAIN
    (mail, _) = [m for m in play.sent("convener_told") if m.detail["what"] == "next_date"]
    assert (mail.link, mail.detail["next_on"]) == (Link.NEXT_DATE, "2027-06-09")
    assert needed(play), "it stays a need"


def test_a_day_before_a_holiday_is_told_on_the_next_working_day() -> None:
    play = met(date(2027, 6, 24))  # Midsummer's Eve and the weekend follow
    play.run(at("2027-07-01 10:00"))
    assert [when for _, when in told(play)] == ["Mon 28 Jun 08:00"]


def test_after_an_outage_one_mail_is_enough_and_none_leaves_at_night() -> None:
    play = met()
    look(play, at("2027-06-29 22:00"))
    assert local(next_due(play.the)) == "Wed 30 Jun 08:00"
    made = look(play, at("2027-06-30 08:00"))
    assert len([one for one in made.effects if isinstance(one, Mail)]) == 1
    assert next_due(play.the) is None and play.the.next_date is NextDate.TOLD_AGAIN


def test_where_a_later_meeting_has_been_it_is_followed_and_nobody_is_told() -> None:
    play = met()
    made = look(play, at("2027-06-10 08:00"), Follower())
    assert made.effects == () and [note.kind for note in made.notes] == ["next_date_followed"]
    assert play.the.next_date is NextDate.FOLLOWED and next_due(play.the) is None
    assert needs.hand_of(play.the) is None
    assert play.do(PlanEnded()) == Refused(Reason.NO_NEXT_DATE)


def test_one_that_is_ahead_is_waited_for_and_looked_at_again_after_it() -> None:
    play = met()
    ahead = at("2027-06-18 11:00")
    made = look(play, at("2027-06-10 08:00"), Follower(ahead))
    assert made.effects == () and made.notes == ()
    assert local(next_due(play.the)) == "Mon 21 Jun 08:00"
    look(play, at("2027-06-21 08:00"))  # it was cancelled, or never called
    assert play.the.next_date is NextDate.TOLD
    assert local(next_due(play.the)) == "Mon 28 Jun 08:00"


@pytest.mark.parametrize("day", ["2027-06-01", "2027-06-20"])
def test_the_plan_ends_by_one_press_before_the_day_and_after_it(day: str) -> None:
    play = met()
    play.run(at(f"{day} 10:00"))
    assert isinstance(play.do(PlanEnded()), Decision)
    assert (needs.hand_of(play.the), next_due(play.the)) == (None, None)
    assert play.noted()[-1] == "plan_ended"
    before = play.the
    play.do(PlanEnded())
    assert play.the == before
    assert play.do(TakenOver("siv", "Siv")) == Refused(Reason.WRONG_STATE, {"state": "closed"})


def test_another_day_takes_it_up_again_and_the_same_day_does_not() -> None:
    play = met()
    play.do(PlanEnded())
    _record(play, DAY, "en part rättad")
    assert play.the.next_date is NextDate.PLAN_ENDED
    _record(play, None, "en part rättad igen")
    assert play.the.next_date is NextDate.PLAN_ENDED
    _record(play, date(2027, 9, 1), "ny dag")
    assert str(play.the.next_date) == "awaited"
    assert local(next_due(play.the)) == "Thu 02 Sep 08:00"


def test_what_is_put_off_is_told_of_when_it_comes_back() -> None:
    play = met()
    play.run(at("2027-06-10 07:00"))
    until = at("2027-06-16 13:00")
    assert isinstance(play.do(Snoozed(until, "väntar på avdelningen", "Siv")), Decision)
    assert local(next_due(play.the)) == "Wed 16 Jun 13:00"
    found = needs.hand_of(play.the)
    assert found is not None and found.since == until
    play.do(Woken("Siv"))
    assert local(next_due(play.the)) == "Thu 10 Jun 08:00"
    for event in (TakenOver("siv", "Siv"), Remarked("Ringt", "Siv")):
        assert isinstance(play.do(event), Decision)


def test_a_closed_meeting_without_a_next_date_needs_nobody() -> None:
    play = met(None)
    assert (needs.hand_of(play.the), next_due(play.the)) == (None, None)
    refused = Refused(Reason.WRONG_STATE, {"state": "closed"})
    for event in (TakenOver("siv", "Siv"), Remarked("x", "Siv"), Snoozed(at("2027-06-16 13:00"), "x", "Siv")):
        assert play.do(event) == refused
    assert play.do(PlanEnded()) == Refused(Reason.NO_NEXT_DATE)


def test_a_convener_whose_address_has_given_way_is_told_by_her_units_mailbox() -> None:
    play = met()
    gone = replace(play.the.convener, person="sammankallande", email="sammankallande, Vårdcentralen Eken")
    play.meeting = replace(play.the, convener=gone)
    play.run(at("2027-06-10 09:00"))
    assert [to for to, _ in told(play)] == ["vc@region.example"]
    play.rosters[CARE_CENTRE.unit_id] = replace(CARE_CENTRE, addresses=())
    play.run(at("2027-06-28 09:00"))
    assert [to for to, _ in told(play)][1:] == ["siv@region.example"]
    del play.rosters[CARE_CENTRE.unit_id]
    play.meeting = replace(play.the, next_date=NextDate.TOLD)
    look(play, at("2027-06-29 09:00"))
    assert len(told(play)) == 2


def test_of_a_protected_meeting_the_mail_says_next_to_nothing() -> None:
    play = World(at(CALL), case=replace(CASE, protected=True))
    play.do(replace(draft(at(START)), user_id=ident("Clara")))
    play.do(e.Called())
    play.run(play.the.end)
    _record(play, DAY)
    play.run(at("2027-06-10 09:00"))
    (mail,) = [m for m in play.sent("convener_told") if m.detail.get("what") == "next_date"]
    assert (mail.link, mail.facts.reference, dict(mail.detail)) == (None, "", {"what": "next_date"})
