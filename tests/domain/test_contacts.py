"""The directory has another address than the call: the meeting follows its units (rules, section 5 R5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sip.domain import events as e
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import Mail, MailboxProved, MailKind, Method
from sip.domain.meeting import Invitation, Party, Round
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, Delivery, MeetingState, Obligation
from tests.domain.cast import (
    CARE_CENTRE,
    CASE,
    CONVENER,
    HOME_CARE,
    READ,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    draft,
    said,
)

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
OLD, NEW = HOME_CARE.addresses[0], "ny@al.example"


def readdress(world: World, *addresses: str, unit: Roster = HOME_CARE, **more: object) -> None:
    world.rosters[unit.unit_id] = replace(unit, addresses=addresses, **more)  # type: ignore[arg-type]  # fields by name
    world.mails = []


def follow(world: World) -> Decision:
    made = world.do(e.ContactsChanged())
    assert isinstance(made, Decision)
    return made


def calendar(world: World) -> list[tuple[str, str | None, str]]:
    return [(mail.to.email, mail.method, mail.kind) for mail in world.mails if mail.method is not None]


def invited(world: World, unit: Roster = HOME_CARE) -> Invitation:
    party = world.party(unit).ordinal
    (found,) = (i for i in world.the.invitations if i.party == party and i.attendee is None and i.active)
    return found


def home(world: World) -> Party:
    return world.party(HOME_CARE)


def this(world: World) -> Round:
    found = home(world).round
    assert found is not None
    return found


def test_the_new_mailbox_gets_the_call_at_once_the_old_one_a_cancel_and_the_convener_is_told() -> None:
    world = called(CALL, START, (HOME_CARE, SCHOOL))
    before = world.the
    world.do(e.TextChanged(questions=("Vem gör vad, och när?",)))
    readdress(world, NEW)
    world.now = at("2026-11-04 02:00")
    follow(world)
    assert calendar(world) == [(OLD, "CANCEL", "old_mailbox"), (NEW, "REQUEST", "new_mailbox")]
    cancel, request = (mail for mail in world.mails if mail.method is not None)
    assert (cancel.sequence, request.sequence, request.facts.revision) == (1, 0, 1)
    assert cancel.invitation != request.invitation == invited(world).ordinal
    (told,) = world.sent(MailKind.CONVENER_TOLD)
    assert (told.to.email, told.detail) == (
        CONVENER.email, {"what": "new_mailbox", "target": NEW, "before": OLD},
    )  # fmt: skip
    assert world.noted()[-1] == "mailbox_changed"
    assert [p.round and p.round.number for p in world.the.parties] == [1, 1, 1]
    assert world.the.sequence == before.sequence
    assert world.party(SCHOOL) == next(p for p in before.parties if p.unit_id == SCHOOL.unit_id)


def test_followed_once() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    follow(world)
    assert follow(world).effects == ()
    assert follow(world).state == world.the


@pytest.mark.parametrize("addresses", [(OLD,), (OLD.upper(),), (NEW, OLD), (OLD, NEW)])
def test_a_mailbox_that_is_still_the_units_stays_whatever_its_place(addresses: tuple[str, ...]) -> None:
    world = called(CALL, START)
    readdress(world, *addresses)
    assert follow(world).effects == ()
    assert invited(world).email == OLD


def test_an_answer_stands_and_its_time_goes_on() -> None:
    world = called(CALL, START)
    world.do(e.Answered(home(world).ordinal, AnswerKind.TENTATIVE, said(world)))
    before = home(world).round
    world.now += timedelta(days=1)
    readdress(world, NEW)
    follow(world)
    after = home(world).round
    assert before is not None and after is not None
    assert (after.answer, after.acknowledged_at, after.clock_start) == (
        before.answer, before.acknowledged_at, before.clock_start,
    )  # fmt: skip


def test_of_a_unit_that_has_not_acknowledged_the_time_begins_anew() -> None:
    world = called(CALL, START)
    world.now = at("2026-11-05 10:00")
    readdress(world, NEW)
    world.relay = "silent"
    follow(world)
    assert this(world).clock_start is None
    world.deliver()
    assert this(world).clock_start == world.now
    world.relay = "accepts"
    world.run(at("2026-11-11 07:00"))
    assert world.fired() == []
    world.run(at("2026-11-11 09:00"))
    assert [rung for rung, _ in world.fired()] == ["reminder"]
    assert [mail.to.email for mail in world.sent(MailKind.REMINDER)] == [NEW]


def test_a_report_needs_the_new_mailbox_to_be_read() -> None:
    world = called(CALL, START)
    assert this(world).verified
    readdress(world, NEW, verified={OLD: READ})
    follow(world)
    assert not this(world).verified
    readdress(world, "tredje@al.example", verified={"tredje@al.example": READ})
    follow(world)
    assert this(world).verified


def test_what_was_asked_of_the_old_mailbox_is_asked_of_the_new() -> None:
    world = called(CALL, START)
    world.do(e.Answered(home(world).ordinal, AnswerKind.ATTENDS, said(world)))
    world.run(at("2026-12-02 09:00"))
    assert [mail.to.email for mail in world.sent(MailKind.NAME_MISSING)] == [OLD]
    readdress(world, NEW)
    follow(world)
    world.run(at("2026-12-02 12:00"))
    assert [mail.to.email for mail in world.sent(MailKind.NAME_MISSING)] == [NEW]


def test_a_mailbox_that_comes_back_is_asked_anew() -> None:
    world = called(CALL, START)
    world.do(e.Answered(home(world).ordinal, AnswerKind.ATTENDS, said(world)))
    world.run(at("2026-12-02 09:00"))
    for hour, address in ((10, NEW), (12, OLD)):
        readdress(world, address)
        follow(world)
        world.run(at(f"2026-12-02 {hour}:30"))
        assert [mail.to.email for mail in world.sent(MailKind.NAME_MISSING)] == [address]
    assert calendar(world) == [(NEW, "CANCEL", "old_mailbox"), (OLD, "REQUEST", "new_mailbox")]


def test_a_perhaps_is_asked_to_be_confirmed_in_the_new_mailbox() -> None:
    world = called(CALL, START)
    world.do(e.Answered(home(world).ordinal, AnswerKind.TENTATIVE, said(world)))
    world.run(at("2026-12-02 09:00"))
    assert [mail.to.email for mail in world.sent(MailKind.CONFIRM_TENTATIVE)] == [OLD]
    readdress(world, NEW)
    follow(world)
    world.run(at("2026-12-02 12:00"))
    assert [mail.to.email for mail in world.sent(MailKind.CONFIRM_TENTATIVE)] == [NEW]


def test_what_waits_for_the_old_mailbox_never_leaves() -> None:
    world = called(CALL, START)
    world.relay = "silent"
    world.run(at("2026-11-06 09:00"))
    assert [mail.to.email for mail in world.pending if mail.ask and mail.party == home(world).ordinal] == [OLD]
    readdress(world, NEW)
    follow(world)
    assert not any(mail.ask and mail.party == home(world).ordinal for mail in world.pending)


@pytest.mark.parametrize("when", ["2026-11-06 08:00", "2026-11-10 08:00"])
def test_a_rung_finds_the_address_of_its_day(when: str) -> None:
    """A date in the directory came, and the rung is what looks first."""
    world = called(CALL, START)
    world.run(at(when) - timedelta(minutes=1))
    readdress(world, NEW)
    world.tick(at(when))
    assert (OLD, "CANCEL", "old_mailbox") in calendar(world)
    assert {mail.to.email for mail in world.mails if mail.method is Method.REQUEST} == {NEW}


def test_those_it_is_lifted_to_are_reached_at_todays_address() -> None:
    world = called(CALL, START)
    world.run(at("2026-11-20 09:00"))
    people = tuple(replace(person, email="mona.ny@al.example") for person in HOME_CARE.managers)
    readdress(world, OLD, managers=people)
    world.run(at("2026-11-23 09:00"))
    assert [mail.to.email for mail in world.sent(MailKind.LIFT_MANAGER)] == ["mona.ny@al.example"]


def test_a_move_reaches_the_new_mailbox_and_the_old_one_is_cancelled() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    start = world.the.start + timedelta(days=1)
    world.do(e.Moved(start, start + timedelta(hours=1), world.the.form, world.the.place))
    to_new = [mail for mail in world.mails if mail.to.email == NEW]
    assert [mail.kind for mail in to_new] == ["new_mailbox", "update"]
    assert (to_new[-1].sequence, to_new[-1].facts.start) == (1, start)
    assert [m.method for m in world.mails if m.to.email == OLD] == [Method.CANCEL]


def test_an_update_of_text_reaches_the_new_mailbox() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    world.do(e.TextChanged(questions=("Vem gör vad, och när?",)))
    assert [mail.method for mail in world.mails if mail.to.email == OLD] == [Method.CANCEL]
    assert MailKind.TEXT_UPDATE in [mail.kind for mail in world.mails if mail.to.email == NEW]


def test_a_cancellation_is_told_to_both() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    world.do(e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    told = [(mail.to.email, mail.method, mail.kind) for mail in world.mails if mail.to.email in (OLD, NEW)]
    assert sorted(told) == [(OLD, Method.CANCEL, "cancelled"), (NEW, Method.CANCEL, "cancelled")]
    assert not any(i.active for i in world.the.invitations)
    assert {mail.copy_of for mail in world.mails if mail.to.email == NEW} == {2}, "the entry that it may hold"
    assert world.do(e.ContactsChanged()) == Refused(Reason.WRONG_STATE, {"state": MeetingState.CANCELLED})


def test_a_cancellation_with_no_address_left_is_told_to_the_old_one() -> None:
    world = called(CALL, START)
    readdress(world)
    world.do(e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    assert calendar(world) == [(CARE_CENTRE.addresses[0], "CANCEL", "cancelled"), (OLD, "CANCEL", "cancelled")]


def test_a_unit_that_was_never_reached_has_nothing_to_cancel() -> None:
    world = called(CALL, START)
    readdress(world)
    follow(world)
    readdress(world, NEW)
    world.do(e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    assert [mail.to.email for mail in world.mails] == [CARE_CENTRE.addresses[0]]


def test_a_consent_that_is_given_back_calls_nobody_new() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    world.case = replace(CASE, consent=False)
    world.do(e.ConsentChanged())
    assert {(mail.to.email, mail.method) for mail in world.mails if mail.to.email in (OLD, NEW)} == {
        (OLD, Method.CANCEL), (NEW, Method.CANCEL),
    }  # fmt: skip


def test_after_the_consents_end_nobody_new_is_written_to_until_it_is_renewed() -> None:
    world = called(CALL, START, world=World(at(CALL), case=replace(CASE, consent_until=date(2026, 11, 11))))
    world.run(at("2026-11-13 09:00"))
    readdress(world, NEW)
    assert follow(world).effects == ()
    world.do(e.TextChanged(chair_name="Anna Annan"))
    assert calendar(world) == []
    world.case = CASE
    world.do(e.ConsentChanged())
    assert calendar(world) == [(OLD, "CANCEL", "old_mailbox"), (NEW, "REQUEST", "new_mailbox")]


def test_the_day_the_consent_ends_it_is_not_followed_either() -> None:
    world = called(CALL, START, world=World(at(CALL), case=replace(CASE, consent_until=date(2026, 11, 11))))
    world.run(at("2026-11-11 23:00"))
    readdress(world, NEW)
    world.run(at("2026-11-12 00:01"))
    assert world.the.consent_over
    assert calendar(world) == []


def test_with_no_address_left_the_unit_is_unreachable_until_the_directory_has_one() -> None:
    world = called(CALL, START)
    readdress(world)
    follow(world)
    assert calendar(world) == [(OLD, "CANCEL", "old_mailbox")]
    assert this(world).undeliverable
    assert sorted(mail.kind for mail in world.mails if mail.method is None) == ["convener_told", "coordinator_told"]
    assert world.noted()[-1] == "mailbox_gone"
    assert follow(world).effects == ()
    readdress(world, NEW)
    follow(world)
    assert calendar(world) == [(NEW, "REQUEST", "new_mailbox")]
    assert not this(world).undeliverable
    assert world.sent(MailKind.CONVENER_TOLD)[0].detail == {"what": "new_mailbox", "target": NEW}


def test_a_mistyped_address_that_is_put_right_gets_the_call() -> None:
    world = called(CALL, START)
    call = next(m for m in world.sent("call") if m.to.email == OLD)
    world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, OLD))
    assert follow(world).effects == ()
    readdress(world, NEW)
    follow(world)
    assert calendar(world) == [(NEW, "REQUEST", "new_mailbox")]


def test_one_that_has_failed_here_is_not_tried_again() -> None:
    world = called(CALL, START, (SCHOOL,))
    call = next(m for m in world.sent("call") if m.to.email == SCHOOL.addresses[0])
    world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, call.to.email))
    readdress(world, SCHOOL.addresses[0], NEW, unit=SCHOOL)
    follow(world)
    assert invited(world, SCHOOL).email == NEW


def test_the_conveners_own_unit_follows_and_is_told_nothing_of_itself() -> None:
    world = called(CALL, START)
    readdress(world, "vc.ny@region.example", unit=CARE_CENTRE)
    follow(world)
    assert [kind for _, _, kind in calendar(world)] == ["old_mailbox", "new_mailbox"]
    assert world.sent(MailKind.CONVENER_TOLD) == []


def test_a_unit_that_is_not_written_to_is_left_alone() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True)
    world.do(draft(at(START), (HOME_CARE, SCHOOL)))
    world.do(e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.SUMMONED, other_system="SAMSA")))
    world.do(e.Called())
    for unit in (HOME_CARE, SOCIAL):
        readdress(world, NEW, unit=unit)
    assert follow(world).effects == ()
    world.do(e.Cancelled(e.CancelReason.OTHER))
    assert NEW not in {mail.to.email for mail in world.mails}


def test_one_that_has_left_and_one_the_directory_does_not_know_are_left_alone() -> None:
    world = called(CALL, START, (HOME_CARE, SCHOOL))
    world.do(e.PartyRemoved(world.party(SCHOOL).ordinal))
    readdress(world, NEW, unit=SCHOOL)
    del world.rosters[HOME_CARE.unit_id]
    assert follow(world).effects == ()


def test_not_from_the_start_on() -> None:
    world = called(CALL, START)
    readdress(world, NEW)
    world.now = world.the.start
    assert world.do(e.ContactsChanged()) == Refused(Reason.ALREADY_STARTED)
    world.tick()
    assert calendar(world) == []


def test_an_answer_through_the_old_mailbox_still_counts_and_proves_that_one() -> None:
    world = called(CALL, START)
    old = invited(world).ordinal
    readdress(world, NEW)
    follow(world)
    made = world.do(e.Answered(home(world).ordinal, AnswerKind.TENTATIVE, said(world), old))
    assert isinstance(made, Decision)
    assert this(world).answer is not None
    proved = [effect for effect in made.effects if isinstance(effect, MailboxProved)]
    assert [effect.email for effect in proved] == [OLD]


def test_an_answer_to_an_older_time_from_the_old_mailbox_is_told_where_the_call_is() -> None:
    world = called(CALL, START)
    old = invited(world).ordinal
    readdress(world, NEW)
    follow(world)
    world.mails = []
    world.do(e.ReplySeen("answered_old_time", home(world).ordinal, old, 0, resend=True))
    assert calendar(world) == [(OLD, "CANCEL", "old_mailbox")]


def test_a_redirect_whose_target_loses_its_address_returns_the_duty() -> None:
    world = called(CALL, START)
    redirect = e.Answered(home(world).ordinal, AnswerKind.REDIRECTS, said(world), target_unit_id=SCHOOL.unit_id)
    world.do(redirect)
    world.do(e.Decided(home(world).ordinal, e.Verdict.ACCEPT))
    readdress(world, unit=SCHOOL)
    follow(world)
    assert world.party(SCHOOL).removed
    assert home(world).active
    assert invited(world).email == OLD


def test_the_old_mailbox_that_fails_late_takes_nothing_from_the_new() -> None:
    world = called(CALL, START)
    call: Mail = next(m for m in world.sent("call") if m.to.email == OLD)
    readdress(world, NEW)
    follow(world)
    world.mails = []
    world.do(e.Bounced(call.key, world.now, call.party, call.invitation, None, OLD))
    assert calendar(world) == []
    assert (invited(world).email, invited(world).delivery) == (NEW, Delivery.ACCEPTED)
