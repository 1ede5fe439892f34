"""Words stand in both languages, for everything that can be said."""

import re
import string
from dataclasses import replace
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from sip.domain import agreement, deviation, events, meeting, people, poll, terms
from sip.domain.decide import decide
from sip.domain.decision import Decision, Reason
from sip.domain.effects import Told
from sip.domain.freetext import Found
from sip.domain.needs import Need, Urgency
from sip.domain.standing import Standing
from sip.edges import web
from sip.edges.words import has_word, word, words
from sip.store.seen.hands import Whose
from sip.usecases.key_scopes import Area
from sip.usecases.received.outcomes import Flag, MailOutcome, Why
from tests.domain.cast import CASE
from tests.domain.test_machine import ROWS, SAMPLES, STATES, TIMES, _context

ENUMS: dict[str, type[StrEnum]] = {
    "meeting_state": terms.MeetingState, "kind": agreement.MeetingKind, "form": terms.Form,
    "place": terms.PlaceKind, "purpose": terms.Purpose, "obligation": terms.Obligation, "basis": terms.Basis,
    "channel": terms.Channel, "answer": terms.AnswerKind, "regret_reason": terms.RegretReason,
    "contest_reason": terms.ContestReason, "attendee_role": terms.AttendeeRole,
    "attendee_state": terms.AttendeeState, "delivery": terms.Delivery, "pause": terms.PauseKind,
    "outcome": terms.Outcome, "mark": terms.Mark, "rung": agreement.Rung, "cancel_reason": events.CancelReason,
    "verdict": events.Verdict, "standing": Standing, "told": Told, "deviation_state": deviation.DeviationState,
    "category": deviation.Category, "cause": deviation.Cause, "statement": deviation.Statement,
    "withdrawn_because": deviation.WithdrawnBecause, "role": people.Role, "principal_kind": people.PrincipalKind,
    "gap": people.Gap, "language": people.Language, "reason": Reason, "freetext": Found, "inbound": Why,
    "hand.group": Urgency, "hand.whose": Whose,
    "inbound_flag": Flag, "inbound_outcome": MailOutcome,
    "poll_choice": poll.PollChoice, "poll_state": poll.PollState, "poll_end": poll.PollEnd,
    "claim": terms.ClaimKind, "claim_state": terms.ClaimState,
}  # fmt: skip
TEMPLATES = Path(web.__file__).parent / "templates"
DOMAIN = Path(meeting.__file__).parent


def test_both_languages_have_the_same_keys() -> None:
    assert set(words("sv")) == set(words("en"))


def test_both_languages_ask_for_the_same_values() -> None:
    differ = [key for key in words("sv") if _values(words("sv")[key]) != _values(words("en")[key])]
    assert differ == []


def _values(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return set()


SAID_OTHERWISE_OF_ONE = {
    "archive.proof_lead", "convening.when.minutes", "directory.found_many", "disposal.holds_count",
    "mail.barrier.many", "mail.bundle.subject", "mail.bundle.title", "matters.many", "meetings.count_many",
    "page.dashboard.headline", "page.meeting.consent_sent", "page.meeting.moved", "register.count.calendar_many",
    "register.count.months_many", "register.count.times_many", "register.count.working_many", "timeline.poll_asked",
}  # fmt: skip
"""What never counts one, or has a sentence of its own for it."""


def test_nobody_reads_of_one_rows() -> None:
    """What is counted in the plural has words of one, in both languages, and they are taken."""
    counted = [key for key, text in words("en").items() if re.search(r"\{(count|n|rows)\} (\w+ )?\w+s\b", text)]
    assert sorted({one for one in counted if not has_word("sv", f"{one}_one")} - SAID_OTHERWISE_OF_ONE) == []
    assert (word("sv", "audit.rows", count=1), word("sv", "audit.rows", count=2)) == ("en rad", "2 rader")


@pytest.mark.parametrize("table", ENUMS)
def test_every_value_has_words(table: str) -> None:
    missing = [value for value in ENUMS[table] if not has_word("sv", f"{table}.{value}")]
    assert missing == []


def test_every_need_has_words() -> None:
    assert all(has_word("sv", f"need.{need}.{part}") for need in Need for part in ("title",))


def test_the_timeline_tells_every_note_or_it_is_engine_room() -> None:
    engine_room = {"rung_skipped", "rung_dropped"}
    found = {
        kind
        for path in DOMAIN.glob("*.py")
        for kind in re.findall(r'(?:note\(|Note\(|update\(|, due\), )\s*"([a-z_]+)"', path.read_text())
    }
    told = {kind for kind in found if has_word("sv", f"timeline.{kind}")}
    assert len(told) > 40
    assert found - told == engine_room


@pytest.mark.parametrize(("machine", "event"), ROWS)
def test_the_timeline_tells_of_every_change(machine: Any, event: type) -> None:
    """Whatever changes something has a note with words; what changes nothing is told as that."""
    for sample, time, case in product(SAMPLES[event], TIMES, (CASE, replace(CASE, consent=False))):
        for before in (one for state in STATES[machine.kind].values() for one in state):
            done = decide(before, sample, replace(_context(time), case=case))
            if isinstance(done, Decision) and done.state != before and not isinstance(sample, events.TimePassed):
                assert [note for note in done.notes if has_word("sv", f"timeline.{note.kind}")], sample


def test_every_key_of_a_template_has_words() -> None:
    asked = {
        key
        for path in TEMPLATES.rglob("*.html")
        for key in re.findall(r"\bt\('([a-z_.0-9]+)'(?=[,)])", path.read_text())
    }
    assert len(asked) > 200
    assert sorted(key for key in asked if not has_word("sv", key)) == []


def test_a_missing_word_is_a_fault() -> None:
    with pytest.raises(KeyError, match=r"sv: no\.such"):
        word("sv", "no.such")


def test_no_template_says_words_of_its_own() -> None:
    """Words stand in the tables; a template only places them."""
    text = re.compile(r">([^<>{}]*[a-zåäö]{3,}[^<>{}]*)<", re.IGNORECASE)
    found = [(path.name, m) for path in TEMPLATES.rglob("*.html") for m in text.findall(path.read_text()) if m.strip()]
    assert found == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_a_key_may_have_has_words(language: str) -> None:
    assert [area for area in Area if not has_word(language, f"users.key.area.{area}")] == []
