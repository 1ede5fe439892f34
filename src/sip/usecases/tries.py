"""Who tries too often has to wait: counted before it is known who asks, as the keeper of sessions."""

from collections.abc import Sequence

from sip.store import tries
from sip.store.db import Database
from sip.store.tries import Tries
from sip.usecases.actor import ServicePart


async def take(db: Database, counted: Sequence[Tries]) -> bool:
    """Counts one more of each; whether there was room. Where there was none, nothing is counted."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        return await tries.take(conn, counted)


async def give_back(db: Database, counted: Sequence[Tries]) -> None:
    """What was counted was no wrong try after all."""
    async with db.transaction(ServicePart.SESSIONS) as conn:
        await tries.give_back(conn, counted)
