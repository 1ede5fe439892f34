"""Received mail as the service itself reads it: what waits to be judged, and what waits for a person."""

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.store.post import inbox
from sip.store.post.inbox import Inbound
from sip.store.seen import lists
from sip.store.seen.lists import InboundRow
from sip.store.seen.scope import EVERYTHING
from sip.store.vault import Vault


async def unjudged(conn: AsyncConnection, vault: Vault) -> list[Inbound]:
    """As the judge takes them, oldest first."""
    found = [await inbox.peek(conn, vault, key) for key in await inbox.unjudged_ids(conn)]
    return [one for one in found if one is not None]


async def to_see_to(conn: AsyncConnection) -> list[InboundRow]:
    """As the list for the convener's side shows them, latest first."""
    return await lists.inbound(conn, EVERYTHING, None, True, None, 1000, latest=True)
