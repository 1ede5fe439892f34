"""What takes part in the benchmark of timers, and what each is given."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from benchmarks.pattern import Pattern
from benchmarks.server import Place

Loop = Callable[[], asyncio.AbstractEventLoop]


@dataclass(frozen=True, slots=True)
class Stage:
    """A server with `n` due meetings in it, and the rows a reminder is to write."""

    place: Place
    pattern: Pattern
    n: int


class Watch:
    """The watch of one worker: `start` waits for the others and for the word, `lap` follows each commit that may be the
    last. `ended` is a moment of `perf_counter`, which is the same in all processes of a machine."""

    def __init__(self, word: Callable[[], Awaitable[None]]) -> None:
        self._word = word
        self.ended = 0.0

    async def start(self) -> None:
        await self._word()
        self.ended = perf_counter()

    def lap(self) -> None:
        self.ended = perf_counter()


class Contender(Protocol):
    """One way of doing N due reminders. `settings` says how it was run; `loop` is its event loop's maker, None for
    asyncio's own; `alone` that one process does it all."""

    name: str
    title: str
    settings: str
    alone: bool

    @property
    def loop(self) -> Loop | None: ...

    async def prepare(self, stage: Stage) -> None:
        """What comes before the work and is not measured: tables of its own, jobs put into its queue."""
        ...

    async def work(self, stage: Stage, watch: Watch) -> None:
        """One worker, in a process of its own: makes ready, starts the watch, does what there is until nothing is."""
        ...

    async def clear(self, stage: Stage) -> None:
        """Leaves the database as it was."""
        ...


def uvloop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop's where it is installed: both libraries of jobs bring or recommend it."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.new_event_loop()
    return new_event_loop()
