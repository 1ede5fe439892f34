"""What takes part in the benchmark of timers, and what each is given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.pattern import Pattern
from sip.store.embedded import ServerHandle

Loop = Callable[[], asyncio.AbstractEventLoop]


@dataclass(frozen=True, slots=True)
class Stage:
    """The server with `n` due meetings in it, and the rows a reminder is to write."""

    server: ServerHandle
    pattern: Pattern
    n: int


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

    async def run(self, stage: Stage) -> float:
        """Does all of them; gives the seconds from the first claim to the last commit."""
        ...


def uvloop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop's where it is installed: both libraries of jobs bring or recommend it."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop()
    return new_event_loop()
