"""Receives answers by LMTP or SMTP with aiosmtpd, in the asyncio loop of the process (RFC 2033, 5321).

The law of this file: 250 is said only after `store` has returned; whatever it raises is 451, so that the mail server
keeps the mail and tries again. No look-up at RCPT: only the shape of the address is judged (rules, section 3).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Transaction

from sip.addresses import Listen
from sip.edges.mail.addresses import Home
from sip.usecases.received.inbound import Envelope

Source = Literal["lmtp", "smtp"]
Store = Callable[[bytes, Envelope, str], Awaitable[None]]

MAX_BYTES = 1_000_000
MAX_RECIPIENTS = 100
SECONDS = 300  # a server waits five minutes for its client (RFC 5321, section 4.5.3.2.7)

log = logging.getLogger(__name__)


class _Handler:
    """Judges recipients by shape and hands the bytes to `store`."""

    def __init__(self, home: Home, store: Store, source: Source) -> None:
        self._home = home
        self._store = store
        self._source = source

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Transaction, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Commands are read one by one from the stream, so a group may be sent at once (RFC 2920; asked by RFC 2033).
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Transaction, address: str, rcpt_options: list[str]
    ) -> str:
        if self._home.read(address) is None:
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Transaction) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            sent = Envelope((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos))
            await self._store(raw, sent, self._source)
        except Exception as error:
            return await self.handle_exception(error)
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """Ours, whatever it was: the mail server keeps the mail. By type alone: its words may hold the mail itself."""
        log.error("A mail could not be kept (%s); its sender will try again.", type(error).__name__)
        return "451 4.3.0 Try again later"


class _Smtp(SMTP):
    """A mail that is too large is refused in words that its writer, who gets them in a bounce, can act on."""

    _replies = 1

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if text.startswith(("552", "500 Line too long")):
            text = f"552 5.3.4 Larger than {self.data_size_limit} bytes: answer again without attachments"
        await super().push(text if text.startswith("354") else "\r\n".join([text] * self._replies))


class _Lmtp(_Smtp, LMTP):
    """One reply per accepted recipient after DATA (RFC 2033, section 4.2), which aiosmtpd lacks (its issue 517)."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name)
        self._replies = 1 if arg or self.envelope is None else max(1, len(self.envelope.rcpt_tos))
        try:
            await super().smtp_DATA(arg)
        finally:
            self._replies = 1


class Receiver:
    """One listener. `start` binds, `close` stops taking connections and drops those that are open."""

    def __init__(self, listen: Listen, source: Source, home: Home, store: Store, *, max_bytes: int = MAX_BYTES) -> None:
        self._listen = listen
        # aiosmtpd takes the longest line from the class. A mail of one line is a mail: no other limit than the size.
        self._kind = type("_Kind", (_Lmtp if source == "lmtp" else _Smtp,), {"line_length_limit": max_bytes + 2})
        self._handler = _Handler(home, store, source)
        self._hostname = home.domain
        self._max_bytes = max_bytes
        self._server: asyncio.Server | None = None
        self._open: set[SMTP] = set()

    async def start(self) -> Listen:
        """Binds and listens; gives the address with the port that was taken. Raises OSError when it cannot be bound."""
        # At its info level aiosmtpd logs recipients, which carry reply tokens, and at debug whole mails.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        if self._listen.path:
            _remove_socket(self._listen.path)
            self._server = await loop.create_unix_server(self._protocol, self._listen.path)
            _open_socket(self._listen.path)
            return self._listen
        self._server = await loop.create_server(self._protocol, self._listen.host, self._listen.port)
        return Listen(self._listen.host, self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Takes no more connections and closes the open ones; a mail not yet answered is sent again by its sender."""
        if self._server is None:
            return
        self._server.close()
        for protocol in list(self._open):
            if protocol.transport is not None:
                protocol.transport.close()
        await self._server.wait_closed()
        self._server = None
        if self._listen.path:
            _remove_socket(self._listen.path)

    def _protocol(self) -> SMTP:
        protocol: SMTP = self._kind(
            self._handler,
            data_size_limit=self._max_bytes,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="SIP",
            timeout=SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._open = {one for one in self._open if one.transport is not None}
        self._open.add(protocol)
        return protocol


def _remove_socket(name: str) -> None:
    """What an earlier run left behind; anything else at that path is left alone and stops the bind."""
    path = Path(name)
    if path.is_socket():
        path.unlink()


def _open_socket(name: str) -> None:
    """The mail server runs as another user; the folder of the socket says who may reach it."""
    Path(name).chmod(0o666)
