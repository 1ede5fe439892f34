"""A called meeting gets another convener: mails, phone number and questions follow (rules, section 5 R3)."""

from dataclasses import replace

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import MailKind, Method
from sip.domain.terms import AnswerKind, MeetingState, Obligation
from tests.domain.cast import CARE_CENTRE, CONVENER, HOME_CARE, SCHOOL, World, at, called, draft, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
ANNA = replace(CONVENER, person="Anna Annan", email="anna@region.example", phone="010-123 45 99")


def neighbour(world: World) -> e.HandedOver:
    """A clinic of the convener's own principal takes over."""
    clinic = replace(SCHOOL, organisation_id=CARE_CENTRE.organisation_id, principal_id=CARE_CENTRE.principal_id)
    world.rosters[clinic.unit_id] = clinic
    return e.HandedOver(replace(ANNA, unit_id=clinic.unit_id, unit_name=clinic.name))


def test_everybody_called_gets_the_new_name_and_number_and_no_new_round() -> None:
    world = called(CALL, START)
    world.do(e.Answered(world.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(world)))
    before, world.mails = world.the, []
    assert isinstance(world.do(e.HandedOver(ANNA)), Decision)
    updates = world.sent(MailKind.TEXT_UPDATE)
    assert {mail.to.email for mail in updates} == {i.email for i in before.invitations}
    assert {mail.facts.convener_phone for mail in updates} == {ANNA.phone}
    assert all(mail.method is Method.REQUEST and mail.sequence == 0 for mail in updates)
    assert world.party(HOME_CARE).round == next(p for p in before.parties if p.unit_id == HOME_CARE.unit_id).round
    assert [mail.to.email for mail in world.sent(MailKind.CONVENER_TOLD)] == [ANNA.email]
    assert world.told() == ["handed_over"]


def test_what_is_told_later_goes_to_whoever_took_over() -> None:
    world = called(CALL, START)
    world.do(e.HandedOver(ANNA))
    world.mails = []
    world.do(e.Answered(world.party(HOME_CARE).ordinal, AnswerKind.REGRETS, said(world)))
    assert {mail.to.email for mail in world.sent(MailKind.CONVENER_TOLD)} == {ANNA.email}


def test_a_question_already_put_is_put_to_whoever_took_over() -> None:
    world = called(CALL, START)
    world.run(at("2026-12-03 09:00"))
    assert [mail.to.email for mail in world.sent(MailKind.CONVENER_QUESTION)] == [CONVENER.email]
    world.do(e.HandedOver(ANNA))
    assert [mail.to.email for mail in world.sent(MailKind.CONVENER_QUESTION)] == [CONVENER.email, ANNA.email]
    world.run(at("2026-12-03 15:00"))
    assert len(world.sent(MailKind.CONVENER_QUESTION)) == 2


def test_a_question_not_yet_sent_never_reaches_the_old_convener() -> None:
    world = called(CALL, START)
    world.relay = "silent"
    world.deliver()
    world.run(at("2026-12-02 09:00"))
    world.deliver()
    world.run(at("2026-12-03 09:00"))
    assert any(mail.to.email == CONVENER.email and mail.ask for mail in world.pending)
    world.do(e.HandedOver(ANNA))
    assert not any(mail.to.email == CONVENER.email for mail in world.pending if mail.ask)


def test_another_unit_of_the_principal_becomes_the_convening_party() -> None:
    world = called(CALL, START)
    assert isinstance(world.do(neighbour(world)), Decision)
    convening = [p for p in world.the.parties if p.obligation is Obligation.CONVENING and p.active]
    assert [p.unit_name for p in convening] == [SCHOOL.name]
    assert convening[0].round is not None
    assert world.the.convener.unit_name == SCHOOL.name
    gone = world.party(CARE_CENTRE)
    assert gone.removed
    assert [m.to.name for m in world.mails if m.method is Method.CANCEL] == [CARE_CENTRE.name]


def test_a_called_unit_that_takes_over_is_no_longer_summoned() -> None:
    clinic = replace(SCHOOL, organisation_id=CARE_CENTRE.organisation_id, principal_id=CARE_CENTRE.principal_id)
    world = World(at(CALL))
    world.rosters[clinic.unit_id] = clinic
    called(CALL, START, (HOME_CARE, clinic), world=world)
    world.do(neighbour(world))
    active = [(p.unit_id, p.obligation) for p in world.the.parties if p.active]
    assert active == [(HOME_CARE.unit_id, Obligation.SUMMONED), (clinic.unit_id, Obligation.CONVENING)]


def test_never_to_another_principal_once_it_is_called() -> None:
    world = called(CALL, START)
    other = replace(ANNA, unit_id=HOME_CARE.unit_id, unit_name=HOME_CARE.name, principal_id=HOME_CARE.principal_id)
    before = world.the
    assert world.do(e.HandedOver(other)) == Refused(Reason.OTHER_PRINCIPAL)
    assert world.the == before


def test_never_to_a_ward_at_discharge() -> None:
    world = called(CALL, "2026-11-06 10:00", kind=MeetingKind.DISCHARGE)
    event = neighbour(world)
    world.rosters[SCHOOL.unit_id] = replace(world.rosters[SCHOOL.unit_id], inpatient=True)
    assert world.do(event) == Refused(Reason.INPATIENT_CALLER)


def test_the_consent_must_cover_the_unit_that_takes_over() -> None:
    world = called(CALL, START)
    event = neighbour(world)
    assert world.case is not None
    world.case = replace(world.case, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    assert world.do(event) == Refused(Reason.CONSENT_NOT_COVERING, {"unit": SCHOOL.name})


def test_not_after_the_start_and_not_twice() -> None:
    world = called(CALL, START)
    world.do(e.HandedOver(ANNA))
    again = world.do(e.HandedOver(ANNA))
    assert isinstance(again, Decision)
    assert not again.effects
    world.now = at(START)
    assert world.do(e.HandedOver(CONVENER)) == Refused(Reason.ALREADY_STARTED)
    assert world.the.state is MeetingState.CALLED


def test_a_clinic_takes_over_a_meeting_of_discharge_and_a_ward_does_not() -> None:
    """Rules, section 4 T2: the ward is the one that calls nobody."""
    for ward in (False, True):
        world = called(CALL, "2026-11-06 10:00", kind=MeetingKind.DISCHARGE)
        event = neighbour(world)
        world.rosters[event.convener.unit_id] = replace(world.rosters[event.convener.unit_id], inpatient=ward)
        made = world.do(event)
        assert (isinstance(made, Refused) and made.reason is Reason.INPATIENT_CALLER) is ward


def test_a_draft_is_handed_to_any_unit_also_of_another_principal() -> None:
    """T2: an inpatient unit may draft, and hand over to whoever calls."""
    world = World(at(CALL))
    world.do(draft(at(START), [SCHOOL]))
    taking_over = replace(
        ANNA, unit_id=HOME_CARE.unit_id, unit_name=HOME_CARE.name, principal_id=HOME_CARE.principal_id,
        organisation_id=HOME_CARE.organisation_id,
    )  # fmt: skip
    assert isinstance(world.do(e.HandedOver(taking_over)), Decision)
    parties = [(party.unit_id, party.obligation) for party in world.the.parties]
    assert parties == [(SCHOOL.unit_id, Obligation.SUMMONED), (HOME_CARE.unit_id, Obligation.CONVENING)]


def test_a_draft_of_discharge_goes_to_a_ward_too() -> None:
    world = World(at(CALL))
    world.do(draft(at("2026-11-06 10:00"), kind=MeetingKind.DISCHARGE))
    world.rosters[SCHOOL.unit_id] = replace(SCHOOL, inpatient=True)
    assert isinstance(world.do(neighbour(world)), Decision)
