"""How a round begins (rules, sections 4 T1-T2, 5 R1 and L7): which address, which closed days, who is told at once."""

from dataclasses import replace
from datetime import date

import pytest

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, Channel, Delivery
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called, said
from tests.domain.plays import CALL, START, bounces, done, moves

NOVEMBER = frozenset(date(2026, 11, day) for day in range(1, 31))


def with_unit(now: str, roster: Roster) -> World:
    world = World(at(now))
    world.rosters[roster.unit_id] = roster
    return world


def test_an_address_that_failed_one_unit_is_still_the_others() -> None:
    """Two units of one house share a mailbox: what was found of it at one invitation is no word of the other's."""
    both = replace(SCHOOL, addresses=HOME_CARE.addresses)
    world = called(CALL, START, [HOME_CARE, both], world=with_unit(CALL, both))
    call = next(m for m in world.sent("call") if m.party == world.party(HOME_CARE).ordinal)
    done(world, e.Bounced(call.key, world.now, call.party, call.invitation, None, call.to.email))
    assert world.the.party(2).round.undeliverable  # type: ignore[union-attr]  # called, so there is one
    world.mails = []
    moves(world, 1)
    assert [m.to.email for m in world.sent("update") if m.party == 3] == ["hemtjanst@al.example"]
    assert world.the.party(2).round.undeliverable  # type: ignore[union-attr]  # and its own address stays found out


@pytest.mark.parametrize(
    ("open_days", "ignored"),
    [((), True), ((3,), False), ((3, 9), False), ((3, 4, 5, 6, 9), False)],
)
def test_closed_days_that_leave_no_working_day_before_the_meeting_are_ignored(
    open_days: tuple[int, ...], ignored: bool
) -> None:
    """T1. Called on Monday at ten, for Tuesday the tenth at ten."""
    closed = NOVEMBER - {date(2026, 11, day) for day in open_days}
    world = called(CALL, "2026-11-10 10:00", world=with_unit(CALL, replace(HOME_CARE, closed_days=closed)))
    this = world.party(HOME_CARE).round
    assert this is not None
    assert this.closed_days_ignored is ignored
    assert this.closed_days == frozenset(day for day in closed if 2 <= day.day <= 10)
    assert ("closed_days_ignored" in world.told()) is ignored


@pytest.mark.parametrize(
    ("now", "start", "staffed", "told"),
    [
        ("2026-11-05 10:00", "2026-11-09 10:00", False, True),  # a rung can be foreseen on the weekend
        ("2026-11-06 15:00", "2026-11-08 10:00", False, True),  # called after noon: reckoned from the next day's
        ("2026-11-05 10:00", "2026-11-09 10:00", True, False),
        ("2026-11-02 10:00", "2026-11-05 10:00", False, False),  # none on a closed day
        ("2026-11-06 23:00", "2026-11-07 06:00", False, False),  # so late that there is no ladder at all
        ("2026-11-14 08:15", "2026-11-14 14:30", False, False),  # the same on a Saturday, on which rungs would lie
    ],
)
def test_a_weekend_without_staff_is_told_at_the_call(now: str, start: str, staffed: bool, told: bool) -> None:
    """T2: in discharge, where a rung on a Saturday, Sunday or holiday can be foreseen."""
    unit = replace(HOME_CARE, weekend_staffed=staffed)
    world = called(now, start, kind=MeetingKind.DISCHARGE, world=with_unit(now, unit))
    assert ("weekend_phone" in world.told()) is told


@pytest.mark.parametrize(("channel", "overtaken"), [(Channel.MAIL, True), (Channel.PAGE, True), (Channel.PHONE, False)])
def test_a_failure_is_old_news_once_that_mailbox_has_answered(channel: Channel, overtaken: bool) -> None:
    """Decision 0022: by mail or by its link; a word by phone says nothing of the mailbox."""
    world = called(CALL, START)
    call = world.sent("call")[0]
    world.now = at("2026-11-02 11:00")
    world.do(e.Answered(2, AnswerKind.TENTATIVE, said(world, channel)))
    done(world, e.Bounced(call.key, world.now, 2, call.invitation, None, call.to.email, sent_at=at(CALL)))
    failed = world.the.invitation(call.invitation or 0).delivery is Delivery.UNDELIVERABLE
    assert failed is not overtaken
    assert ("bounce_noted" in world.told()) is overtaken


def test_a_failure_of_a_mail_sent_after_the_answer_is_news() -> None:
    world = called(CALL, START)
    world.now = at("2026-11-02 11:00")
    world.do(e.Answered(2, AnswerKind.TENTATIVE, said(world)))
    bounces(world, "call", "hemtjanst@al.example")
    assert "bounce_noted" in world.told()
    call = world.sent("call")[0]
    done(world, e.Bounced(call.key, world.now, 2, call.invitation, None, call.to.email, sent_at=at("2026-12-01 09:00")))
    assert world.the.invitation(call.invitation or 0).delivery is Delivery.UNDELIVERABLE
