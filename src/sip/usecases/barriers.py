"""What somebody could not use, told without sign-in (law 2018:1937, section 13), and seen to by who keeps the service.

The law of this file: whoever tells needs no account and gives no name; a number of a person is refused; the address for
an answer is forgotten when somebody has seen to it. Those who administer the service are mailed that it was told, never
what.
"""

from datetime import datetime
from uuid import UUID

from sip.domain import barrier as rules
from sip.domain.effects import NoticeKind
from sip.domain.people import Address
from sip.domain.worktime import local_day
from sip.store import accounts, barriers
from sip.store.barriers import Barrier
from sip.store.db import Database, beyond
from sip.store.post.outbox import Posting
from sip.usecases.access import Act, has_role
from sip.usecases.actor import Actor, ServicePart
from sip.usecases.problems import NotFoundError, refuse_numbers
from sip.usecases.recorded import recorded


async def tell(db: Database, barrier: Barrier) -> None:
    """Keeps it, and mails those who administer the service; the same form again does neither.

    Raises InvalidError where it holds a number of a person.
    """
    refuse_numbers({"said": barrier.said, "place": barrier.place, "email": barrier.email})
    now, posting = barrier.told_at, Posting()
    async with db.transaction(ServicePart.LINKS) as conn:
        if not await barriers.add(conn, barrier):
            return
        for user in await accounts.administering(conn, local_day(now)):
            mailed = await accounts.mailed_since(conn, user.id, NoticeKind.BARRIER, now - rules.WITHIN)
            if mailed < rules.MOST_TOLD:
                to = Address(user.email, user.name, user.language)
                posting.mail(rules.told(barrier.id, user.id, to, now), engine=False)
        await posting.write(conn, now)


def keeps(actor: Actor) -> bool:
    """Whether they are the actor's to see to."""
    return has_role(actor, Act.KEEP_INSTALLATION)


async def waiting(db: Database, *, actor: Actor, now: datetime) -> int:
    """How many wait for the actor; none for anybody but who keeps the service."""
    if not keeps(actor):
        return 0
    # Beyond, here and below: they are nobody's own, and who keeps the service was asked.
    async with recorded(db, actor, now, nothing="a number of nobody's") as (conn, _), beyond(conn):
        return await barriers.waiting(conn)


async def listed(db: Database, *, actor: Actor, now: datetime) -> list[Barrier]:
    """All of them. Raises NotFoundError."""
    if not keeps(actor):
        raise NotFoundError("barriers")
    async with recorded(db, actor, now) as (conn, log):
        log.note("list", "barrier", None)
        async with beyond(conn):  # as above
            return await barriers.listed(conn)


async def handle(db: Database, barrier_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody has seen to it. Raises NotFoundError."""
    if not keeps(actor):
        raise NotFoundError("barriers")
    async with recorded(db, actor, now) as (conn, log):
        log.note("handle", "barrier", barrier_id)
        async with beyond(conn):  # as above
            handled = await barriers.handle(conn, barrier_id, actor.name or "", now)
        if not handled:
            raise NotFoundError("barrier")
