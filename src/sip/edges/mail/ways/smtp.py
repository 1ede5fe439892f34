"""Hands composed mails to the relay over kept connections (RFC 5321, 3207, 3461) and says how it went.

The law of this file: network trouble is never raised, it is a result. Trouble between us and the relay (no connection,
no TLS, login refused) is `later` whatever its code: it is no fault of the recipient's address. Only an answer to this
mail's own MAIL, RCPT or DATA makes it `never`. Lost once DATA was sent is `unknown`: the relay may have it.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import aiosmtplib

from sip.addresses import Relay
from sip.edges.mail.envelope import Composed
from sip.edges.mail.texts import clean

# The relay wants TLS or a login first: ours to mend, not the recipient's (RFC 4954, section 6).
_OURS = frozenset({530, 534, 535, 538})
_TROUBLE = (aiosmtplib.SMTPException, OSError, TimeoutError, UnicodeError, EOFError)


class SentResult(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """How it went, with the server's code (None where it said nothing) and words."""

    result: SentResult
    code: int | None
    text: str


class Sender:
    """Connections to one relay, kept open between mails: at most `connections` at once, `timeout` seconds a command."""

    def __init__(
        self, relay: Relay, *, connections: int = 4, timeout: float = 30.0, hostname: str | None = None
    ) -> None:
        self._relay = relay
        self._timeout = timeout
        self._hostname = hostname
        self._slots = asyncio.Semaphore(connections)
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, composed: Composed) -> Sent:
        """Hands over one mail. Raises nothing for trouble of the network or the relay."""
        async with self._slots:
            while True:
                client = self._kept()
                kept = client is not None
                if client is None:
                    try:
                        client = await self._open()
                    except _TROUBLE as trouble:
                        return _told(SentResult.LATER, trouble)
                try:
                    sent = await self._hand_over(client, composed)
                except _TROUBLE as trouble:
                    client.close()
                    if kept:
                        continue  # the relay had closed it since; nothing of this mail was taken, so once more anew
                    return _told(SentResult.LATER, trouble)
                except BaseException:
                    client.close()
                    raise
                return sent

    async def trouble(self) -> str | None:
        """What keeps the relay from being used, in its words or the network's; None where it lets us in."""
        try:
            client = await self._open()
        except _TROUBLE as trouble:
            cause = trouble.__cause__ or trouble
            return clean(getattr(cause, "strerror", None) or str(trouble) or type(trouble).__name__, 300)
        self._idle.append(client)
        await self.close()
        return None

    async def close(self) -> None:
        """Says goodbye on every kept connection."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit(timeout=2)
            except _TROUBLE:
                client.close()

    def _kept(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
            client.close()
        return None

    async def _open(self) -> aiosmtplib.SMTP:
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=self._timeout,
            use_tls=relay.tls == "implicit",
            start_tls=True if relay.tls == "required" else False if relay.tls != "implicit" else None,
            local_hostname=self._hostname,
        )
        try:
            await client.connect()
            await client.ehlo()
            if relay.tls == "opportunistic" and client.supports_extension("starttls"):
                await client.starttls(validate_certs=False)
                await client.ehlo()
            if relay.username and relay.password is not None:
                await client.login(relay.username, relay.password)
        except BaseException:
            client.close()
            raise
        return client

    async def _hand_over(self, client: aiosmtplib.SMTP, composed: Composed) -> Sent:
        """One mail on an open connection. Raises only while nothing of it has been taken."""
        mail_options, rcpt_options = _dsn(client, composed)
        try:
            await client.mail(composed.mail_from, options=mail_options)
            await client.rcpt(composed.rcpt_to, options=rcpt_options)
        except aiosmtplib.SMTPResponseException as refused:
            if refused.code == 421:
                raise  # the relay closes the connection, whatever the mail (RFC 5321, section 3.8)
            return await self._refused(client, refused)
        try:
            response = await client.data(composed.data)
        except aiosmtplib.SMTPResponseException as refused:
            return await self._refused(client, refused)
        except _TROUBLE as trouble:
            client.close()
            return _told(SentResult.UNKNOWN, trouble)
        self._idle.append(client)
        return Sent(SentResult.ACCEPTED, response.code, clean(response.message, 300))

    async def _refused(self, client: aiosmtplib.SMTP, refused: aiosmtplib.SMTPResponseException) -> Sent:
        """The relay said no to this mail; the connection is good for the next."""
        try:
            await client.rset()
            self._idle.append(client)
        except _TROUBLE:
            client.close()
        never = refused.code >= 500 and refused.code not in _OURS
        text = clean(f"{refused.code} {refused.message}", 300)
        return Sent(SentResult.NEVER if never else SentResult.LATER, refused.code, text)


def _dsn(client: aiosmtplib.SMTP, composed: Composed) -> tuple[list[str], list[str]]:
    """What to report and under which name, where the relay can (RFC 3461): the headers alone come back."""
    if not client.supports_extension("dsn"):
        return [], []
    token = composed.mail_from.partition("@")[0].partition("+")[2]
    named = [f"ENVID={token}"] if token else []
    return [*named, "RET=HDRS"], ["NOTIFY=FAILURE,DELAY"]


def _told(result: SentResult, trouble: BaseException) -> Sent:
    code = trouble.code if isinstance(trouble, aiosmtplib.SMTPResponseException) else None
    return Sent(result, code, clean(str(trouble) or type(trouble).__name__, 300))
