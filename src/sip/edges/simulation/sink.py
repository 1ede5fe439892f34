"""Where all mail of a simulated year ends: taken at once, and read by the people it is for.

The law of this file: nothing leaves the process. A mail is told by what it says, not by its bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sip.domain.effects import AnyMail, Mail
from sip.store.post.sending import Pace
from sip.usecases.engine.delivery import DeliveryPolicy, MailSecrets

POLICY = DeliveryPolicy(batch=500, concurrency=500, pace=Pace(at_once=100_000, per_minute=0))


@dataclass(frozen=True, slots=True)
class SunkMail:
    """A mail as the relay is given it."""

    message_id: str
    mail_from: str
    rcpt_to: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sunk:
    """What the relay says."""

    status: str = "sent"
    code: int | None = 250
    text: str = "ok"


class Sink:
    """Takes everything, and keeps what has not been read yet."""

    def __init__(self) -> None:
        self._unread: list[Mail] = []
        self.count = 0

    def compose(self, mails: Sequence[AnyMail], secrets: MailSecrets) -> SunkMail:
        key = sha256("\n".join(mail.key for mail in mails).encode()).hexdigest()[:32]
        self._unread += [mail for mail in mails if isinstance(mail, Mail)]
        self.count += len(mails)
        sender = f"bounce+{secrets.bounce_token}@sip.example"
        return SunkMail(f"<{key}@sip.example>", sender, mails[0].to.email, key.encode())

    async def send(self, _: object) -> Sunk:
        return Sunk()

    def read(self) -> list[Mail]:
        """What has come since, in an order that no process decides."""
        unread, self._unread = self._unread, []
        return sorted(unread, key=lambda mail: mail.key)
