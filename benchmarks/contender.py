"""What takes part in the benchmark of timers, and what each is given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from benchmarks.pattern import Pattern
from benchmarks.processor import Processor, spent
from sip.store.embedded import ServerHandle

Loop = Callable[[], asyncio.AbstractEventLoop]


@dataclass(slots=True)
class Stage:
    """The server with `n` due meetings in it, the rows a reminder is to write, and the watch of one run.

    A contender calls `begin` before its first claim and `lap` after each commit that may be its last.
    """

    server: ServerHandle
    pattern: Pattern
    n: int
    _began: float = 0.0
    _ended: float = 0.0
    _before: Processor | None = field(default=None)

    def begin(self) -> None:
        self._before = spent(self.server)
        self._began = self._ended = perf_counter()

    def lap(self) -> None:
        self._ended = perf_counter()

    @property
    def seconds(self) -> float:
        """From the beginning to the last lap."""
        return self._ended - self._began

    def used(self) -> Processor | None:
        """Processor time since the beginning, winding down included."""
        now = spent(self.server)
        return None if now is None or self._before is None else now - self._before


class Contender(Protocol):
    """One way of doing N due reminders, in one process. `settings` says how it was run; `loop` is its event loop's
    maker, None for asyncio's own."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def settings(self) -> str: ...
    @property
    def loop(self) -> Loop | None: ...

    async def run(self, stage: Stage) -> None:
        """Does all of them, begun and lapped on the stage's watch."""
        ...


def uvloop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop's where it is installed: both libraries of jobs bring or recommend it."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop()
    return new_event_loop()
