"""Small values: who is a colleague, what a consent covers, where a party stands, what the week's mail says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sip.domain import events as e
from sip.domain import week
from sip.domain.effects import Mail, Notice
from sip.domain.mailbox_check import CheckOutcome, CheckState, again, call, first, thanks, valid_from
from sip.domain.meeting import Answer, Attendee, Round, deviation_id, invitation_id
from sip.domain.people import CaseFacts, Language
from sip.domain.standing import Standing, climbs, covered, name_missing, standing
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, Channel, Obligation
from sip.domain.values import replace as quick
from tests.domain.cast import CASE, HOME_CARE, SCHOOL, World, at, called, ident
from tests.domain.plays import CALL, START, answers, done, named

NOW = at(CALL)
DAY = date(2026, 11, 2)
MINE, OTHER = ident("organisation"), ident("another")


@pytest.mark.parametrize(
    ("email", "colleague"),
    [("Anna@AL.example", True), ("kim@konsult.example", True), ("KIM@konsult.example", True),
     ("anna@annat.example", False), ("anna@sub.al.example", False)],
)  # fmt: skip
def test_a_colleague_is_of_the_directory_or_of_the_mail_domain(email: str, colleague: bool) -> None:
    roster = replace(HOME_CARE, organisation_emails=frozenset({"kim@konsult.example"}))
    assert roster.has_colleague(email) is colleague


@pytest.mark.parametrize(
    ("facts", "covers"),
    [
        (CASE, True),
        (replace(CASE, consent=False), False),
        (replace(CASE, consent=False, other_legal_ground=True, consent_until=date(2026, 1, 1)), True),
        (replace(CASE, consent_until=DAY), True),
        (replace(CASE, consent_until=date(2026, 11, 1)), False),
        (replace(CASE, consent_organisations=frozenset({MINE})), True),
        (replace(CASE, consent_organisations=frozenset({OTHER})), False),
        (replace(CASE, consent_organisations=frozenset()), False),
    ],
)
def test_what_a_consent_covers(facts: CaseFacts, covers: bool) -> None:
    assert facts.covers(MINE, DAY) is covers


ANNA = Attendee(1, "Anna", AttendeeRole.NAMED, AttendeeState.NAMED, 1)
ROUND = Round(1, NOW, clock_start=NOW)


def said(kind: AnswerKind) -> Answer:
    return Answer(kind, NOW, NOW, Channel.PAGE, "unit")


STANDINGS: list[tuple[dict[str, Any], dict[str, Any] | None, Standing, bool, bool]] = [
    # of the party, of its round, its word, covered?, does the ladder climb?
    ({}, None, Standing.NOT_CALLED, False, False),
    ({}, {}, Standing.NO_ANSWER, False, True),
    ({}, {"clock_start": None}, Standing.NO_ANSWER, False, False),
    ({}, {"ladder": False}, Standing.NO_ANSWER, False, False),
    ({}, {"phone_only": True}, Standing.NO_ANSWER, False, False),
    ({}, {"acknowledged_at": NOW}, Standing.ACKNOWLEDGED, False, True),
    ({}, {"undeliverable": True}, Standing.UNDELIVERABLE, False, False),
    ({}, {"undeliverable": True, "answer": said(AnswerKind.ATTENDS)}, Standing.NAME_MISSING, True, False),
    ({"removed": True}, {}, Standing.REMOVED, True, False),
    ({"removed": True, "redirected_to": 3}, {}, Standing.REMOVED, True, False),
    ({"redirected_to": 3}, {}, Standing.REDIRECTED, True, False),
    ({"released": True}, {}, Standing.RELEASED, True, True),
    ({"released": True}, None, Standing.RELEASED, True, False),
    ({"released": True, "obligation": Obligation.INVITED}, {}, Standing.NO_ANSWER, True, True),
    ({"released": True}, {"answer": said(AnswerKind.CONTESTS)}, Standing.RELEASED, True, True),
    ({"released": True}, {"answer": said(AnswerKind.REGRETS)}, Standing.REGRETS, True, False),
    ({"released": True}, {"answer": said(AnswerKind.TENTATIVE)}, Standing.TENTATIVE, True, False),
    ({"excused_at": NOW}, {"answer": said(AnswerKind.REGRETS)}, Standing.EXCUSED, True, False),
    ({}, {"answer": said(AnswerKind.ATTENDS)}, Standing.NAME_MISSING, True, False),
    ({"attendees": (ANNA,)}, {"answer": said(AnswerKind.ATTENDS)}, Standing.ATTENDS, True, False),
    ({"attendees": (ANNA,)}, {}, Standing.ATTENDS, True, False),
    ({"attendees": (replace(ANNA, state=AttendeeState.INVITED),)}, {}, Standing.NO_ANSWER, False, True),
    ({}, {"answer": said(AnswerKind.REGRETS)}, Standing.REGRETS, False, False),
    ({}, {"answer": said(AnswerKind.REGRETS), "substitution_open": True}, Standing.SEEKING_SUBSTITUTE, False, False),
    (
        {}, {"answer": said(AnswerKind.REGRETS), "substitution_open": True, "substitution_exhausted": True},
        Standing.REGRETS, False, False,
    ),
    (
        {"attendees": (replace(ANNA, state=AttendeeState.ACCEPTED),)}, {"answer": said(AnswerKind.REGRETS)},
        Standing.SUBSTITUTE_ATTENDS, True, False,
    ),
    ({}, {"substitution_open": True}, Standing.NO_ANSWER, False, False),
    ({}, {"answer": said(AnswerKind.TENTATIVE)}, Standing.TENTATIVE, False, False),
    *(
        ({}, {"answer": said(kind)}, Standing(kind.value), False, True)
        for kind in AnswerKind
        if kind not in (AnswerKind.ATTENDS, AnswerKind.TENTATIVE, AnswerKind.REGRETS)
    ),
]  # fmt: skip


@pytest.mark.parametrize(("party", "this", "word", "is_covered", "still_climbs"), STANDINGS)
def test_where_a_party_stands(
    party: dict[str, Any], this: dict[str, Any] | None, word: Standing, is_covered: bool, still_climbs: bool
) -> None:
    world = called(CALL, START)
    made = replace(world.party(HOME_CARE), round=None if this is None else replace(ROUND, **this), **party)
    assert standing(made) is word
    assert covered(made) is is_covered
    if made.round is not None:
        assert climbs(made, made.round) is still_climbs
        assert name_missing(made, made.round) == (word is Standing.NAME_MISSING)


def test_every_word_is_somebodys_standing() -> None:
    assert {word for _, _, word, _, _ in STANDINGS} == set(Standing)


def test_names_and_copies_of_values() -> None:
    assert invitation_id(MINE, 1) != invitation_id(MINE, 2) != deviation_id(MINE, 2)
    assert quick(ANNA, name="Bo") == replace(ANNA, name="Bo")
    with pytest.raises(AttributeError):
        quick(ANNA, nonsense=1)
    world = called(CALL, START)
    for find in (world.the.party, world.the.invitation):
        with pytest.raises(KeyError):
            find(99)


# -- the week's mail


def of_week(world: World, now: str = "2026-12-07 08:00", monday: date = date(2026, 12, 7), **more: Any) -> list[str]:
    roster = replace(HOME_CARE, addresses=("Hemtjanst@al.example", "andra@al.example"), **more)
    return [_as_text(mail) for mail in week.mails(roster, [world.the], at(now), monday)]


def _as_text(mail: Mail | Notice) -> str:
    if isinstance(mail, Notice):
        return f"head {mail.to.email} {mail.key} {mail.start:%d%H} {mail.end:%d%H} {[r for _, r in mail.ahead]}"
    detail = {key: str(value) for key, value in mail.detail.items()}
    return f"line {mail.to.email} {mail.key.partition('/')[2]} {mail.ask} {mail.link} {detail}"


def test_the_weeks_mail_has_a_line_for_each_meeting_and_the_unanswered_ask() -> None:
    head = f"head hemtjanst@al.example week/{HOME_CARE.unit_id}/2026-12-07 0707 1116 []"
    world = called(CALL, START)
    line = "line hemtjanst@al.example p2/1/week/2026-12-07/hemtjanst@al.example"
    silent = {"standing": "no_answer", "comes": "", "obligation": "summoned"}
    assert of_week(world) == [head, f"{line} True answer {silent}"]
    world.now += timedelta(hours=1)
    names = (named("Anna"), e.NamedPerson("Kurator", function="Kurator"), e.NamedPerson("Bo"))
    answers(world, AnswerKind.ATTENDS, names=names)
    comes = {"standing": "attends", "comes": "Anna, undersköterska\nKurator\nBo", "obligation": "summoned"}
    assert of_week(world) == [head, f"{line} False None {comes}"]
    assert of_week(world, "2026-12-07 10:00") == [head, f"{line} False None {comes}"]
    assert of_week(world, "2026-12-07 10:01") == []


def test_the_weeks_mail_names_the_next_weeks_unanswered() -> None:
    world = called(CALL, START)
    head = f"head hemtjanst@al.example week/{HOME_CARE.unit_id}/2026-11-30 3007 0416 ['7F3K-2MQ']"
    assert of_week(world, "2026-11-30 08:00", date(2026, 11, 30)) == [head]
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    assert of_week(world, "2026-11-30 08:00", date(2026, 11, 30)) == []


def test_nothing_of_the_week_without_an_address_or_a_called_meeting() -> None:
    world = called(CALL, START)
    assert week.mails(replace(HOME_CARE, addresses=()), [world.the], NOW, date(2026, 12, 7)) == []
    assert week.mails(SCHOOL, [world.the], NOW, date(2026, 12, 7)) == []
    done(world, e.PartyAdded(e.PartyDraft(SCHOOL.unit_id, Obligation.INVITED)))
    done(world, e.PartyRemoved(2))
    assert of_week(world) == []
    done(world, e.Cancelled(e.CancelReason.OTHER))
    assert week.mails(SCHOOL, [world.the], NOW, date(2026, 12, 7)) == []


def test_the_weeks_meetings_in_their_order_and_the_conveners_own_asks_nothing() -> None:
    early, late = called(CALL, START), called(CALL, "2026-12-08 10:00")
    made = week.mails(HOME_CARE, [late.the, early.the], at("2026-12-07 08:00"), date(2026, 12, 7))
    assert [mail.facts.start for mail in made if isinstance(mail, Mail)] == [early.the.start, late.the.start]
    assert not week.is_open(early.the.party(1))
    assert week.is_open(early.the.party(2))


# -- the mailbox check


def test_a_test_call_in_full_and_its_end() -> None:
    roster = replace(HOME_CARE, addresses=("Hemtjanst@al.example",), language=Language.EN)
    check = first(ident("check"), roster, NOW)
    asked, over = call(check, roster, NOW), thanks(check, roster, NOW)
    assert (asked.kind, asked.method, asked.sequence, asked.link) == ("mailbox_check", "REQUEST", 0, "mailbox")
    assert (over.kind, over.method, over.sequence, over.link) == ("mailbox_verified", "CANCEL", 1, None)
    for notice in (asked, over):
        assert (notice.to.email, notice.to.name, notice.to.language) == ("hemtjanst@al.example", roster.name, "en")
        assert (notice.unit_id, notice.unit, notice.check_id, notice.dtstamp) == (
            roster.unit_id,
            roster.name,
            check.id,
            NOW,
        )
        assert (notice.start, notice.end) == (check.start, check.end)
    second = again(check, roster, at("2026-11-10 08:00"))
    assert (second.last_asked_at, check.last_asked_at) == (at("2026-11-10 08:00"), NOW)
    assert call(second, roster, NOW).kind == "mailbox_check_again"
    assert valid_from(NOW, 12) == NOW - timedelta(days=360)


@pytest.mark.parametrize("outcome", list(CheckOutcome))
def test_a_check_that_has_ended_is_known_by_its_end(outcome: CheckOutcome) -> None:
    check = replace(first(ident("check"), HOME_CARE, NOW), outcome=outcome, sent_at=NOW)
    assert check.state is CheckState(outcome.value)


def test_two_meetings_at_the_same_time_come_in_one_order() -> None:
    one = called(CALL, START).the
    other = replace(one, id=ident("another meeting"), reference="ZZZZ-ZZZ")
    for pair in ([one, other], [other, one]):
        made = week.mails(HOME_CARE, pair, at("2026-12-07 08:00"), date(2026, 12, 7))
        assert [m.facts.meeting_id for m in made if isinstance(m, Mail)] == sorted([one.id, other.id])
