"""A year that is kept, played again under another agreement: `sip replay`, and what the page asks for.

The law of this file: it only reads, batch by batch, and holds no connection while it plays. Several processes share the
batches; each has the world as it was, read once.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import connection
from uuid import UUID

from sip.domain.agreement import Agreement, AgreementError
from sip.domain.decide import case_of, units_of
from sip.domain.decision import AnyState, Context
from sip.domain.events import MeetingDrafted
from sip.domain.people import CaseFacts, Roster
from sip.domain.played import KeptMatter
from sip.domain.replay import Comparison, joined_then, tried
from sip.domain.replaying import compare
from sip.domain.values import replace
from sip.domain.worktime import FIRST_YEAR, at_hour, local_day
from sip.store import agreements, directory
from sip.store.aggregates import rosters
from sip.store.db import Database
from sip.store.seen import kept, listings
from sip.store.seen.kept import Facts
from sip.usecases.access import Act, require_role
from sip.usecases.actor import ENGINE, Actor
from sip.usecases.problems import FieldProblem, InvalidError
from sip.usecases.recorded import recorded

BATCH = 50
_LOOKS_UP = 0.5
_MANY_OBJECTS = 50_000
_LOOKS_BACK = timedelta(days=400)
"""How long before its year a meeting may have been drafted for the directory of that day to be read."""
Progress = Callable[[int, int], None]
"""Told how many meetings have been played, of how many."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: this agreement, on the meetings of a year; with `area`, those that its units called. `until`: as
    far as time goes. `automatic_within`: as the service has it."""

    agreement: Agreement
    year: int
    area: str | None
    until: datetime
    automatic_within: timedelta = timedelta(0)

    @property
    def first(self) -> datetime:
        return at_hour(date(self.year, 1, 1), 0)

    @property
    def end(self) -> datetime:
        return at_hour(date(self.year + 1, 1, 1), 0)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it. `disposed`: meetings that have been disposed of since the year began, whenever they were."""

    trial: Trial
    found: Comparison
    disposed: int


async def check(db: Database, trial: Trial, *, actor: Actor, now: datetime) -> None:
    """Raises ForbiddenError for who does not keep the installation, InvalidError for a year or an area that there is
    nothing of, AgreementError for principals that the directory has not.
    """
    require_role(actor, Act.KEEP_INSTALLATION)
    if not FIRST_YEAR < trial.year <= local_day(now).year:
        raise InvalidError([FieldProblem("year", "unknown_year")])
    async with recorded(db, actor, now) as (conn, log):
        log.note("replay", "agreement", trial.agreement.id)
        known = {one.id for one in await directory.principals(conn, limit=1_000_000)}
        areas = await listings.areas(conn)
    if trial.area is not None and trial.area not in areas:
        raise InvalidError([FieldProblem("area", "unknown_area")])
    if trial.agreement.principals - known:
        raise AgreementError(
            "The agreement names a principal that is not in the directory; import the directory first, or correct it."
        )


async def replay(
    db: Database, trial: Trial, *, progress: Progress = lambda done, of: None, processes: int | None = None
) -> Replayed:
    """Plays the year. `processes`: how many share it; 0 plays it here, None takes one for each core. Raises
    DatabaseAway.
    """
    async with db.snapshot(ENGINE) as conn:
        ids = await kept.meetings(conn, trial.first, trial.end, trial.area)
        gone = await kept.disposed(conn, trial.first)
    batches = [ids[n : n + BATCH] for n in range(0, len(ids), BATCH)]
    total = Comparison()
    progress(0, len(ids))
    many = min(os.cpu_count() or 1 if processes is None else processes, len(batches))
    if many == 0:
        then = await _then(db, trial)
        for batch in batches:
            total.add(await _play(db, then, batch))
            progress(total.meetings, len(ids))
    else:
        stop = threading.Event()
        try:
            await asyncio.to_thread(_shared, db.url, trial, batches, many, total, progress, stop)
        finally:
            stop.set()
    return Replayed(trial, total, gone)


# -- processes


def _shared(
    url: str, trial: Trial, batches: Sequence[Sequence[UUID]], many: int, total: Comparison, progress: Progress,
    stop: threading.Event,
) -> None:  # fmt: skip
    of = sum(map(len, batches))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(many, context, _begin, (url, trial)) as pool:
        running = {pool.submit(_batch, batch) for batch in batches}
        while running:
            done, running = wait(running, timeout=_LOOKS_UP, return_when=FIRST_COMPLETED)
            if stop.is_set():
                pool.shutdown(wait=False, cancel_futures=True)
                return
            for one in done:
                total.add(one.result())
            progress(total.meetings, of)


class _Here:
    """What a process of the crew has: its loop, its database and the world as it was."""

    loop: asyncio.AbstractEventLoop
    db: Database
    then: "Then"


def _begin(url: str, trial: Trial) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(OSError):
        os.nice(5)  # whoever waits for a page goes first
    _Here.loop = asyncio.new_event_loop()
    _Here.db = Database(url, connections=1)
    _Here.then = _Here.loop.run_until_complete(_then(_Here.db, trial))
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS, 10, 10)  # what is played is values without circles, freed by their counts


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _batch(ids: Sequence[UUID]) -> Comparison:
    return _Here.loop.run_until_complete(_play(_Here.db, _Here.then, ids))


# -- the world as it was


@dataclass(frozen=True, slots=True)
class Then:
    """The directory by unit, from when on it was so; the agreements; and what is tried. `changes`: the moments at
    which any unit became another, in their order."""

    trial: Trial
    rosters: Mapping[UUID, tuple[list[datetime], list[Roster]]]
    agreements: tuple[Agreement, ...]
    changes: Sequence[datetime]

    def roster(self, unit_id: UUID, now: datetime) -> Roster | None:
        """The unit as it was; as it first was, before that."""
        found = self.rosters.get(unit_id)
        if found is None:
            return None
        return found[1][0 if len(found[0]) == 1 else max(bisect_right(found[0], now) - 1, 0)]


class WorldThen:
    """Around one batch of meetings. `otherwise`: under the agreement that is tried; `read`: mailboxes were known to be
    read then, as they are now."""

    def __init__(self, then: Then, facts: Mapping[UUID, Facts], *, otherwise: bool, read: bool) -> None:
        self._then, self._facts, self._otherwise, self._read = then, facts, otherwise, read
        self._tried: dict[date, tuple[Agreement, ...]] = {}
        self._known: dict[tuple[int, tuple[UUID, ...]], Mapping[UUID, Roster]] = {}
        self._asked: tuple[datetime, UUID | None, tuple[UUID, ...]] | None = None
        self._found = Context(then.trial.until)

    def __call__(self, now: datetime, state: AnyState | None, event: object) -> Context:
        """Many things happen at one moment: the world is looked up once for them."""
        case, units = case_of(state, event), tuple(units_of(state, event))
        if self._asked != (now, case, units):
            self._asked = now, case, units
            self._found = Context(
                now=now,
                rosters=self._rosters(now, units),
                agreements=self._agreements(local_day(now)) if self._otherwise else self._then.agreements,
                case=None if case is None else self._said(case, now),
                automatic_within=self._then.trial.automatic_within,
            )
        return self._found

    def _rosters(self, now: datetime, units: tuple[UUID, ...]) -> Mapping[UUID, Roster]:
        """The units, looked up once between two days on which the directory changed."""
        since = bisect_right(self._then.changes, now)
        found = self._known.get((since, units))
        if found is None:
            found = {unit: roster for unit in units if (roster := self._then.roster(unit, now))}
            if not self._read:
                found = {unit: replace(roster, verified={}) for unit, roster in found.items()}
            self._known[since, units] = found
        return found

    def _agreements(self, day: date) -> tuple[Agreement, ...]:
        if day not in self._tried:
            self._tried[day] = tried(self._then.agreements, self._then.trial.agreement, day)
        return self._tried[day]

    def _said(self, case: UUID, now: datetime) -> CaseFacts | None:
        facts = self._facts.get(case)
        return None if facts is None else facts[max(bisect_right(facts, now, key=lambda one: one[0]) - 1, 0)][1]


async def _then(db: Database, trial: Trial) -> Then:
    trial = replace(trial, agreement=joined_then(trial.agreement, date(trial.year, 12, 31)))
    first = trial.first - _LOOKS_BACK
    async with db.snapshot(ENGINE) as conn:
        everybody = await kept.units(conn)
        start = await rosters.rosters(conn, everybody, first)
        found = {unit: ([first], [roster]) for unit, roster in start.items()}
        changes = []
        for one in await kept.directory_days(conn, local_day(first), local_day(trial.until)):
            moment = at_hour(one.day, 0)
            changes.append(moment)
            for unit, roster in (await rosters.rosters(conn, one.unit_ids, moment)).items():
                found[unit][0].append(moment)
                found[unit][1].append(roster)
        return Then(trial, found, await agreements.all_agreements(conn), changes)


async def _play(db: Database, then: Then, ids: Sequence[UUID]) -> Comparison:
    async with db.snapshot(ENGINE) as conn:
        matters = await kept.matters(conn, ids)
        facts = await kept.facts(conn, [case for matter in matters if (case := _case(matter)) is not None])
    worlds = [
        (WorldThen(then, facts, otherwise=False, read=read), WorldThen(then, facts, otherwise=True, read=read))
        for read in (True, False)
    ]
    total = Comparison()
    for matter in matters:
        one = compare(matter, *worlds[0], then.trial.until)
        # When a mailbox was first seen to be read is not kept, only when it last was.
        total.add(compare(matter, *worlds[1], then.trial.until) if one.unlike else one)
    return total


def _case(matter: KeptMatter) -> UUID | None:
    first = matter.steps[0].event if matter.steps else None
    return first.case_id if isinstance(first, MeetingDrafted) else None
