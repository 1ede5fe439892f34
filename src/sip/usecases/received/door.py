"""The door for mail that is handed over on many connections at once: what comes while a commit is under way is kept by
the next one, all of it together.

The law of this file: whoever hands a mail over hears that it is kept only once it is committed, and waits for nobody
where no commit is under way. A mail that cannot be kept falls out alone.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sip.store.db import Database, DatabaseAway
from sip.store.post import inbox
from sip.store.post.inbox import ArrivedMail
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart
from sip.usecases.received.inbound import Envelope

MOST, MOST_BYTES = 100, 8_000_000
"""How many mails, and how many bytes of them, are kept by one commit."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    mail: ArrivedMail
    kept: "asyncio.Future[None]"


class MailDoor:
    """One for all listeners of a process. It ends by itself when nothing waits."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault
        self._waiting: deque[_Waiting] = deque()
        self._keeping: asyncio.Task[None] | None = None

    async def take(self, raw: bytes, envelope: Envelope, source: str, received_at: datetime) -> None:
        """As `inbound.ingest`: when it returns the mail may be acknowledged. Raises DatabaseAway, or what else kept
        this very mail from being kept.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mail = ArrivedMail(raw, envelope.mail_from, envelope.recipients, source, received_at)
        self._waiting.append(_Waiting(mail, kept))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_all())
        await kept

    async def _keep_all(self) -> None:
        try:
            while self._waiting:
                await self._keep(self._next())
        finally:
            self._keeping = None
            for one in self._waiting:  # of a process that ends; they are not kept, and come again
                one.kept.cancel()
            self._waiting.clear()

    def _next(self) -> list[_Waiting]:
        some = [self._waiting.popleft()]
        size = len(some[0].mail.raw)
        while self._waiting and len(some) < MOST and size + len(self._waiting[0].mail.raw) <= MOST_BYTES:
            size += len(self._waiting[0].mail.raw)
            some.append(self._waiting.popleft())
        return some

    async def _keep(self, some: Sequence[_Waiting]) -> None:
        try:
            async with self._db.transaction(ServicePart.RECEIVER) as conn:
                await inbox.keep_all(conn, self._vault, [one.mail for one in some])
        except Exception as error:
            if len(some) == 1 or isinstance(error, DatabaseAway):
                _fail(some, error)
                return
            for one in some:
                await self._keep([one])
        except asyncio.CancelledError as error:
            _fail(some, error)
            raise
        else:
            for one in some:
                if not one.kept.done():
                    one.kept.set_result(None)


def _fail(some: Sequence[_Waiting], error: BaseException) -> None:
    for one in some:
        if not one.kept.done():
            one.kept.set_exception(error) if isinstance(error, Exception) else one.kept.cancel()
