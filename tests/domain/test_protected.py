"""What a protected meeting tells, and whom it is for (rules, section 13)."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from sip.domain import events as e
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import Mail
from sip.domain.poll import PollAsked
from sip.domain.protected import MOST, UserNamed, UserUnnamed, neutral
from sip.domain.terms import AnswerKind, AttendeeState, Channel, Mark, Outcome
from tests.domain.cast import CASE, CONVENER, HOME_CARE, SCHOOL, World, at, draft, ident, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
CLARA, NILS, EVA = ident("Clara"), ident("Nils"), ident("Eva")
SAID = frozenset({"key", "kind", "to", "dtstamp", "invitation", "party", "attendee", "round", "rung", "ask", "timing",
                  "not_before", "deviation_id", "detail", "facts"})  # fmt: skip


def protected() -> World:
    world = World(at(CALL), case=replace(CASE, protected=True))
    world.do(replace(draft(at(START), [HOME_CARE, SCHOOL]), user_id=CLARA))
    return world


def called() -> World:
    world = protected()
    for party in (2, 3):
        world.do(e.IdentityConveyed(party, Channel.PHONE))
    world.do(e.Called())
    return world


def assert_neutral(world: World) -> None:
    """Each mail holds what the service needs to know it again, a number to ring, and nothing of the meeting."""
    the = world.the
    assert world.mails
    for mail in world.mails:
        assert mail == neutral(mail)
        assert {f.name for f in fields(Mail) if getattr(mail, f.name) != f.default} <= SAID, mail.kind
        assert set(mail.detail) <= {"what"}
        assert mail.facts.convener_phone in ("", CONVENER.phone)
        assert mail.facts.start == mail.facts.end == mail.dtstamp != the.start
        told = repr(replace(mail, key="", to=replace(mail.to, name=""), facts=replace(mail.facts, meeting_id=the.id)))
        for secret in (the.reference, CONVENER.unit_name, CONVENER.person, HOME_CARE.name, SCHOOL.name, "Eken"):
            assert secret not in told, (secret, mail.kind)


def refusal(found: Decision | Refused) -> Reason:
    assert isinstance(found, Refused)
    return found.reason


def test_who_drafts_it_is_named_and_a_program_drafts_none() -> None:
    world = protected()
    assert world.the.protected
    assert [(one.user_id, one.party) for one in world.the.named] == [(CLARA, 1)]
    by_program = World(at(CALL), case=replace(CASE, protected=True))
    assert refusal(by_program.do(draft(at(START)))) is Reason.PROTECTED_CASE


def test_a_meeting_that_was_drafted_for_everybody_is_not_called_in_a_protected_case() -> None:
    world = World(at(CALL))
    world.do(draft(at(START)))
    world.case = replace(CASE, protected=True)
    assert refusal(world.do(e.Called())) is Reason.PROTECTED_CASE


def test_no_mail_of_a_whole_life_says_more_than_that_there_is_a_matter() -> None:
    """Called, asked again, lifted, answered, moved, named, cancelled: whatever rule wanted the mail."""
    world = called()
    assert {mail.kind for mail in world.mails} == {"call"}
    world.run(at("2026-11-27 12:00"))
    assert {"reminder", "lift_manager"} <= {mail.kind for mail in world.mails}
    person = e.NamedPerson("Bo Bengtsson", "bo@al.example")
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=(person,)))
    world.do(e.Answered(3, AnswerKind.REGRETS, said(world), stands_in=(person,)))
    world.do(e.TextChanged(purpose_text="Annat", chair_name="Olle", chair_email="olle@region.example"))
    the = world.the
    world.do(e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place))
    world.do(e.Cancelled(e.CancelReason.OTHER))
    assert {"named", "ask_substitute", "chair_link", "update", "cancelled"} <= {mail.kind for mail in world.mails}
    assert_neutral(world)


def test_the_ladder_counts_from_the_mail_as_it_does_from_a_calendar_entry() -> None:
    plain, world = World(at(CALL)), called()
    plain.do(draft(at(START), [HOME_CARE, SCHOOL]))
    for party in (2, 3):
        plain.do(e.IdentityConveyed(party, Channel.PHONE))
    plain.do(e.Called())
    for one in (plain, world):
        one.run(at("2026-11-27 12:00"))
    rounds = [one.party(HOME_CARE).round for one in (plain, world)]
    rungs = [[(r.rung, r.fired_at) for r in this.rungs] for this in rounds if this is not None]
    assert rungs[0] == rungs[1] and any(fired for _, fired in rungs[0])


def test_a_no_show_is_reported_in_mails_that_say_nothing() -> None:
    world = called()
    for party in (2, 3):
        world.do(e.Answered(party, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Bo", "bo@al.example"),)))
    world.run(at("2026-12-07 12:00"))
    marks = ((1, Mark.ATTENDED), (2, Mark.ABSENT), (3, Mark.ATTENDED))
    world.do(e.OutcomeRecorded(Outcome.HELD, marks, "Clara"))
    [report] = world.reports.values()
    assert report.protected
    assert {"deviation_hearing", "deviation_raised"} <= {mail.kind for mail in world.mails}
    assert_neutral(world)


def test_the_list_of_substitutes_hears_nothing_by_itself() -> None:
    """Whom the unit names is asked, and its manager; the list is not."""
    world = called()
    world.do(e.Answered(2, AnswerKind.REGRETS, said(world)))
    asked = [person for person in world.party(HOME_CARE).attendees if person.state is AttendeeState.ASKED]
    assert [person.email for person in asked] == ["mona@al.example"]


def test_times_are_not_asked_for_and_nobody_checks_in() -> None:
    world = called()
    days = tuple((at(f"2026-12-0{day} 10:00"), at(f"2026-12-0{day} 11:00")) for day in (8, 9))
    assert refusal(world.do(PollAsked(days, date(2026, 11, 20)))) is Reason.PROTECTED_NO_POLL
    world.run(at("2026-12-07 10:00"))
    assert refusal(world.do(e.CheckedIn(2, name="Anna Ek"))) is Reason.PROTECTED_CASE
    assert "reading_code" not in {mail.kind for mail in world.mails}


def test_no_code_is_mailed() -> None:
    world = called()
    world.do(e.ReadingAsked(2))
    assert not [mail for mail in world.mails if mail.kind == "reading_code"]


def test_users_are_named_for_a_party_and_no_longer() -> None:
    world = called()
    world.do(UserNamed(NILS, 2))
    world.do(UserNamed(NILS, 2))
    assert [(one.user_id, one.party) for one in world.the.named] == [(CLARA, 1), (NILS, 2)]
    world.do(UserNamed(NILS, 3))
    assert [(one.user_id, one.party) for one in world.the.named] == [(CLARA, 1), (NILS, 3)]
    world.do(UserUnnamed(NILS))
    world.do(UserUnnamed(NILS))
    assert [one.user_id for one in world.the.named] == [CLARA]


def test_somebody_of_the_convening_side_stays_named() -> None:
    world = called()
    for event in (UserUnnamed(CLARA), UserNamed(CLARA, 2)):
        assert refusal(world.do(event)) is Reason.LAST_NAMED
        assert [(one.user_id, one.party) for one in world.the.named] == [(CLARA, 1)]
    world.do(UserNamed(EVA, 1))
    world.do(UserNamed(CLARA, 2))
    assert [(one.user_id, one.party) for one in world.the.named] == [(EVA, 1), (CLARA, 2)]
    world.do(UserUnnamed(CLARA))
    assert [one.user_id for one in world.the.named] == [EVA]


def test_there_is_a_most_and_a_party_that_has_gone_names_nobody() -> None:
    world = called()
    for n in range(MOST - 1):
        world.do(UserNamed(ident(f"user {n}"), 2))
    assert refusal(world.do(UserNamed(NILS, 2))) is Reason.TOO_MANY_NAMED
    world.do(e.PartyRemoved(3))
    assert refusal(world.do(UserNamed(NILS, 3))) is Reason.PARTY_INACTIVE


def test_a_party_that_leaves_a_draft_takes_its_users_with_it() -> None:
    world = protected()
    world.do(UserNamed(NILS, 3))
    world.do(e.PartyRemoved(3))
    assert [one.user_id for one in world.the.named] == [CLARA]


@pytest.mark.parametrize("event", [UserNamed(NILS, 2), UserUnnamed(NILS)])
def test_of_a_meeting_for_everybody_nobody_is_named(event: Any) -> None:
    world = World(at(CALL))
    world.do(draft(at(START), [HOME_CARE]))
    world.do(event)
    assert world.the.named == ()
