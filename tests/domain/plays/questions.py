"""Answers that ask the convener something, and what the convener decides (rules, section 6; section 5 L8)."""

from datetime import timedelta

from sip.domain import events as e
from sip.domain.terms import AnswerKind, Channel, ContestReason, SettledAs
from tests.domain.cast import HOME_CARE, SCHOOL, SOCIAL, World, at, called, said
from tests.domain.plays import CALL, START, answers, decides, done, named, play

ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE
NEW = at("2026-12-08 13:00")


def proposes(world: World, **more: object) -> None:
    answers(world, AnswerKind.PROPOSES, proposed_start=NEW, proposed_end=NEW + timedelta(hours=1), **more)  # type: ignore[arg-type]  # passed on as they are


@play
def a_proposal_that_is_declined() -> World:
    """Pauses at most 1 wd; declined: f = that moment."""
    world = called("2026-11-09 10:00", "2026-11-23 10:00")
    world.run(at("2026-11-11 10:00"))
    proposes(world)
    world.now += timedelta(hours=3)
    decides(world, DECLINE, "Det går inte den dagen.")
    world.run(at("2026-11-13 12:00"))
    return world


@play
def a_proposal_that_runs_out() -> World:
    world = called("2026-11-09 10:00", "2026-11-23 10:00")
    world.run(at("2026-11-11 10:00"))
    proposes(world)
    world.run(at("2026-11-13 12:00"))
    return world


@play
def a_proposal_that_is_accepted_is_a_new_round() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    proposes(world)
    decides(world, ACCEPT)
    return world


@play
def close_to_the_start_a_pause_ends_at_half_the_time_left() -> World:
    world = called("2026-11-16 10:00", "2026-11-18 10:00")
    answers(world, AnswerKind.CONTESTS, contest_reason=ContestReason.PURPOSE_UNCLEAR)
    world.run(at("2026-11-18 09:59"))
    return world


@play
def a_contest_that_is_upheld_and_contested_again_pauses_once_a_round() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    world.now += timedelta(hours=2)
    decides(world, DECLINE, "Ni ansvarar för hemtjänsten.")
    world.now += timedelta(hours=2)
    answers(world, AnswerKind.CONTESTS, contest_reason=ContestReason.NOTHING_TO_CONTRIBUTE)
    world.run(at("2026-11-24 09:00"))
    return world


@play
def a_contest_that_is_accepted_releases() -> World:
    """The party becomes invited: what was asked of its people ends."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    decides(world, ACCEPT)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def another_question_takes_the_place_of_the_first() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.UNKNOWN_IDENTITY)
    world.now += timedelta(hours=1)
    proposes(world)
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.TENTATIVE)
    return world


@play
def we_do_not_know_whom_it_concerns() -> World:
    world = called(CALL, START, tell=False)
    answers(world, AnswerKind.UNKNOWN_IDENTITY)
    world.now += timedelta(hours=2)
    done(world, e.IdentityConveyed(2, Channel.SDK))
    world.now += timedelta(hours=2)
    done(world, e.IdentityConveyed(2, Channel.PHONE))
    return world


@play
def told_whom_it_concerns_while_another_question_waits() -> World:
    world = called(CALL, START, tell=False)
    proposes(world)
    world.now += timedelta(hours=2)
    done(world, e.IdentityConveyed(2, Channel.SDK))
    return world


@play
def a_redirect_that_is_confirmed() -> World:
    """The new party gets its own full ladder; the old one gets CANCEL, no duty, never a report."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.now += timedelta(hours=2)
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += timedelta(hours=2)
    decides(world, ACCEPT)
    world.run(at("2026-12-07 09:59"))
    return world


@play
def a_redirect_that_is_refused() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += timedelta(hours=2)
    answers(world, AnswerKind.ATTENDS)  # an ordinary answer does not undo it
    world.now += timedelta(hours=2)
    decides(world, DECLINE, "Ni är rätt enhet.")
    world.now += timedelta(hours=2)
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SCHOOL.unit_id)
    world.now += timedelta(hours=2)
    answers(world, AnswerKind.ATTENDS)
    return world


@play
def a_redirect_that_was_overtaken_on_its_way_still_applies_once() -> World:
    """Section 3: acts that engage others apply once and are not undone by a later ordinary answer."""
    world = called(CALL, START)
    world.now += timedelta(hours=3)
    answers(world, AnswerKind.TENTATIVE)
    old = said(world, Channel.MAIL, moment=at("2026-11-02 11:00"))
    world.do(e.Answered(2, AnswerKind.REDIRECTS, old, 2, target_unit_id=SOCIAL.unit_id))
    world.do(e.Answered(2, AnswerKind.REDIRECTS, old, 2, target_unit_id=SOCIAL.unit_id))
    return world


@play
def a_redirect_to_a_mailbox_that_does_not_work_returns_the_duty() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.relay = "slow"
    decides(world, ACCEPT)
    call = next(m for m in world.pending if m.to.email == "soc@al.example")
    world.settle(call, SettledAs.FAILED)
    return world


@play
def not_ours_is_decided_by_that_organisations_coordinator() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.NOT_OURS)
    world.now += timedelta(hours=2)
    decides(world, ACCEPT, target_unit_id=SOCIAL.unit_id)
    return world


@play
def information_instead_or_representation_is_excused_or_not() -> World:
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    answers(world, AnswerKind.INFORMS, information_channel=Channel.PHONE)
    answers(world, AnswerKind.REPRESENTED, unit=SCHOOL, represented_by=2)
    world.now += timedelta(hours=2)
    decides(world, ACCEPT)
    decides(world, DECLINE, "Ni behövs själva.", unit=SCHOOL)
    world.run(at("2026-11-24 09:00"))
    return world


@play
def an_excuse_ends_what_was_asked() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    world.now += timedelta(hours=1)
    done(world, e.Excused(2, "Stängt den dagen."))
    world.now += timedelta(hours=1)
    done(world, e.Excused(2, "igen"))
    world.run(at("2026-12-07 09:59"))
    return world


@play
def a_pause_of_the_convener_holds_everything_until_its_end() -> World:
    """L8: nothing is due; at its end f = that end. An answer that asks nothing leaves it."""
    world = called(CALL, START, [HOME_CARE, SCHOOL])
    done(world, e.PauseSet(2, " sportlov ", at("2026-11-20 08:00")))
    done(world, e.PauseSet(3, "sportlov", at("2026-11-10 08:00")))
    answers(world, AnswerKind.TENTATIVE, unit=SCHOOL)
    world.now += timedelta(hours=1)
    done(world, e.PauseSet(2, "längre", at("2026-11-24 08:00")))
    world.run(at("2026-12-02 12:00"))
    return world


@play
def a_question_within_the_conveners_pause_is_only_remembered() -> World:
    world = called(CALL, START)
    done(world, e.PauseSet(2, "sportlov", at("2026-11-20 08:00")))
    world.now += timedelta(hours=1)
    proposes(world)
    world.now += timedelta(hours=1)
    decides(world, DECLINE)
    world.run(at("2026-11-20 08:00"))
    return world


@play
def a_released_unit_redirects_and_the_next_has_no_duty_either() -> World:
    """Section 6: the new party has what the old one had."""
    world = called(CALL, START)
    done(world, e.Released(2))
    answers(world, AnswerKind.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    decides(world, e.Verdict.ACCEPT)
    world.run(at("2026-12-07 09:59"))
    return world
