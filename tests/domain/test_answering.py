"""Answers and the convener's decisions on them (rules, section 6), as short plays."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.effects import MailboxProved
from sip.domain.meeting import Stamp
from sip.domain.standing import Standing, standing
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ContestReason, SettledAs
from tests.domain.cast import (
    CARE_CENTRE,
    HOME_CARE,
    OUTSIDE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    draft,
    local,
    said,
)

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def answer(world: World, kind: AnswerKind, **more: object) -> Decision | Refused:
    who = world.party(HOME_CARE).ordinal
    event = e.Answered(who, kind, said(world))
    return world.do(replace(event, **more))  # type: ignore[arg-type]  # fields of the event by name


def test_a_yes_with_a_name_settles_and_gives_her_a_calendar_entry() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.ATTENDS, names=(e.NamedPerson("Anna", "anna@al.example"),))
    assert standing(world.party(HOME_CARE)) is Standing.ATTENDS
    assert [m.to.email for m in world.sent("named")] == ["anna@al.example"]
    assert len(world.sent("receipt")) == 1
    world.run(at("2026-12-07 09:59"))
    assert world.fired() == []
    assert world.told() == []


def test_a_yes_without_a_name_is_asked_once_who_comes() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.ATTENDS)
    assert standing(world.party(HOME_CARE)) is Standing.NAME_MISSING
    world.run(at("2026-12-07 09:59"))
    assert [local(m.dtstamp) for m in world.sent("name_missing")] == ["Wed 02 Dec 08:00"]
    assert world.fired() == []


def test_a_name_of_another_organisation_is_refused() -> None:
    world = called(CALL, START)
    made = answer(world, AnswerKind.ATTENDS, names=(e.NamedPerson("X", "x@annan.example"),))
    assert isinstance(made, Refused)
    assert made.reason is Reason.OTHER_ORGANISATION


def test_tentative_is_asked_once_and_becomes_a_regret() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.TENTATIVE)
    world.run(at("2026-12-07 09:00"))
    assert [local(m.dtstamp) for m in world.sent("confirm_tentative")] == ["Wed 02 Dec 08:00"]
    regret = next(m for m in world.mails if m.detail.get("what") == "regret")
    assert local(regret.dtstamp) == "Thu 03 Dec 08:00"
    assert world.sent("ask_substitute")


def test_an_acknowledgement_with_a_promise_holds_the_rungs() -> None:
    world = called(CALL, "2026-11-23 10:00")
    world.do(e.Acknowledged(world.party(HOME_CARE).ordinal, said(world), date(2026, 11, 12)))
    world.run(at("2026-11-23 09:00"))
    assert world.fired()[0] == ("no_answer", "Fri 13 Nov 08:00")


def test_a_proposal_pauses_one_working_day_and_accepting_it_moves_the_meeting() -> None:
    world = called(CALL, START)
    new = at("2026-12-08 13:00")
    answer(world, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    assert "proposal" in world.told()
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.ACCEPT))
    assert world.the.start == new
    assert world.the.sequence == 1
    assert standing(world.party(HOME_CARE)) is Standing.NO_ANSWER
    assert {m.sequence for m in world.sent("update")} == {1}


def test_a_proposal_that_nobody_decides_runs_out_and_the_ladder_resumes() -> None:
    world = called("2026-11-09 10:00", "2026-11-23 10:00")
    world.now = at("2026-11-12 09:00")
    new = at("2026-12-08 13:00")
    answer(world, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    world.run(at("2026-11-23 09:00"))
    assert ("no_answer" in dict(world.fired())) and "pause_ended" in world.noted()


def test_contest_released_is_no_longer_bound() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.ACCEPT))
    assert standing(world.party(HOME_CARE)) is Standing.RELEASED
    world.run(at("2026-12-07 09:00"))
    assert world.fired() == []


def test_contest_upheld_needs_grounds_and_resumes() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.CONTESTS, contest_reason=ContestReason.PURPOSE_UNCLEAR)
    who = world.party(HOME_CARE).ordinal
    refused = world.do(e.Decided(who, e.Verdict.DECLINE))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.REASON_MISSING
    world.do(e.Decided(who, e.Verdict.DECLINE, "Ni ansvarar för hemtjänsten."))
    again = world.do(e.Decided(who, e.Verdict.DECLINE, "igen"))
    assert isinstance(again, Refused)
    world.run(at("2026-12-07 09:00"))
    assert [step for step, _ in world.fired()] == ["no_answer", "still_none", "question"]


def test_redirect_confirmed_gives_the_right_unit_its_own_ladder() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    old = world.party(HOME_CARE).ordinal
    world.do(e.Decided(old, e.Verdict.ACCEPT))
    assert standing(world.party(HOME_CARE)) is Standing.REDIRECTED
    assert [m.to.email for m in world.sent("removed")] == ["hemtjanst@al.example"]
    new = world.party(SOCIAL)
    assert (new.redirected_from, new.obligation) == (old, "summoned")
    world.run(at("2026-11-10 17:00"))
    assert {n.party for _, n in world.notes if n.kind == "rung_fired"} == {new.ordinal}


def test_redirect_stays_within_the_principal_and_never_goes_in_a_circle() -> None:
    world = called(CALL, START)
    made = answer(world, AnswerKind.REDIRECTS, target_unit_id=OUTSIDE.unit_id)
    assert isinstance(made, Refused)
    assert made.reason is Reason.OTHER_PRINCIPAL
    made = answer(world, AnswerKind.REDIRECTS, target_unit_id=HOME_CARE.unit_id)
    assert isinstance(made, Refused)
    assert made.reason is Reason.REDIRECT_CIRCLE


def test_a_later_ordinary_answer_does_not_undo_a_redirect() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += timedelta(minutes=5)
    answer(world, AnswerKind.REGRETS)
    assert standing(world.party(HOME_CARE)) is Standing.REDIRECTS


def test_an_undeliverable_target_returns_the_duty() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.relay = "slow"
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.ACCEPT))
    call = next(m for m in world.pending if m.to.email == "soc@al.example")
    world.settle(call, SettledAs.FAILED)
    assert standing(world.party(HOME_CARE)) is Standing.NO_ANSWER
    assert standing(world.party(SOCIAL)) is Standing.REMOVED
    assert "redirect_returned" in world.told()


def test_unknown_identity_pauses_until_it_is_conveyed() -> None:
    world = called(CALL, START, tell=False)
    answer(world, AnswerKind.UNKNOWN_IDENTITY)
    assert "unknown_identity" in world.told()
    world.now += timedelta(hours=1)
    world.do(e.IdentityConveyed(world.party(HOME_CARE).ordinal, Channel.PHONE))
    assert world.noted().count("pause_ended") == 1


def test_information_instead_is_excused_when_the_convener_accepts() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.INFORMS, information_channel=Channel.PHONE)
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.ACCEPT))
    assert standing(world.party(HOME_CARE)) is Standing.EXCUSED


def test_an_automatic_answer_proves_delivery_and_nothing_else() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world, Channel.MAIL, automatic=True), invitation=2))
    assert standing(world.party(HOME_CARE)) is Standing.NO_ANSWER
    assert world.party(HOME_CARE).round.acted_at is None  # type: ignore[union-attr]  # it has a round


def test_no_call_without_consent_or_beyond_it() -> None:
    world = World(at(CALL))
    world.do(draft(at(START), [HOME_CARE, SCHOOL]))
    world.case = replace(world.case, consent=False)  # type: ignore[type-var]  # it has a case
    assert world.do(e.Called()) == Refused(Reason.NO_CONSENT)
    organisations = frozenset({CARE_CENTRE.organisation_id, HOME_CARE.organisation_id})
    world.case = replace(world.case, consent=True, consent_organisations=organisations)  # type: ignore[type-var]  # it has a case
    made = world.do(e.Called())
    assert isinstance(made, Refused)
    assert (made.reason, made.detail["unit"]) == (Reason.CONSENT_NOT_COVERING, SCHOOL.name)
    world.case = replace(world.case, consent_organisations=None, protected=True)  # type: ignore[type-var]  # it has a case
    assert world.do(e.Called()) == Refused(Reason.PROTECTED_CASE)


ORDINARY = [kind for kind in AnswerKind if kind is not AnswerKind.REPRESENTED]
TWO_ANSWERS = st.lists(
    st.tuples(st.sampled_from(ORDINARY), st.integers(0, 300)), min_size=2, max_size=2, unique_by=lambda pair: pair[1]
)


@given(TWO_ANSWERS)
def test_two_answers_end_in_the_same_standing_whichever_is_processed_first(
    answers: list[tuple[AnswerKind, int]],
) -> None:
    standings = []
    for order in (answers, answers[::-1]):
        world = called(CALL, START)
        who = world.party(HOME_CARE).ordinal
        world.now += timedelta(hours=6)
        for kind, minutes in order:
            moment = at(CALL) + timedelta(minutes=minutes)
            channel = Channel.MAIL if minutes % 2 else Channel.PAGE
            stamp = Stamp(0, moment, moment, f"{minutes}")
            new = at("2026-12-08 13:00")
            world.do(
                e.Answered(
                    who, kind, e.Said(channel, "unit", stamp), contest_reason=ContestReason.NOT_CONCERNED,
                    target_unit_id=SOCIAL.unit_id, proposed_start=new, proposed_end=new + timedelta(hours=1),
                    information_channel=Channel.PHONE,
                )
            )  # fmt: skip
        standings.append(standing(world.party(HOME_CARE)))
    assert standings[0] is standings[1]


def test_a_ward_drafts_and_hands_over_and_open_care_calls() -> None:
    world = World(at(CALL))
    world.rosters[CARE_CENTRE.unit_id] = replace(CARE_CENTRE, inpatient=True)
    world.do(draft(at("2026-11-06 10:00"), kind=MeetingKind.DISCHARGE))
    assert world.do(e.Called()) == Refused(Reason.INPATIENT_CALLER)
    care_contact = replace(world.the.convener, unit_id=SCHOOL.unit_id, unit_name=SCHOOL.name)
    world.do(e.HandedOver(care_contact))
    assert [p.unit_name for p in world.the.parties if p.obligation == "convening"] == [SCHOOL.name]
    assert isinstance(world.do(e.Called()), Decision)


def test_a_human_act_by_mail_proves_the_mailbox_and_a_phone_call_does_not() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    mailbox = HOME_CARE.addresses[0]

    def proves(channel: Channel, **how: Any) -> list[str]:
        made = world.do(e.Acknowledged(who, replace(said(world, channel), **how)))
        assert isinstance(made, Decision)
        return [effect.email for effect in made.effects if isinstance(effect, MailboxProved)]

    assert proves(Channel.PHONE, reply_to=mailbox) == []
    assert proves(Channel.PAGE, reply_to=mailbox.upper()) == [mailbox]
    assert proves(Channel.PAGE) == [], "she had signed in"
    assert proves(Channel.PAGE, reply_to="vera@al.example") == [], "a link in a watcher's own mail"
    assert proves(Channel.MAIL, reply_to=mailbox, confirmed_by="Clara") == []


def test_what_is_proved_is_the_mailbox_that_was_asked() -> None:
    """However its colleague writes: the token came to the unit's mailbox, and to no other of its addresses."""
    world = called(CALL, START, (SCHOOL,))
    world.deliver()
    asked = next(i for i in world.the.invitations if i.party == world.party(SCHOOL).ordinal)
    how = replace(said(world, Channel.MAIL), recorded_by="eva@al.example", reply_to="eva@al.example")
    made = world.do(e.Answered(asked.party, AnswerKind.TENTATIVE, how, asked.ordinal))
    assert isinstance(made, Decision)
    assert MailboxProved(SCHOOL.unit_id, "skolan@al.example") in made.effects
    assert len([effect for effect in made.effects if isinstance(effect, MailboxProved)]) == 1


ANNA = (e.NamedPerson("Anna", "anna@al.example"),)


def test_a_later_perhaps_takes_back_a_named_yes() -> None:
    world = called(CALL, "2026-11-23 10:00")
    answer(world, AnswerKind.ATTENDS, names=ANNA)
    world.now += timedelta(hours=1)
    answer(world, AnswerKind.TENTATIVE)
    assert standing(world.party(HOME_CARE)) is Standing.TENTATIVE
    world.run(at("2026-11-20 09:00"))
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE


def test_a_contest_after_a_named_yes_that_is_upheld_resumes_the_ladder() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.ATTENDS, names=ANNA)
    world.now += timedelta(hours=1)
    answer(world, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.DECLINE, "Ni behövs."))
    world.run(at("2026-12-07 09:00"))
    assert [step for step, _ in world.fired()] == ["no_answer", "still_none", "question"]


def test_a_regret_after_the_named_person_accepted_is_told_and_opens_substitution() -> None:
    world = called(CALL, START)
    answer(world, AnswerKind.ATTENDS, names=ANNA)
    who = world.party(HOME_CARE)
    world.now += timedelta(hours=1)
    person = who.attendees[0].ordinal
    world.do(e.AttendeeAnswered(who.ordinal, person, AttendeeState.ACCEPTED, said(world, Channel.MAIL)))
    world.now += timedelta(hours=1)
    answer(world, AnswerKind.REGRETS)
    assert "regret" in world.told()
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE


def test_a_form_that_showed_the_old_time_is_refused_and_a_mail_is_stale() -> None:
    world = called(CALL, START)
    old = said(world), said(world, Channel.MAIL)
    world.do(e.Moved(world.the.start + timedelta(days=1), world.the.end + timedelta(days=1), world.the.form,
                     world.the.place))  # fmt: skip
    who = world.party(HOME_CARE).ordinal
    assert world.do(e.Answered(who, AnswerKind.ATTENDS, old[0])) == Refused(Reason.STALE_VERSION)
    assert isinstance(world.do(e.Answered(who, AnswerKind.ATTENDS, old[1])), Decision)
    assert standing(world.party(HOME_CARE)) is Standing.NO_ANSWER


def test_a_pause_of_the_convener_outlives_a_question_and_the_question_can_still_be_decided() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    world.do(e.PauseSet(who, "sportlov", at("2026-11-20 08:00")))
    new = at("2026-12-08 13:00")
    answer(world, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    assert isinstance(world.do(e.Decided(who, e.Verdict.DECLINE)), Decision)
    world.run(at("2026-11-20 07:59"))
    assert world.fired() == []


def test_a_proposal_can_be_accepted_after_its_pause_has_run_out() -> None:
    world = called(CALL, START)
    new = at("2026-12-08 13:00")
    answer(world, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    world.run(at("2026-11-05 09:00"))
    world.do(e.Decided(world.party(HOME_CARE).ordinal, e.Verdict.ACCEPT))
    assert world.the.start == new


def test_discharge_outside_the_agreement_still_runs_day_by_day() -> None:
    world = called("2026-11-03 10:00", "2026-11-13 10:00", [OUTSIDE], kind=MeetingKind.DISCHARGE)
    world.run(at("2026-11-05 13:00"))
    assert [when for _, when in world.fired()] == ["Wed 04 Nov 12:00", "Thu 05 Nov 12:00"]


def test_a_machine_that_answers_before_the_relay_does_not_stop_the_clock() -> None:
    world = World(at(CALL), relay="slow")
    called(CALL, START, world=world)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world, Channel.MAIL, automatic=True), invitation=2))
    world.relay = "accepts"
    world.deliver()
    world.run(at("2026-11-06 09:00"))
    assert world.fired() == [("reminder", "Fri 06 Nov 08:00")]


def test_an_answer_within_the_conveners_pause_counts() -> None:
    """Only a redirect that waits is not undone by a later ordinary answer (rules, section 3)."""
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    answer(world, AnswerKind.TENTATIVE)
    world.do(e.PauseSet(who, "sportlov", at("2026-11-10 10:00")))
    world.now += timedelta(hours=1)
    answer(world, AnswerKind.ATTENDS, names=(e.NamedPerson("Anna", "anna@al.example"),))
    assert standing(world.party(HOME_CARE)) is Standing.ATTENDS


def test_a_unit_that_has_left_may_be_pointed_to() -> None:
    """Rules, section 6: not to one that is called already; one that was removed is not."""
    world = called(CALL, START, [HOME_CARE, SOCIAL])
    made = answer(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    assert isinstance(made, Refused)
    assert made.reason is Reason.PARTY_TWICE
    world.do(e.PartyRemoved(world.party(SOCIAL).ordinal))
    assert isinstance(answer(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id), Decision)


def test_a_quick_yes_with_somebodys_address_is_hers_and_one_of_the_mailbox_is_a_machines() -> None:
    """Rules, section 3: nobody but the mailbox itself is named, and it came sooner than a person can read."""
    for by, taken in (("hemtjanst@al.example", False), ("anna@al.example", True), ("", False)):
        world = called(CALL, START)
        world.automatic_within = timedelta(seconds=10)
        how = replace(said(world, Channel.MAIL), recorded_by=by)
        world.do(e.Answered(2, AnswerKind.ATTENDS, how, 2))
        assert (world.party(HOME_CARE).stamp is not None) is taken, by


def test_on_the_mail_that_was_sent_a_person_needs_more_than_the_time_a_machine_takes() -> None:
    world = called(CALL, START)
    world.automatic_within = timedelta(seconds=10)
    world.now += timedelta(seconds=10)
    world.do(
        e.Answered(2, AnswerKind.ATTENDS, replace(said(world, Channel.MAIL), recorded_by="hemtjanst@al.example"), 2)
    )
    assert standing(world.party(HOME_CARE)) is Standing.NAME_MISSING


def test_a_context_calls_nobody_a_machine_unless_it_says_how_quick_one_is() -> None:
    assert Context(at(CALL)).automatic_within == timedelta(0)
