"""A relay that misbehaves by chance, and keeps all that it took."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.stories.stage import Letter, at

FOR_NOW = ("421 4.3.2 closing", "450 4.2.1 busy", "451 4.3.0 later", "452 4.3.1 full")
FOR_EVER = ("550 5.1.1 no such user", "552 5.2.2 mailbox full", "554 5.7.1 not taken")


@dataclass
class FaultyRelay:
    """Of its answers `share` go wrong; a mail that it took may be one whose sender never hears so."""

    chance: random.Random
    share: float = 0.15
    letters: list[Letter] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        if self._goes_wrong():
            return self._says(FOR_NOW)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        if self._goes_wrong():
            return self._says(FOR_EVER if self.chance.random() < 0.1 else FOR_NOW[1:])
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._goes_wrong():
            return self._says(FOR_NOW)
        raw, sender = envelope.content, envelope.mail_from
        assert isinstance(raw, bytes) and sender is not None
        for address in envelope.rcpt_tos:
            self.letters.append(Letter(address, at("2026-11-02 09:00"), raw, sender))
        if self._goes_wrong():
            self.faults["cut after the final dot"] += 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        elif self._goes_wrong():
            self.faults["slow to answer"] += 1
            await asyncio.sleep(0.3)
        return "250 OK"

    def _goes_wrong(self) -> bool:
        return self.chance.random() < self.share

    def _says(self, answers: tuple[str, ...]) -> str:
        said = self.chance.choice(answers)
        self.faults[said[:3]] += 1
        return said

    async def listen(self) -> asyncio.Server:
        """At a port of its own."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(self, loop=loop, hostname="relay.example"), "127.0.0.1", 0)
