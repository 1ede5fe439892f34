"""The service's promises, checked against what really happened: mails in the boxes, the receiver's words, the journal.

The law of this file: evidence in, sentences out; an empty list means that every promise was kept. The promises stand in
the README (issue A, section 6).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sip.demo.hours import STOCKHOLM, say
from sip.demo.postoffice import Arrival, CarriedAnswer

EARLY, LATE = time(6), time(22)
LEFT_TO_PEOPLE = ("refused", "quarantine")
OPENS, CLOSES = time(8), time(17)


@dataclass(frozen=True, slots=True)
class JournalNote:
    """One finding of a decision, as the journal has it."""

    kind: str
    party: int | None
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a meeting's journal."""

    reference: str
    seq: int
    at: datetime
    kind: str
    notes: tuple[JournalNote, ...] = ()


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """A settling answer that the service has taken: which invitation, which SEQUENCE, in which step of the story."""

    uid: str
    sequence: int
    step: int


@dataclass(slots=True)
class Observed:
    """What the story has seen. `acted` are the steps in which a person did something; reports by (reference, unit)."""

    arrivals: Sequence[Arrival] = ()
    posted: Sequence[CarriedAnswer] = ()
    settled: Sequence[SettledAnswer] = ()
    acted: Collection[int] = ()
    journal: Sequence[Line] = ()
    discharges: Collection[str] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[tuple[str, str], str] = field(default_factory=dict)
    expected: Mapping[tuple[str, str], str] = field(default_factory=dict)
    marks: Mapping[tuple[str, str], str] = field(default_factory=dict)
    expected_marks: Mapping[tuple[str, str], str] = field(default_factory=dict)


def broken(evidence: Observed) -> list[str]:
    """One sentence for each promise that was broken."""
    return [
        *repeats_differ(evidence.arrivals),
        *asked_after_answer(evidence.arrivals, evidence.settled),
        *rungs_twice_or_at_night(evidence.journal, evidence.discharges),
        *asked_when_answered(evidence.journal),
        *two_ordinary_mails(evidence.arrivals, evidence.acted),
        *answers_lost(evidence.posted, evidence.outcomes),
        *_as_planned("report", evidence.reports, evidence.expected),
        *_as_planned("attendance", evidence.marks, evidence.expected_marks),
    ]


def repeats_differ(arrivals: Iterable[Arrival]) -> list[str]:
    """Each mail is handed over at least once; a repeat is byte-identical, and goes to the same address."""
    first: dict[str, Arrival] = {}
    out: list[str] = []
    for arrival in arrivals:
        letter = arrival.letter
        if not letter.message_id:
            out.append(f'A mail to {letter.recipient} has no Message-ID: "{letter.subject}".')
            continue
        known = first.setdefault(letter.message_id, arrival).letter
        if known.raw != letter.raw or known.recipient != letter.recipient:
            out.append(f"The mail {letter.message_id} to {letter.recipient} came again with other bytes.")
    return out


def asked_after_answer(arrivals: Iterable[Arrival], settled: Iterable[SettledAnswer]) -> list[str]:
    """No ask leaves after the answer that settles it has been committed, in the same round."""
    last: dict[tuple[str, int], int] = {}
    for answer in settled:
        key = (answer.uid, answer.sequence)
        last[key] = min(answer.step, last.get(key, answer.step))
    out: list[str] = []
    for arrival in arrivals:
        invite = arrival.letter.invite
        if invite is None or invite.method != "REQUEST":
            continue
        step = last.get((invite.uid, invite.sequence))
        if step is not None and arrival.step > step:
            out.append(f"{arrival.letter.recipient} was asked again {say(arrival.at)}, after it had answered.")
    return out


def rungs_twice_or_at_night(journal: Iterable[Line], discharges: Collection[str]) -> list[str]:
    """Each rung of the ladder once in a round, never early, and in office time (06-22 under the discharge law)."""
    seen: Counter[tuple[str, int | None, str | None]] = Counter()
    out: list[str] = []
    for line in journal:
        for note in line.notes:
            if note.kind == "round_began":
                for key in [k for k in seen if k[:2] == (line.reference, note.party)]:
                    del seen[key]
            if note.kind not in ("rung_fired", "rung_skipped", "rung_without_mail"):
                continue
            rung, due = note.detail.get("rung"), note.detail.get("due")
            if due is not None and line.at < datetime.fromisoformat(due):
                out.append(f"{line.reference}: the rung {rung} of party {note.party} came too early, {say(line.at)}.")
            seen[line.reference, note.party, rung] += 1
            if seen[line.reference, note.party, rung] > 1:
                out.append(f"{line.reference}: the rung {rung} of party {note.party} came twice, {say(line.at)}.")
            if note.kind == "rung_fired" and not _allowed(line.at, line.reference in discharges):
                out.append(f"{line.reference}: the rung {rung} fired outside office time, {say(line.at)}.")
    return out


def _allowed(moment: datetime, discharge: bool) -> bool:
    local = moment.astimezone(STOCKHOLM)
    clock = local.time().replace(microsecond=0)
    if discharge:
        return EARLY <= clock < LATE
    # With under a working day left 06-22 is allowed as well (rules, section 4 T3); no plot of the story comes to that.
    return local.weekday() < 5 and OPENS <= clock <= CLOSES


def asked_when_answered(journal: Iterable[Line]) -> list[str]:
    """No rung fires for a party whose settling answer stands."""
    settled: dict[tuple[str, int | None], str] = {}
    out: list[str] = []
    for line in sorted(journal, key=lambda row: (row.reference, row.seq)):
        for note in line.notes:
            key = (line.reference, note.party)
            if note.kind in ("round_began", "attendee_withdrew"):
                settled.pop(key, None)
            elif note.kind == "answered":
                answer = note.detail.get("answer", "")
                if answer in ("attends", "regrets"):
                    settled[key] = answer
                else:
                    settled.pop(key, None)
            elif note.kind == "rung_fired" and key in settled:
                out.append(f"{line.reference}: party {note.party} was asked {say(line.at)} although it had answered.")
    return out


def two_ordinary_mails(arrivals: Iterable[Arrival], acted: Collection[int]) -> list[str]:
    """No address gets two ordinary mails at one tick. What follows a person's act is not counted."""
    seen: dict[tuple[str, int, datetime | None], set[str]] = {}
    for arrival in arrivals:
        if arrival.letter.invite is None and arrival.step not in acted:
            key = (arrival.letter.recipient, arrival.step, arrival.letter.date)
            seen.setdefault(key, set()).add(arrival.letter.message_id)
    return [
        f"{recipient} got {len(mails)} ordinary mails at one tick, {say(date) if date else 'at an unknown time'}."
        for (recipient, _, date), mails in seen.items()
        if len(mails) > 1
    ]


def answers_lost(posted: Iterable[CarriedAnswer], outcomes: Mapping[str, str]) -> list[str]:
    """Nothing the receiver said "250" to is lost: each has an outcome (by SHA-256), and none is left to people."""
    out: list[str] = []
    for mail in posted:
        outcome = outcomes.get(mail.sha256)
        if mail.code == 250 and not outcome:
            out.append(f"The service took {mail.kind} {mail.message_id} ({say(mail.at)}) and has no outcome for it.")
        if outcome in LEFT_TO_PEOPLE:
            out.append(f"{mail.kind} {mail.message_id} ({say(mail.at)}) could not be applied: {outcome}.")
    return out


def _as_planned(what: str, found: Mapping[tuple[str, str], str], expected: Mapping[tuple[str, str], str]) -> list[str]:
    keys = sorted(set(found) | set(expected))
    return [
        f'{key[0]}, {key[1]}: the {what} should be "{expected.get(key, "none")}" and is "{found.get(key, "none")}".'
        for key in keys
        if found.get(key, "none") != expected.get(key, "none")
    ]
