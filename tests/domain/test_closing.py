"""A unit closes: until when it is called, and who is called in its place (rules, section 5 R6)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sip.domain import events as e
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import MailKind, Method
from sip.domain.people import Roster, Successor
from sip.domain.terms import AnswerKind, Basis, MeetingState, Obligation
from tests.domain.cast import (
    CARE_CENTRE,
    CASE,
    CONVENER,
    HOME_CARE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    draft,
    said,
)

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
TAKES_OVER = Successor(SOCIAL.unit_id, SOCIAL.name)
LAST_DAY = "2026-12-06"
CLOSED = {"unit": HOME_CARE.name, "closes_on": LAST_DAY}


def closes(world: World, moment: str, successor: Successor | None = TAKES_OVER, unit: Roster = HOME_CARE) -> None:
    world.rosters[unit.unit_id] = replace(unit, closes_at=at(moment), successor=successor)


def closing(moment: str, successor: Successor | None = TAKES_OVER) -> World:
    world = World(at(CALL))
    closes(world, moment, successor)
    return world


def succeed(world: World, unit: Roster = HOME_CARE, by: Roster = SOCIAL) -> Decision | Refused:
    return world.do(e.SuccessorCalled(world.party(unit).ordinal, by.unit_id))


def test_a_unit_that_closes_later_is_called_and_the_convener_hears_of_it() -> None:
    world = called(CALL, START, world=closing("2026-12-08 00:00"))
    assert [mail.to.name for mail in world.sent(MailKind.CALL)] == [CARE_CENTRE.name, HOME_CARE.name]
    (told,) = world.sent(MailKind.CONVENER_TOLD)
    assert told.detail == {"what": "unit_closes", "closes_on": "2026-12-07", "target": SOCIAL.name}
    nobody = called(CALL, START, world=closing("2027-07-01 00:00", None))
    assert nobody.sent(MailKind.CONVENER_TOLD)[0].detail == {"what": "unit_closes", "closes_on": "2027-06-30"}
    own = World(at(CALL))
    closes(own, "2027-07-01 00:00", unit=CARE_CENTRE)
    assert called(CALL, START, world=own).told() == []


@pytest.mark.parametrize("closes_at", ["2026-12-07 00:00", "2026-12-07 10:00", "2026-10-01 00:00"])
def test_for_a_later_meeting_it_is_refused_with_the_day_and_who_takes_over(closes_at: str) -> None:
    world = closing(closes_at)
    refused = world.do(draft(at(START)))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.detail["target"]) == (Reason.UNIT_SUCCEEDED, SOCIAL.name)
    assert closing(closes_at, None).do(draft(at(START))) == Refused(
        Reason.UNIT_CLOSES, {**CLOSED, "closes_on": _day_before(closes_at)}
    )


def _day_before(moment: str) -> str:
    return {"2026-12-07 00:00": LAST_DAY, "2026-12-07 10:00": "2026-12-07", "2026-10-01 00:00": "2026-09-30"}[moment]


def test_one_that_gets_a_last_day_between_draft_and_call_is_refused_at_the_call() -> None:
    world = World(at(CALL))
    world.do(draft(at(START)))
    closes(world, "2026-12-07 00:00")
    assert world.do(e.Called()) == Refused(Reason.UNIT_SUCCEEDED, {**CLOSED, "target": SOCIAL.name})
    assert world.the.state is MeetingState.DRAFT


def test_a_called_meeting_is_not_moved_past_a_units_last_day() -> None:
    world = called(CALL, START, (HOME_CARE, SCHOOL), world=closing("2026-12-08 00:00"))
    assert isinstance(_move(world, world.the.start + timedelta(hours=1)), Decision)
    assert _move(world, world.the.start + timedelta(days=1)) == Refused(
        Reason.UNIT_SUCCEEDED, {**CLOSED, "closes_on": "2026-12-07", "target": SOCIAL.name}
    )
    world.do(e.PartyRemoved(world.party(HOME_CARE).ordinal))
    assert isinstance(_move(world, world.the.start + timedelta(days=1)), Decision)


def _move(world: World, start: datetime) -> Decision | Refused:
    return world.do(e.Moved(start, start + timedelta(hours=1), world.the.form, world.the.place))


def test_one_press_calls_who_takes_over_and_the_old_one_gets_a_cancel() -> None:
    world = called(CALL, START, (HOME_CARE, SCHOOL))
    old = world.party(HOME_CARE)
    world.do(
        e.Answered(old.ordinal, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna", "anna@al.example"),))
    )
    closes(world, "2026-12-07 00:00")
    world.now, world.mails = at("2026-11-10 09:00"), []
    assert isinstance(succeed(world), Decision)
    sent = [(mail.to.email, mail.method, mail.kind) for mail in world.mails]
    assert sent == [
        (HOME_CARE.addresses[0], Method.CANCEL, "removed"), ("anna@al.example", Method.CANCEL, "removed"),
        (SOCIAL.addresses[0], Method.REQUEST, "call"),
    ]  # fmt: skip
    new = world.party(SOCIAL)
    assert world.party(HOME_CARE).removed
    assert new.round is not None
    assert (new.obligation, new.basis, new.round.number, new.round.answer) == (old.obligation, old.basis, 1, None)
    assert new.rule_set == old.rule_set, "frozen anew, by the same agreement"
    assert new.identity is None, "nobody has told it whom the meeting is about"
    assert "succeeded" in world.noted()
    assert world.party(SCHOOL).round == next(p for p in world.the.parties if p.unit_id == SCHOOL.unit_id).round
    world.run(at("2026-11-16 09:00"))
    assert SOCIAL.addresses[0] in [mail.to.email for mail in world.sent(MailKind.REMINDER)]
    assert HOME_CARE.addresses[0] not in [mail.to.email for mail in world.sent(MailKind.REMINDER)]


def test_it_takes_over_the_duty_as_it_is() -> None:
    world = World(at(CALL))
    world.do(draft(at(START), (SCHOOL,)))
    wanted = e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED, Basis.LOCAL_AGREEMENT, "SAMSA")
    world.do(e.PartyAdded(wanted))
    world.do(e.Called())
    world.do(e.Released(world.party(HOME_CARE).ordinal))
    closes(world, "2026-12-07 00:00")
    succeed(world)
    new = world.party(SOCIAL)
    assert (new.obligation, new.basis, new.other_system, new.released) == (
        Obligation.SUMMONED, Basis.LOCAL_AGREEMENT, "SAMSA", True,
    )  # fmt: skip


@pytest.mark.parametrize("there", [SOCIAL, CARE_CENTRE])
def test_where_it_is_called_already_the_old_one_just_goes(there: Roster) -> None:
    world = called(CALL, START, (HOME_CARE, SOCIAL))
    closes(world, "2026-12-07 00:00", Successor(there.unit_id, there.name))
    before, world.mails = world.party(there), []
    assert isinstance(succeed(world, by=there), Decision)
    assert world.party(there) == before
    assert [mail.to.email for mail in world.mails] == [HOME_CARE.addresses[0]]


def test_the_consent_must_cover_who_takes_over() -> None:
    world = called(CALL, START)
    closes(world, "2026-12-07 00:00", Successor(SCHOOL.unit_id, SCHOOL.name))
    world.case = replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    before = world.the
    assert succeed(world, by=SCHOOL) == Refused(Reason.CONSENT_NOT_COVERING, {"unit": SCHOOL.name})
    assert world.the == before


def test_who_takes_over_must_be_open_on_the_day_too() -> None:
    world = called(CALL, START)
    closes(world, "2026-12-07 00:00")
    closes(world, "2026-12-07 00:00", None, SOCIAL)
    assert succeed(world) == Refused(Reason.UNIT_CLOSES, {"unit": SOCIAL.name, "closes_on": LAST_DAY})


def test_only_who_takes_over_and_only_from_one_that_closes_before_the_meeting() -> None:
    no = Refused(Reason.NOT_SUCCESSOR, {"unit": HOME_CARE.name})
    world = called(CALL, START)
    assert succeed(world) == no
    closes(world, "2026-12-07 10:01")
    assert succeed(world) == no
    closes(world, "2026-12-07 10:00", None)
    assert succeed(world) == no
    closes(world, "2026-12-07 10:00")
    assert succeed(world, by=SCHOOL) == no
    assert isinstance(succeed(world), Decision)
    assert succeed(world) == Refused(Reason.PARTY_INACTIVE)


def test_the_convening_unit_is_handed_over_and_not_succeeded() -> None:
    world = called(CALL, START)
    closes(world, "2026-12-07 00:00", unit=CARE_CENTRE)
    assert succeed(world, CARE_CENTRE) == Refused(Reason.NOT_SUCCESSOR, {"unit": CARE_CENTRE.name})


def test_nobody_hands_over_to_a_unit_that_closes_before_the_meeting() -> None:
    clinic = replace(SCHOOL, organisation_id=CARE_CENTRE.organisation_id, principal_id=CARE_CENTRE.principal_id)
    world = called(CALL, START)
    closes(world, "2026-12-07 00:00", None, clinic)
    convener = replace(CONVENER, unit_id=clinic.unit_id, unit_name=clinic.name)
    assert world.do(e.HandedOver(convener)) == Refused(
        Reason.UNIT_CLOSES, {"unit": clinic.name, "closes_on": LAST_DAY}
    )  # fmt: skip


def test_until_then_the_unit_is_asked_as_before() -> None:
    world = called(CALL, START)
    closes(world, "2026-11-05 00:00")
    world.run(at("2026-11-06 09:00"))
    assert [mail.to.email for mail in world.sent(MailKind.REMINDER)] == [HOME_CARE.addresses[0]]
