"""The simulated year: what is planned, what comes of it, and the clock that jumps from one to the next.

The law of this file: it does nothing that a convener, a unit or the worker could not do, and does it by their use
cases. The clock stands still while something is done, and goes by quarters of an hour to the next at which anything is.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.meeting import Meeting, Place
from sip.domain.terms import Channel, Form, Obligation, PlaceKind, Purpose
from sip.domain.worktime import at_hour, is_working_day
from sip.edges.simulation import people
from sip.edges.simulation.habits import Habits, Reaction
from sip.edges.simulation.people import PHONE, Population
from sip.edges.simulation.sink import POLICY, Sink
from sip.store import cases
from sip.store.db import Database
from sip.store.seen.lists import Waiting
from sip.usecases import meetings, service
from sip.usecases.actor import OPERATOR, Actor
from sip.usecases.cases import Consent, NewCase
from sip.usecases.commands import Command
from sip.usecases.engine import delivery
from sip.usecases.engine.handle import World
from sip.usecases.engine.timers import run_due
from sip.usecases.meetings import DraftForm
from sip.usecases.problems import ConflictError, ForbiddenError, InvalidError, NotFoundError

QUARTER = timedelta(minutes=15)
_LEAD = (4, 35)
"""How many working days before it a meeting is called: at least, and at most."""
_KINDS = ((0.45, MeetingKind.ADULT), (0.3, MeetingKind.CHILD), (0.1, MeetingKind.LSS), (0.15, MeetingKind.DISCHARGE))
Progress = Callable[[int, int], None]
"""Told how many meetings have been called, of how many."""


class NotEmptyError(Exception):
    """The database holds something that is not made up."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting that somebody is going to call."""

    number: int
    called_at: datetime
    start: datetime
    kind: MeetingKind
    caller: people.Workplace
    units: tuple[people.Workplace, ...]


@dataclass(slots=True)
class Simulated:
    """What was done. `refused`: acts that came too late, or had become needless."""

    meetings: int = 0
    acts: int = 0
    refused: int = 0
    mails: int = 0


async def check(db: Database, *, production: bool) -> None:
    """Raises NotEmptyError for a database with real data, or one that might be."""
    if production:
        raise NotEmptyError("A year is made up only where SIP_ENVIRONMENT is demo or test; this is in production.")
    held = await service.holds_anything(db)
    if held:
        raise NotEmptyError(
            f"This database holds {held} already; a year is made up in an empty one only: name another SIP_DATA_DIR or "
            "SIP_DATABASE_URL."
        )


async def simulate(
    db: Database, year: int, many: int, seed: int, *, progress: Progress = lambda done, of: None
) -> Simulated:
    """Plays the year in an empty database (`check`). The same seed gives the same journal, but for when it was written.
    Raises DatabaseAway.
    """
    made = Year(db, year, seed)
    await service.wait_for_no_disk(db)
    await people.settle(db, year, made.now)
    return await made.play(many, progress)


@dataclass(order=True, slots=True)
class _Act:
    at: datetime
    number: int
    reaction: Reaction = field(compare=False)


class Year:
    """One run."""

    def __init__(self, db: Database, year: int, seed: int) -> None:
        self._db, self._year = db, year
        self._population = Population()
        self._habits = Habits(self._population, seed)
        self._sink = Sink()
        self._acts: list[_Act] = []
        self._numbers = count()
        self._called: dict[UUID, dict[int, people.Workplace]] = {}
        self._callers: dict[UUID, people.Workplace] = {}
        self._world = World()
        self._done = Simulated()
        self._due: datetime | None = None
        self.now = at_hour(date(year, 1, 1), 0)

    async def play(self, many: int, progress: Progress) -> Simulated:
        end = at_hour(date(self._year + 1, 1, 1), 0)
        planned = sorted(self._plan(many), key=lambda one: (one.called_at, one.number))
        coming = iter(planned)
        following = next(coming, None)
        progress(0, many)
        self._due = (await self._waits()).next_due
        while True:
            moments = [one.called_at for one in (following,) if one is not None]
            moments += [self._acts[0].at] if self._acts else []
            moments += [self._due] if self._due is not None else []
            if not moments or (at := _quarter(max(min(moments), self.now))) >= end:
                break
            self.now = at
            while following is not None and following.called_at <= at:
                await self._call(following)
                following = next(coming, None)
                progress(self._done.meetings, many)
            while self._acts and self._acts[0].at <= at:
                await self._act(heapq.heappop(self._acts).reaction)
            await self._work()
        progress(self._done.meetings, many)
        await service.set_clock(self._db, end, 0, actor=OPERATOR)
        self._done.mails = self._sink.count
        return self._done

    # -- what is planned

    def _plan(self, many: int) -> Iterator[Planned]:
        days = _working_days(self._year)
        callers = self._population.callers
        for number in range(many):
            chance = self._habits.chance("meeting", number)
            last = len(days) - 3
            on = chance.randrange(_LEAD[0] + 1, last)
            before = min(chance.randint(*_LEAD), on)
            called = at_hour(days[on - before], 8) + timedelta(minutes=15 * chance.randrange(34))
            start = at_hour(days[on], 8) + timedelta(minutes=30 * chance.randrange(16))
            drawn, kind = chance.random(), MeetingKind.OTHER
            for share, one in _KINDS:
                if drawn < share:
                    kind = one
                    break
                drawn -= share
            caller = chance.choice(callers)
            units = self._population.called(caller, chance.choice((2, 2, 3, 3, 4, 5)), chance)
            yield Planned(number, called, start, kind, caller, tuple(units))

    # -- what is done

    async def _call(self, one: Planned) -> None:
        """Drafts a meeting with its case, says that everybody was told whom it concerns, and calls it."""
        caller, chance = one.caller, self._habits.chance("case", one.number)
        consent = Consent(given=True, how="Muntligen, vid vårdplanering.")
        case = NewCase(consent=consent, reference=cases.new_reference(chance.choice))
        form = DraftForm(
            case=case, kind=one.kind, purpose=Purpose.NEW_PLAN, purpose_text="Gemensam planering av insatserna.",
            questions=("Vem gör vad, och när följer vi upp?",), start=one.start, end=one.start + timedelta(hours=1),
            form=Form.PHYSICAL, place=Place(PlaceKind.ROOM, caller.name, "Rum 2"),
            convener_unit_id=_unit(caller.actor), convener_person=caller.person, convener_email=caller.email,
            convener_phone=PHONE, chair_name=caller.person, chair_email=caller.email,
            parties=tuple(e.PartyDraft(_unit(unit.actor), Obligation.SUMMONED) for unit in one.units),
        )  # fmt: skip
        made = await meetings.draft(self._db, form, self._by(caller.convener, f"{one.number}/draft"))
        self._done.meetings += 1
        if not isinstance(made.state, Meeting):
            self._done.refused += 1
            return
        meeting, by_id = made.state, self._population.by_id
        self._called[meeting.id] = {party.ordinal: by_id[party.unit_id] for party in meeting.parties}
        self._callers[meeting.id] = caller
        told = self._by(caller.convener, f"{one.number}/told")
        await meetings.convey_identity_to_all(self._db, meeting.id, Channel.PHONE, told)
        called = await meetings.call(self._db, meeting.id, self._by(caller.convener, f"{one.number}/call"))
        self._done.acts += 3
        self._done.refused += called.refused is not None

    async def _act(self, reaction: Reaction) -> None:
        self._done.acts += 1
        try:
            done = await reaction.do(self._db, self._by(reaction.actor, reaction.key))
        except (ConflictError, ForbiddenError, InvalidError, NotFoundError):
            self._done.refused += 1
        else:
            self._done.refused += done.refused is not None

    def _by(self, actor: Actor, key: str) -> Command:
        return Command(actor, self.now, self._world, f"simulated/{key}")

    async def _work(self) -> None:
        """The worker's turn: until nothing is on its way and nobody waits to hear of it. Everybody reads what came.

        What the worker does every second it is asked for here where there is something of it: most of a year's quarters
        have one thing to do, and looking for the others was most of the work.
        """
        told, waits = 1, await self._waits()
        while told:
            if waits.timers:
                await run_due(self._db, self.now, self._world, workers=1)
                waits = await self._waits()
            if waits.outbox:
                await delivery.deliver(self._db, self.now, self._sink.compose, self._sink.send, POLICY)
            told = 0
            if waits.outbox or waits.feedback:
                told = await delivery.feed_back(self._db, self.now, self._world)
                waits = await self._waits()
            for mail in self._sink.read():
                for reaction in self._habits.react(mail, self._whose, self._callers[mail.facts.meeting], self.now):
                    heapq.heappush(self._acts, _Act(reaction.at.astimezone(UTC), next(self._numbers), reaction))
        self._due = waits.next_due

    async def _waits(self) -> Waiting:
        return await service.waits(self._db, self.now)

    def _whose(self, meeting: UUID, party: int) -> people.Workplace:
        return self._called[meeting].get(party) or self._callers[meeting]


def _unit(actor: Actor) -> UUID:
    assert actor.unit_id is not None
    return actor.unit_id


def _quarter(moment: datetime) -> datetime:
    """This moment, or the next at a quarter."""
    since = moment - datetime(2000, 1, 1, tzinfo=UTC)
    return moment + (-since % QUARTER)


def _working_days(year: int) -> list[date]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return [day for day in days if day.year == year and is_working_day(day)]
