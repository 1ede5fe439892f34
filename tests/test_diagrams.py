"""The page of states says what the code does: it is made from the transitions, and the transitions are what happens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tools import diagrams

from sip.domain.decide import DEVIATION_TRANSITIONS, TRANSITIONS, decide
from sip.domain.decision import Context, Decision, Reason, Refused
from sip.domain.deviation import (
    Cause,
    CauseGiven,
    DeviationClosed,
    DeviationRaised,
    DeviationReport,
    DeviationState,
    DeviationWithdrawn,
    DisputeSettled,
    HearingAnswered,
    Statement,
    WithdrawnBecause,
)
from sip.domain.events import MeetingEvent, TimePassed
from sip.domain.reporting import raised
from tests.domain.cast import HOME_CARE, called

PAGE = Path(__file__).parent.parent / "docs" / "states.md"
WORLD = called("2026-11-02 10:00", "2026-12-07 10:00")
RAISED = raised(WORLD.the, WORLD.party(HOME_CARE), automatic=False)
REPORTED_BY_THE_MAIL_FLOOR = {"MailSettled", "Bounced", "ReplySeen", "Refreshed", "AutoReplied", "HumanWrote"}

EVENTS: Mapping[type, tuple[object, ...]] = {
    DeviationRaised: (RAISED,),
    HearingAnswered: tuple(HearingAnswered(statement) for statement in Statement),
    CauseGiven: (CauseGiven(Cause.DOUBLE_BOOKED, "Två möten samma tid."),),
    DisputeSettled: (DisputeSettled(),),
    DeviationClosed: (DeviationClosed(),),
    DeviationWithdrawn: (DeviationWithdrawn(WithdrawnBecause.RAISED_BY_MISTAKE),),
    TimePassed: (TimePassed(),),
}


def test_the_page_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagrams.page(), "run: make docs"


def test_every_event_has_its_row() -> None:
    known = {event.__name__ for event in MeetingEvent.__args__}
    assert {event.__name__ for event in TRANSITIONS} == known - REPORTED_BY_THE_MAIL_FLOOR
    assert set(EVENTS) == set(DEVIATION_TRANSITIONS)


@pytest.mark.parametrize("event", DEVIATION_TRANSITIONS, ids=lambda event: str(event.__name__))
@pytest.mark.parametrize("state", [None, *DeviationState], ids=lambda state: str(state or "new"))
def test_a_report_goes_where_the_table_says(event: type, state: DeviationState | None) -> None:
    if state is None and event is not DeviationRaised:
        return  # there is nothing yet that could be told anything else
    allowed = set(DEVIATION_TRANSITIONS[event].get(state, ()))
    stays = set() if state is None else {state}
    reached = {_after(state, one, days) for one in EVENTS[event] for days in (0, 400)}
    assert allowed <= reached
    assert reached <= allowed | stays, "the table leaves out where this event leads"


def _after(state: DeviationState | None, event: object, days: int) -> DeviationState:
    """The state after the event, which came so many days after the report was raised."""
    report = None if state is None else replace(_report(WORLD.now), state=state)
    outcome = decide(report, event, Context(WORLD.now + timedelta(days=days), WORLD.rosters))
    if isinstance(outcome, Refused):
        assert outcome.reason is Reason.WRONG_STATE
        assert report is not None
        return report.state
    assert isinstance(outcome.state, DeviationReport)
    return outcome.state.state


def _report(now: datetime) -> DeviationReport:
    made = decide(None, RAISED, Context(now, WORLD.rosters))
    assert isinstance(made, Decision)
    assert isinstance(made.state, DeviationReport)
    return made.state
