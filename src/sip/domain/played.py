"""A meeting and its reports while they are played: what came of each step, what was mailed, and how it is counted.

The law of this file: it takes a step and remembers; which steps there are, and when, is `replaying`'s. Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sip.domain import events as e
from sip.domain.agreement import RuleSet
from sip.domain.decide import decide, next_due
from sip.domain.decision import AnyState, Context, Decision, Note
from sip.domain.deviation import DeviationReport
from sip.domain.effects import POLL_ASKS, DropAsks, ForDeviation, Mail
from sip.domain.meeting import Meeting
from sip.domain.replay import ReplayTally, before_which, counts
from sip.domain.values import replace
from sip.domain.worktime import local_day

_TOLD = ("rung", "attendee")
"""What of a note must come out the same; the rest is names, which may have given way, and moments."""


@dataclass(frozen=True, slots=True)
class JournalStep:
    """One row: what happened to the meeting or a report of it. `derived`: the meeting's own decision wanted it of the
    report."""

    at: datetime
    target: UUID
    event: object
    noted: tuple[Note, ...]
    derived: bool = False


@dataclass(frozen=True, slots=True)
class KeptMatter:
    """A meeting with its reports: all rows that were not refused, in the order in which they were written. `people`:
    the addresses of persons asked or named, by party and attendee. `rules`: what each party was called under."""

    meeting_id: UUID
    steps: tuple[JournalStep, ...]
    people: Mapping[tuple[int, int], str] = field(default_factory=dict)
    rules: Mapping[int, RuleSet] = field(default_factory=dict)


Around = Callable[[datetime, AnyState | None, object], Context]
"""The world as it was then, for this state and event; nobody in it is engaged elsewhere."""


@dataclass(slots=True)
class PlayedMail:
    """A mail that was wanted at this moment. `made_up`: no kept word tells what became of it."""

    mail: Mail
    at: datetime
    made_up: bool = False
    settled: bool = False
    dropped: bool = False


class UnlikeError(Exception):
    """What was kept does not give what really was."""


class PlayedMatter:
    """The states of one meeting and its reports while they are played."""

    def __init__(self, around: Around, engaged: Callable[[], frozenset[str]]) -> None:
        self._around, self._engaged = around, engaged
        self.states: dict[UUID, AnyState] = {}
        self.sent: dict[str, PlayedMail] = {}
        self.new: list[PlayedMail] = []
        self.drops: list[DropAsks] = []
        self.wanted: dict[UUID, list[tuple[str, ...]]] = {}
        self.tally = ReplayTally()
        self.now: datetime | None = None
        self._steps: list[str] = []
        self._due: dict[UUID, datetime | None] = {}

    def due(self) -> Iterator[tuple[UUID, datetime]]:
        """What time brings next: when each of them needs a tick, reckoned once for each state."""
        for target, state in self.states.items():
            if target not in self._due:
                self._due[target] = next_due(state)
            if (due := self._due[target]) is not None:
                yield target, due

    def due_of(self, target: UUID) -> datetime | None:
        """When this one does; None where it is not there."""
        return next((due for one, due in self.due() if one == target), None)

    def take(self, now: datetime, target: UUID, event: object) -> Decision | None:
        """What comes of it; None where it is refused."""
        self.now = now
        state = self.states.get(target)
        context = self._around(now, state, event)
        if engaged := self._engaged():
            context = replace(context, engaged=context.engaged | engaged)
        made = decide(state, event, context)
        if not isinstance(made, Decision):
            return None
        if made.state is not state:
            self.states[target] = made.state
            self._due.pop(target, None)
        if isinstance(made.state, Meeting):
            self._answers(state, made.state)
        self._count(made.notes)
        for effect in made.effects:
            match effect:
                case Mail():
                    self._want(effect, now)
                case DropAsks():
                    self._drop(effect)
                case ForDeviation():
                    of_report = self.take(now, effect.id, effect.event)
                    self.wanted.setdefault(effect.id, []).extend([told(of_report.notes)] if of_report else [])
        return made

    def _answers(self, before: AnyState | None, after: Meeting) -> None:
        if isinstance(before, Meeting) and before.parties is after.parties:
            return
        there = {party.ordinal: party for party in before.parties} if isinstance(before, Meeting) else {}
        for party in after.parties:
            was = there.get(party.ordinal)
            if party is was or party.round is None or party.round.answer is None or not counts(party):
                continue
            before_it = None if was is None else was.round
            if before_it is None or before_it.answer is None or before_it.number != party.round.number:
                self._steps.append(before_which(party))

    def _count(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            if note.kind == "rung_fired":
                self._steps.append(f"rung.{note.detail['rung']}")
            elif note.kind == "convener_asked":
                self._steps.append("question")
            elif note.kind == "no_fair_notice":
                self._steps.append("report.no_fair_notice")

    def _want(self, mail: Mail, now: datetime) -> None:
        """The outbox keeps the first of a key."""
        if mail.key not in self.sent:
            self.sent[mail.key] = one = PlayedMail(mail, now)
            self.new.append(one)

    def _drop(self, asks: DropAsks) -> None:
        """Asks of this very decision never leave; those that still wait are the player's."""
        for one in self.new:
            one.dropped |= settles(asks, one.mail)
        self.drops.append(asks)

    def forget(self) -> list[PlayedMail]:
        """Gives the mails that were wanted since, and begins anew."""
        fresh, self.new = self.new, []
        self.drops.clear()
        return fresh

    def about(self, event: e.MailSettled | e.Bounced) -> PlayedMail | None:
        """The mail that it is about: by its key, or where a name in that has given way, the first such mail of which
        nothing was known."""
        found = self.sent.get(event.key)
        if found is not None:
            return found
        for one in self.sent.values():
            mail = one.mail
            alike = (mail.party, mail.invitation, mail.attendee, mail.round) == (
                event.party, event.invitation, event.attendee, event.round,
            )  # fmt: skip
            if isinstance(event, e.MailSettled):
                alike &= not one.settled and (mail.kind, mail.rung) == (event.kind, event.rung)
            if alike:
                return one
        return None

    def finished(self, meeting_id: UUID, *, month: bool) -> ReplayTally:
        """All of it, counted. Nothing of one meeting is told by unit, manager or month where `month` is False."""
        meeting = self.states.get(meeting_id)
        assert meeting is None or isinstance(meeting, Meeting)
        named = local_day(meeting.start).month if meeting is not None and month else None
        for step in self._steps:
            self.tally.stepped(step, named)
        units = {party.ordinal: party.unit_id for party in meeting.parties} if meeting is not None else {}
        for one in self.sent.values():
            if not one.dropped:
                self.tally.mailed(one.mail, units.get(one.mail.party or 0), named)
        self.tally.ended(meeting, [state for state in self.states.values() if isinstance(state, DeviationReport)])
        return self.tally


def told(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as they are compared."""
    return tuple(
        f"{note.kind}/{note.party}/{'/'.join(note.detail.get(word, '') for word in _TOLD)}" for note in notes
    )  # fmt: skip


def settles(asks: DropAsks, mail: Mail) -> bool:
    asked = mail.ask and (mail.party, mail.attendee) == (asks.party, asks.attendee)
    return asked and (mail.kind in POLL_ASKS) is asks.polls
