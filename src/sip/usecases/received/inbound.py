"""Mail that comes in is kept before it is acknowledged: nothing said "250" to a mail server is ever lost (rules,
section 3).

Every way in ends in `ingest`: LMTP and SMTP, the IMAP account, HTTP push. It looks nothing up and judges nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sip.store.db import Database
from sip.store.post import inbox
from sip.store.post.inbox import Judged
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart

LONGEST_ADDRESS = 320


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom, as the way in says it (RFC 5321); an empty `mail_from` is the null path."""

    mail_from: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.recipients:
            raise ValueError("a mail to nobody would be lost")
        object.__setattr__(self, "mail_from", _storable(self.mail_from))
        object.__setattr__(self, "recipients", tuple(_storable(one) for one in self.recipients))


def _storable(address: str) -> str:
    """What a client puts in an envelope may be no text (NUL, broken UTF-8); the mail must be kept all the same."""
    return "".join(c if c.isprintable() else "?" for c in address[:LONGEST_ADDRESS])


async def ingest(
    db: Database, vault: Vault, raw: bytes, envelope: Envelope, source: str, received_at: datetime
) -> None:
    """Commits the mail, one row per recipient; the same bytes to the same recipient again are nothing new.

    When this returns the mail may be acknowledged; DatabaseAway means that it must come again. `received_at` is by the
    service's clock, `source` is the way in: lmtp, smtp, imap or push.
    """
    async with db.transaction(ServicePart.RECEIVER) as conn:
        await inbox.keep(conn, vault, raw, envelope.mail_from, envelope.recipients, source, received_at)


async def ingest_refused(
    db: Database, vault: Vault, header: bytes, envelope: Envelope, source: str, received_at: datetime, judged: Judged
) -> None:
    """Commits that a mail came that could not be kept (too large, not to be had): its header, judged at once, so that
    a person sees it in the list.
    """
    async with db.transaction(ServicePart.RECEIVER) as conn:
        await inbox.keep(
            conn, vault, header, envelope.mail_from, envelope.recipients, source, received_at, judged=judged
        )


async def remove_old(db: Database, now: datetime, keep: timedelta) -> int:
    """Removes the content of judged mail older than `keep`; gives how many. What waits to be judged stays."""
    async with db.transaction(ServicePart.HOUSEKEEPING) as conn:
        return await inbox.remove_raw(conn, now - keep)
