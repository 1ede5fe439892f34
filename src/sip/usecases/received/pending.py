"""Received mail that waits is judged: some at a time, answers by calendar together, everything else each by itself.

The law of this file: judging never raises for one mail. What fails by our own fault falls out alone and is tried again
later; a fault of the database that stops many is met by judging them one by one. No connection is held while bytes are
read, and a large mail is read beside the event loop.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sip.store.aggregates import faults
from sip.store.db import Database, DatabaseAway
from sip.store.post import inbox
from sip.store.post.inbox import Judged, SealedMail
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart
from sip.usecases.engine.collector import spare_the_collector
from sip.usecases.engine.handle import World
from sip.usecases.received import replies, together
from sip.usecases.received.parsed import Parse
from sip.usecases.received.replies import TakenError
from sip.usecases.received.together import OpenedMail

log = logging.getLogger(__name__)
TOGETHER = 100
_MOST_BYTES = 8_000_000


async def judge_pending(
    db: Database, vault: Vault, parse: Parse, *, now: datetime, world: World, limit: int = 200, at_once: int = TOGETHER
) -> int:
    """Judges mails that wait, at most `at_once` in one commit; gives how many. Never raises for one mail."""
    spare_the_collector()
    judging = _Judging(db, vault, parse, now, world)
    async with db.transaction(ServicePart.JUDGE) as conn:
        waiting = await inbox.waiting(conn, limit)
    done = 0
    for ids in _lots(waiting, at_once):
        done += await judging.lot(ids)
    return done


async def judge_one(
    db: Database, vault: Vault, parse: Parse, inbound_id: int, *, now: datetime, world: World
) -> Judged | None:
    """Judges one mail. None: it was judged before, another process has it, or it failed and is tried again later."""
    judging = _Judging(db, vault, parse, now, world)
    read = await judging.read([inbound_id])
    return await judging.alone(read[0]) if read else None


def _lots(waiting: Sequence[tuple[int, int]], most: int) -> Iterator[list[int]]:
    """Ids of as many mails as are held in memory at a time."""
    lot: list[int] = []
    size = 0
    for inbound_id, length in waiting:
        if lot and (len(lot) >= most or size + length > _MOST_BYTES):
            yield lot
            lot, size = [], 0
        lot.append(inbound_id)
        size += length
    if lot:
        yield lot


@dataclass(frozen=True, slots=True)
class _Judging:
    """One pass over what waits."""

    db: Database
    vault: Vault
    parse: Parse
    now: datetime
    world: World

    async def lot(self, ids: Sequence[int]) -> int:
        """Judges these in their order; gives how many."""
        left: Sequence[OpenedMail] = await self.read(ids)
        done = 0
        while left:
            came = await self._together(left)
            if came is None:
                return done + sum([await self.alone(one) is not None for one in left])
            done += came.judged
            left = came.left
            if left and came.alone:
                done += await self.alone(left[0]) is not None
                left = left[1:]
        return done

    async def read(self, ids: Sequence[int]) -> list[OpenedMail]:
        """The mails that wait still, read; those that cannot be are tried again later."""
        async with self.db.transaction(ServicePart.JUDGE) as conn:
            sealed = await inbox.peek_all(conn, ids)
        found, failed = await asyncio.to_thread(self._read, sealed)
        await self._put_off(failed)
        return found

    def _read(self, sealed: Sequence[SealedMail]) -> tuple[list[OpenedMail], dict[int, Exception]]:
        found: list[OpenedMail] = []
        failed: dict[int, Exception] = {}
        for one in sealed:
            try:
                inbound = one.opened(self.vault)
                found.append(OpenedMail(inbound, self.parse(inbound.raw, mail_from=inbound.mail_from)))
            except Exception as error:  # named in the list, and the rest are served
                failed[one.id] = error
        return found, failed

    async def _together(self, mails: Sequence[OpenedMail]) -> together.Lot | None:
        """None where the database could not take them together: nothing of it stays."""
        if mails[0].token is None:
            return together.Lot(0, {}, mails, alone=True)
        try:
            async with self.db.transaction(ServicePart.JUDGE) as conn:
                came = await together.judge(conn, mails, now=self.now, world=self.world)
        except DatabaseAway:
            raise
        except Exception as error:
            log.warning("%d mails are judged one by one: %s", len(mails), type(error).__name__)
            return None
        await self._put_off(came.failed)
        return came

    async def alone(self, one: OpenedMail) -> Judged | None:
        """One mail in a transaction of its own; None where somebody else has it, or where it failed."""
        try:
            async with self.db.transaction(ServicePart.JUDGE) as conn:
                return await replies.judge(conn, one.inbound, one.mail, now=self.now, world=self.world)
        except TakenError:
            return None
        except DatabaseAway:
            raise
        except Exception as error:
            await self._put_off({one.inbound.id: error})
            return None

    async def _put_off(self, failed: Mapping[int, Exception]) -> None:
        for inbound_id, error in failed.items():
            log.warning("mail %s could not be judged and is tried again: %s", inbound_id, type(error).__name__)
            async with self.db.transaction(ServicePart.JUDGE) as conn:
                await inbox.put_off(conn, inbound_id, faults.sentence(error))
