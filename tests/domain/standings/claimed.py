"""Answers that wait for the convener's word."""

from typing import Any

from sip.domain import events as e
from sip.domain.terms import (
    AnswerKind,
    Channel,
    ClaimKind,
)
from tests.domain.cast import (
    World,
    said,
)
from tests.domain.plays import done, moves
from tests.domain.standings import HOUR, first, standing
from tests.domain.standings.covering import moved_with_people_kept

K = AnswerKind
DECLINE = e.Verdict.DECLINE


def _claims(world: World, kind: ClaimKind, answer: AnswerKind, email: str, **more: Any) -> None:
    done(world, e.Claimed(2, 2, kind, answer, email, said(world, Channel.MAIL), **more))


@standing
def an_uncertain_yes_waits() -> World:
    world = first()
    _claims(world, ClaimKind.UNCONFIRMED, K.ATTENDS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def an_uncertain_no_waits() -> World:
    world = first()
    _claims(world, ClaimKind.UNCONFIRMED, K.REGRETS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def a_stranger_waits_to_be_let_in() -> World:
    world = moved_with_people_kept()
    how = said(world, Channel.MAIL)
    done(world, e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, K.ATTENDS, "nora@annat.example", how))
    world.now += HOUR
    return world


@standing
def a_delegate_waits() -> World:
    world = first()
    _claims(world, ClaimKind.DELEGATE, K.ATTENDS, "nora@annat.example")
    world.now += HOUR
    return world


@standing
def a_claim_was_refused_and_the_meeting_moved() -> World:
    world = an_uncertain_yes_waits()
    done(world, e.ClaimDecided(1, DECLINE, "Clara"))
    moves(world, 1)
    world.now += HOUR
    return world
