"""What other systems are told, in which words, and how it is signed (rules, section 19 W2 and W3)."""

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sip.domain import events as e
from sip.domain.deviation import DeviationReport, DeviationState
from sip.domain.terms import AnswerKind, Mark, Outcome
from sip.domain.webhook import (
    TYPES,
    HookEvent,
    HookType,
    body,
    happened,
    headers,
    message_id,
    secret_of,
    secret_text,
    signature,
)
from tests.domain.cast import HOME_CARE, World, at, called, ident, said

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
THERE = ident("endpoint")


def told(old: object, new: object) -> list[str]:
    return [one.type.value for one in happened(old, new, 7)]


def played() -> World:
    return called("2026-11-02 10:00", "2026-12-07 10:00")


def test_a_call_is_told_once_and_a_draft_not_at_all() -> None:
    the = played().the
    draft = replace(the, called_at=None)
    assert told(None, draft) == [] and told(draft, draft) == []
    assert told(draft, the) == ["meeting.called"] == told(None, the)
    assert told(the, the) == []


def test_a_move_an_answer_and_an_end_are_told() -> None:
    play = played()
    before = play.the
    number = play.party(HOME_CARE).ordinal
    play.do(e.Answered(play.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(play)))
    (event,) = happened(before, play.the, 3)
    assert (event.type, event.party, event.meeting_id) == (HookType.MEETING_ANSWERED, number, play.the.id)
    assert told(play.the, before) == [], "an answer that fell with its round is told by what ended it"
    later = replace(play.the, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))
    assert told(play.the, later) == ["meeting.moved"]
    assert told(play.the, replace(play.the, purpose_text="Annat")) == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whether_it_was_held_is_told_when_it_is_said_or_corrected(outcome: Outcome) -> None:
    the = played().the
    kind = "meeting.held" if outcome is Outcome.HELD else "meeting.not_held"
    closed = replace(the, outcome=outcome)
    assert told(the, closed) == [kind]
    assert told(closed, replace(closed, closed_at=NOW)) == []


def test_a_cancellation_is_told() -> None:
    play = played()
    before = play.the
    play.do(e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
    assert told(before, play.the) == ["meeting.cancelled"] and told(play.the, play.the) == []


def _report() -> DeviationReport:
    play = played()
    play.do(e.Answered(play.party(HOME_CARE).ordinal, AnswerKind.ATTENDS, said(play)))
    play.run(play.the.end)
    play.do(e.OutcomeRecorded(Outcome.HELD, ((play.party(HOME_CARE).ordinal, Mark.ABSENT),), "Clara", None))
    (report,) = play.reports.values()
    return report


def test_a_report_is_told_of_by_its_steps() -> None:
    raised = _report()
    assert raised.state is DeviationState.HEARING and told(None, raised) == ["deviation.raised"]
    steps = {
        DeviationState.RECEIVED: ["deviation.received"], DeviationState.ANSWERED: ["deviation.answered"],
        DeviationState.CLOSED: ["deviation.closed"], DeviationState.WITHDRAWN: ["deviation.withdrawn"],
        DeviationState.MERGED: ["deviation.withdrawn"], DeviationState.DISPUTED: [], DeviationState.FORWARDED: [],
    }  # fmt: skip
    for state, kinds in steps.items():
        assert told(raised, replace(raised, state=state)) == kinds, state
    back = replace(raised, raisings=2)
    assert told(replace(raised, state=DeviationState.WITHDRAWN), back) == ["deviation.raised"]


def test_nothing_else_is_told_of() -> None:
    assert told(None, "an item") == []
    assert HookType.TEST not in TYPES and len(TYPES) == len(HookType) - 1
    assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyz_.") for one in HookType), "as the specification says"


def test_a_message_has_one_id_for_each_endpoint_event_and_version() -> None:
    event = HookEvent(HookType.MEETING_ANSWERED, 3, meeting_id=ident("m"), party=2)
    made = message_id(THERE, event)
    assert made == message_id(THERE, event) and "." not in made and made.startswith("msg_")
    others = [replace(event, version=4), replace(event, party=3), replace(event, type=HookType.MEETING_MOVED)]
    assert len({made, message_id(ident("other"), event), *(message_id(THERE, one) for one in others)}) == 5


def test_what_is_said_is_references_in_the_same_bytes_each_time() -> None:
    event = HookEvent(HookType.MEETING_ANSWERED, 3, meeting_id=ident("m"), party=2)
    assert body(event, NOW) == body(event, NOW)
    assert json.loads(body(event, NOW)) == {
        "type": "meeting.answered", "timestamp": "2026-11-02T09:00:00Z",
        "data": {"meeting_id": str(ident("m")), "path": f"/api/v1/meetings/{ident('m')}", "version": 3, "party": 2},
    }  # fmt: skip
    report = HookEvent(HookType.DEVIATION_CLOSED, 9, deviation_id=ident("d"))
    assert json.loads(body(report, NOW))["data"]["path"] == f"/api/v1/deviations/{ident('d')}"
    assert json.loads(body(HookEvent(HookType.TEST, 0), NOW))["data"] == {}


def test_a_signature_is_over_id_moment_and_bytes() -> None:
    secret, content = bytes(range(32)), b'{"a":1}'
    expected = b64encode(hmac.new(secret, b"msg_1.1700000000." + content, hashlib.sha256).digest()).decode()
    assert signature(secret, "msg_1", 1_700_000_000, content) == f"v1,{expected}"
    made = headers([secret, bytes(32)], "msg_1", 1_700_000_000, content)
    assert made["webhook-id"] == "msg_1" and made["webhook-timestamp"] == "1700000000"
    assert made["webhook-signature"].split() == [
        signature(one, "msg_1", 1_700_000_000, content) for one in (secret, bytes(32))
    ]


def test_a_secret_is_shown_as_the_libraries_take_it() -> None:
    shown = secret_text(bytes(range(32)))
    assert shown.startswith("whsec_") and secret_of(shown) == bytes(range(32))
    for wrong in ("", "AAAA", "whsec_!"):
        with pytest.raises(ValueError):
            secret_of(wrong)
