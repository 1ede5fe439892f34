"""What `decide` is given of the world around an aggregate: rosters of all units concerned, agreements, the case's
facts.

Read in the same transaction as the aggregate. A tick of many batches may share one of these: its moment is one and
the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.agreement import Agreement
from sip.domain.decision import Context
from sip.domain.deviation import DeviationRaised, DeviationReport
from sip.domain.events import HandedOver, MailSettled, MeetingDrafted, PartyAdded, TimePassed
from sip.domain.meeting import Meeting
from sip.domain.people import CaseFacts, Roster
from sip.store import agreements, cases
from sip.store.aggregates import rosters


@dataclass(frozen=True, slots=True)
class World:
    """Facts of the process, not of the database (see `Context`)."""

    automatic_within: timedelta = timedelta(0)
    answers_open_from: datetime | None = None


class Surroundings:
    """Rosters and agreements as they are at `now`, read once."""

    def __init__(self, now: datetime, world: World) -> None:
        self._now = now
        self._world = world
        self._rosters: dict[UUID, Roster] = {}
        self._asked: set[UUID] = set()
        self._agreements: tuple[Agreement, ...] | None = None
        self._cases: dict[UUID, CaseFacts] = {}

    async def read(self, conn: AsyncConnection, pairs: Iterable[tuple[object, object]]) -> None:
        """Reads what these (state, event) pairs concern and is not known yet; cases are read anew each time."""
        units: set[UUID] = set()
        known_cases: set[UUID] = set()
        for state, event in pairs:
            units.update(_units(state))
            units.update(_units_named(event))
            known_cases.update(_case(state, event))
        missing = units - self._asked
        if missing:
            self._rosters.update(await rosters.rosters(conn, missing, self._now))
            self._asked |= missing
        if self._agreements is None:
            self._agreements = await agreements.all_agreements(conn)
        self._cases = await cases.facts(conn, known_cases) if known_cases else {}

    def context(self, state: object, event: object) -> Context:
        case = next(iter(_case(state, event)), None)
        return Context(
            now=self._now,
            rosters=self._rosters,
            agreements=self._agreements or (),
            case=None if case is None else self._cases.get(case),
            answers_open_from=self._world.answers_open_from,
            automatic_within=self._world.automatic_within,
        )


def _case(state: object, event: object) -> Iterator[UUID]:
    """The case, for what may call a unit; time and results of mails never do."""
    if isinstance(event, TimePassed | MailSettled):
        return
    if isinstance(state, Meeting):
        yield state.case_id
    elif isinstance(event, MeetingDrafted):
        yield event.case_id


def _units(state: object) -> Iterator[UUID]:
    if isinstance(state, Meeting):
        yield state.convener.unit_id
        for party in state.parties:
            yield party.unit_id
            answer = party.round.answer if party.round is not None else None
            if answer is not None and answer.target_unit_id is not None:
                yield answer.target_unit_id
    elif isinstance(state, DeviationReport):
        yield state.reporting.unit_id
        yield state.receiving.unit_id


def _units_named(event: object) -> Iterator[UUID]:
    match event:
        case MeetingDrafted():
            yield event.convener.unit_id
            yield from (party.unit_id for party in event.parties)
        case HandedOver():
            yield event.convener.unit_id
        case PartyAdded():
            yield event.party.unit_id
        case DeviationRaised():
            yield event.reporting.unit_id
            yield event.receiving.unit_id
        case _:
            target = getattr(event, "target_unit_id", None)
            if isinstance(target, UUID):
                yield target
