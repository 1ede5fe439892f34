"""Answers of which it is not certain whose they are: the convener's side says."""

from datetime import timedelta

from sip.domain import events as e
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind
from tests.domain.cast import SOCIAL, World, at, called, said
from tests.domain.plays import CALL, START, answers, done, moves, named, play

UNCONFIRMED, CRASHER, DELEGATE = ClaimKind.UNCONFIRMED, ClaimKind.PARTY_CRASHER, ClaimKind.DELEGATE
ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE


def claims(
    world: World, kind: ClaimKind, answer: AnswerKind, email: str = "Nora@annat.example", **more: object
) -> None:
    """Somebody says so through the unit's invitation, now."""
    how = said(world, Channel.MAIL)
    done(world, e.Claimed(2, 2, kind, answer, email, how, **more))  # type: ignore[arg-type]  # fields of the event by name


def says_whose(world: World, claim: int, verdict: e.Verdict, name: str | None = None) -> None:
    done(world, e.ClaimDecided(claim, verdict, "Clara Kallar", name))


@play
def an_unconfirmed_yes_that_is_confirmed_is_the_units() -> World:
    """As had it been certain from the start; it proves nothing of the mailbox and gets no receipt."""
    world = called(CALL, START)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS, sender="annan@annat.example")
    world.now += timedelta(hours=1)
    says_whose(world, 1, ACCEPT)
    return world


@play
def an_unconfirmed_no_and_a_proposal() -> World:
    world = called(CALL, START)
    claims(world, UNCONFIRMED, AnswerKind.REGRETS)
    says_whose(world, 1, ACCEPT)
    world.now += timedelta(hours=1)
    new = at("2026-12-08 13:00")
    claims(world, UNCONFIRMED, AnswerKind.PROPOSES, proposed_start=new, proposed_end=new + timedelta(hours=1))
    says_whose(world, 2, ACCEPT)
    return world


@play
def an_unconfirmed_answer_that_is_refused_leaves_the_duty() -> World:
    """What was refused is not asked about again when it is repeated."""
    world = called(CALL, START)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    says_whose(world, 1, DECLINE)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.REGRETS)
    return world


@play
def one_claimant_has_one_claim_waiting() -> World:
    """Her newer word takes the place of her older; an older one that comes later is stale; a machine's is none."""
    world = called(CALL, START)
    world.now += timedelta(hours=2)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS, "nora@annat.example")
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.TENTATIVE)
    how = said(world, Channel.MAIL, moment=at("2026-11-02 11:00"))
    done(world, e.Claimed(2, 2, UNCONFIRMED, AnswerKind.REGRETS, "nora@annat.example", how))
    machine = said(world, Channel.MAIL, automatic=True)
    done(world, e.Claimed(2, 2, UNCONFIRMED, AnswerKind.REGRETS, "nora@annat.example", machine))
    done(world, e.Claimed(2, 2, CRASHER, AnswerKind.ATTENDS, "nora@annat.example", machine))
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS, "ola@annat.example")
    return world


@play
def a_certain_answer_overtakes_an_uncertain_one() -> World:
    world = called(CALL, START)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    claims(world, CRASHER, AnswerKind.ATTENDS, "stina@annat.example")
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.TENTATIVE)
    how = said(world, Channel.MAIL, moment=at("2026-11-02 10:30"))
    done(world, e.Claimed(2, 2, UNCONFIRMED, AnswerKind.REGRETS, "ola@annat.example", how))
    return world


@play
def a_new_round_overtakes_them_all() -> World:
    world = called(CALL, START)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    claims(world, CRASHER, AnswerKind.ATTENDS, "stina@annat.example")
    moves(world, 1)
    return world


@play
def a_claim_in_a_named_persons_name() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.REGRETS, "anna.hemma@annat.example", attendee=1)
    world.now += timedelta(hours=1)
    says_whose(world, 1, ACCEPT)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.TENTATIVE, "anna.hemma@annat.example", attendee=1)
    says_whose(world, 2, ACCEPT)
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS, "anna.hemma@annat.example", attendee=1)
    says_whose(world, 3, ACCEPT)
    return world


@play
def a_persons_claim_outlives_the_units_certain_word() -> World:
    """A certain answer overtakes uncertain ones in the same name: the unit's, or that person's."""
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    world.now += timedelta(hours=1)
    claims(world, UNCONFIRMED, AnswerKind.TENTATIVE, "anna.hemma@annat.example", attendee=1)
    claims(world, UNCONFIRMED, AnswerKind.TENTATIVE, "soc@annat.example")
    world.now += timedelta(hours=1)
    answers(world, AnswerKind.ATTENDS)
    return world


@play
def a_party_crasher_who_is_let_in_covers() -> World:
    """RFC 5546, section 3.2.3: she gets an invitation of her own, and those only asked are stood down."""
    world = called(CALL, START)
    answers(world, AnswerKind.REGRETS)
    claims(world, CRASHER, AnswerKind.ATTENDS)
    says_whose(world, 1, ACCEPT, " Nora Ny ")
    return world


@play
def a_party_crasher_who_says_perhaps_is_asked_again() -> World:
    world = called(CALL, START)
    claims(world, CRASHER, AnswerKind.TENTATIVE)
    says_whose(world, 1, ACCEPT)
    return world


@play
def a_party_crasher_who_is_turned_away() -> World:
    """Her copy is cancelled, to her alone: the original lives on."""
    world = called(CALL, START)
    claims(world, CRASHER, AnswerKind.ATTENDS)
    says_whose(world, 1, DECLINE)
    return world


@play
def a_strangers_no_changes_nothing() -> World:
    world = called(CALL, START)
    claims(world, CRASHER, AnswerKind.ATTENDS)
    world.now += timedelta(hours=1)
    claims(world, CRASHER, AnswerKind.REGRETS)
    claims(world, CRASHER, AnswerKind.REGRETS, "ola@annat.example")
    return world


@play
def a_delegate_stands_in_when_the_convener_says_so() -> World:
    """RFC 5546, section 3.2.2.3; vouched for, whatever her address."""
    world = called(CALL, START)
    claims(world, DELEGATE, AnswerKind.ATTENDS)
    says_whose(world, 1, ACCEPT, "Nora Ny")
    done(world, e.AttendeeAnswered(2, 1, AttendeeState.ACCEPTED, said(world, Channel.MAIL)))
    world.now += timedelta(hours=1)
    claims(world, DELEGATE, AnswerKind.ATTENDS)
    return world


@play
def a_delegate_who_is_turned_away() -> World:
    world = called(CALL, START)
    claims(world, DELEGATE, AnswerKind.ATTENDS)
    says_whose(world, 1, DECLINE)
    return world


@play
def a_delegate_of_a_unit_without_a_duty_is_asked() -> World:
    world = called(CALL, START)
    done(world, e.Released(2))
    claims(world, DELEGATE, AnswerKind.ATTENDS)
    says_whose(world, 1, ACCEPT)
    return world


@play
def while_a_redirect_waits_nothing_is_confirmed() -> World:
    world = called(CALL, START)
    claims(world, UNCONFIRMED, AnswerKind.ATTENDS)
    claims(world, CRASHER, AnswerKind.ATTENDS, "stina@annat.example")
    early = said(world, Channel.PAGE, moment=at("2026-11-02 09:59"))
    done(world, e.Answered(2, AnswerKind.REDIRECTS, early, target_unit_id=SOCIAL.unit_id))
    refused = world.do(e.ClaimDecided(1, ACCEPT, "Clara Kallar"))
    assert not hasattr(refused, "state")
    says_whose(world, 2, DECLINE)
    return world
