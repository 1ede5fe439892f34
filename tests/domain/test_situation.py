"""What is news to somebody who has put a meeting off, and what is none (rules, section 5 L9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sip.domain import events as e
from sip.domain.agreement import Rung
from sip.domain.in_hand import situation
from sip.domain.meeting import Attendee, Meeting, Remark, RungRecord
from sip.domain.poll import PollAsked, PollState
from sip.domain.terms import AnswerKind, AttendeeRole, AttendeeState, Channel, ClaimKind, ClaimState, MeetingState
from tests.domain.cast import HOME_CARE, SCHOOL, World, at, called, draft, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"


def _round(the: Meeting, **more: Any) -> Meeting:
    this = the.party(2).round
    assert this is not None
    return _party(the, round=replace(this, **more))


def _party(the: Meeting, **more: Any) -> Meeting:
    return replace(the, parties=tuple(replace(p, **more) if p.ordinal == 2 else p for p in the.parties))


def _said(the: Meeting, **more: Any) -> Meeting:
    this = the.party(2).round
    assert this is not None and this.answer is not None
    return _round(the, answer=replace(this.answer, **more))


def _first_person(the: Meeting, **more: Any) -> Meeting:
    first, *others = the.party(2).attendees
    return _party(the, attendees=(replace(first, **more), *others))


def _poll(the: Meeting, **more: Any) -> Meeting:
    assert the.poll is not None
    return replace(the, poll=replace(the.poll, **more))


NEWS: dict[str, Callable[[Meeting], Meeting]] = {
    "it is over": lambda m: replace(m, state=MeetingState.ENDED),
    "nobody recorded it": lambda m: replace(m, unrecorded=True),
    "it is at another hour": lambda m: replace(m, start=m.start + timedelta(hours=1)),
    "a claim is decided": lambda m: replace(m, claims=(replace(m.claims[0], state=ClaimState.REFUSED),)),
    "another claim waits instead": lambda m: replace(m, claims=(replace(m.claims[0], ordinal=2),)),
    "another poll": lambda m: _poll(m, number=2),
    "the poll is over": lambda m: _poll(m, state=PollState.CLOSED),
    "all have answered it": lambda m: _poll(m, told_all=True),
    "no poll": lambda m: replace(m, poll=None),
    "a party fewer": lambda m: replace(m, parties=m.parties[:2]),
    "a party has another number": lambda m: _party(m, ordinal=9),
    "it stands otherwise": lambda m: _party(m, excused_at=at(CALL)),
    "it says something else": lambda m: _said(m, kind=AnswerKind.INFORMS),
    "it says the same again": lambda m: _said(m, at=at("2026-11-02 12:00")),
    "it cannot be reached": lambda m: _round(m, undeliverable=True),
    "the convener is asked of it": lambda m: _round(m, convener_asked=True),
    "a person comes no more": lambda m: _first_person(m, state=AttendeeState.WITHDRAWN),
    "another person": lambda m: _first_person(m, ordinal=9),
}  # fmt: skip
NO_NEWS: dict[str, Callable[[Meeting], Meeting]] = {
    "a reminder": lambda m: _round(m, rungs=(RungRecord(Rung.REMINDER, at(CALL)),)),
    "it was handed over by the relay": lambda m: _round(m, clock_start=at("2026-11-02 11:00")),
    "a note": lambda m: replace(m, remark=Remark("Ringt", "Siv", at(CALL))),
    "another text": lambda m: replace(m, purpose_text="Annat", revision=1),
    "it was called": lambda m: replace(m, state=MeetingState.CALLED),
    "an answer to the poll": lambda m: _poll(m, reminded=True),
}  # fmt: skip


def _situated() -> Meeting:
    play = called(CALL, START, [HOME_CARE, SCHOOL])
    people = (Attendee(1, "Anna", AttendeeRole.NAMED, AttendeeState.INVITED, 1),)
    play.meeting = _party(play.the, attendees=people)
    play.do(e.Answered(2, AnswerKind.TENTATIVE, said(play)))
    claimed = e.Claimed(2, 2, ClaimKind.PARTY_CRASHER, AnswerKind.ATTENDS, "x@annat.example", said(play, Channel.MAIL))
    play.do(claimed)
    times = tuple((at(f"2026-12-0{day} 10:00"), at(f"2026-12-0{day} 11:00")) for day in (3, 9))
    play.do(PollAsked(times, at("2026-11-20 10:00").date()))
    return play.the


@pytest.mark.parametrize("what", NEWS)
def test_what_brings_it_back(what: str) -> None:
    the = _situated()
    assert situation(NEWS[what](the)) != situation(the)


@pytest.mark.parametrize("what", NO_NEWS)
def test_what_brings_nothing_back(what: str) -> None:
    the = _situated()
    assert situation(NO_NEWS[what](the)) == situation(the)


def test_of_a_draft_it_is_who_is_to_be_called() -> None:
    play = World(at(CALL))
    play.do(draft(at(START), [HOME_CARE, SCHOOL]))
    assert situation(replace(play.the, parties=play.the.parties[:2])) != situation(play.the)
    assert situation(_party(play.the, removed=True)) != situation(play.the)
    assert situation(_party(play.the, ordinal=9)) != situation(play.the)
    assert situation(play.the) == situation(replace(play.the, purpose_text="Annat"))
