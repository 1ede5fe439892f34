"""Come, or send a substitute (rules, section 7)."""

from dataclasses import replace
from datetime import timedelta

from sip.domain import events as e
from sip.domain.people import Person
from sip.domain.terms import AnswerKind, AttendeeState, Channel
from tests.domain.cast import AGREEMENT, HOME_CARE, OUTSIDE, World, at, called, draft, said
from tests.domain.plays import CALL, START, answers, bounces, done, moves, named, play, says

ACCEPTED, REFUSED = AttendeeState.ACCEPTED, AttendeeState.REFUSED


@play
def the_list_in_order_then_the_manager_then_the_head() -> World:
    """S1-S3, to the end: nobody answers."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-12-03 12:00"))
    return world


@play
def nobody_left_after_q_lifts_to_the_head_at_once() -> World:
    """S3: after Q when the queue is empty; once a round."""
    world = World(at(CALL))
    world.rosters[HOME_CARE.unit_id] = replace(
        HOME_CARE, substitutes=(), managers=(), contract_officers=(Person("Ove Avtal", "ove@region.example"),)
    )
    called(CALL, START, world=world)
    world.run(at("2026-12-03 12:00"))
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-12-04 12:00"))
    return world


@play
def all_at_once_when_there_is_no_time_for_one_at_a_time() -> World:
    """S2: under 1 hour each: all at once, the convener told with phone numbers; head at once when it opened after Q."""
    world = called(CALL, START)
    world.run(at("2026-12-03 12:00"))
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    world.now += timedelta(minutes=5)
    world.tick()
    says(world, "Ersättare 2", ACCEPTED)
    world.now += timedelta(minutes=5)
    says(world, "Ersättare 1", ACCEPTED)
    return world


@play
def nobody_has_a_phone_or_a_head() -> World:
    world = World(at(CALL))
    quiet = (Person("Tyst", "tyst@al.example"), Person("Utan adress"))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, substitutes=quiet, managers=(), heads=())
    called(CALL, START, world=world)
    world.run(at("2026-12-03 12:00"))
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-12-03 13:00"))
    return world


@play
def on_the_day_itself_from_six() -> World:
    world = called(CALL, START)
    world.now = at("2026-12-07 04:30")
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    world.run(at("2026-12-07 06:30"))
    return world


@play
def law_only_asks_no_manager_and_no_head() -> World:
    """Section 1: none shared: no S3, and no manager in S1."""
    world = called(CALL, START, [OUTSIDE])
    answers(world, AnswerKind.REGRETS, unit=OUTSIDE)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def at_most_five_and_passing_on_puts_the_named_first() -> World:
    world = World(at(CALL))
    world.agreements = (replace(AGREEMENT, rules=replace(AGREEMENT.rules, substitutes_most=3)),)
    called(CALL, START, world=world)
    answers(world, AnswerKind.REGRETS)
    says(world, "Ersättare 1", REFUSED, named("Cia"))
    says(world, "Cia", REFUSED, e.NamedPerson("Ersättare 1", "ersattare1@al.example"))
    says(world, "Ersättare 2", REFUSED, named("Dag"))
    world.run(at("2026-11-10 12:00"))
    return world


@play
def a_late_yes_is_welcome_while_nobody_covers() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-11-03 12:00"))
    says(world, "Ersättare 1", ACCEPTED, channel=Channel.MAIL)
    return world


@play
def a_no_after_her_time_and_a_word_of_one_who_was_stood_down() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-11-03 12:00"))
    says(world, "Ersättare 1", REFUSED)
    says(world, "Ersättare 2", ACCEPTED)
    answers(world, AnswerKind.ATTENDS)
    world.now += timedelta(minutes=1)
    says(world, "Ersättare 2", ACCEPTED)
    says(world, "Ersättare 2", REFUSED)
    says(world, "Ersättare 2", AttendeeState.ASKED)
    return world


@play
def a_bounced_ask_goes_to_the_next_and_a_bounced_substitute_is_told() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    bounces(world, "ask_substitute", "ersattare1@al.example")
    bounces(world, "ask_substitute", "ersattare1@al.example")
    says(world, "Ersättare 2", ACCEPTED, channel=Channel.PHONE)
    bounces(world, "ask_substitute", "ersattare2@al.example")
    says(world, "Ersättare 1", REFUSED)
    return world


@play
def a_substitute_who_withdraws_reopens_the_search() -> World:
    """S4: and one who accepts twice is found once."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", ACCEPTED)
    world.now += timedelta(hours=1)
    says(world, "Anna", ACCEPTED)
    world.now += timedelta(hours=1)
    says(world, "Anna", REFUSED, named("Bo"))
    return world


@play
def the_manager_names_one_and_is_asked_no_more() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    for n in (1, 2, 3):
        says(world, f"Ersättare {n}", REFUSED)
    done(world, e.SubstituteNamed(2, named("Anna"), said(world)))
    return world


@play
def a_unit_that_said_yes_names_somebody_to_stand_in() -> World:
    """That is its regret: those it had named to come are stood down."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.now += timedelta(hours=1)
    done(world, e.SubstituteNamed(2, named("Bo"), said(world, Channel.MAIL)))
    world.now += timedelta(hours=1)
    done(world, e.SubstituteNamed(2, named("Cia", knows=True), said(world)))
    return world


@play
def she_knows_covers_at_once_but_not_by_mail() -> World:
    world = called(CALL, START)
    done(world, e.SubstituteNamed(2, named("Anna", knows=True), said(world, Channel.MAIL)))
    world.now += timedelta(hours=1)
    done(world, e.SubstituteNamed(2, named("Bo", knows=True), said(world, Channel.PHONE)))
    return world


@play
def a_substitute_named_before_and_one_named_by_a_machine() -> World:
    """An older word while somebody covers is stale; a machine names nobody; one that nobody covers is heard."""
    world = called(CALL, START)
    world.now += timedelta(hours=3)
    answers(world, AnswerKind.REGRETS)
    early = said(world, Channel.MAIL, moment=at("2026-11-02 11:00"))
    done(world, e.SubstituteNamed(2, named("Anna"), early))
    says(world, "Anna", ACCEPTED)
    done(world, e.SubstituteNamed(2, named("Bo"), early))
    done(world, e.SubstituteNamed(2, named("Cia"), said(world, Channel.MAIL, automatic=True)))
    return world


@play
def a_move_keeps_who_was_to_come_and_cancels_who_was_asked() -> World:
    """R1: they stay invited and are asked again beside the unit; their yes covers again."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    world.run(at("2026-11-03 12:00"))
    says(world, "Anna", ACCEPTED)
    world.now += timedelta(hours=1)
    moves(world, 1)
    world.now += timedelta(hours=1)
    says(world, "Anna", ACCEPTED)
    world.now += timedelta(hours=1)
    moves(world, 1)
    answers(world, AnswerKind.ATTENDS)
    return world


@play
def two_named_persons_each_say_yes_to_the_new_time() -> World:
    """R1: persons named stay invited; one's yes does not stand the other down."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"), named("Bo")))
    world.now += timedelta(hours=1)
    moves(world, 1)
    world.now += timedelta(hours=1)
    says(world, "Anna", ACCEPTED)
    assert not world.sent("stood_down")
    world.now += timedelta(hours=1)
    says(world, "Bo", ACCEPTED)
    return world


@play
def a_move_while_people_are_asked() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-11-03 12:00"))
    moves(world, 1)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.REGRETS)
    return world


@play
def older_words_of_a_person_and_words_of_her_machine() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.now += timedelta(hours=3)
    done(world, e.AttendeeAnswered(2, 1, ACCEPTED, said(world, Channel.MAIL, automatic=True)))
    says(world, "Ersättare 1", AttendeeState.ASKED)
    done(world, e.AttendeeAnswered(2, 1, REFUSED, said(world, Channel.MAIL, moment=at("2026-11-02 11:00"))))
    moves(world, 1)
    old = replace(said(world, Channel.MAIL), stamp=replace(said(world).stamp, sequence=0))
    done(world, e.AttendeeAnswered(2, 1, ACCEPTED, old))
    return world


@play
def a_substitute_stays_when_the_unit_hesitates() -> World:
    """Acts that engage others are not undone by a later ordinary answer (section 3)."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS, stands_in=(named("Anna"),))
    says(world, "Anna", ACCEPTED)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.TENTATIVE)
    return world


@play
def one_to_whom_the_unit_had_delegated_says_no() -> World:
    """RFC 5546, section 3.2.2.3: her no puts the duty back, and the convener is told."""
    world = called(CALL, START)
    done(world, e.SubstituteNamed(2, named("Anna"), said(world, Channel.MAIL)))
    says(world, "Anna", REFUSED, channel=Channel.MAIL, delegated=True)
    return world


@play
def a_unit_that_is_called_in_another_system_is_only_watched() -> World:
    world = World(at(CALL))
    done(world, draft_of_another_system())
    done(world, e.Called())
    answers(world, AnswerKind.REGRETS)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def who_stands_twice_on_the_list_is_asked_once() -> World:
    """S1: none twice, also where the manager stands on the list, or two share a mailbox; one manager, not two."""
    world = World(at(CALL))
    anna, mona = Person("Anna", "anna@al.example"), Person("Mona Chef", "mona@al.example")
    world.rosters[HOME_CARE.unit_id] = replace(
        HOME_CARE, substitutes=(anna, Person("Anna igen", "ANNA@al.example"), mona, Person("Utan adress")),
        managers=(mona, Person("Malin Chef", "malin@al.example")),
    )  # fmt: skip
    called(CALL, START, world=world)
    answers(world, AnswerKind.REGRETS)
    for name in ("Anna", "Mona Chef"):
        world.now += timedelta(minutes=5)
        says(world, name, REFUSED)
    return world


def draft_of_another_system() -> e.MeetingDrafted:
    made = draft(at(START))
    return replace(made, parties=tuple(replace(p, other_system="Lifecare") for p in made.parties))
