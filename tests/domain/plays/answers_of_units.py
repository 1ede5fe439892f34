"""What a unit says, and what follows (rules, section 6)."""

from dataclasses import replace
from datetime import timedelta

from sip.domain import events as e
from sip.domain.terms import AnswerKind, AttendeeState, Channel, RegretReason
from tests.domain.cast import AGREEMENT, HOME_CARE, SCHOOL, World, at, called, said
from tests.domain.plays import CALL, START, answers, named, play, says


@play
def a_yes_with_two_names_and_then_another_name() -> World:
    """A later answer replaces an earlier one: who is not named again gets CANCEL, who is stays as she was."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"), named("Bo"), e.NamedPerson("Vikarien")))
    world.now += timedelta(hours=1)
    says(world, "Anna", AttendeeState.ACCEPTED)
    world.now += timedelta(hours=1)
    answers(
        world,
        AnswerKind.ATTENDS,
        channel=Channel.MAIL,
        invitation=2,
        names=(named("ANNA"), named("Cia"), e.NamedPerson("vikarien")),
    )
    world.run(at("2026-12-07 09:59"))
    return world


@play
def a_yes_without_a_name_is_asked_for_it() -> World:
    world = called(CALL, START)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.ATTENDS)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def a_late_yes_without_a_name_is_asked_at_once() -> World:
    world = called(CALL, START)
    world.run(at("2026-12-02 15:00"))
    answers(world, AnswerKind.ATTENDS, channel=Channel.PHONE)
    world.run(at("2026-12-02 15:01"))
    return world


@play
def one_of_several_named_persons_withdraws() -> World:
    """S1: opened by "I cannot come" only when nobody else of the party comes."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"), named("Bo")))
    world.now += timedelta(hours=1)
    says(world, "Anna", AttendeeState.REFUSED)
    assert world.party(HOME_CARE).round.answer.kind is AnswerKind.ATTENDS  # type: ignore[union-attr]  # it has answered
    world.now += timedelta(hours=1)
    says(world, "Bo", AttendeeState.REFUSED, named("Cia"))
    return world


@play
def a_tentative_is_asked_to_confirm_and_becomes_a_regret() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.TENTATIVE)
    world.now += timedelta(days=1)
    answers(world, AnswerKind.TENTATIVE)
    world.run(at("2026-12-03 08:00"))
    return world


@play
def a_late_tentative_has_half_the_time_left() -> World:
    """Section 6: confirm at a quarter of the office time to S, regret at half."""
    world = called(CALL, START)
    world.run(at("2026-12-03 10:00"))
    answers(world, AnswerKind.TENTATIVE)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def a_regret_with_persons_who_stand_in() -> World:
    """S1, S4: they are asked first, the latest named first; a name without an address stands at once."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"), named("Bo")), regret_reason=RegretReason.DOUBLE_BOOKED)
    world.now += timedelta(minutes=5)
    answers(world, AnswerKind.REGRETS, regret_reason=RegretReason.ON_LEAVE)
    world.now += timedelta(minutes=5)
    answers(world, AnswerKind.REGRETS, stands_in=(e.NamedPerson("Vikarien"),))
    return world


@play
def a_regret_after_a_substitute_has_accepted_changes_nothing_for_her() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    world.now += timedelta(minutes=5)
    says(world, "Anna", AttendeeState.ACCEPTED, channel=Channel.MAIL)
    world.now += timedelta(minutes=5)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Bo"),))
    return world


@play
def the_unit_comes_after_all() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.now += timedelta(minutes=5)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    return world


@play
def an_older_answer_that_comes_later_changes_nothing() -> World:
    """Section 3: later of two answers; the same one twice is stale too."""
    world = called(CALL, START)
    world.now += timedelta(hours=3)
    late = said(world, Channel.MAIL, moment=at("2026-11-02 12:00"))
    world.do(e.Answered(2, AnswerKind.ATTENDS, late, 2))
    world.do(e.Answered(2, AnswerKind.REGRETS, said(world, Channel.MAIL, moment=at("2026-11-02 11:00")), 2))
    world.do(e.Answered(2, AnswerKind.ATTENDS, late, 2))
    return world


@play
def automatic_answers_prove_delivery_and_nothing_else() -> World:
    """Section 3: a machine, a unit that accepts by itself, a nameless answer within two minutes; but not on a page."""
    world = World(at(CALL), relay="slow", automatic_within=timedelta(minutes=2))
    world.rosters[SCHOOL.unit_id] = replace(SCHOOL, auto_accepts=True)
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    world.do(e.Answered(3, AnswerKind.ATTENDS, said(world, Channel.MAIL), 3))
    world.do(e.Answered(3, AnswerKind.REGRETS, said(world, Channel.MAIL)))
    world.now += timedelta(seconds=119)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world, Channel.MAIL), 2))
    world.do(e.Acknowledged(2, said(world, Channel.MAIL, automatic=True)))
    assert world.party(HOME_CARE).round.acknowledged_at is None  # type: ignore[union-attr]  # it has a round
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world, Channel.PAGE), 2))
    return world


@play
def not_so_quick_or_with_a_name_is_a_persons_answer() -> World:
    world = World(at(CALL), automatic_within=timedelta(minutes=2))
    called(CALL, START, [HOME_CARE, SCHOOL], world=world)
    world.now += timedelta(seconds=119)
    world.do(e.Answered(3, AnswerKind.ATTENDS, said(world, Channel.MAIL), 3, names=(named("Anna"),)))
    world.now += timedelta(seconds=1)
    world.do(e.Answered(2, AnswerKind.ATTENDS, said(world, Channel.MAIL), 2))
    return world


@play
def a_colleague_who_got_the_call_on_is_entered_where_the_agreement_says_so() -> World:
    world = World(at(CALL))
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, approve_colleagues=True)),)
    called(CALL, START, world=world)
    answers(world, AnswerKind.ATTENDS, speaker=named("Nils"), channel=Channel.MAIL, invitation=2)
    return world


@play
def a_colleague_who_got_the_call_on_answers_for_the_unit() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, speaker=named("Nils"), channel=Channel.MAIL, invitation=2)
    return world


@play
def receipts_go_to_whoever_answered() -> World:
    """Section 3: the answering person gets one; an answer recorded for the unit, or vouched for, gets none."""
    world = called(CALL, START)
    for n, channel in enumerate((Channel.PHONE, Channel.MAIL, Channel.PAGE, Channel.OTHER_SYSTEM)):
        world.now += timedelta(minutes=n)
        answers(world, AnswerKind.TENTATIVE, channel=channel)
    world.now += timedelta(minutes=9)
    how = replace(said(world, Channel.MAIL), reply_to="anna.privat@al.example")
    world.do(e.Answered(2, AnswerKind.TENTATIVE, how, 2))
    world.now += timedelta(minutes=9)
    world.do(e.Answered(2, AnswerKind.TENTATIVE, replace(said(world, Channel.MAIL), confirmed_by="Clara"), 2))
    return world
