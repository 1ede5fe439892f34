"""The rooms that a request passes: `python -m tools.rooms` lists, for some requests, each function of ours in turn.

What is counted (docs/rooms.md says how it stood):

- A *room* is a file of `src/sip` in which a function ran on behalf of the request. Comprehensions, and what a library
  writes (the methods of a dataclass), are no functions of ours.
- The *walk* is the sequence of rooms in the order in which functions are entered, each taken once when it is called;
  going on in a function after an `await`, or coming back to it from one that it called, is no step.
- A *climb* is a step of the walk up to a room on a higher floor (domain, store, use cases, edges, the composition root
  on top) in which no function is open at that moment. Who follows the request has come down too early, and must go up
  again to find how it goes on. To go back to a room where a function waits for the answer is no climb: that one is
  still before him.

Files that stand beside the floors (`settings.py`) are rooms, but no step to or from them climbs.
"""

import asyncio
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

HOUSE = Path(__file__).resolve().parents[1] / "src" / "sip"
FLOORS = {"domain": 0, "store": 1, "usecases": 2, "edges": 3, "cli": 4, "app.py": 4, "ground.py": 4}
_REQUEST = "RequestResponseCycle.run_asgi"
_NO_FUNCTION = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>", "<module>")


@dataclass(slots=True)
class Walk:
    """What a request passed: `steps` are rooms (paths within `src/sip`) with functions, in the order entered, and
    whether a function was open there.
    """

    steps: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def rooms(self) -> list[str]:
        """Each room once, in the order first entered."""
        return list(dict.fromkeys(room for room, _, _ in self.steps))

    @property
    def climbs(self) -> list[tuple[str, str]]:
        """As (from, to)."""
        found, last, floor = list[tuple[str, str]](), "", 9
        for room, _, is_open in self.steps:
            here = floor_of(room)
            if here is not None:
                if here > floor and not is_open:
                    found.append((last, room))
                last, floor = room, here
        return found

    def told(self) -> Iterator[str]:
        """The walk for people: a line for each stay in a room, with the functions entered there; ^ marks a climb."""
        floor = 9
        for room, stay in itertools.groupby(self.steps, key=lambda step: step[0]):
            entered, here = list(stay), floor_of(room)
            up = here is not None and here > floor and not entered[0][2]
            floor = floor if here is None else here
            yield f"{'^' if up else ' '} {room}: {' '.join(dict.fromkeys(step[1] for step in entered))}"


def floor_of(room: str) -> int | None:
    """The floor on which a room lies, counted from the ground; None beside the house."""
    return FLOORS.get(room.split("/")[0])


@contextmanager
def walked() -> Iterator[Walk]:
    """What the requests pass that are answered in this thread while inside. Leaves the profiler as it was."""
    walk, rooms = Walk(), dict[CodeType, str | None]()
    entered: dict[int, FrameType] = {}  # holds the frames, so that no id comes twice

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code not in rooms:
            rooms[code] = _room(code)
        room = rooms[code]
        if room is None or id(frame) in entered or not _for_a_request():
            return
        entered[id(frame)] = frame
        walk.steps.append((room, code.co_qualname.replace(".<locals>", ""), _is_open(frame.f_back, code)))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield walk
    finally:
        sys.setprofile(before)


def _is_open(frame: FrameType | None, code: CodeType) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == code.co_filename:
            return True
        frame = frame.f_back
    return False


def _room(code: CodeType) -> str | None:
    path = Path(code.co_filename)
    if code.co_name in _NO_FUNCTION or HOUSE not in path.parents:
        return None
    return path.relative_to(HOUSE).as_posix()


def _for_a_request() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop: a thread's own work
        return False
    return task is not None and getattr(task.get_coro(), "__qualname__", "") == _REQUEST


if __name__ == "__main__":
    import pytest

    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/web/test_rooms.py"]))
