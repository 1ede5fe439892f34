"""Words about a time that no longer holds: by mail they are stale, a form is shown the new time (rules, section 3)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sip.domain import events as e
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.meeting import Stamp
from sip.domain.terms import AnswerKind, AttendeeState, Channel, ClaimKind
from tests.domain.cast import World, called
from tests.domain.plays import CALL, START, answers, moves, named

Word = Callable[[e.Said], object]
WORDS: dict[str, Word] = {
    "answers": lambda said: e.Answered(2, AnswerKind.REGRETS, said, 2),
    "has seen it": lambda said: e.Acknowledged(2, said),
    "its person answers": lambda said: e.AttendeeAnswered(2, 1, AttendeeState.REFUSED, said),
    "names a substitute": lambda said: e.SubstituteNamed(2, named("Eva"), said),
    "knows whom it concerns": lambda said: e.IdentityKnown(2, said),
    "somebody claims": lambda said: e.Claimed(2, 2, ClaimKind.UNCONFIRMED, AnswerKind.REGRETS, "x@al.example", said),
}


def _moved() -> World:
    world = called(CALL, START)
    answers(world, AnswerKind.ATTENDS, names=(named("Anna"),))
    moves(world, 1)
    return world


def _said(world: World, channel: Channel) -> e.Said:
    return e.Said(channel, "unit", Stamp(world.the.sequence - 1, world.now, world.now, "old"))


@pytest.mark.parametrize("word", WORDS)
def test_by_mail_it_is_stale_and_changes_nothing(word: str) -> None:
    world = _moved()
    before = world.the
    made = world.do(WORDS[word](_said(world, Channel.MAIL)))
    assert isinstance(made, Decision)
    assert made.state == before
    assert [note.kind for note in made.notes] == ["stale"]
    assert made.effects == ()


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("channel", [Channel.PAGE, Channel.PHONE])
def test_on_a_form_it_is_refused_to_show_the_new_time(word: str, channel: Channel) -> None:
    world = _moved()
    assert world.do(WORDS[word](_said(world, channel))) == Refused(Reason.STALE_VERSION)


@pytest.mark.parametrize("word", WORDS)
def test_of_the_present_time_it_is_heard(word: str) -> None:
    world = _moved()
    before = world.the
    said = replace(_said(world, Channel.MAIL), stamp=Stamp(world.the.sequence, world.now, world.now, "new"))
    made = world.do(WORDS[word](said))
    assert isinstance(made, Decision)
    assert made.state != before
