"""Come, or send a substitute (rules, section 7), as short plays."""

from dataclasses import replace
from datetime import timedelta

from sip.domain import events as e
from sip.domain.decision import Reason, Refused
from sip.domain.meeting import Attendee
from sip.domain.standing import Standing, standing
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind, RegretReason
from tests.domain.cast import AGREEMENT, HOME_CARE, World, at, called, local, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def regret(world: World, *names: str) -> None:
    who = world.party(HOME_CARE).ordinal
    people = tuple(e.NamedPerson(name, f"{name.lower()}@al.example", f"070-{name}") for name in names)
    world.do(
        e.Answered(who, AnswerKind.REGRETS, said(world), stands_in=people, regret_reason=RegretReason.UNPLANNED_ABSENCE)
    )


def people(world: World) -> dict[str, Attendee]:
    return {a.name: a for a in world.party(HOME_CARE).attendees}


def says(world: World, name: str, state: AttendeeState, passes_on: e.NamedPerson | None = None) -> None:
    person = people(world)[name]
    world.do(e.AttendeeAnswered(world.party(HOME_CARE).ordinal, person.ordinal, state, said(world), passes_on))


def test_a_regret_without_substitute_asks_the_list_in_order_then_the_manager() -> None:
    world = called(CALL, START)
    regret(world)
    assert [m.to.email for m in world.sent("ask_substitute")] == ["ersattare1@al.example"]
    world.run(at("2026-12-07 09:59"))
    asked = [m.to.email for m in world.mails if m.kind in ("ask_substitute", "substitute_manager")]
    assert asked == ["ersattare1@al.example", "ersattare2@al.example", "ersattare3@al.example", "mona@al.example"]
    assert world.told().count("substitute_failed") == 1
    assert [local(m.dtstamp) for m in world.sent("substitution_head")] == ["Thu 03 Dec 08:00"]
    assert [step for step, _ in world.fired()] == ["question"]


def test_each_has_a_share_of_the_time_at_most_a_working_day() -> None:
    world = called(CALL, START)
    regret(world)
    assert local(people(world)["Ersättare 1"].until) == "Tue 03 Nov 10:00"
    short = called("2026-11-02 10:00", "2026-11-06 10:00")
    regret(short)
    assert local(people(short)["Ersättare 1"].until) == "Mon 02 Nov 14:00"


def test_the_first_yes_covers_and_the_others_get_cancel() -> None:
    world = called(CALL, START)
    regret(world, "Anna")
    assert [m.to.email for m in world.sent("ask_substitute")] == ["anna@al.example"]
    world.run(at("2026-11-03 12:00"))
    assert len(world.sent("ask_substitute")) == 2
    says(world, "Ersättare 1", AttendeeState.ACCEPTED)
    assert standing(world.party(HOME_CARE)) is Standing.SUBSTITUTE_ATTENDS
    assert [m.to.email for m in world.sent("stood_down")] == ["anna@al.example"]
    assert "substitute_found" in world.told()


def test_a_refusal_asks_the_next_at_once_and_passing_on_puts_the_named_first() -> None:
    world = called(CALL, START)
    regret(world)
    says(world, "Ersättare 1", AttendeeState.REFUSED, e.NamedPerson("Cia", "cia@al.example"))
    assert [m.to.email for m in world.sent("ask_substitute")] == ["ersattare1@al.example", "cia@al.example"]
    says(world, "Cia", AttendeeState.REFUSED)
    assert world.sent("ask_substitute")[-1].to.email == "ersattare2@al.example"


def test_who_comes_to_another_meeting_then_is_passed_over_with_a_word() -> None:
    world = called(CALL, START)
    world.engaged = frozenset({"ersattare1@al.example"})
    regret(world)
    assert [m.to.email for m in world.sent("ask_substitute")] == ["ersattare2@al.example"]
    assert people(world)["Ersättare 1"].state is AttendeeState.ENGAGED
    assert [note.kind for _, note in world.notes].count("substitute_engaged") == 1
    says(world, "Ersättare 2", AttendeeState.REFUSED)
    assert [note.kind for _, note in world.notes].count("substitute_engaged") == 1
    assert world.sent("ask_substitute")[-1].to.email == "ersattare3@al.example"


def test_who_is_free_after_all_is_asked_when_her_turn_comes() -> None:
    world = called(CALL, START)
    world.engaged = frozenset({"ersattare1@al.example"})
    regret(world)
    world.engaged = frozenset()
    says(world, "Ersättare 2", AttendeeState.REFUSED)
    assert world.sent("ask_substitute")[-1].to.email == "ersattare1@al.example"
    assert people(world)["Ersättare 1"].state is AttendeeState.ASKED


def test_the_engaged_take_nobodys_place_and_leave_a_named_one_for_later() -> None:
    world = called(CALL, START)
    world.engaged = frozenset({"anna@al.example", "ersattare1@al.example", "ersattare3@al.example"})
    regret(world, "Anna")
    assert people(world)["Anna"].state is AttendeeState.ENGAGED
    for name, address in (("Bo", "bo"), ("Cia", "cia"), ("Dan", "dan"), ("Eva", "eva")):
        who = world.party(HOME_CARE).ordinal
        made = world.do(e.SubstituteNamed(who, e.NamedPerson(name, f"{address}@al.example"), said(world)))
        assert not isinstance(made, Refused)
        says(world, name, AttendeeState.REFUSED)
    again = world.do(e.SubstituteNamed(who, e.NamedPerson("Anna", "Anna@al.example"), said(world)))
    assert not isinstance(again, Refused)
    assert [a.name for a in world.party(HOME_CARE).attendees].count("Anna") == 1
    assert [m.to.email for m in world.sent("ask_substitute")].count("ersattare2@al.example") == 1


def test_when_all_are_engaged_there_is_nobody_left_to_ask() -> None:
    world = called(CALL, START)
    world.engaged = frozenset({*(f"ersattare{n}@al.example" for n in (1, 2, 3)), "mona@al.example"})
    regret(world)
    assert not world.sent("ask_substitute")
    assert world.told().count("substitute_failed") == 1
    assert standing(world.party(HOME_CARE)) is Standing.REGRETS


def test_a_bounced_ask_goes_to_the_next_at_once() -> None:
    world = called(CALL, START)
    regret(world)
    ask = world.sent("ask_substitute")[0]
    world.do(e.Bounced(ask.key, world.now, ask.party, ask.invitation, ask.attendee, ask.to.email))
    assert world.sent("ask_substitute")[-1].to.email == "ersattare2@al.example"


def test_the_named_nurse_cannot_come_the_same_morning_and_all_are_asked_at_once() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna", "anna@al.example"),)))
    world.now = at("2026-12-07 06:50")
    says(world, "Anna", AttendeeState.REFUSED)
    asked = {m.to.email for m in world.mails if m.kind in ("ask_substitute", "substitute_manager")}
    assert asked == {"ersattare1@al.example", "ersattare2@al.example", "ersattare3@al.example", "mona@al.example"}
    assert "substitutes_by_phone" in world.told()
    assert [step for step, when in world.fired() if when == "Mon 07 Dec 06:50"] == ["question"]
    world.now += timedelta(minutes=10)
    says(world, "Ersättare 2", AttendeeState.ACCEPTED)
    assert standing(world.party(HOME_CARE)) is Standing.SUBSTITUTE_ATTENDS


def test_before_six_on_the_day_nobody_is_woken() -> None:
    world = called(CALL, START)
    world.now = at("2026-12-07 04:30")
    regret(world)
    assert not world.sent("ask_substitute")
    world.run(at("2026-12-07 06:30"))
    assert {local(m.dtstamp) for m in world.sent("ask_substitute")} == {"Mon 07 Dec 06:00"}


def test_the_unit_comes_after_all() -> None:
    world = called(CALL, START)
    regret(world)
    world.now += timedelta(hours=1)
    world.do(e.Answered(world.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(world)))
    assert [m.to.email for m in world.sent("stood_down")] == ["ersattare1@al.example"]
    assert "unit_comes_after_all" in world.told()


def test_the_unit_answers_for_her_when_she_knows() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    person = e.NamedPerson("Anna", "anna@al.example", knows=True)
    world.do(e.SubstituteNamed(who, person, said(world)))
    assert standing(world.party(HOME_CARE)) is Standing.SUBSTITUTE_ATTENDS


def test_nobody_of_another_organisation_and_nobody_twice() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    made = world.do(e.SubstituteNamed(who, e.NamedPerson("X", "x@annan.example"), said(world)))
    assert isinstance(made, Refused)
    assert made.reason is Reason.OTHER_ORGANISATION
    regret(world, "Anna")
    again = world.do(e.SubstituteNamed(who, e.NamedPerson("Anna", "anna@al.example"), said(world)))
    assert isinstance(again, Refused)
    assert again.reason is Reason.ALREADY_ASKED


def test_the_manager_names_one_and_she_is_asked_at_once() -> None:
    world = called(CALL, START)
    regret(world)
    for name in ("Ersättare 1", "Ersättare 2", "Ersättare 3"):
        says(world, name, AttendeeState.REFUSED)
    assert [m.to.email for m in world.sent("substitute_manager")] == ["mona@al.example"]
    who = world.party(HOME_CARE).ordinal
    world.do(e.SubstituteNamed(who, e.NamedPerson("Anna", "anna@al.example"), said(world)))
    assert world.sent("ask_substitute")[-1].to.email == "anna@al.example"


def test_a_substitute_who_withdraws_reopens_the_search() -> None:
    world = called(CALL, START)
    regret(world, "Anna")
    says(world, "Anna", AttendeeState.ACCEPTED)
    world.now += timedelta(days=1)
    says(world, "Anna", AttendeeState.REFUSED)
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE
    assert "substitute_withdrew" in world.told()
    assert world.sent("ask_substitute")[-1].to.email == "ersattare1@al.example"


def test_a_move_keeps_the_accepted_and_cancels_those_only_asked() -> None:
    world = called(CALL, START)
    regret(world, "Anna")
    says(world, "Anna", AttendeeState.ACCEPTED)
    the = world.the
    world.do(e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place))
    assert {m.to.email for m in world.sent("update")} == {
        "anna@al.example", "hemtjanst@al.example", "vc@region.example",
    }  # fmt: skip
    assert people(world)["Anna"].state is AttendeeState.INVITED
    assert standing(world.party(HOME_CARE)) is Standing.NO_ANSWER


def test_the_same_no_delivered_twice_is_told_once() -> None:
    """Rules, section 2: the same event twice has no second effect, though her state is another word than she said."""
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna", "anna@al.example"),)))
    world.now += timedelta(hours=1)
    no = e.AttendeeAnswered(who, people(world)["Anna"].ordinal, AttendeeState.REFUSED, said(world, Channel.MAIL))
    world.do(no)
    assert people(world)["Anna"].state is AttendeeState.WITHDRAWN
    world.do(no)
    assert "stale_answer" not in world.told()


def test_the_same_uncertain_answer_delivered_twice_is_told_once() -> None:
    world = called(CALL, START)
    who, how = world.party(HOME_CARE).ordinal, said(world, Channel.MAIL)
    for _ in range(2):
        world.do(e.Claimed(who, 2, ClaimKind.UNCONFIRMED, AnswerKind.ATTENDS, "nora@annat.example", how))
    assert world.told() == ["unconfirmed"]


def test_a_no_that_passes_on_to_another_organisation_is_refused_whole() -> None:
    """S1: a substitute is of the same organisation; the rest of her no waits until she has said it right."""
    world = called(CALL, START)
    regret(world)
    before = world.the
    person = people(world)["Ersättare 1"]
    no = e.AttendeeAnswered(
        2, person.ordinal, AttendeeState.REFUSED, said(world), e.NamedPerson("X", "x@annan.example")
    )
    assert world.do(no) == Refused(Reason.OTHER_ORGANISATION, {"email": "x@annan.example"})
    assert world.the == before


def test_nobody_is_asked_twice_by_address_or_by_name_where_there_is_no_address() -> None:
    world = called(CALL, START)
    regret(world, "Anna")
    for person, known in (
        (e.NamedPerson("Anna Andersson", "ANNA@al.example"), True),
        (e.NamedPerson("Anna", "anna.andersson@al.example"), False),
        (e.NamedPerson("Anna"), True),
        (e.NamedPerson("Bo"), False),
    ):
        made = world.do(e.SubstituteNamed(2, person, said(world)))
        assert (isinstance(made, Refused) and made.reason is Reason.ALREADY_ASKED) is known, person


def test_people_named_to_come_take_no_place_among_those_asked_to_stand_in() -> None:
    """S1: at most five are asked in a round, counted from those queued or asked in it."""
    world = called(CALL, START)
    names = tuple(e.NamedPerson(name, f"{name.lower()}@al.example") for name in ("Dag", "Eva", "Fia"))
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=names))
    world.now += timedelta(hours=1)
    regret(world, "Anna", "Bo")
    world.run(at("2026-12-03 12:00"))
    asked = [m.to.email.partition("@")[0] for m in world.mails if m.kind in ("ask_substitute", "substitute_manager")]
    assert asked == ["bo", "anna", "ersattare1", "ersattare2", "ersattare3"]


def test_a_named_person_kept_for_the_new_time_who_says_no_is_the_units_regret() -> None:
    world = called(CALL, START)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=(e.NamedPerson("Anna", "anna@al.example"),)))
    world.now += timedelta(hours=1)
    the = world.the
    world.do(e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place))
    world.now += timedelta(hours=1)
    says(world, "Anna", AttendeeState.REFUSED)
    assert people(world)["Anna"].state is AttendeeState.WITHDRAWN
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE


def test_who_has_left_already_is_not_sent_away_again() -> None:
    """A named person who withdrew, while another of the unit's still came, gets nothing when the unit regrets."""
    world = called(CALL, START)
    names = tuple(e.NamedPerson(name, f"{name.lower()}@al.example") for name in ("Anna", "Bo"))
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world), names=names))
    world.now += timedelta(hours=1)
    says(world, "Anna", AttendeeState.REFUSED)
    regret(world)
    assert [m.to.email for m in world.sent("stood_down")] == ["bo@al.example"]


def test_whoever_is_named_after_all_were_asked_at_once_is_asked_at_once() -> None:
    """S2: there is no time for one at a time."""
    world = called(CALL, START)
    world.now = at("2026-12-07 07:00")
    regret(world)
    world.mails = []
    world.do(e.SubstituteNamed(2, e.NamedPerson("Anna", "anna@al.example"), said(world)))
    assert [m.to.email for m in world.sent("ask_substitute")] == ["anna@al.example"]


def test_a_yes_of_who_had_refused_is_not_needed_once_another_comes() -> None:
    world = called(CALL, START)
    regret(world)
    says(world, "Ersättare 1", AttendeeState.REFUSED)
    says(world, "Ersättare 2", AttendeeState.ACCEPTED)
    says(world, "Ersättare 1", AttendeeState.ACCEPTED)
    assert [a.name for a in people(world).values() if a.stands] == ["Ersättare 2"]
    assert [note.kind for _, note in world.notes][-1] == "not_needed"


def test_who_refuses_late_and_passes_on_reopens_the_search() -> None:
    world = called(CALL, START)
    regret(world)
    world.run(at("2026-12-02 12:00"))
    assert standing(world.party(HOME_CARE)) is Standing.REGRETS, "nobody is left to ask"
    says(world, "Ersättare 1", AttendeeState.REFUSED, e.NamedPerson("Cia", "cia@al.example"))
    assert world.sent("ask_substitute")[-1].to.email == "cia@al.example"
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE


def test_naming_a_substitute_is_the_units_latest_word_and_stands_down_whom_it_named() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    names = (e.NamedPerson("Anna", "anna@al.example"), e.NamedPerson("Bo", "bo@al.example"))
    old = said(world)
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world), names=names))
    says(world, "Bo", AttendeeState.REFUSED)
    world.now += timedelta(hours=1)
    world.do(e.SubstituteNamed(who, e.NamedPerson("Cia", "cia@al.example"), said(world)))
    states = {name: one.state for name, one in people(world).items()}
    assert states == {
        "Anna": AttendeeState.STOOD_DOWN,
        "Bo": AttendeeState.WITHDRAWN,
        "Cia": AttendeeState.ASKED,
    }
    between = e.Said(old.channel, old.recorded_by, replace(old.stamp, said_at=world.now - timedelta(minutes=30)))
    world.do(e.Answered(who, AnswerKind.TENTATIVE, between))
    assert standing(world.party(HOME_CARE)) is Standing.SEEKING_SUBSTITUTE, "an older word than the naming"


def test_a_cancelled_meeting_asks_nobody_any_more() -> None:
    world = called(CALL, START)
    world.relay = "waits"
    regret(world)
    assert any(mail.ask and mail.attendee is not None for mail in world.pending)
    world.do(e.Cancelled(e.CancelReason.OTHER))
    assert not any(mail.ask for mail in world.pending)


def named_again(world: World, name: str) -> bool:
    """Whether naming her once more is refused because she has been asked already."""
    made = world.do(e.SubstituteNamed(2, e.NamedPerson(name, f"{name.lower()}@al.example"), said(world)))
    return isinstance(made, Refused) and made.reason is Reason.ALREADY_ASKED


def test_who_waits_her_turn_is_not_named_a_second_time() -> None:
    world = called(CALL, START)
    regret(world, "Anna", "Bo")
    assert people(world)["Anna"].state is AttendeeState.QUEUED
    assert named_again(world, "Anna")


def test_who_was_sent_away_may_be_named_again_only_if_she_was_never_asked() -> None:
    world = called(CALL, START)
    regret(world, "Anna", "Bo")
    says(world, "Bo", AttendeeState.ACCEPTED)
    assert people(world)["Anna"].state is AttendeeState.STOOD_DOWN
    assert not named_again(world, "Anna")

    world = called(CALL, START)
    regret(world, "Anna")
    world.run(at("2026-11-03 12:00"))
    says(world, "Ersättare 1", AttendeeState.ACCEPTED)
    assert people(world)["Anna"].state is AttendeeState.STOOD_DOWN
    assert named_again(world, "Anna")


def test_who_was_engaged_at_the_old_time_is_asked_for_the_new_one_as_anybody_else() -> None:
    world = called(CALL, START)
    world.engaged = frozenset({"ersattare1@al.example"})
    regret(world)
    world.engaged = frozenset()
    the = world.the
    world.do(e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place))
    world.now += timedelta(hours=1)
    regret(world)
    (asked,) = [a for a in world.party(HOME_CARE).attendees if a.state is AttendeeState.ASKED]
    assert (asked.email, asked.round) == ("ersattare1@al.example", 2)


def test_a_manager_who_is_on_the_list_herself_is_asked_once() -> None:
    """S1: the list, then the manager; no person is asked twice."""
    world = World(at(CALL))
    mona = HOME_CARE.managers[0]
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, substitutes=(mona,))
    called(CALL, START, world=world)
    world.now = at("2026-12-07 07:00")
    regret(world)
    assert [a.email for a in world.party(HOME_CARE).attendees] == [mona.email]


def test_who_was_kept_from_the_round_before_is_none_of_the_most_who_are_asked() -> None:
    """S1: at most so many persons are asked in a round; who had accepted before the move was not asked in this one."""
    world = World(at(CALL))
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, substitutes_most=1)),)
    called(CALL, START, world=world)
    regret(world, "Anna")
    says(world, "Anna", AttendeeState.ACCEPTED)
    world.now += timedelta(hours=1)
    the = world.the
    world.do(e.Moved(the.start + timedelta(days=1), the.end + timedelta(days=1), the.form, the.place))
    regret(world)
    assert people(world)["Ersättare 1"].state is AttendeeState.ASKED
    assert "Ersättare 2" not in people(world)


def test_a_search_that_is_opened_again_can_fail_again_and_is_told_again() -> None:
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, substitutes=(), managers=())
    called(CALL, START, world=world)
    regret(world)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world)))
    regret(world)
    assert world.told().count("substitute_failed") == 2


def test_who_has_no_address_gets_no_receipt() -> None:
    """Named by phone, she says on the unit's own page that she cannot come after all."""
    world = called(CALL, START)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world, Channel.PHONE), names=(e.NamedPerson("Anna"),)))
    says(world, "Anna", AttendeeState.REFUSED)
    assert people(world)["Anna"].state is AttendeeState.WITHDRAWN
    assert world.sent("receipt") == []
