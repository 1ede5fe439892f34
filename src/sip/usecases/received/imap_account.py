"""Reading the IMAP account, as the database sees it: taken, held, at its end, or put off. No connection is held while
the mail server is spoken to.

The law of this file: the sign of life is given when nothing is left unread, never because a process runs (rules,
section 5 L1). From the first try on the account is a way in, so its silence counts.
"""

from datetime import datetime

from sip.store import heartbeats
from sip.store.db import Database
from sip.store.post import imap_account
from sip.store.post.imap_account import AccountFolder, Position
from sip.usecases.actor import ServicePart


async def take(db: Database, place: AccountFolder, now: datetime) -> Position | None:
    """From where to read on; None when there is nothing to do now. Raises DatabaseAway."""
    async with db.transaction(ServicePart.RECEIVER) as conn:
        await heartbeats.expect(conn, heartbeats.IMAP_ACCOUNT, now)
        return await imap_account.take(conn, place)


async def hold(db: Database, place: AccountFolder, position: Position) -> bool:
    """How far it is read; False when another process has taken over and this one is to stop."""
    async with db.transaction(ServicePart.RECEIVER) as conn:
        return await imap_account.hold(conn, place, position)


async def finish(db: Database, place: AccountFolder, now: datetime, left_over: str | None) -> None:
    """Everything in it has been taken in. `left_over`: what could not be moved away, to be tried again later."""
    async with db.transaction(ServicePart.RECEIVER) as conn:
        await heartbeats.beat(conn, heartbeats.IMAP_ACCOUNT, now)
        if left_over is None:
            await imap_account.at_the_end(conn, place, now)
        else:
            await imap_account.put_off(conn, place, left_over)


async def fail(db: Database, place: AccountFolder, error: str) -> None:
    """It could not be read to its end: another try in a while."""
    async with db.transaction(ServicePart.RECEIVER) as conn:
        await imap_account.put_off(conn, place, error)
