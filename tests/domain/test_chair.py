"""The chair has her link from when she is known, and only she (rules, section 8 A1)."""

from dataclasses import replace

import pytest

from sip.domain import events as e
from sip.domain.chair import ChairLinkSent
from sip.domain.effects import Link
from sip.domain.meeting import Place
from sip.domain.terms import Form, PlaceKind
from tests.domain.cast import World, at, called, draft

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
OLLE, NORA = "olle@region.example", "nora@region.example"
PLACE = Place(PlaceKind.ROOM, unit="Eken", room="Linden")


def links(world: World) -> list[str]:
    return [mail.to.email for mail in world.sent("chair_link")]


def overs(world: World) -> list[tuple[str, str]]:
    return [(mail.to.email, mail.detail["why"]) for mail in world.sent("chair_over")]


def chaired(email: str = OLLE) -> World:
    world = called(CALL, START)
    world.do(e.TextChanged(chair_name="Olle Ordförande", chair_email=email))
    return world


def test_the_link_leaves_with_the_call() -> None:
    world = World(at(CALL))
    world.do(draft(at(START)))
    world.do(e.TextChanged(chair_name="Olle Ordförande", chair_email=OLLE))
    assert not links(world), "nobody is called yet"
    world.do(e.Called())
    [mail] = world.sent("chair_link")
    assert (mail.to.email, mail.link, mail.method, mail.ask) == (OLLE, Link.CHAIR, None, False)


def test_who_is_named_after_the_call_gets_it_then_and_the_same_text_again_sends_nothing() -> None:
    world = chaired()
    assert links(world) == [OLLE]
    world.do(e.TextChanged(chair_name="Olle Ordförande", chair_email=OLLE))
    world.do(e.TextChanged(purpose_text="Planera om"))
    assert links(world) == [OLLE]


def test_a_convener_who_chairs_has_the_meetings_page_until_she_asks() -> None:
    world = called(CALL, START)
    convener = world.the.convener.email
    world.do(e.TextChanged(chair_email=convener.upper()))
    world.do(e.Moved(at("2026-12-14 10:00"), at("2026-12-14 11:00"), Form.PHYSICAL, PLACE))
    assert not links(world)
    world.do(ChairLinkSent())
    assert links(world) == [convener.upper()]


def test_a_move_brings_a_new_link_with_the_new_time() -> None:
    world = chaired()
    world.do(e.Moved(at("2026-12-14 10:00"), at("2026-12-14 11:00"), Form.PHYSICAL, PLACE))
    assert [mail.facts.start for mail in world.sent("chair_link")] == [at(START), at("2026-12-14 10:00")]


def test_who_no_longer_chairs_is_told() -> None:
    world = chaired()
    world.do(e.TextChanged(chair_name="Nora Nord", chair_email=NORA))
    assert (links(world), overs(world)) == ([OLLE, NORA], [(OLLE, "changed")])
    world.do(e.Cancelled(e.CancelReason.OTHER))
    assert overs(world) == [(OLLE, "changed"), (NORA, "cancelled")]


def test_a_chair_who_is_taken_away_is_told_and_nobody_else_is_sent_anything() -> None:
    world = chaired()
    world.do(e.TextChanged(chair_name="", chair_email=""))
    assert (links(world), overs(world)) == ([OLLE], [(OLLE, "changed")])


def test_a_chair_who_takes_the_meeting_over_still_chairs_it() -> None:
    world = chaired()
    convener = world.the.convener
    world.do(e.HandedOver(replace(convener, person="Olle Ordförande", email=OLLE)))
    assert (links(world), overs(world)) == ([OLLE], [])
    world.do(e.HandedOver(convener))
    assert (links(world), overs(world)) == ([OLLE, OLLE], []), "her own page is not hers any more"


def test_the_start_and_the_end_end_nothing_of_it() -> None:
    world = chaired()
    world.run(at("2026-12-08 10:00"))
    assert overs(world) == []
    assert [mail.to.email for mail in world.sent("attendance_request")][:1] == [OLLE]


def test_it_can_be_sent_as_often_as_somebody_presses() -> None:
    world = chaired()
    world.do(ChairLinkSent())
    world.do(ChairLinkSent())
    assert links(world) == [OLLE] * 3
    assert len({mail.key for mail in world.sent("chair_link")}) == 3


@pytest.mark.parametrize("over", [True, False])
def test_after_the_consents_end_nobody_new_is_written_to(over: bool) -> None:
    world = called(CALL, START)
    world.meeting = replace(world.the, consent_over=over)
    world.do(e.TextChanged(chair_email=OLLE))
    assert links(world) == ([] if over else [OLLE])
