"""People read their mail and do what their habits say, at the time they would, with real mail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from sip.demo import county, habits
from sip.demo.agenda import Agenda
from sip.demo.browser import Browser, PageError
from sip.demo.habits import ByCalendar, ByLink, Habit, OutOfOffice
from sip.demo.hours import at
from sip.demo.letter import ReadMail, read
from sip.demo.moment import Moment
from sip.demo.pages import link_in
from sip.demo.postoffice import Carrier, PostOffice
from sip.demo.service import DataFolder
from sip.demo.units import People

from .sample import UID, invitation

MON = at("2026-11-02", "07:31")
UNIT = "hemtjanst.centrum@omsorg.alsunda.example"


def request(sequence: int = 0, method: str = "REQUEST") -> ReadMail:
    return read(invitation(UNIT, method, sequence), UNIT)


def only(habit: Habit, asked: int = 1, letter: ReadMail | None = None) -> tuple[datetime, object]:
    [(when, deed)] = habit(letter or request(), asked, MON)
    return when, deed


def test_habits_answer_at_the_time_people_would() -> None:
    when, deed = only(habits.prompt())
    assert at("2026-11-02", "08:20") <= when < at("2026-11-02", "08:40")
    assert deed == ByCalendar("ACCEPTED")
    assert only(habits.slow(2))[0].date().isoformat() == "2026-11-04"
    assert habits.silent()(request(), 1, MON) == []
    assert habits.reminded()(request(), 1, MON) == []
    assert only(habits.reminded(), asked=2)[1] == ByCalendar("ACCEPTED")
    assert habits.prompt()(request(method="CANCEL"), 1, MON) == []


def test_a_person_says_in_the_morning_that_she_cannot_come() -> None:
    when, deed = only(habits.same_morning("06:50"))
    assert when == at("2026-11-09", "06:50")
    assert deed == ByCalendar("DECLINED")


def test_a_mailbox_that_answers_by_itself_is_followed_by_a_human() -> None:
    when, deed = only(habits.automatic())
    assert when == MON + timedelta(seconds=15)
    assert deed == ByCalendar("ACCEPTED", automatic=True)
    assert only(habits.automatic(), asked=2)[1] == ByLink("attends", {})
    first, second = habits.away("Åter i morgon.")(request(), 1, MON)
    assert first[1] == OutOfOffice("Åter i morgon.")
    assert second[0] == at("2026-11-03", "09:10")


def test_a_proposal_is_made_once_and_the_new_time_accepted() -> None:
    habit = habits.by_link("proposes", then=habits.prompt(), start="2026-11-11T14:00")
    assert only(habit)[1] == ByLink("proposes", {"start": "2026-11-11T14:00"})
    assert only(habit, letter=request(sequence=1))[1] == ByCalendar("ACCEPTED")


def ordinary(text: str) -> ReadMail:
    letter = request()
    links = ("http://127.0.0.1:8000/svar/one", "http://127.0.0.1:8000/svar/two")
    return replace(letter, invite=None, text=text.format(*links), links=links)


def test_people_do_what_the_words_of_a_mail_ask_of_them() -> None:
    asked = ordinary("Blev mötet av?\nÄrende: 7F3K-2MQ\n{0}")
    assert only(habits.after_meeting("attendance"), letter=asked)[1] == ByLink("attendance", about=habits.HELD)
    assert habits.heard("right")(asked, 1, MON) == []
    assert habits.decides("go_ahead")(asked, 1, MON) == []
    stands = ordinary("Ska mötet bli av som planerat?\n{0}")
    both = habits.also(habits.decides("go_ahead"), habits.heard("right"))
    assert only(both, letter=stands)[1] == ByLink("go_ahead", about=habits.STANDS)


def test_the_link_that_is_meant_stands_under_its_matter_and_its_words() -> None:
    letter = ordinary("1. Ring enheten\nÄrende: 7F3K-2MQ\n{0}\n2. Blev mötet av?\nÄrende: 7F3K-2MQ\n{1}\n")
    assert link_in(letter, "7F3K-2MQ") == letter.links[0]
    assert link_in(letter, "7F3K-2MQ", habits.HELD) == letter.links[1]
    assert link_in(letter, "AAAA-AAA") == letter.links[0]
    several = ordinary("1. Du leder mötet\nÄrende: 7F3K-2MQ\n{0}\n2. Blev mötet av?\nÄrende: 8G4L-3NR\n{1}\n")
    assert link_in(several, "8G4L-3NR", habits.HELD) == several.links[1]
    assert link_in(several, "7F3K-2MQ", habits.HELD) is None, "the question is about the other matter"
    with pytest.raises(PageError, match="no link"):
        link_in(replace(letter, links=()), "7F3K-2MQ")


@pytest.fixture
def receiver() -> Iterator[PostOffice]:
    """A post office that stands in for the service's receiver: it takes mail for .example as well."""
    office = PostOffice(set(), Moment(MON))
    yield office
    office.close()


def test_the_answer_of_a_unit_reaches_the_receiver(receiver: PostOffice) -> None:
    moment, agenda, said = Moment(MON), Agenda(), list[str]()
    carrier = Carrier("127.0.0.1", receiver.open())
    people = People(
        county.mailboxes(),
        carrier,
        lambda: Browser("http://127.0.0.1:1"),
        agenda,
        moment,
        lambda kind, reference, sentence: said.append(f"{reference} {sentence}"),
    )
    people.cast["7F3K-2MQ", UNIT] = habits.prompt("Åsa kommer")
    people.read(request(), MON)
    people.read(request(), MON)
    assert len(agenda) == 1, "asked again before it answered, it answers once"
    assert agenda.next is not None
    moment.now, moment.step = agenda.next, 5
    for act in agenda.due(moment.now):
        act(moment.now)
    [arrival] = receiver.fetch()
    message = message_from_bytes(arrival.letter.raw, policy=policy.default)
    assert message["Subject"] == "Accepterat: SIP-möte, ärende 7F3K-2MQ"
    assert [(s.uid, s.sequence, s.step) for s in people.settled] == [(UID, 0, 5)]
    assert [p.code for p in carrier.posted] == [250]
    assert said == ["7F3K-2MQ Hemtjänst Centrum accepts in Outlook"]
    assert moment.touched == {"7F3K-2MQ"}
    assert people.trouble == []


def test_a_killed_demo_leaves_a_folder_that_the_next_removes(tmp_path: Path) -> None:
    stale = tmp_path / "run-stale"
    stale.mkdir()
    (stale / "lock").touch()
    first = DataFolder(tmp_path, keep=False)
    assert not stale.exists()
    second = DataFolder(tmp_path, keep=True)
    assert first.path.exists(), "a running demo keeps its folder"
    first.close()
    second.close()
    assert not first.path.exists()
    assert second.path.exists()
