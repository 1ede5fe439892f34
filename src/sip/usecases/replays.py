"""Trials of agreements that somebody asks for by a page: kept, worked on by a worker, shown when they are done.

The law of this file: who asks waits for nothing. A worker takes one at a time, in a process of its own beside, and says
how far it is; what it leaves when it ends is taken by another. Only who keeps the installation asks, and sees.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from sip import retention
from sip.domain.agreement import Agreement, Joining
from sip.domain.replay import ReplayResult
from sip.domain.values import replace
from sip.store import replays
from sip.store.db import Database, DatabaseAway
from sip.store.replays import ReplayRow
from sip.store.seen import listings
from sip.usecases import agreement_file, replaying
from sip.usecases.access import Act, has_role
from sip.usecases.actor import ENGINE, Actor, ServicePart
from sip.usecases.problems import ConflictError, NotFoundError
from sip.usecases.recorded import recorded_beyond
from sip.usecases.replaying import Trial

SHOWN = 10
"""Trials of an agreement that are listed, and units of one."""
_TELLS_EVERY = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReplayRead:
    """A trial, and the names of the units that its result names."""

    row: ReplayRow
    units: Mapping[UUID, str]


def require_keeper(actor: Actor) -> None:
    """Raises NotFoundError for who does not keep the installation."""
    if not has_role(actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("replay")


async def ask(
    db: Database, replay_id: UUID, agreement: Agreement, year: int, area: str | None, *, actor: Actor, now: datetime
) -> None:
    """Keeps a trial for a worker to take. Raises NotFoundError, InvalidError and AgreementError as `replaying.check`,
    and ConflictError (replays_many) where too many wait.
    """
    require_keeper(actor)
    await replaying.check(db, Trial(agreement, year, area, now), actor=actor, now=now)
    row = ReplayRow(
        replay_id, agreement.id, agreement.name, agreement_file.written(agreement), year, area, "waiting", 0, 0, None,
        actor.name or "", now, _holding(agreement.joinings),
    )  # fmt: skip
    async with recorded_beyond(db, actor, now) as (conn, log):
        log.note("ask", "replay", replay_id)
        if not await replays.add(conn, row):
            raise ConflictError("replays_many")


def _holding(joinings: Iterable[Joining]) -> frozenset[Joining]:
    """Of joinings, what a trial plays: from when to when each holds."""
    held = (Joining(one.principal_id, valid_from=one.valid_from, valid_to=one.valid_to) for one in joinings)
    return frozenset(one for one in held if not one.bare)


async def read(db: Database, replay_id: UUID, *, actor: Actor, now: datetime) -> ReplayRead:
    """One trial. Raises NotFoundError."""
    require_keeper(actor)
    async with recorded_beyond(db, actor, now) as (conn, log):
        log.note("read", "replay", replay_id)
        row = await replays.one(conn, replay_id)
        if row is None:
            raise NotFoundError("replay")
        ids = [unit for unit, _, _ in row.result.units] if row.result is not None else []
        return ReplayRead(row, await listings.place_names(conn, ids))


async def of_agreement(
    db: Database, agreement_id: UUID, *, actor: Actor, now: datetime
) -> tuple[list[ReplayRow], list[str]]:
    """The latest trials of an agreement, and the areas that one can be narrowed to; nothing for others than keepers."""
    if not has_role(actor, Act.KEEP_INSTALLATION):
        return [], []
    async with recorded_beyond(db, actor, now, nothing="counts of nobody, beside an agreement that is read") as (
        conn, _,
    ):  # fmt: skip
        return await replays.latest(conn, agreement_id, SHOWN), list(await listings.areas(conn))


async def drop_old(db: Database, now: datetime) -> int:
    """Removes trials that have had their time; gives how many."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await replays.drop_old(conn, now - retention.REPLAY.life)


class ReplayCrew:
    """Of one worker process: the trial that it works on, if any, beside everything else that it does."""

    def __init__(self, db: Database, processes: int = 1) -> None:
        self._db, self._processes = db, processes
        self._task: asyncio.Task[None] | None = None

    async def begin(self, now: datetime, automatic_within: timedelta) -> bool:
        """Takes the next trial, where none is worked on; whether it did."""
        if self._task is not None and not self._task.done():
            return False
        async with self._db.transaction(ENGINE) as conn:
            row = await replays.begin(conn)
        if row is None:
            return False
        self._task = asyncio.create_task(self._work(row, now, automatic_within))
        return True

    async def finish(self) -> None:
        """Waits for the trial that is worked on."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Leaves it to another."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self, row: ReplayRow, now: datetime, automatic_within: timedelta) -> None:
        result: ReplayResult | None = None
        try:
            result = await self._played(row, _trial(row, now, automatic_within))
        except DatabaseAway:
            return  # another takes it, when nothing has been heard of it for a while
        except Exception:  # shown on its page as failed, and in the log
            log.exception("a trial of an agreement failed", replay=str(row.id))
        async with self._db.transaction(ENGINE) as conn:
            await replays.end(conn, row.id, result)

    async def _played(self, row: ReplayRow, trial: Trial) -> ReplayResult:
        far = [0, 0]

        def progress(done: int, of: int) -> None:
            far[:] = done, of

        playing = asyncio.ensure_future(replaying.replay(self._db, trial, progress=progress, processes=self._processes))
        try:
            while not playing.done():
                await asyncio.wait({playing}, timeout=_TELLS_EVERY)
                async with self._db.transaction(ENGINE) as conn:
                    await replays.tell(conn, row.id, far[0], far[1])
            found = await playing
            return ReplayResult.of(found.found, found.disposed, SHOWN)
        finally:
            playing.cancel()


def _trial(row: ReplayRow, now: datetime, automatic_within: timedelta) -> Trial:
    """What was asked for. Raises AgreementError where its file cannot be read any more."""
    parsed = agreement_file.parse(row.file, row.name).agreement
    agreement = replace(parsed, id=row.agreement_id, joinings=row.joinings)
    return Trial(agreement, row.year, row.area, now, automatic_within)
