"""A program's request under an Idempotency-Key: begun once, its first answer kept, forgotten if we failed."""

from sip.store import idempotency
from sip.store.db import Database
from sip.store.idempotency import Stored
from sip.usecases.actor import Actor


def owner(actor: Actor) -> str:
    """Whose keys these are: the same key of another program is another key."""
    return f"{actor.kind}/{actor.id}"


async def begin(db: Database, actor: Actor, key: str, digest: bytes) -> Stored | None:
    """Takes the key for this request (None), or gives what is known of it."""
    async with db.transaction(actor) as conn:
        return await idempotency.begin(conn, owner(actor), key, digest)


async def finish(db: Database, actor: Actor, key: str, status: int, headers: str, body: bytes) -> None:
    """Keeps the response."""
    async with db.transaction(actor) as conn:
        await idempotency.finish(conn, owner(actor), key, status, headers, body)


async def forget(db: Database, actor: Actor, key: str) -> None:
    """The request failed by our own fault: the same key may be tried again."""
    async with db.transaction(actor) as conn:
        await idempotency.forget(conn, owner(actor), key)
