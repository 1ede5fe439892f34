"""Claims that meet what has happened since (rules, section 3; section 7 S1)."""

from dataclasses import replace
from datetime import timedelta

from sip.domain import events as e
from sip.domain.people import Person
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind
from tests.domain.cast import HOME_CARE, World, at, called, said

ANNA = Person("Anna Ersättare", "Anna@al.example")


def asked_anna() -> World:
    """The unit regrets; Anna of its list is asked, and a word of hers by the unit's own invitation waits as a claim."""
    world = World(at("2026-11-02 10:00"))
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, substitutes=(ANNA,))
    called("2026-11-02 10:00", "2026-12-07 10:00", world=world)
    who = world.party(HOME_CARE).ordinal
    world.do(e.Answered(who, AnswerKind.REGRETS, said(world)))
    world.run(at("2026-11-02 11:00"))
    assert [m.to.email for m in world.sent("ask_substitute")] == [ANNA.email]
    return world


def claim(world: World, kind: AnswerKind) -> None:
    who = world.party(HOME_CARE).ordinal
    how = said(world, Channel.MAIL)
    invitation = next(i.ordinal for i in world.the.invitations if i.party == who and i.attendee is None)
    world.do(e.Claimed(who, invitation, ClaimKind.PARTY_CRASHER, kind, "anna@al.example", how))
    world.do(e.ClaimDecided(1, e.Verdict.ACCEPT, "Clara"))


def test_who_was_asked_since_is_not_asked_a_second_time() -> None:
    world = asked_anna()
    claim(world, AnswerKind.TENTATIVE)
    assert len(world.sent("ask_substitute")) == 1
    assert [p.email for p in world.party(HOME_CARE).attendees] == [ANNA.email]


def test_her_yes_is_the_answer_to_the_ask() -> None:
    world = asked_anna()
    claim(world, AnswerKind.ATTENDS)
    (anna,) = world.party(HOME_CARE).attendees
    assert anna.state is AttendeeState.ACCEPTED


def test_the_yes_of_one_who_had_refused_is_hers_anew() -> None:
    """What she said to the ask stands as it was said; that she comes after all is a second word, beside it."""
    world = asked_anna()
    (anna,) = world.party(HOME_CARE).attendees
    who = world.party(HOME_CARE).ordinal
    world.do(e.AttendeeAnswered(who, anna.ordinal, AttendeeState.REFUSED, said(world)))
    world.now += timedelta(hours=1)
    claim(world, AnswerKind.ATTENDS)
    states = [p.state for p in world.party(HOME_CARE).attendees if (p.email or "").lower() == "anna@al.example"]
    assert states == [AttendeeState.REFUSED, AttendeeState.ACCEPTED]
