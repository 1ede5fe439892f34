"""Times were asked of, in a call or in a draft (rules, section 9)."""

from dataclasses import replace
from datetime import date

from sip.domain.poll import PollAnswered, PollAsked, PollChoice
from sip.domain.terms import Channel
from tests.domain.cast import CASE, HOME_CARE, SCHOOL, World, at, called, draft
from tests.domain.plays import CALL, START, bounces, done
from tests.domain.standings import HOUR, first, standing

TIMES = tuple((at(f"2026-12-0{day} 10:00"), at(f"2026-12-0{day} 11:00")) for day in (3, 9))


def _asked(world: World) -> World:
    done(world, PollAsked(TIMES, date(2026, 11, 20)))
    world.now += HOUR
    return world


def _says(world: World, party: int, *choices: PollChoice) -> World:
    done(world, PollAnswered(party, 1, tuple(enumerate(choices, 1)), "Eva", Channel.PHONE))
    world.now += HOUR
    return world


def _drafted() -> World:
    world = World(at(CALL))
    done(world, draft(at(START), [HOME_CARE, SCHOOL]))
    return world


@standing
def asked_which_times_suit() -> World:
    return _asked(first())


@standing
def has_said_which_times_suit() -> World:
    return _says(asked_which_times_suit(), 2, PollChoice.IF_NEED_BE, PollChoice.YES)


@standing
def the_other_has_said_which_times_suit() -> World:
    return _says(asked_which_times_suit(), 3, PollChoice.YES, PollChoice.NO)


@standing
def all_have_said_which_times_suit() -> World:
    return _says(has_said_which_times_suit(), 3, PollChoice.YES, PollChoice.NO)


@standing
def the_poll_is_closed() -> World:
    world = has_said_which_times_suit()
    world.run(at("2026-11-23 10:00"))
    return world


@standing
def its_next_mailbox_is_asked_of_times() -> World:
    world = first(home={"addresses": ("hemtjanst@al.example", "hemtjanst2@al.example")})
    world = _asked(world)
    bounces(world, "poll", "hemtjanst@al.example")
    world.now += HOUR
    return world


@standing
def asked_of_times_by_phone_alone() -> World:
    world = first()
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, phone_only=True)
    return _asked(world)


@standing
def drafted_and_reached_elsewhere_today() -> World:
    world = _says(_asked(_drafted()), 3, PollChoice.YES)
    for unit in (HOME_CARE, SCHOOL):
        world.rosters[unit.unit_id] = replace(unit, addresses=("ny." + unit.addresses[0],))
    return world


@standing
def asked_of_times_within_the_consent() -> World:
    world = World(at(CALL))
    world.case = replace(CASE, consent_until=date(2026, 11, 13))
    return _says(_asked(called(CALL, START, [HOME_CARE, SCHOOL], world=world)), 2, PollChoice.YES)


@standing
def drafted_and_asked_of_times() -> World:
    return _says(_asked(_drafted()), 2, PollChoice.YES, PollChoice.NO)


@standing
def drafted_and_the_poll_is_closed() -> World:
    world = drafted_and_asked_of_times()
    world.run(at("2026-11-23 10:00"))
    return world


@standing
def drafted_and_asked_of_times_within_the_consent() -> World:
    world = _drafted()
    world.case = replace(CASE, consent_until=date(2026, 11, 13))
    return _says(_asked(world), 2, PollChoice.YES)
