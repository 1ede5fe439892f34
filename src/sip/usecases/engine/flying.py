"""Mails in the air: handed to the sender, the answer not yet heard.

The law of this file: whoever waits for one slow server waits for that alone. A pass waits a little for what it has
just let go; what has not landed then is recorded by a later pass, and its lease keeps all others away meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol

from sip.store.aggregates import faults
from sip.store.post.sending import Outgoing

SENT, LATER, NEVER, UNKNOWN = "sent", "later", "never", "unknown"
# Of its lease, what a try may take from when it was claimed, and how long it may wait for its turn.
_LASTS, _WAITS = 0.9, 0.5


class SendResult(Protocol):
    """What the relay said: `status` is sent, later, never or unknown; `code` and `text` are its answer."""

    @property
    def status(self) -> str: ...
    @property
    def code(self) -> int | None: ...
    @property
    def text(self) -> str: ...


Send = Callable[[Outgoing], Awaitable[SendResult]]


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of one try."""

    mail: Outgoing
    status: str
    code: int | None
    text: str


class Flying:
    """The tries of one process, `most` at once; kept from pass to pass."""

    def __init__(self, most: int = 8) -> None:
        self._slots = asyncio.Semaphore(most)
        self._tries: set[asyncio.Task[Landed]] = set()
        self._fresh: set[asyncio.Task[Landed]] = set()

    def __len__(self) -> int:
        """How many are in the air, or wait there for their turn."""
        return len(self._tries)

    def launch(self, outgoing: Sequence[Outgoing], send: Send, lease: timedelta) -> None:
        """Lets these go; their lease has just begun."""
        begun = monotonic()
        for mail in outgoing:
            self._fresh.add(asyncio.create_task(self._try(mail, send, begun, lease.total_seconds())))
        self._tries |= self._fresh

    async def landed(self, patience: float | None) -> list[Landed]:
        """What has landed, having waited at most so many seconds for what was launched last (None: for everything).

        Raises what is no trouble of mail: the process is ending.
        """
        waiting, self._fresh = self._tries if patience is None else self._fresh, set()
        if waiting:
            await asyncio.wait(waiting, timeout=patience)
        done = {one for one in self._tries if one.done()}
        self._tries -= done
        for fatal in [error for one in done if (error := one.exception()) is not None]:
            raise fatal  # no trouble of mail, that is a result: the process is ending
        return [one.result() for one in done]

    async def close(self, patience: float = 0.0) -> None:
        """Waits so long, then lets go of the rest: they may have left, and go again after their lease."""
        if self._tries:
            await asyncio.wait(self._tries, timeout=patience)
        for one in self._tries:
            one.cancel()
        await asyncio.gather(*self._tries, return_exceptions=True)
        self._tries.clear()

    async def _try(self, mail: Outgoing, send: Send, begun: float, lease: float) -> Landed:
        async with self._slots:
            if monotonic() - begun > lease * _WAITS:
                return Landed(mail, LATER, None, "Its turn did not come: other mail servers were slow.")
            try:
                async with asyncio.timeout(lease * _LASTS - (monotonic() - begun)):
                    result = await send(mail)
            except Exception as error:  # it may have left: the same bytes again after the lease
                return Landed(mail, UNKNOWN, None, faults.sentence(error))
            return Landed(mail, result.status, result.code, result.text)
