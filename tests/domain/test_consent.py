"""The consent that a called meeting rests on: it ends, is given back, or is narrowed (rules, section 5 R4)."""

from dataclasses import replace
from datetime import date

from sip.domain import events as e
from sip.domain.decision import Decision, Reason, Refused
from sip.domain.effects import MailKind, Method
from sip.domain.meeting import Place
from sip.domain.terms import Form, MeetingState, PlaceKind
from tests.domain.cast import CASE, HOME_CARE, SCHOOL, World, at, called, local

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def limited(until: date | None, *, other_ground: bool = False) -> World:
    return called(
        CALL,
        START,
        (HOME_CARE, SCHOOL),
        world=World(at(CALL), case=replace(CASE, consent_until=until, other_legal_ground=other_ground)),
    )


def days(world: World, what: str) -> list[str]:
    return [local(m.dtstamp) for m in world.mails if m.kind is MailKind.CONVENER_TOLD and m.detail["what"] == what]


def test_a_consent_that_ends_before_the_meeting_is_said_at_the_call() -> None:
    assert days(limited(date(2026, 12, 6)), "consent_ends") == [local(at(CALL))]
    assert days(limited(date(2026, 12, 7)), "consent_ends") == [], "it holds on the meeting's own day"
    assert days(limited(None), "consent_ends") == []
    assert days(limited(date(2026, 11, 20), other_ground=True), "consent_ends") == []


def test_the_convener_has_a_task_on_its_last_working_day() -> None:
    world = limited(date(2026, 11, 22))  # a Sunday
    world.run(at("2026-12-07 09:00"))
    assert days(world, "consent_last_day") == [local(at("2026-11-20 08:00"))]


def test_after_its_last_day_nothing_more_is_begun() -> None:
    world = limited(date(2026, 11, 11))
    world.run(at("2026-12-07 09:00"))
    assert [rung for rung, _ in world.fired()] == ["reminder", "reminder", "no_acknowledgement", "no_acknowledgement"]
    assert world.noted().count("consent_ended") == 1
    world.tick()
    assert (world.noted().count("consent_ended"), world.told().count("consent_last_day")) == (1, 1), "said once"
    world.run(at("2026-12-08 09:00"))
    assert world.the.state is MeetingState.ENDED


def test_what_still_waits_when_it_ends_never_leaves() -> None:
    world = limited(date(2026, 11, 6))
    world.relay = "silent"
    world.run(at("2026-11-06 16:00"))
    assert any(mail.ask for mail in world.pending)
    world.run(at("2026-11-08 09:00"))
    assert not any(mail.ask for mail in world.pending)


def test_a_renewed_consent_takes_the_reminders_up_again() -> None:
    world = limited(date(2026, 11, 11))
    world.run(at("2026-11-16 09:00"))
    world.case = CASE
    world.do(e.ConsentChanged())
    assert not world.the.consent_over
    world.run(at("2026-12-07 09:00"))
    assert "no_answer" in [rung for rung, _ in world.fired()]


def test_put_back_to_no_it_cancels_once() -> None:
    world = limited(None)
    world.case = replace(CASE, consent=False)
    world.mails = []
    assert isinstance(world.do(e.ConsentChanged()), Decision)
    assert (world.the.state, world.the.cancel_reason) == (MeetingState.CANCELLED, "consent_withdrawn")
    assert {m.method for m in world.mails if m.method} == {Method.CANCEL}
    assert world.do(e.ConsentChanged()) == Refused(Reason.WRONG_STATE, {"state": "cancelled"})


def test_a_last_day_in_the_past_is_a_no() -> None:
    world = limited(None)
    world.case = replace(CASE, consent_until=date(2026, 11, 1))
    world.do(e.ConsentChanged())
    assert world.the.state is MeetingState.CANCELLED


def test_on_its_last_day_it_still_covers_and_the_day_after_it_does_not() -> None:
    last = replace(CASE, consent_until=date(2026, 11, 11))
    for day, holds in ((date(2026, 11, 11), True), (date(2026, 11, 12), False)):
        assert last.in_force(day) is holds
        assert last.covers(HOME_CARE.organisation_id, day) is holds


def test_another_legal_ground_carries_the_meeting_when_consent_goes() -> None:
    world = limited(date(2026, 11, 11))
    world.case = replace(CASE, consent=False, other_legal_ground=True)
    world.do(e.ConsentChanged())
    assert world.the.state is MeetingState.CALLED
    assert world.the.consent_until is None


def test_a_narrowed_consent_takes_away_whom_it_left_out() -> None:
    world = limited(None)
    world.mails = []
    world.case = replace(CASE, consent_organisations=frozenset({HOME_CARE.organisation_id}))
    world.do(e.ConsentChanged())
    assert world.party(SCHOOL).removed
    assert not world.party(HOME_CARE).removed
    assert [m.to.email for m in world.mails if m.method is Method.CANCEL] == list(SCHOOL.addresses[:1])
    assert world.told() == ["consent_left_out"]
    world.case = replace(CASE, consent_organisations=frozenset())
    world.do(e.ConsentChanged())
    assert world.the.state is MeetingState.CANCELLED, "nobody is left to meet"


def test_a_move_is_a_call_and_needs_the_consent() -> None:
    world = limited(date(2026, 11, 11))
    world.now = at("2026-11-12 09:00")
    where = Place(PlaceKind.ROOM, "Vårdcentralen Eken", "Rum 3")
    moved = world.do(e.Moved(at("2026-12-08 10:00"), at("2026-12-08 11:00"), Form.PHYSICAL, where))
    assert moved == Refused(Reason.CONSENT_NOT_COVERING, {"unit": world.the.parties[0].unit_name})


def test_the_same_consent_again_changes_nothing() -> None:
    world = limited(date(2026, 11, 20))
    before = world.the
    made = world.do(e.ConsentChanged())
    assert isinstance(made, Decision)
    assert not made.effects
    assert world.the == before
