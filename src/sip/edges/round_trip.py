"""Whether the service can hear itself: one mail out by the relay, and in by whatever brings its mail (`sip check`).

The law of this file: it waits for so long and no longer, says which leg failed, and leaves nothing for people to see
to: the mail's address says what it is, and judging passes it over with a reason (`usecases/round_trip.py`).
"""

import asyncio
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

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
    """Sends the mail and waits for it; gives which way it came in. Raises LegFailed; DatabaseAway before it sends."""
    home, token = Home(settings.mail_domain, settings.mail_local_part), round_trip.fresh_token()
    await service.way_in(db, home.reply(token))
    sender = Sender(settings.smtp_url, hostname=settings.mail_domain)
    try:
        sent = await sender.send(_mail(home, token, now))
    finally:
        await sender.close()
    if sent.result is not SentResult.ACCEPTED:
        raise LegFailed(f"Out: the relay does not take a mail to {home.reply(token)} ({sent.text}).")
    way = await _came_in(db, home, token, waits)
    if way is None:
        raise LegFailed(
            f"In: the relay took the mail, but within {waits:.0f} s it has not come in; see that mail to"
            f" {settings.mail_domain} is brought to this service, and look in the relay's queue."
        )
    return way


async def _came_in(db: Database, home: Home, token: str, waits: float) -> str | None:
    for _ in range(max(int(waits / _LOOKS), 1)):
        if await service.way_in(db, home.bounce(token)) is not None:
            raise LegFailed(f"On its way: a mail to {home.reply(token)} comes back; the mail server's log says why.")
        way = await service.way_in(db, home.reply(token))
        if way is not None:
            return way
        await asyncio.sleep(_LOOKS)
    return None


def _mail(home: Home, token: str, now: datetime) -> Composed:
    message = EmailMessage(policy=SMTP)
    message["From"] = home.base
    message["To"] = home.reply(token)
    message["Subject"] = "SIP: round trip"
    message["Date"] = now
    message["Message-ID"] = own = f"<{token}@{home.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("The service sends this to itself (sip check). It is passed over when it arrives.\r\n")
    return Composed(own, home.bounce(token), home.reply(token), message.as_bytes())
