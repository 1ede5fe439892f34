"""A contender's workers: processes of their own that make ready, start at one word, and tell how it went.

Every worker begins as one does that has just been started: what its program made while it was loaded is no work for its
garbage collector.
"""

import asyncio
import gc
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter, process_time

from benchmarks.contender import Contender, Stage, Watch


@dataclass(frozen=True, slots=True)
class Told:
    """What one worker tells at its end: the moment of its last commit, its processor time, or what went wrong."""

    ended: float = 0.0
    processor: float = 0.0
    error: str | None = None


class Crew:
    """The workers of one run. Use as a context: they are ended with it, whatever happened."""

    def __init__(self, contender: Contender, stage: Stage, workers: int) -> None:
        context = get_context("spawn")
        self._title = contender.title
        self._ends: list[Connection] = []
        self._workers = []
        for _ in range(1 if contender.alone else workers):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_worker, args=(contender, stage, theirs), daemon=True)
            worker.start()
            theirs.close()
            self._ends.append(ours)
            self._workers.append(worker)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for end in self._ends:
            end.close()
        for worker in self._workers:
            worker.join(10)
            if worker.is_alive():
                worker.kill()

    def wait(self) -> None:
        """Until every worker is ready. Raises RuntimeError when one cannot be."""
        for end in self._ends:
            self._told(end)

    def run(self) -> tuple[float, float]:
        """Gives the word; then the seconds to the last commit of all, and the processor time of all."""
        began = perf_counter()
        for end in self._ends:
            end.send("go")
        told = [self._told(end) for end in self._ends]
        return max(one.ended for one in told) - began, sum(one.processor for one in told)

    def _told(self, end: Connection) -> Told:
        try:
            told = end.recv()
        except EOFError:
            raise RuntimeError(f"A worker of {self._title} ended before its time: no figure.") from None
        assert isinstance(told, Told)
        if told.error is not None:
            raise RuntimeError(f"A worker of {self._title} failed: no figure.\n{told.error}")
        return told


def _worker(contender: Contender, stage: Stage, end: Connection) -> None:
    try:
        with asyncio.Runner(loop_factory=contender.loop) as loop:
            told = loop.run(_work(contender, stage, end))
    except Exception:  # told to the process that waits, which stops the benchmark with it
        told = Told(error=traceback.format_exc())
    end.send(told)


async def _work(contender: Contender, stage: Stage, end: Connection) -> Told:
    began = 0.0

    async def word() -> None:
        nonlocal began
        gc.collect()
        gc.freeze()
        end.send(Told())
        await asyncio.to_thread(end.recv)
        began = process_time()

    watch = Watch(word)
    await contender.work(stage, watch)
    return Told(watch.ended, process_time() - began)
