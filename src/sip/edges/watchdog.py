"""Looks at the running service from outside its engine, and tells whoever runs it (decision 0184).

The law of this file: what is wrong with what it looks at is a result and never ends it; no connection to the database
is held while it talks to anybody (house, law 5); nothing of a meeting or a person is told.
"""

import asyncio
import shutil
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import structlog

from sip.addresses import Relay
from sip.domain.watching import News, Sight, Trouble, Watch, news, troubles
from sip.edges.mail.envelope import Composed
from sip.edges.mail.ways.smtp import Sender, SentResult
from sip.store.db import Database, DatabaseAway
from sip.usecases import service

SECONDS = 10.0

log = structlog.get_logger("sip.watchdog")


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at, and whom it is told: `mail_to` by `mail_by`, and `heartbeat` while nothing is wrong."""

    db: Database
    relay: Relay
    base_url: str
    mail_from: str
    folders: Sequence[Path] = ()
    mail_to: str | None = None
    mail_by: Relay | None = None
    heartbeat: str | None = None


@dataclass(slots=True)
class Watchdog:
    """Looks when told to; remembers what it has told."""

    watched: Watched
    watch: Watch = field(default_factory=Watch)

    async def look(self, now: datetime) -> dict[Trouble, str]:
        """One look at the service's time, and what comes of it: lines, mail, heartbeat. Raises nothing of the world."""
        watched = self.watched
        seen = replace(
            await _database(watched.db, now),
            relay=await Sender(watched.relay, connections=1, timeout=SECONDS).trouble(),
            free=await asyncio.to_thread(_free, watched.folders),
        )
        seen = await _certificate(watched.base_url, seen, now)
        found = troubles(seen)
        after, told = news(self.watch, found, now)
        for one in told.stands:
            log.error("trouble", what=str(one), sentence=found[one])
        if told.over:
            log.info("all is well again")
        if not told or await self._mailed(told, found, now):
            self.watch = after
        else:  # tried again at the next look
            self.watch = replace(after, told={one: at for one, at in self.watch.told.items() if one in found})
        if not found:
            await self._beat()
        return found

    async def _mailed(self, told: News, found: Mapping[Trouble, str], now: datetime) -> bool:
        """Whether nobody is to be mailed, or the mail was taken."""
        to, by = self.watched.mail_to, self.watched.mail_by
        if to is None or by is None:
            return True
        sender = Sender(by, connections=1, timeout=SECONDS)
        try:
            sent = await sender.send(_letter(self.watched.mail_from, to, told, found, now, self.watched.base_url))
        finally:
            await sender.close()
        if sent.result is not SentResult.ACCEPTED:
            log.error("nobody could be told", said=sent.text)
        return sent.result is SentResult.ACCEPTED

    async def _beat(self) -> None:
        if self.watched.heartbeat is None:
            return
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
                answer = await client.get(self.watched.heartbeat)
                answer.raise_for_status()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            log.error("the heartbeat is not heard", why=type(error).__name__)


async def _database(db: Database, now: datetime) -> Sight:
    """What the database tells, in one short transaction."""
    try:
        seen = await service.seen_from_outside(db, now)
    except DatabaseAway as away:
        return Sight(database=str(away))
    if seen is None:
        return Sight(database="The database is not at this version's tables; run `sip migrate`.")
    return seen


def _free(folders: Sequence[Path]) -> dict[str, float]:
    """The free share of each folder's disk; one that is not there has none."""
    found = {}
    for one in folders:
        try:
            usage = shutil.disk_usage(one)
            found[str(one)] = usage.free / usage.total
        except OSError:
            found[str(one)] = 0.0
    return found


async def _certificate(base_url: str, seen: Sight, now: datetime) -> Sight:
    """How long the certificate of the pages is valid. Pages that are not reached from here say nothing of it."""
    address = urlsplit(base_url)
    if address.scheme != "https" or not address.hostname:
        return seen
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(
                address.hostname, address.port or 443, ssl=ssl.create_default_context()
            )
    except ssl.SSLCertVerificationError as error:
        return replace(seen, certificate_wrong=f"{error.verify_message}.")
    except (OSError, TimeoutError, socket.gaierror):
        return seen
    told = writer.get_extra_info("peercert")["notAfter"]
    writer.transport.abort()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)
    return replace(seen, certificate=ends - now)


def _letter(sender: str, to: str, told: News, found: Mapping[Trouble, str], now: datetime, base_url: str) -> Composed:
    """The mail to operations: what stands, or that it is over."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"SIP watchdog <{sender}>", to
    what = ", ".join(one.replace("_", " ") for one in told.stands) if told.stands else "all is well again"
    message["Subject"] = f"SIP {urlsplit(base_url).hostname}: {what}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    sentences = [found[one] for one in told.stands] or ["Nothing of what was told is wrong any more."]
    message.set_content("\n\n".join(sentences) + "\n\nWhat to do: docs/running.md, When something breaks.\n")
    return Composed(message["Message-ID"], sender, to, message.as_bytes())
