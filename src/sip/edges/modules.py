"""One thing that goes on by itself, and what came of it: a module is a name and one function.

The law of this file: a fault of one module is noted and holds up no other; only a database that is away ends a pass.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Generic, TypeVar

from sip.store.aggregates import faults
from sip.store.db import DatabaseAway
from sip.store.module_runs import Ran

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Did:
    """What a module did, by word; `errors` are sentences about single mails or rows that it went past."""

    results: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module(Generic[T]):
    """One thing that goes on by itself. `answers`: it takes in what units answered; where it fails, none is missed."""

    name: str
    run: Callable[[T], Awaitable[Did]]
    answers: bool = False


@dataclass(slots=True)
class Pass:
    """What one pass did: its modules in their order, and sentences for whoever runs the service."""

    ran: list[Ran] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def count(self, word: str) -> int:
        """How many, over all modules."""
        return sum(one.results.get(word, 0) for one in self.ran)

    @property
    def idle(self) -> bool:
        """Nothing was found to do. What was put off, or failed and waits for its turn, is no reason to look again;
        nor is what was sealed of what others did.
        """
        return not any(set(one.results) - {"later", "failed", "rows_sealed", "in_order"} for one in self.ran)


async def run(module: Module[T], given: T, done: Pass) -> Ran:
    """One run, noted in `done`. Raises DatabaseAway alone: any other fault is a sentence, tried again next time."""
    began = perf_counter()
    did, error = Did(), None
    try:
        did = await module.run(given)
    except DatabaseAway:
        raise
    except Exception as fault:  # shown, and the next module has its turn
        error = faults.sentence(fault)
        done.errors.append(f"{module.name}: {error}")
    done.errors += did.errors
    results = {word: number for word, number in did.results.items() if number}
    done.ran.append(Ran(module.name, perf_counter() - began, results, error))
    return done.ran[-1]
