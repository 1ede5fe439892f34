"""Journal and access log are sealed: rows taken as they are committed, each day's tree signed and anchored outside.

The law of this file: nobody asks for it and nobody can put it off. A head is made once, with the first look of the day
after; what was not anchored then is tried again at each later look (decision 0086). A time stamp is asked for apart, by
the hour, for a service that is away must keep no mail waiting (decision 0098).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain import seal_mail
from sip.domain.merkle import Root
from sip.domain.sealing import NO_HEAD, DayHead, day_to_seal, hash_of_head, read_head
from sip.seal_key import SealKey
from sip.store import sealing
from sip.store.aggregates.journal import recording_moment
from sip.store.db import Database
from sip.store.post.outbox import Posting
from sip.store.sealing import AT_ONCE, StoredHead
from sip.usecases.actor import ServicePart

FOLDER, MAIL, TIMESTAMP = "folder", "mail", "timestamp"
LeafLine = tuple[UUID | None, int, bytes]
Keep = Callable[[StoredHead, Sequence[LeafLine]], None]
"""Keeps a head and the lines of its leaves outside the database, called in a thread. Raises OSError, and
`seal_folder.OtherSealError` where another is kept already."""
KeepToken = Callable[[date, bytes], None]
"""Keeps a time stamp beside the head of its day; as `Keep`."""
Stamp = Callable[[str], Awaitable[bytes]]
"""The token for a head's text. Raises `seal_stamps.StampAwayError`."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How this installation seals: under which key, and where heads are anchored (None: not there)."""

    key: SealKey
    keep: Keep | None = None
    mail_to: str | None = None
    stamp: Stamp | None = None
    keep_token: KeepToken | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one look did: rows taken, heads made, heads anchored."""

    rows: int = 0
    heads: int = 0
    anchored: int = 0


async def seal(db: Database, how: Sealing, now: datetime) -> Sealed:
    """Takes what has been committed, and seals and anchors the day that is over. Raises what `Keep` raises: OSError
    where the folder cannot be written, OtherSealError where it holds another head; what was sealed stays.
    """
    taken = 0
    while True:
        async with db.transaction(ServicePart.SEALER) as conn:
            found = await sealing.take(conn)
            taken += found
            if found < AT_ONCE:
                made = await _seal_day(conn, how.key, now)
                break
    return Sealed(taken, made, await _mail(db, how, now) + await _file(db, how, now))


async def _seal_day(conn: AsyncConnection, key: SealKey, now: datetime) -> int:
    """In the transaction that holds the mark, so that two workers never make one day twice."""
    last = await sealing.last_head(conn)
    day = day_to_seal(now, None if last is None else last.day)
    if day is None:
        return 0
    first = 0 if last is None else read_head(last.head).end
    end = await sealing.size(conn)
    if first == end:
        return 0
    root = Root()
    async for lines in sealing.hashes(conn, first, end):
        for _, _, leaf in lines:
            root.add(leaf)
    previous = NO_HEAD if last is None else hash_of_head(last.head)
    recorded_at = await recording_moment(conn)
    text = DayHead(day, first, root.size, root.hash(), previous, now, recorded_at, key.public).text()
    await sealing.add_head(conn, StoredHead(day, text, key.sign(text)))
    return 1


async def _file(db: Database, how: Sealing, now: datetime) -> int:
    if how.keep is None:
        return 0
    async with db.transaction(ServicePart.SEALER) as conn:
        waiting = await sealing.unanchored(conn, FOLDER)
    for stored in waiting:
        head = read_head(stored.head)
        async with db.transaction(ServicePart.SEALER) as conn:
            lines = [line async for some in sealing.hashes(conn, head.first, head.end) for line in some]
        await asyncio.to_thread(how.keep, stored, lines)
        async with db.transaction(ServicePart.SEALER) as conn:
            await sealing.anchored(conn, stored.day, FOLDER, now)
    return len(waiting)


async def _mail(db: Database, how: Sealing, now: datetime) -> int:
    """The newest head alone: it names the one before, and so all of them."""
    if how.mail_to is None:
        return 0
    async with db.transaction(ServicePart.SEALER) as conn:
        waiting = await sealing.unanchored(conn, MAIL)
        newest = await sealing.last_head(conn)
        if newest is None or newest not in waiting:
            return 0
        posting = Posting()
        posting.mail(seal_mail.told(read_head(newest.head), how.mail_to, now), engine=False)
        await posting.write(conn, now)
        await sealing.anchored(conn, newest.day, MAIL, now)
    return 1


async def stamp(db: Database, how: Sealing, now: datetime) -> int:
    """Has the newest head stamped, where it is not and there is a service; it names those before. Gives how many were.
    Raises what `Stamp` and `KeepToken` raise; it is then tried again.
    """
    if how.stamp is None:
        return 0
    async with db.transaction(ServicePart.SEALER) as conn:
        newest = await sealing.last_head(conn)
        if newest is None or newest not in await sealing.unanchored(conn, TIMESTAMP):
            return 0
    token = await how.stamp(newest.head)
    if how.keep_token is not None:
        await asyncio.to_thread(how.keep_token, newest.day, token)
    async with db.transaction(ServicePart.SEALER) as conn:
        await sealing.anchored(conn, newest.day, TIMESTAMP, now, token)
    return 1
