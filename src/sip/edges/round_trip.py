"""Whether the service can hear itself: a mail and a bounce out by the relay, and in by whatever brings its mail
(`sip check`).

The law of this file: it waits for so long and no longer, says which leg failed, and leaves nothing for people to see
to: the mail's address says what it is, and judging passes it over with a reason (`usecases/round_trip.py`).
"""

import asyncio
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from time import monotonic

from sip.edges.mail.addresses import Home
from sip.edges.mail.envelope import Composed
from sip.edges.mail.ways.smtp import Sender, SentResult
from sip.settings import Settings
from sip.store.db import Database
from sip.usecases import service
from sip.usecases.received import round_trip

WAITS = 30.0
"""Seconds for the mail to come in: more than a relay needs, less than a person waits."""
_LOOKS = 0.25


class LegFailed(Exception):  # noqa: N818 - said as one sentence
    """The text says which leg failed, and what to look at."""


async def go(settings: Settings, db: Database, now: datetime, waits: float = WAITS) -> str:
    """Sends a mail to a reply address and one without a sender, as a bounce comes, to a bounce address; waits for both
    and gives which way they came in. Raises LegFailed; DatabaseAway before it sends.
    """
    home = Home(settings.mail_domain, settings.mail_local_part)
    token, bounced = round_trip.fresh_token(), round_trip.fresh_token()
    await service.way_in(db, home.reply(token))
    await _send(settings, home, token, bounced, now)
    ends = monotonic() + waits
    way = await _came_in(db, home.reply(token), home.bounce(token), ends)
    if way is None:
        raise LegFailed(
            f"In: the relay took the mail, but within {waits:.0f} s it has not come in at {home.reply(token)}; see that"
            f" mail to {settings.mail_domain} is brought to this service with what stands behind the plus (Exim:"
            " rcpt_include_affixes = true on its LMTP transport), and look in the relay's queue."
        )
    if await _came_in(db, home.bounce(bounced), None, ends) is None:
        raise LegFailed(
            f"Back: a mail comes in, but not one without a sender to {home.bounce(bounced)}. So every bounce comes: see"
            f" that bounce+...@{settings.mail_domain} is brought here too, with what stands behind the plus (Exim:"
            " rcpt_include_affixes = true on its LMTP transport), and that no filter drops mail without a sender."
        )
    return way


async def _send(settings: Settings, home: Home, token: str, bounced: str, now: datetime) -> None:
    sender = Sender(settings.smtp_url, hostname=settings.mail_domain)
    try:
        sent = await sender.send(_mail(home, home.reply(token), home.bounce(token), token, now))
        back = await sender.send(_mail(home, home.bounce(bounced), "", bounced, now))
    finally:
        await sender.close()
    if sent.result is not SentResult.ACCEPTED:
        raise LegFailed(f"Out: the relay does not take a mail to {home.reply(token)} ({sent.text}).")
    if back.result is not SentResult.ACCEPTED:
        raise LegFailed(
            f"Back: the relay does not take a mail without a sender to {home.bounce(bounced)} ({back.text}). So every"
            " bounce comes: let no filter refuse MAIL FROM:<>, or nobody learns that a unit cannot be reached."
        )


async def _came_in(db: Database, to: str, back: str | None, ends: float) -> str | None:
    """By which way, at least one look however late it is. Raises LegFailed where it came back to `back` instead."""
    while True:
        if back is not None and await service.way_in(db, back) is not None:
            raise LegFailed(f"On its way: a mail to {to} comes back; the mail server's log says why.")
        way = await service.way_in(db, to)
        if way is not None or monotonic() >= ends:
            return way
        await asyncio.sleep(_LOOKS)


def _mail(home: Home, to: str, back: str, token: str, now: datetime) -> Composed:
    message = EmailMessage(policy=SMTP)
    message["From"] = home.base
    message["To"] = to
    message["Subject"] = "SIP: round trip"
    message["Date"] = now
    message["Message-ID"] = own = f"<{token}@{home.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("The service sends this to itself (sip check). It is passed over when it arrives.\r\n")
    return Composed(own, back, to, message.as_bytes())
