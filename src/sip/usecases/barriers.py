"""What somebody could not use, told without sign-in (law 2018:1937, section 13), and seen to by who keeps the service.

The law of this file: whoever tells needs no account and gives no name; a number of a person is refused; the address for
an answer is forgotten when somebody has seen to it.
"""

from datetime import datetime
from uuid import UUID

from sip.store import barriers
from sip.store.barriers import Barrier
from sip.store.db import Database
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.problems import NotFoundError, refuse_numbers
from sip.usecases.recorded import recorded


async def tell(db: Database, barrier: Barrier) -> None:
    """Keeps it. Raises InvalidError where it holds a number of a person."""
    refuse_numbers({"said": barrier.said, "place": barrier.place, "email": barrier.email})
    async with db.transaction(ServicePart.LINKS) as conn:
        await barriers.add(conn, barrier)


def keeps(actor: Actor) -> bool:
    """Whether they are the actor's to see to."""
    return has_role(actor, Act.KEEP_INSTALLATION)


async def waiting(db: Database, *, actor: Actor, now: datetime) -> int:
    """How many wait for the actor; none for anybody but who keeps the service."""
    if not keeps(actor):
        return 0
    async with recorded(db, actor, now, nothing="a number of nobody's") as (conn, _):
        return await barriers.waiting(conn)


async def listed(db: Database, *, actor: Actor, now: datetime) -> list[Barrier]:
    """All of them. Raises NotFoundError."""
    if not keeps(actor):
        raise NotFoundError("barriers")
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "barrier", None)
        return await barriers.listed(conn)


async def handle(db: Database, barrier_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody has seen to it. Raises NotFoundError."""
    if not keeps(actor):
        raise NotFoundError("barriers")
    async with recorded(db, actor, now) as (conn, log):
        log.note("handle", "barrier", barrier_id)
        if not await barriers.handle(conn, barrier_id, actor.name or "", now):
            raise NotFoundError("barrier")
