"""The promises are really checked: each check finds what breaks it, and nothing else."""

from dataclasses import replace
from datetime import datetime

from sip.demo.hours import at
from sip.demo.letter import read
from sip.demo.postoffice import Arrival, CarriedAnswer
from sip.demo.promises import JournalNote, Line, Observed, SettledAnswer, broken

from .sample import UID, invitation

MON = at("2026-11-02", "10:00")
UNIT = "hemtjanst.centrum@omsorg.alsunda.example"


def mail(step: int, *, message_id: str = "a", ordinary: bool = False, text: str = "", to: str = UNIT) -> Arrival:
    letter = read(invitation(to), to)
    letter = replace(letter, message_id=message_id, raw=text.encode(), invite=None if ordinary else letter.invite)
    return Arrival(MON, step, letter)


def line(seq: int, when: datetime, *notes: JournalNote) -> Line:
    return Line("7F3K-2MQ", seq, when, "TimePassed", notes)


def rung(name: str) -> JournalNote:
    return JournalNote("rung_fired", 1, {"rung": name})


def test_nothing_happened_and_nothing_is_broken() -> None:
    assert broken(Observed()) == []


def test_a_repeat_with_the_same_bytes_is_right_and_with_others_is_not() -> None:
    assert broken(Observed(arrivals=[mail(1, text="x"), mail(2, text="x")])) == []
    assert len(broken(Observed(arrivals=[mail(1, text="x"), mail(2, text="y")]))) == 1
    assert len(broken(Observed(arrivals=[mail(1), mail(1, to="annan@omsorg.alsunda.example")]))) == 1


def test_an_ask_after_the_answer_is_found() -> None:
    arrivals = [mail(3), mail(9, message_id="b")]
    assert broken(Observed(arrivals=arrivals, settled=[SettledAnswer(UID, 0, 9)])) == []
    assert broken(Observed(arrivals=arrivals, settled=[SettledAnswer(UID, 1, 5)])) == []
    assert "asked again" in broken(Observed(arrivals=arrivals, settled=[SettledAnswer(UID, 0, 5)]))[0]


def test_a_rung_comes_once_a_round_and_in_office_time() -> None:
    again = [line(1, MON, rung("reminder")), line(2, MON, rung("reminder"))]
    assert "twice" in broken(Observed(journal=again))[0]
    moved = [again[0], line(2, MON, JournalNote("round_began", 1, {})), line(3, MON, rung("reminder"))]
    assert broken(Observed(journal=moved)) == []
    hasty = JournalNote("rung_fired", 1, {"rung": "reminder", "due": "2026-11-02T10:00:00+00:00"})
    assert "too early" in broken(Observed(journal=[line(1, MON, hasty)]))[0]
    night = at("2026-11-07", "07:00")
    assert "office time" in broken(Observed(journal=[line(1, night, rung("reminder"))]))[0]
    assert broken(Observed(journal=[line(1, night, rung("reminder"))], discharges={"7F3K-2MQ"})) == []


def test_a_rung_after_an_answer_is_found_and_after_a_perhaps_is_right() -> None:
    yes, perhaps = (
        JournalNote("answered", 1, {"answer": "attends"}),
        JournalNote("answered", 1, {"answer": "tentative"}),
    )
    assert "had answered" in broken(Observed(journal=[line(1, MON, yes), line(2, MON, rung("no_answer"))]))[0]
    assert broken(Observed(journal=[line(1, MON, perhaps), line(2, MON, rung("no_answer"))])) == []


def test_two_ordinary_mails_at_one_tick_are_found_unless_a_person_acted() -> None:
    arrivals = [mail(4, message_id="a", ordinary=True), mail(4, message_id="b", ordinary=True)]
    assert "2 ordinary mails" in broken(Observed(arrivals=arrivals))[0]
    assert broken(Observed(arrivals=arrivals, acted={4})) == []
    assert broken(Observed(arrivals=[arrivals[0], mail(4, message_id="b")])) == []


def test_an_accepted_answer_without_outcome_is_found() -> None:
    posted = [CarriedAnswer(MON, "sip+t@sip.region-asland.example", "<1>", "REPLY ACCEPTED", 250, "", "a1")]
    assert "no outcome" in broken(Observed(posted=posted))[0]
    assert broken(Observed(posted=posted, outcomes={"a1": "applied"})) == []
    assert broken(Observed(posted=[replace(posted[0], code=451)])) == []
    assert "could not be applied" in broken(Observed(posted=posted, outcomes={"a1": "quarantine"}))[0]


def test_reports_and_attendance_are_as_the_story_says() -> None:
    key = ("stayed-away", "vuxen-alsunda")
    assert broken(Observed(reports={key: "closed"}, expected={key: "closed"})) == []
    assert "none" in broken(Observed(expected={key: "closed"}))[0]
    assert "attendance" in broken(Observed(marks={key: "absent"}, expected_marks={key: "attended"}))[0]
