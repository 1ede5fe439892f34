"""What takes part in the benchmark of timers, and what each is given."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.pattern import Pattern
from sip.store.embedded import ServerHandle


@dataclass(frozen=True, slots=True)
class Stage:
    """The server with `n` due meetings in it, and the rows a reminder is to write."""

    server: ServerHandle
    pattern: Pattern
    n: int


class Contender(Protocol):
    """One way of doing N due reminders. `settings` says how it was run."""

    name: str
    title: str
    settings: str

    async def run(self, stage: Stage) -> float:
        """Does all of them; gives the seconds from the first claim to the last commit."""
        ...
