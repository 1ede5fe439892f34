"""What a command rests on, and who may be asked to stand in: what a decision needs to know beforehand."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sip.domain import events as e
from sip.domain.conflict import EVERYTHING, NOTHING, MeetingPart, Parts, meet
from sip.domain.decide import TABLE, case_of, decide, may_ask, meeting_of, overtaken, units_of
from sip.domain.decision import Reason, Refused
from sip.domain.deviation import DeviationState
from sip.domain.people import Gap, Person, Roster
from sip.domain.terms import AnswerKind, Channel, ClaimKind, RegretReason
from tests.domain.cast import ALL, HOME_CARE, World, at, called, ident, said
from tests.domain.plays import CALL, START
from tests.domain.test_machine import SAMPLES, STATES, WORLD

ANNA, NOBODY = Person("Anna Ek", "anna@al.example"), Person("Jouren")
TEXT, HERS = e.TextChanged(purpose_text="x"), e.IdentityConveyed(2, Channel.PHONE)


def moved(world: World) -> e.Moved:
    start = at("2026-12-08 10:00")
    return e.Moved(start, at("2026-12-08 11:00"), world.the.form, world.the.place)


def test_a_command_is_overtaken_by_what_changed_the_part_it_rests_on() -> None:
    world = called(CALL, START)
    the, move = world.the, moved(world)
    assert overtaken(the, HERS, [e.Excused(2, "annan väg")])
    assert not overtaken(the, HERS, [e.Excused(3, "annan väg")])
    assert not overtaken(the, HERS, [TEXT, e.GoAhead()])
    assert overtaken(the, TEXT, [TEXT]) and overtaken(the, move, [move])
    assert overtaken(the, HERS, [TEXT, move]), "afterwards each is asked about another meeting"
    assert not overtaken(the, move, [e.Excused(2, "annan väg")])
    assert overtaken(the, e.Called(), [TEXT]), "a call rests on everything"
    assert not overtaken(the, e.Called(), [e.TimePassed()]), "time is nobody's change"
    claimed = e.Claimed(2, 2, ClaimKind.UNCONFIRMED, AnswerKind.ATTENDS, "nora@annat.example", said(world))
    assert not overtaken(the, HERS, [claimed]), "what waits for the convener's word changes nothing yet"
    assert not overtaken(the, HERS, []) and not overtaken(the, object(), [move])


OF_THE_TABLE = Path(__file__).parent / "journals" / "of_the_table"


def test_what_every_event_rests_on_and_changes() -> None:
    lines = []
    for event, row in TABLE.items():
        sample = SAMPLES[event][0]
        on, after = (_told(parts(sample)) for parts in (row.rests_on, row.changes))
        lines.append(f"{event.__name__}: rests on {on}, changes {after}")
    _is_kept("parts", lines)


def test_what_a_decision_of_every_event_takes_and_whether_it_may_come_after_the_start() -> None:
    """The case, and units besides the meeting's own, are read only for what needs them; what is settled before S is
    refused from S on, whatever the state still says (rules, section 8 A2)."""
    own, lines = set(units_of(WORLD.the, e.TimePassed())), []
    for event, row in TABLE.items():
        sample = SAMPLES[event][0]
        units = {unit: ALL[unit].name for unit in units_of(WORLD.the, sample) if unit not in own}
        case = case_of(WORLD.the, sample) is not None
        begun = decide(WORLD.the, sample, replace(WORLD.context(), now=WORLD.the.start))
        late = isinstance(begun, Refused) and begun.reason is Reason.ALREADY_STARTED
        asks = "a person's act" if row.command else "no act"
        needs = ", ".join([*(["the case"] if case else []), *sorted(units.values())]) or "nothing more"
        lines.append(f"{event.__name__}: {asks}, takes {needs}{', too late from the start on' if late else ''}")
    _is_kept("needs", lines)


def test_what_nobody_declared_takes_nothing_and_changes_nothing() -> None:
    assert case_of(WORLD.the, object()) is None and case_of(None, object()) is None
    assert list(units_of(None, object())) == []
    report = STATES["deviation"][DeviationState.HEARING][0]
    assert case_of(report, e.TimePassed()) is None, "a report is of no case"
    assert case_of(None, SAMPLES[e.MeetingDrafted][0]) == ident("case")
    assert (meeting_of(WORLD.the), meeting_of(report)) == (WORLD.the.id, WORLD.the.id)


def _is_kept(name: str, lines: list[str]) -> None:
    """Read like the rule; `WRITE_JOURNALS=1` writes it anew."""
    came, kept = "\n".join(lines) + "\n", OF_THE_TABLE / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def _told(parts: Parts) -> str:
    return " and ".join(sorted(f"party {part}" if isinstance(part, int) else part for part in parts)) or "nothing"


@pytest.mark.parametrize(
    ("rests_on", "changed", "found"),
    [
        (frozenset({1}), [frozenset({1})], True),
        (frozenset({1}), [frozenset({2}), frozenset({1, 3})], True),
        (frozenset({1}), [frozenset({2}), NOTHING], False),
        (EVERYTHING, [frozenset({MeetingPart.TEXT})], True),
        (frozenset({MeetingPart.TEXT}), [EVERYTHING], True),
        (NOTHING, [EVERYTHING], False),
        (EVERYTHING, [NOTHING], False),
    ],
)
def test_parts_meet(rests_on: frozenset[int], changed: list[frozenset[int]], found: bool) -> None:
    assert meet(rests_on, changed) is found


def test_when_somebody_may_be_asked_to_stand_in() -> None:
    world = called(CALL, START)
    who = world.party(HOME_CARE).ordinal
    assert may_ask(world.the, TEXT) and not may_ask(world.the, e.TimePassed()) and not may_ask(None, TEXT)
    world.do(e.Answered(who, AnswerKind.TENTATIVE, said(world)))
    assert may_ask(world.the, e.TimePassed())
    world.do(e.Answered(who, AnswerKind.ATTENDS, said(world)))
    assert not may_ask(world.the, e.TimePassed())
    world.do(e.Answered(who, AnswerKind.REGRETS, said(world), regret_reason=RegretReason.ON_LEAVE))
    assert may_ask(world.the, e.TimePassed())
    world.do(e.Cancelled(e.CancelReason.OTHER))
    assert not may_ask(world.the, TEXT)


def test_what_counts_as_a_gap() -> None:
    bare = Roster(ident("bare"), "Boendet Al", HOME_CARE.organisation_id, HOME_CARE.principal_id)
    assert bare.gaps == (Gap.NO_ADDRESS, Gap.NO_MANAGER, Gap.NO_HEAD, Gap.NO_COORDINATOR)
    by_phone = replace(bare, phone_only=True, managers=(NOBODY,), contract_officers=(ANNA,))
    assert replace(by_phone, coordinators=(NOBODY, ANNA)).gaps == (Gap.NO_PHONE, Gap.NO_MANAGER)
    assert Gap.NO_PHONE not in replace(by_phone, phone="010-319 201").gaps
    assert HOME_CARE.gaps == ()
