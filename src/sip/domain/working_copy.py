"""What every working copy of a decision holds beside its state. Lives within one call of `decide`."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sip.domain.decision import AnyState, Context, Decision, Note
from sip.domain.effects import Effect
from sip.domain.worktime import local_day


@dataclass(kw_only=True)
class WorkingCopy:
    """The world at the moment, and what is wanted done and remembered so far."""

    context: Context
    effects: list[Effect] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def today(self) -> date:
        return local_day(self.now)

    def decided(self, state: AnyState) -> Decision:
        """What comes of it, with the state as it is now."""
        return Decision(state, tuple(self.effects), tuple(self.notes))
