"""The working copy of a decision on an agenda item (rules, section 16 G3-G5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sip.domain.agenda import UNDECIDED, AgendaItem, ItemState, Resolution
from sip.domain.change import Refusal
from sip.domain.decision import Decision, Note, Reason
from sip.domain.values import replace
from sip.domain.working_copy import WorkingCopy

S = ItemState


@dataclass
class ItemChange(WorkingCopy):
    """The working copy of one decision on an item."""

    item: AgendaItem

    def decision(self) -> Decision:
        return self.decided(self.item)

    def update(self, note: str, *, detail: Mapping[str, str] | None = None, **fields: Any) -> None:
        self.item = replace(self.item, **fields)
        self.notes.append(Note(note, None, detail or {}))

    def resolution(self, number: int) -> Resolution:
        """Raises Refusal for one that is not there."""
        for one in self.item.resolutions:
            if one.number == number:
                return one
        raise Refusal(Reason.NOT_FOUND, what="resolution")

    def put(self, resolution: Resolution) -> None:
        """This decision as it is now, and the item's state that follows; one that is taken up again still is."""
        others = tuple(one for one in self.item.resolutions if one.number != resolution.number)
        self.item = replace(self.item, resolutions=tuple(sorted((*others, resolution), key=lambda one: one.number)))
        if self.item.state not in UNDECIDED:
            self.item = replace(self.item, state=self.rests())

    def rests(self) -> ItemState:
        """Where an item stands that the group has not before it: by its decisions, if any."""
        resolutions = self.item.resolutions
        if not resolutions:
            return S.DROPPED
        return S.DONE if all(one.done_at is not None for one in resolutions) else S.DECIDED
