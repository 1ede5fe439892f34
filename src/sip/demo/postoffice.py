"""The county's post office: one real SMTP server for every mailbox under .example, and the way back to the service.

The law of this file: a mail is noted before "250" is said; nothing is changed on the way; addresses that do not exist
get 550 at RCPT. Answers go to the service's receiver by real SMTP or LMTP, and what it said is kept with each.
"""

import smtplib
from asyncio import Server
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sip.demo.letter import ReadMail, read
from sip.demo.moment import Moment


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail the post office accepted: when by the story's clock, in which step of the story, and for whom."""

    at: datetime
    step: int
    letter: ReadMail


@dataclass(frozen=True, slots=True)
class CarriedAnswer:
    """An answer handed to the service, and what its receiver said."""

    at: datetime
    recipient: str
    message_id: str
    kind: str
    code: int
    said: str
    sha256: str = ""


class _SmtpServer(Controller):
    """aiosmtpd's server on a port the system chooses: it wants to know the port before it has one."""

    def _trigger_server(self) -> None:
        if isinstance(self.server, Server):
            self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types


class PostOffice:
    """Accepts mail for `.example` and keeps it until the story fetches it; each is also written to `folder`, if any,
    as it comes, for whoever wants to read along.
    """

    def __init__(self, unknown: Collection[str], moment: Moment, folder: Path | None = None) -> None:
        self._unknown = {address.lower() for address in unknown}
        self._moment = moment
        self._folder = folder
        if folder is not None:
            folder.mkdir()
        self._lock = Lock()
        self._waiting: list[Arrival] = []
        self.arrivals: list[Arrival] = []
        self.refused: list[str] = []
        self._server = _SmtpServer(
            self, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, ident="SIP demonstration post office"
        )

    def open(self) -> int:
        """Opens on a free port of this machine and returns the port."""
        self._server.start()
        return int(self._server.port)

    def close(self) -> None:
        """Closes the doors; what was accepted stays with the story."""
        self._server.stop(no_assert=True)

    def fetch(self) -> list[Arrival]:
        """The mails that came since the last time, in the order they came."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            return waiting

    def _write(self, arrival: Arrival) -> None:
        if self._folder is None:
            return
        name = f"{len(self.arrivals):03d} {arrival.at:%Y-%m-%d %H.%M} {arrival.letter.recipient}.eml"
        (self._folder / name).write_bytes(arrival.letter.raw)

    # The two names below are aiosmtpd's (handler hooks).
    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        domain = address.lower().rpartition("@")[2]
        if not domain.endswith(".example") or address.lower() in self._unknown:
            with self._lock:
                self.refused.append(address.lower())
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        with self._lock:
            for recipient in envelope.rcpt_tos:
                arrival = Arrival(
                    self._moment.now, self._moment.step, read(content, recipient, envelope.mail_from or "")
                )
                self._waiting.append(arrival)
                self.arrivals.append(arrival)
                self._write(arrival)
        return "250 2.0.0 In the box"


class Carrier:
    """Carries answers to the service's receiver, which it knows only by its address."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self._host, self._port, self._lmtp = host, port, lmtp
        self.posted: list[CarriedAnswer] = []

    def carry(self, raw: bytes, sender: str, recipient: str, at: datetime, kind: str) -> CarriedAnswer:
        """Hands one mail over, and notes the receiver's own words; a refusal is noted, never raised."""
        client = smtplib.LMTP if self._lmtp else smtplib.SMTP
        message_id = _message_id(raw)
        try:
            with client(self._host, self._port) as connection:
                connection.ehlo_or_helo_if_needed()
                connection.mail(sender)
                code, said = connection.rcpt(recipient)
                if code == 250:
                    code, said = connection.data(raw)
        except (OSError, smtplib.SMTPException) as error:
            code, said = 0, str(error).encode()
        digest = sha256(raw if raw.endswith(b"\r\n") else raw + b"\r\n").hexdigest()
        posted = CarriedAnswer(at, recipient, message_id, kind, code, said.decode("utf-8", "replace"), digest)
        self.posted.append(posted)
        return posted


def _message_id(raw: bytes) -> str:
    for line in raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
        if line.lower().startswith(b"message-id:"):
            return line.split(b":", 1)[1].decode("ascii", "replace").strip()
    return ""
