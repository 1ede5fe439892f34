"""Who is asked after a meeting, and what is told of the answers (rules, section 8 A7 and A8)."""

from dataclasses import replace
from random import Random

import pytest

from sip.domain import events as e
from sip.domain.agreement import LAW_ONLY, Agreement, MeetingKind
from sip.domain.decision import Decision
from sip.domain.effects import DropAsks, Link, MailKind, Timing
from sip.domain.masking import Breakdown
from sip.domain.survey import MEASURES, SurveyQuestion, SurveyReply, published, quarter_of
from sip.domain.terms import AnswerKind, Mark, MeetingState, Outcome, SettledAs
from tests.domain.cast import AGREEMENT, CASE, HOME_CARE, OUTSIDE, SCHOOL, World, at, called, draft, ident, said
from tests.domain.test_masking import Attacker

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
ASKS = replace(AGREEMENT, rules=replace(AGREEMENT.rules, survey=True))
CLARA, ANNA, SKOLAN = "clara@region.example", "anna@al.example", "skolan@al.example"
Q = SurveyQuestion


def met(*, agreement: Agreement = ASKS) -> World:
    """Anna comes for home care, the school says nothing of who comes, and the meeting has been."""
    world = World(at(CALL), agreements=(agreement,))
    play = called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    anna = (e.NamedPerson("Anna Ek", ANNA),)
    play.do(e.Answered(play.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(play), names=anna))
    play.run(play.the.end)
    return play


def record(play: World, outcome: Outcome = Outcome.HELD, reason: str | None = None, **marks: Mark) -> Decision:
    rows = tuple(
        (party.ordinal, marks.get({1: "own", 2: "home", 3: "school"}[party.ordinal], Mark.ATTENDED))
        for party in play.the.parties
    )
    made = play.do(e.OutcomeRecorded(outcome, rows, "Clara", reason))
    assert isinstance(made, Decision)
    return made


def asked(play: World) -> list[str]:
    return [mail.to.email for mail in play.sent("survey")]


def test_those_who_came_are_asked_in_the_next_morning_mail() -> None:
    play = met()
    record(play)
    assert asked(play) == [CLARA, ANNA, SKOLAN], "the chair, who is named, and the mailbox where nobody is"
    assert {(m.link, m.timing, m.ask, m.method) for m in play.sent("survey")} == {
        (Link.SURVEY, Timing.MORNING, True, None)
    }
    assert play.noted().count("survey_asked") == 3


def test_nobody_is_asked_after_a_pre_meeting() -> None:
    """It made no plan, and the person was not there to be heard (section 11)."""
    world = World(at(CALL), agreements=(ASKS,))
    play = called(CALL, START, [HOME_CARE, SCHOOL], kind=MeetingKind.PRE_MEETING, world=world)
    play.run(play.the.end)
    record(play)
    assert play.the.state is MeetingState.CLOSED and asked(play) == []


def test_no_agreement_asks_unless_it_says_so_and_none_where_there_is_none() -> None:
    play = met(agreement=AGREEMENT)
    record(play)
    assert asked(play) == [] and not LAW_ONLY.survey
    world = World(at(CALL), agreements=(ASKS,))
    play = called(CALL, START, [HOME_CARE, OUTSIDE], world=world)
    play.run(play.the.end)
    record(play)
    assert asked(play) == [CLARA, "hemtjanst@al.example"], "not the one that has not joined"


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.HELD])
def test_nobody_is_asked_of_a_meeting_that_was_not_held(outcome: Outcome) -> None:
    play = met()
    record(play, outcome)
    assert asked(play) == []


@pytest.mark.parametrize("mark", [Mark.ABSENT, Mark.EXCUSED, Mark.UNKNOWN])
def test_who_did_not_come_is_not_asked_and_open_attendance_asks_nobody(mark: Mark) -> None:
    play = met()
    record(play, home=mark)
    assert asked(play) == ([] if mark is Mark.UNKNOWN else [CLARA, SKOLAN])


@pytest.mark.parametrize("mark", [Mark.LATE, Mark.LEFT_EARLY, Mark.PART, Mark.SUBSTITUTE_ATTENDED])
def test_who_was_there_for_a_part_is_asked(mark: Mark) -> None:
    play = met()
    record(play, home=mark)
    assert ANNA in asked(play)


def test_a_corrected_mark_takes_back_what_has_not_left_and_asks_nobody_twice() -> None:
    play = met()
    play.relay = "waits"
    record(play)
    home = play.party(HOME_CARE).ordinal
    made = record(play, reason="hon kom inte", home=Mark.ABSENT)
    assert [one.party for one in made.effects if isinstance(one, DropAsks) and one.party is not None] == [home]
    assert [mail.to.email for mail in play.pending if mail.kind is MailKind.SURVEY] == [CLARA, SKOLAN]
    record(play, reason="jo, det gjorde hon")
    assert len(asked(play)) == 3
    record(play, Outcome.TECHNICAL, reason="det blev inget")
    assert [mail for mail in play.pending if mail.kind is MailKind.SURVEY] == []


def test_one_address_is_asked_once_and_a_convener_without_a_chair_is() -> None:
    play = met()
    play.meeting = replace(play.the, chair_email=None)
    school = play.party(SCHOOL)
    anna = replace(play.party(HOME_CARE).attendees[0], email=ANNA.upper())
    play.meeting = replace(
        play.the, parties=tuple(replace(p, attendees=(anna,)) if p is school else p for p in play.the.parties)
    )
    record(play)
    assert asked(play) == [CLARA, ANNA]


def test_a_mark_put_right_later_asks_nobody_whom_another_party_had() -> None:
    """The school's mailbox is home care's too."""
    play = met()
    home = play.party(HOME_CARE)
    anna = replace(home.attendees[0], email=SKOLAN.upper())
    play.meeting = replace(
        play.the, parties=tuple(replace(p, attendees=(anna,)) if p is home else p for p in play.the.parties)
    )
    record(play, school=Mark.ABSENT)
    assert asked(play) == [CLARA, SKOLAN.upper()]
    record(play, reason="skolan kom också")
    assert asked(play) == [CLARA, SKOLAN.upper()] and play.party(SCHOOL).survey_asked


def test_a_mail_that_fails_is_told_to_nobody() -> None:
    play = met()
    play.relay = "waits"
    record(play)
    before = len(play.mails)
    (mail,) = [one for one in play.sent("survey") if one.to.email == SKOLAN]
    play.settle(mail, SettledAs.FAILED)
    play.do(e.Bounced(mail.key, play.now, mail.party, None, None, SKOLAN))
    assert len(play.mails) == before and "mail_failed" not in play.noted()


def test_nobody_is_asked_of_a_protected_meeting() -> None:
    play = World(at(CALL), case=replace(CASE, protected=True), agreements=(ASKS,))
    play.do(replace(draft(at(START)), user_id=ident("Clara")))
    play.do(e.Called())
    play.run(play.the.end)
    assert isinstance(
        play.do(e.OutcomeRecorded(Outcome.HELD, tuple((p.ordinal, Mark.ATTENDED) for p in play.the.parties), "C")),
        Decision,
    )
    assert play.the.closed_at is not None and asked(play) == []


@pytest.mark.parametrize(
    ("moment", "first"),
    [("2026-12-31 23:59", "2026-10-01"), ("2027-01-01 00:00", "2027-01-01"), ("2026-09-30 12:00", "2026-07-01")],
)
def test_nothing_finer_than_the_quarter_is_known_of_when(moment: str, first: str) -> None:
    assert quarter_of(at(moment)).isoformat() == first


def test_an_answer_is_one_and_a_yes_to_what_was_said() -> None:
    assert SurveyReply(frozenset({Q.PURPOSE, Q.HEARD})).row() == (1, 1, 0, 0, 1)
    assert SurveyReply(frozenset()).row() == (1, 0, 0, 0, 0)


def test_few_answers_and_few_who_said_otherwise_are_not_told() -> None:
    assert published({"Norr": (4, 4, 4, 4, 4)}, 5).whole == (None,) * 5
    told = published({"Norr": (20, 20, 18, 15, 3)}, 5)
    assert told.whole == (20, 20, None, 15, None), "two said otherwise of the second, three yes to the last"
    assert published({}, 5).whole == (None,) * 5


def test_a_small_area_is_hidden_with_another() -> None:
    told = published({"Norr": (30, 20, 20, 20, 20), "Syd": (12, 6, 6, 6, 6), "": (3, 3, 3, 3, 3)}, 5)
    assert told.whole[0] == 45
    assert told.breakdowns["area"][""][0] is None and told.breakdowns["area"]["Syd"][0] is None
    assert told.breakdowns["area"]["Norr"] == (30, 20, 20, 20, 20)


@pytest.mark.parametrize("seed", range(12))
def test_whoever_adds_and_subtracts_learns_no_small_number(seed: int) -> None:
    """HiGHS over all that is told of a quarter: no hidden number can be fewer than five others."""
    draw = Random(seed)
    areas = {}
    for name in ("Norr", "Syd", "Väst", "Öst", ""):
        answers = draw.choice((0, 1, 3, 6, 14, 40))
        areas[name] = (answers, *(draw.randint(0, answers) for _ in Q))
    told = published(areas, 5)
    attacker = Attacker(measures=MEASURES)
    attacker.reads("q", told, {"area": Breakdown(areas)})
    rows = {("whole",): told.whole} | {("area", name): row for name, row in told.breakdowns["area"].items()}
    for where, row in rows.items():
        for n, count in enumerate(row):
            if count is None:
                assert attacker.can_be("q", *where, n) >= 5, (where, n)
