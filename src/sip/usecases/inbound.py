"""Mail that comes in is kept before it is acknowledged: nothing said "250" to a mail server is ever lost (rules,
section 3).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sip.store import inbox
from sip.store.db import Database
from sip.store.vault import Vault


async def accept(
    db: Database,
    vault: Vault,
    raw: bytes,
    mail_from: str,
    recipients: Sequence[str],
    source: str,
    received_at: datetime,
) -> None:
    """Commits the mail, one row per recipient. When this returns, 250 may be said; DatabaseAway means 451.

    `received_at` is by the service's clock, `source` says which listener and peer it came from.
    """
    async with db.transaction() as conn:
        await inbox.keep(conn, vault, raw, mail_from, recipients, source, received_at)


async def remove_old(db: Database, now: datetime, keep: timedelta) -> int:
    """Removes the content of judged mail older than `keep`; gives how many."""
    async with db.transaction() as conn:
        return await inbox.remove_raw(conn, now - keep)
