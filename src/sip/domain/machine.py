"""What one kind of aggregate is to the rules: a table of the events it takes, and what follows of each.

The law of this file: the table is the machine. Only what has a row is taken, only in the states that the row names, and
a decision must end in a state that it names. Whatever breaks that, or never ends, is a fault of the rules: it is raised
by name, nothing of the decision is written, and the aggregate is put aside while the rest are served.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sip.domain.conflict import Parts, party_named
from sip.domain.decision import Context, Decision

S = TypeVar("S")
Leads = Mapping[StrEnum | None, tuple[StrEnum, ...]]
"""State an event is possible in (None: before there is anything) -> states it may lead to."""


class RuleError(Exception):
    """A fault of the rules themselves, never of who asks. The text is for those who run the service."""


class UnknownEventError(RuleError):
    """An event came to an aggregate whose table has no row for it."""


class OffTableError(RuleError):
    """A decision led to a state that the event's row does not name."""


class EndlessError(RuleError):
    """A rule found something due again and again within one decision."""


def bounded(most: int, what: str) -> Iterator[int]:
    """Turns of a loop that the rules should end long before. Raises EndlessError when `most` are over."""
    yield from range(most)
    raise EndlessError(f"{what}: no end after {most} turns")


def target_named(event: Any) -> Iterable[UUID]:
    """The unit that most events name, if any: the one a duty goes to."""
    target = getattr(event, "target_unit_id", None)
    return () if target is None else (target,)


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a machine.

    `act` changes the working copy; None where the machine makes a new aggregate of the event. `command`: somebody's
    act upon the call, after which the convener may be asked at once (rules, section 5 L6); `before_start`: possible
    before S only, though the state may still say called (rules, section 8 A2). `units` gives the units that the event
    names, whose rosters the decision needs; `case`: it may call a unit, which takes the facts of the case. `rests_on`
    are the parts that somebody who commands it has looked at, `changes` those that are another matter afterwards.
    """

    leads: Leads
    act: Callable[[Any, Any], None] | None = None
    command: bool = False
    before_start: bool = False
    units: Callable[[Any], Iterable[UUID]] = target_named
    case: bool = True
    rests_on: Callable[[Any], Parts] = party_named
    changes: Callable[[Any], Parts] = party_named

    @property
    def begins(self) -> bool:
        """An aggregate may come of it."""
        return None in self.leads

    @property
    def only_begins(self) -> bool:
        """It has no meaning for an aggregate that is there."""
        return set(self.leads) == {None}


@dataclass(frozen=True, slots=True, eq=False)
class Machine(Generic[S]):
    """One kind of aggregate, whole. `kind` is its name in the journal, in faults and as a table.

    `decide` is given the state (None: new), the event, its row and the context, once the table has allowed them; it
    may raise Refusal. `next_due` is the one moment it next needs a tick. `meeting_id` names the meeting its mails
    belong to, `units` the units it concerns, `case_id` the case (of a state, or of the event that begins one), if any.
    """

    kind: str
    state: type[S]
    states: type[StrEnum]
    table: Mapping[type, Row]
    decide: Callable[[Any, Any, Row, Context], Decision]
    next_due: Callable[[S], datetime | None]
    meeting_id: Callable[[S], UUID | None]
    units: Callable[[S], Iterable[UUID]]
    case_id: Callable[[Any], UUID | None] = lambda _: None

    def row(self, event: object) -> Row:
        """The event's line of the table. Raises UnknownEventError where it has none."""
        row = self.table.get(type(event))
        if row is None:
            raise UnknownEventError(f"{self.kind}: takes no {type(event).__name__}")
        return row

    def checked(
        self, before: StrEnum | None, event: object, decision: Decision, targets: tuple[StrEnum, ...]
    ) -> Decision:
        """The decision itself. Raises OffTableError where its state is none of the targets."""
        after = decision.state.state
        if after not in targets:
            raise OffTableError(f"{self.kind}: {type(event).__name__} led from {before or 'nothing'} to {after}")
        return decision
