"""The draft that a next date makes (rules, section 8 A1), and which draft can be thrown away (section 11)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sip.domain import events as e
from sip.domain.attendance import follow_up, follow_up_id
from sip.domain.disposal import throwable
from sip.domain.poll import PollAsked
from sip.domain.terms import Basis, MeetingState, Obligation, Purpose
from tests.domain.cast import AL, CONVENER, HOME_CARE, OUTSIDE, SCHOOL, SOCIAL, World, at, called, draft, ident

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def _met() -> World:
    """Four units: one summoned, one invited, one that was released and one that has gone."""
    world = called(CALL, START, [HOME_CARE, SCHOOL, OUTSIDE, SOCIAL])
    world.do(e.Released(3))
    world.do(e.PartyRemoved(5))
    parties = [
        replace(p, other_system="Lifecare", basis=Basis.LOCAL_AGREEMENT) if p.ordinal == 4 else p
        for p in world.the.parties
    ]
    world.meeting = replace(world.the, parties=tuple(parties))
    world.run(world.the.end)
    return world


def test_the_draft_that_follows_is_of_the_same_case_and_those_who_were_of_the_meeting() -> None:
    the = _met().the
    assert follow_up(the, date(2027, 2, 1)) == e.MeetingDrafted(
        follow_up_id(the.id), the.reference, the.case_id, the.kind, Purpose.FOLLOW_UP, "", (), the.form, the.place,
        at("2027-02-01 10:00"), at("2027-02-01 11:00"), CONVENER,
        (
            e.PartyDraft(HOME_CARE.unit_id, Obligation.SUMMONED, the.party(2).basis),
            e.PartyDraft(SCHOOL.unit_id, Obligation.INVITED, the.party(3).basis),
            e.PartyDraft(OUTSIDE.unit_id, Obligation.SUMMONED, Basis.LOCAL_AGREEMENT, "Lifecare"),
        ),
        "Clara Kallar", "clara@region.example", the.id,
    )  # fmt: skip


@pytest.mark.parametrize(("day", "begins"), [("2027-03-26", "10:00"), ("2027-03-29", "10:00"), ("2027-07-01", "10:00")])
def test_it_is_at_the_same_time_of_day_in_summer_too(day: str, begins: str) -> None:
    the = called(CALL, START).the
    assert follow_up(the, date.fromisoformat(day)).start == at(f"{day} {begins}")


def test_there_is_one_for_a_meeting_ever() -> None:
    the = called(CALL, START).the
    assert follow_up(the, date(2027, 2, 1)).id == follow_up(the, date(2027, 3, 1)).id == follow_up_id(the.id)
    assert follow_up_id(the.id) not in (the.id, follow_up_id(AL))


def _drafted(**more: object) -> World:
    world = World(at(CALL))
    world.do(replace(draft(at(START)), **more))  # type: ignore[arg-type]  # fields by name
    return world


def test_a_draft_that_nobody_was_told_of_can_be_thrown_away() -> None:
    world = _drafted()
    assert throwable(world.the)
    world.do(e.Called())
    assert not throwable(world.the)
    for state in MeetingState:
        assert throwable(replace(_drafted().the, state=state)) is (state is MeetingState.DRAFT)


def test_one_that_was_asked_about_times_or_follows_by_itself_is_cancelled_instead() -> None:
    world = _drafted()
    times = tuple((at(START) + timedelta(days=n), at(START) + timedelta(days=n, hours=1)) for n in (1, 2))
    world.do(PollAsked(times, date(2026, 11, 20)))
    assert not throwable(world.the)
    earlier = ident("earlier")
    assert throwable(_drafted(follows=earlier).the), "made by hand to follow another, it is made again by hand"
    assert not throwable(_drafted(follows=earlier, id=follow_up_id(earlier)).the)
