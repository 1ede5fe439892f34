"""What is going to happen in the story, in the order of the story's time.

The law of this file: acts come out by time, and in the order they were put in where the time is the same.
"""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], None]


class Agenda:
    """A queue of acts by time. An act gets the story's time at which it is done."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Act]] = []
        self._count = count()

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, when: datetime, act: Act) -> None:
        """Lets this be done at that time, or as soon as the story has come past it."""
        heapq.heappush(self._heap, (when, next(self._count), act))

    @property
    def next(self) -> datetime | None:
        """When the next act is; None when nobody has anything left to do."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: datetime) -> list[Act]:
        """Takes out what is due by now."""
        out: list[Act] = []
        while self._heap and self._heap[0][0] <= now:
            out.append(heapq.heappop(self._heap)[2])
        return out
