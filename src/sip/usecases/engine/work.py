"""One aggregate while its events are decided: in memory, from what was read to what is to be written and mailed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain.decide import decide, machine_of, meeting_of, next_due, overtaken
from sip.domain.decision import AnyState, Decision, Note, Reason, Refused
from sip.domain.effects import DropAsks, Effect, ForDeviation, ForItem, Mail, MailboxProved, Notice
from sip.domain.events import TimePassed
from sip.domain.leaving import leaves
from sip.store.aggregates import journal
from sip.store.aggregates.versioned import NO_HASH, Rewrite, Versioned
from sip.store.post.outbox import Posting
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.engine.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Item:
    """An event for an aggregate. `event_id` None: made of the journal's number, for ticks, which repeat by state
    alone. `actor` None: the batch's.
    """

    target: UUID
    event: object
    event_id: str | None = None
    seen_version: int | None = None
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of an event. `state` and `version` are as they are now; `repeated`: it had come before."""

    state: AnyState | None
    version: int
    refused: Refused | None
    repeated: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """One row for the journal."""

    version: int
    event_id: str
    event: object
    notes: tuple[Note, ...]
    outcome: str
    refused: Refused | None
    actor: Actor | None


class Work:
    """Takes events one by one; `error` is set by the caller when one raised, and then nothing of it is written."""

    def __init__(self, target: UUID, old: Versioned[Any] | None, head: tuple[int, bytes] | None) -> None:
        self.id = target
        self.old = old
        self.state: AnyState | None = None if old is None else old.state
        self.version = 0 if old is None else old.version
        self.due_at = None if old is None else old.due_at
        self._seq, self._hash = (old.journal_seq, old.journal_hash) if old is not None else head or (0, NO_HASH)
        self.entries: list[Taken] = []
        self.effects: list[tuple[UUID | None, tuple[Effect, ...], Actor | None]] = []
        self.proved: set[tuple[UUID, str]] = set()
        self.applied = False
        self.error: Exception | None = None
        self._others: list[Item] = []
        self._moved = False

    def take(
        self, item: Item, first: journal.FirstOutcome | None, around: Surroundings, since: Sequence[object] = ()
    ) -> Handled:
        """Decides one event; `since`: what was applied after the version that the person saw. Raises what the rules
        raise.
        """
        if first is not None:
            return self._repeat(first)
        event_id = item.event_id or f"tick/{self._seq + len(self.entries) + 1}"
        for before in self.entries if item.event_id is not None else ():
            if before.event_id == event_id:
                return Handled(self.state, self.version, before.refused, True, before.notes)
        if self._overtaken(item, since):
            return self._refuse(item, event_id, Refused(Reason.STALE_VERSION))
        decision = decide(self.state, item.event, around.context(self.state, item.event))
        if isinstance(decision, Refused):
            return self._refuse(item, event_id, decision)
        return self._accept(item, event_id, decision)

    def _overtaken(self, item: Item, since: Sequence[object]) -> bool:
        """The person saw another state than this one in what her command rests on, or one that never was."""
        seen = item.seen_version
        if seen is None or self.state is None or seen == self.version:
            return False
        here = [entry.event for entry in self.entries if entry.version > seen and entry.outcome == journal.APPLIED]
        return seen > self.version or overtaken(self.state, item.event, (*since, *here))

    def _repeat(self, first: journal.FirstOutcome) -> Handled:
        refused = None if first.reason is None else Refused(Reason(first.reason), first.detail or {})
        return Handled(self.state, self.version, refused, True, first.notes)

    def _refuse(self, item: Item, event_id: str, refused: Refused) -> Handled:
        self.entries.append(Taken(self.version, event_id, item.event, (), journal.REFUSED, refused, item.actor))
        return Handled(self.state, self.version, refused, False, ())

    def _accept(self, item: Item, event_id: str, decision: Decision) -> Handled:
        event = item.event
        changed = decision.state is not self.state and decision.state != self.state
        tick = isinstance(event, TimePassed)
        if changed:
            self.state = decision.state
            self.version += 1
        if changed or tick:
            self.due_at = next_due(decision.state)
        if changed or decision.effects:
            self.applied = True
            self._remember(event_id, decision.effects, item.actor)
        moved = self.old is not None and (self.due_at != self.old.due_at or self.old.failures > 0)
        if changed or decision.effects or not tick:
            outcome = journal.APPLIED if changed or decision.effects else journal.UNCHANGED
            self.entries.append(Taken(self.version, event_id, event, decision.notes, outcome, None, item.actor))
        elif moved:
            self._moved = True
        return Handled(self.state, self.version, None, False, decision.notes)

    def _remember(self, event_id: str, effects: tuple[Effect, ...], actor: Actor | None) -> None:
        assert self.state is not None
        self.effects.append((meeting_of(self.state), effects, actor))
        self.proved.update((one.unit_id, one.email) for one in effects if isinstance(one, MailboxProved))
        machine = machine_of(self.state, None)
        kind = "" if machine is None else machine.kind
        wanted = [effect for effect in effects if isinstance(effect, ForDeviation | ForItem)]
        for n, effect in enumerate(wanted):
            self._others.append(Item(effect.id, effect.event, f"{kind}/{event_id}/{n}", actor=actor))

    def for_others(self) -> Iterator[Item]:
        """What this meeting wants of its deviation reports, or this report of a group's agenda."""
        return iter(self._others)

    @property
    def to_write(self) -> bool:
        return self.error is None and (bool(self.entries) or self._moved)

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def write_to(self, writer: journal.Writer, posting: Posting, *, actor: Actor, now: datetime) -> Rewrite[Any] | None:
        """Its rows for the journal, and what is to be mailed and what is moot, in their order; `actor` is whose it is
        where the event has nobody of its own. Gives the aggregate's own row, None when it has none (a first command
        that was refused).
        """
        for entry in self.entries:
            refused = None if entry.refused is None else (entry.refused.reason.value, dict(entry.refused.detail))
            self._seq, self._hash = writer.add(
                (self.id, self._seq, self._hash),
                entry.version,
                entry.event_id,
                entry.event,
                entry.notes,
                entry.outcome,
                refused,
                None if entry.actor is None else entry.actor.columns(),
            )
        for meeting_id, effects, who in self.effects:
            engine = (who or actor).kind is ActorKind.ENGINE
            for effect in effects:
                match effect:
                    case Mail():
                        posting.mail(effect, engine=engine, leaves=leaves(effect, now))
                    case Notice():
                        posting.mail(effect, engine=engine)
                    case DropAsks():
                        assert meeting_id is not None
                        posting.drop(meeting_id, effect)
        if self.state is None:
            return None
        new: Versioned[Any] = Versioned(self.state, self.version, self.due_at, self._seq, self._hash)
        return Rewrite(self.id, self.old, new)
