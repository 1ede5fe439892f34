"""What the link of a mailbox that follows open groups opens: which groups those are (rules, section 21 O4)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.store import subscriptions
from sip.store.post.tokens import LinkRef
from sip.store.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class OpenedNews:
    """Which groups the mailbox is asked about, and which it follows, by name."""

    ref: LinkRef
    waiting: list[Subscription]
    following: list[Subscription]


async def news(conn: AsyncConnection, ref: LinkRef) -> OpenedNews:
    """All that this mailbox follows, of groups that are open."""
    found = await subscriptions.of_address(conn, folded(ref.address))
    waiting = [one for one in found if one.told_until is None]
    return OpenedNews(ref, waiting, [one for one in found if one.told_until is not None])
