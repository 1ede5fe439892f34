"""What the unit has said."""

from datetime import date, timedelta

from sip.domain import events as e
from sip.domain.terms import (
    AnswerKind,
    AttendeeState,
    Channel,
    ContestReason,
)
from tests.domain.cast import (
    HOME_CARE,
    SCHOOL,
    SOCIAL,
    World,
    at,
    called,
    said,
)
from tests.domain.plays import CALL, answers, done, named, says
from tests.domain.standings import HOUR, first, standing

K, A = AnswerKind, AttendeeState
ACCEPT, DECLINE = e.Verdict.ACCEPT, e.Verdict.DECLINE


@standing
def promised_to_answer() -> World:
    world = first()
    done(world, e.Acknowledged(2, said(world), date(2026, 11, 12)))
    world.now += HOUR
    return world


@standing
def reminded() -> World:
    world = first()
    world.run(at("2026-11-10 08:00"))
    return world


@standing
def comes_without_a_name() -> World:
    world = first()
    answers(world, K.ATTENDS)
    world.now += HOUR
    return world


@standing
def comes_with_two_names() -> World:
    world = first()
    answers(world, K.ATTENDS, names=(named("Anna"), named("Bo")))
    says(world, "Anna", A.ACCEPTED)
    world.now += HOUR
    return world


@standing
def comes_perhaps() -> World:
    world = first()
    answers(world, K.TENTATIVE)
    world.now += HOUR
    return world


@standing
def proposes_another_time() -> World:
    world = first()
    later = world.the.start + timedelta(days=1)
    answers(world, K.PROPOSES, proposed_start=later, proposed_end=later + HOUR)
    world.now += HOUR
    return world


@standing
def does_not_know_whom_it_concerns() -> World:
    world = first()
    answers(world, K.UNKNOWN_IDENTITY)
    world.now += HOUR
    return world


@standing
def contests() -> World:
    world = first()
    answers(world, K.CONTESTS, contest_reason=ContestReason.NOT_CONCERNED)
    world.now += HOUR
    return world


@standing
def contested_and_upheld() -> World:
    world = contests()
    done(world, e.Decided(2, DECLINE, "skäl"))
    world.now += HOUR
    return world


@standing
def redirects() -> World:
    world = first()
    answers(world, K.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += HOUR
    return world


@standing
def redirects_within_the_conveners_pause() -> World:
    """The redirect waits as long as that pause holds."""
    world = first()
    done(world, e.PauseSet(2, "sportlov", at("2026-11-20 10:00")))
    answers(world, K.REDIRECTS, target_unit_id=SOCIAL.unit_id)
    world.now += HOUR
    return world


@standing
def redirected() -> World:
    """Party 2 has no duty any more; party 4 has it."""
    world = redirects()
    done(world, e.Decided(2, ACCEPT))
    world.now += HOUR
    return world


@standing
def not_ours() -> World:
    world = first()
    answers(world, K.NOT_OURS)
    world.now += HOUR
    return world


@standing
def informs_instead() -> World:
    world = first()
    answers(world, K.INFORMS, information_channel=Channel.PHONE)
    world.now += HOUR
    return world


@standing
def no_office_time_is_left() -> World:
    """A question's pause would be over at once: it is only remembered."""
    world = called(CALL, "2026-12-07 07:30", [HOME_CARE, SCHOOL])
    world.run(at("2026-12-06 12:00"))
    return world


@standing
def the_last_working_day() -> World:
    """Asked to stand in within the last hours, all at once."""
    world = first()
    answers(world, K.TENTATIVE)
    world.run(at("2026-12-04 16:00"))
    return world
