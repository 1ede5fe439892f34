"""The worked examples of the rules, section 5, played through `decide` from the call to the start."""

from dataclasses import replace
from datetime import date

import pytest

from sip.domain.agreement import MeetingKind, Rung
from tests.domain.cast import HOME_CARE, OUTSIDE, World, at, called, local

EXAMPLES = [
    (
        "2026-11-02 10:00", "2026-12-07 10:00",
        ["Fri 06 Nov 08:00", "Tue 10 Nov 08:00", "Mon 23 Nov 08:00", "Wed 02 Dec 08:00", "Thu 03 Dec 08:00"],
    ),
    (
        "2026-11-02 10:00", "2026-11-23 10:00",
        ["Fri 06 Nov 08:00", "Tue 10 Nov 08:00", "Thu 12 Nov 08:00", "Wed 18 Nov 08:00", "Thu 19 Nov 08:00"],
    ),
    (
        "2026-11-02 10:00", "2026-11-16 10:00",
        ["Wed 04 Nov 08:00", "Fri 06 Nov 08:00", "Tue 10 Nov 08:00", "Wed 11 Nov 08:00", "Thu 12 Nov 08:00"],
    ),
    (
        "2026-11-16 10:00", "2026-11-18 10:00",
        ["Mon 16 Nov 13:22", "Mon 16 Nov 15:37", "Tue 17 Nov 08:52", "Tue 17 Nov 10:00", "Tue 17 Nov 10:00"],
    ),
    (
        "2026-11-14 10:00", "2026-11-18 10:00",
        ["Mon 16 Nov 11:45", "Mon 16 Nov 14:15", "Mon 16 Nov 16:45", "Tue 17 Nov 09:00", "Tue 17 Nov 09:00"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "start", "expected"), EXAMPLES)
def test_the_worked_examples(call: str, start: str, expected: list[str]) -> None:
    world = called(call, start)
    world.run(at(start))
    steps = [*Rung, "question"]
    assert world.fired() == list(zip(steps, expected, strict=True))


def test_so_late_that_only_the_manager_is_asked() -> None:
    world = called("2026-11-17 15:30", "2026-11-18 09:00")
    world.run(at("2026-11-18 09:00"))
    assert world.fired() == [("no_answer", "Tue 17 Nov 16:45"), ("question", "Tue 17 Nov 16:45")]


def test_called_after_the_last_opening_the_convener_is_asked_at_once() -> None:
    world = called("2026-11-17 18:00", "2026-11-18 07:30")
    assert world.fired() == [("question", "Tue 17 Nov 18:00")]
    world.run(at("2026-11-18 07:30"))
    assert len(world.fired()) == 1


def test_a_party_outside_the_agreement_gets_the_mailbox_rungs_and_the_question_only() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00", [OUTSIDE])
    world.run(at("2026-12-07 10:00"))
    assert [step for step, _ in world.fired()] == ["reminder", "no_acknowledgement", "question"]
    assert not world.sent("lift_watchers")


def test_discharge_runs_on_calendar_days_from_noon() -> None:
    world = called("2026-11-06 14:00", "2026-11-13 10:00", kind=MeetingKind.DISCHARGE)
    began = world.party(HOME_CARE).round
    assert began is not None
    assert local(began.clock_start) == "Sat 07 Nov 12:00"
    world.run(at("2026-11-13 10:00"))
    passed = world.party(HOME_CARE).round
    assert passed is not None
    assert [local(r.due) for r in passed.rungs] == [
        "Sun 08 Nov 10:30", "Mon 09 Nov 09:00", "Tue 10 Nov 07:30", "Wed 11 Nov 06:00",
    ]  # fmt: skip
    assert [n.detail["rung"] for _, n in world.notes if n.kind == "rung_without_mail"] == ["reminder"]
    assert world.told().count("weekend_phone") == 1


def test_closed_days_of_the_unit_are_no_working_days() -> None:
    world = World(at("2026-11-02 10:00"))
    away = frozenset({date(2026, 11, 3), date(2026, 11, 4)})
    world.rosters[HOME_CARE.unit_id] = replace(HOME_CARE, closed_days=away)
    called("2026-11-02 10:00", "2026-12-07 10:00", world=world)
    world.run(at("2026-11-12 17:00"))
    assert world.fired()[0] == ("reminder", "Tue 10 Nov 08:00")
