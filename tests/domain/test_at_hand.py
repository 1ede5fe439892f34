"""What is at a person's hand in every standing, as text (`tests/domain/journals/at_hand`): what needs her, and
when it is too late; what she can do there; and what would come of the acts whose outcome a page foretells.

`WRITE_JOURNALS=1` writes them anew; what changed is then read as a change of the rules.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sip.domain import escalation, needs
from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.attendance import expected_mark
from sip.domain.decision import Reason, Refused
from sip.domain.foreseeing import Foreseen, foresee
from sip.domain.meeting import Party
from sip.domain.needs import NeedOf
from sip.domain.offering import possible, possible_of, verdicts
from sip.domain.polling import short_notice
from sip.domain.terms import Obligation
from tests.domain.cast import CASE, HOME_CARE, SCHOOL, SOCIAL, World, at, draft, local
from tests.domain.plays import CALL, START
from tests.domain.standings import Standing, first
from tests.domain.standings.every import EVERY_STANDING

FOLDER = Path(__file__).parent / "journals" / "at_hand"
_NO_QUESTION = (Reason.WRONG_STATE, Reason.ALREADY_STARTED, Reason.NOTHING_TO_DECIDE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_draft() -> World:
    world = World(at(CALL))
    world.do(draft(at(START)))
    return world


def a_draft_without_units() -> World:
    world = World(at(CALL))
    world.do(draft(at(START), []))
    return world


def a_draft_at_discharge() -> World:
    world = World(at(CALL))
    world.do(draft(at("2026-11-05 10:00"), [HOME_CARE, SCHOOL], MeetingKind.DISCHARGE))
    return world


def the_person_has_said_no_since_the_call() -> World:
    world = first()
    world.case = replace(CASE, consent=False)
    return world


BESIDES: tuple[Standing, ...] = (
    a_draft, a_draft_without_units, a_draft_at_discharge, the_person_has_said_no_since_the_call,
)  # fmt: skip
STANDINGS = {**EVERY_STANDING, **{made.__name__: made for made in BESIDES}}


def at_hand(world: World) -> Iterator[str]:
    the = world.the
    yield from (f"needs {_need(one)}" for one in needs.of_convener(the))
    yield from (f"needs, where 2 closes, {_need(one)}" for one in needs.of_convener(the, (2,)) if one.party == 2)
    for party in the.parties:
        one = needs.of_unit(the, party)
        yield from () if one is None else (f"{party.ordinal} needs {_need(one)}",)
        hand, ahead = needs.hand_of_unit(the, party), needs.ahead(the, party)
        yield f"{party.ordinal} stands beside: {_hand(hand)}, ahead {local(ahead) if ahead else 'nothing'}"
        comes = escalation.foreseen(the, party, world.now)
        first = "nothing" if comes is None else f"{comes.what.name.lower()} {local(comes.due)}"
        yield f"{party.ordinal} expected: {expected_mark(party) or 'nothing'}; comes first: {first}"
    yield f"beside: {_hand(needs.hand_of(the))}"
    for moment in dict.fromkeys((world.now, the.start - DAY, the.start + HOUR)):
        there = needs.active(needs.of_convener(the, (3,)), moment)
        yield f"{local(moment)}, where 3 closes: {', '.join(f'{one.need} {one.party}' for one in there) or 'nothing'}"
        yield from (f"  {line}" for line in can(world, moment))
    for name, event in would(world).items():
        yield from (f"{name}: {line}" for line in _foreseen(foresee(the, event, world.context())))
    for start in (world.now + 2 * DAY, world.now + 9 * DAY):
        yield f"short notice of {local(start)}: {_short(world, start)}"


def can(world: World, moment: datetime) -> Iterator[str]:
    context = replace(world.context(), now=moment)
    yield f"can {' '.join(sorted(possible(world.the, context))) or 'nothing'}"
    for party in world.the.parties:
        yield f"{party.ordinal} can {' '.join(sorted(possible_of(world.the, party, context))) or 'nothing'}"
        yield from _verdicts(world, party, moment)


def _verdicts(world: World, party: Party, moment: datetime) -> Iterator[str]:
    for verdict, refused in verdicts(world.the, party, replace(world.context(), now=moment)).items():
        if refused is None or refused.reason not in _NO_QUESTION:
            yield f"{party.ordinal} decided, {verdict}: {'taken' if refused is None else refused.reason}"


def would(world: World) -> dict[str, object]:
    the, length = world.the, world.the.end - world.the.start
    soon = world.now + 3 * HOUR
    return {
        "moved by a day": e.Moved(the.start + DAY, the.start + DAY + length, the.form, the.place),
        "moved to today": e.Moved(soon, soon + length, the.form, the.place),
        "one more": e.PartyAdded(e.PartyDraft(SOCIAL.unit_id, Obligation.SUMMONED)),
        "the first goes": e.PartyRemoved(2),
    }


def _short(world: World, start: datetime) -> str:
    found = short_notice(world.the, start, world.now, world.agreements)
    return ", ".join(f"{unit} ({days})" for unit, days in found.items()) or "nobody"


def _need(one: NeedOf) -> str:
    whose = f" of {one.party}" if one.party else ""
    claim = f" claim {one.claim}" if one.claim else ""
    return f"{one.need}{whose}{claim} {local(one.since)} - {local(one.too_late)} until {local(one.until)}"


def _hand(found: needs.HandFrom | None) -> str:
    return "nothing" if found is None else f"{local(found.since)} - {local(found.too_late)}"


def _foreseen(found: Foreseen | Refused) -> Iterator[str]:
    if isinstance(found, Refused):
        yield f"refused {found.reason}"
        return
    parts = ("called", "answered", "short", "at_once", "stood_down")
    told = [f"{part} {', '.join(map(str, getattr(found, part)))}" for part in parts if getattr(found, part)]
    yield "; ".join([str(found.meeting.state.value), *told])


@pytest.mark.parametrize("name", STANDINGS)
def test_what_is_at_hand(name: str) -> None:
    came = "\n".join(at_hand(STANDINGS[name]())) + "\n"
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_JOURNALS"):
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(came, encoding="utf-8")
    assert came == kept.read_text(encoding="utf-8")


def test_every_text_is_of_a_standing() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(STANDINGS)
