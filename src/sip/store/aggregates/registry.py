"""Every kind of aggregate with its rows: how it is read, locked and written, beside what it is to the rules.

The law of this file: whoever handles, times or counts aggregates goes through this list, and asks no value for its
type. A further kind is a machine in `sip.domain.decide.MACHINES`, a store file, and one entry here.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.decide import MEETING
from sip.domain.gathering import GROUP_SITTING
from sip.domain.hearing import DEVIATION
from sip.domain.machine import Machine
from sip.domain.resolving import AGENDA_ITEM
from sip.domain.seating import STANDING_GROUP
from sip.store.aggregates import agenda, deviations, groups, meetings, sittings
from sip.store.aggregates.versioned import Rewrite, Versioned


class LoadMany(Protocol):
    """Those that exist, by id; with `lock` they are this transaction's until it ends."""

    def __call__(
        self, conn: AsyncConnection, ids: Iterable[UUID], *, lock: bool = False
    ) -> Awaitable[Mapping[UUID, Versioned[Any]]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """One kind. `lock_free` and `lock_due` give those that nobody else holds, locked: of these, or the most overdue;
    `save_many` writes what differs.
    """

    machine: Machine[Any]
    load_many: LoadMany
    lock_free: Callable[[AsyncConnection, Iterable[UUID]], Awaitable[Mapping[UUID, Versioned[Any]]]]
    lock_due: Callable[[AsyncConnection, datetime, int], Awaitable[Mapping[UUID, Versioned[Any]]]]
    save_many: Callable[[AsyncConnection, Sequence[Rewrite[Any]]], Awaitable[None]]

    @property
    def kind(self) -> str:
        """Its name, and its table's."""
        return self.machine.kind

    def takes(self, event: object) -> bool:
        """Whether the event can be for one of this kind."""
        return type(event) in self.machine.table

    def begins(self, event: object) -> bool:
        """Whether one of this kind may come of the event."""
        return self.takes(event) and self.machine.row(event).begins


AGGREGATES = (
    Aggregate(MEETING, meetings.load_many, meetings.lock_free, meetings.lock_due, meetings.save_many),
    Aggregate(DEVIATION, deviations.load_many, deviations.lock_free, deviations.lock_due, deviations.save_many),
    Aggregate(AGENDA_ITEM, agenda.load_many, agenda.lock_free, agenda.lock_due, agenda.save_many),
    Aggregate(STANDING_GROUP, groups.load_many, groups.lock_free, groups.lock_due, groups.save_many),
    Aggregate(GROUP_SITTING, sittings.load_many, sittings.lock_free, sittings.lock_due, sittings.save_many),
)
"""In the order in which they are locked (rules, section 2); of each, by id."""

_BY_STATE: Mapping[type, Aggregate] = {aggregate.machine.state: aggregate for aggregate in AGGREGATES}


def aggregate_of(state: object) -> Aggregate:
    """The kind of this value. Raises KeyError for what is no aggregate."""
    return _BY_STATE[type(state)]


def that_takes(event: type) -> Aggregate:
    """The one kind whose table has a row for events of this type. Raises ValueError where none has, or several have."""
    (found,) = (aggregate for aggregate in AGGREGATES if event in aggregate.machine.table)
    return found
