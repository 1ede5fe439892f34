"""Where a process is killed: at random, or when the wire or the relay sees that it is at a point. The service knows of
none of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.chaos.processes import Part
from tests.faults.wire import Seen, Wire

AT_RANDOM = "at random"
Spring = Callable[[], None]


def _before(mark: bytes) -> Callable[[Wire, Spring], None]:
    """Before the other end hears what holds `mark`."""

    def sets(wire: Wire, spring: Spring) -> None:
        wire.sees_said = _on(lambda data: mark in data, spring, carries=False)

    return sets


def _after(mark: bytes, answer: bytes) -> Callable[[Wire, Spring], None]:
    """Once `mark` was said, before its `answer` is heard."""

    def sets(wire: Wire, spring: Spring) -> None:
        said: list[bool] = []
        wire.sees_said = _on(lambda data: mark in data, lambda: said.append(True), carries=True)
        wire.sees_answered = _on(lambda data: bool(said) and answer in data, spring, carries=False)

    return sets


def _with(mark: bytes) -> Callable[[Wire, Spring], None]:
    """When `mark` is said, and it does arrive."""

    def sets(wire: Wire, spring: Spring) -> None:
        wire.sees_said = _on(lambda data: mark in data, spring, carries=True)

    return sets


def _on(meant: Callable[[bytes], bool], spring: Spring, *, carries: bool) -> Seen:
    def sees(data: bytes) -> bool:
        if not meant(data):
            return True
        spring()
        return carries

    return sees


TO_DATABASE: dict[str, Callable[[Wire, Spring], None]] = {
    "before claim": _before(b"skip locked"),
    "after claim": _after(b"skip locked", b"SELECT "),
    "decided": _before(b"into journal"),
    "before commit": _before(b"COMMIT;"),
    "after commit": _after(b"COMMIT;", b"COMMIT\0"),
    "settle": _before(b"update mail m set state = t.status"),
    "keeps a mail": _before(b"into inbound"),
}
"""Points on the wire to PostgreSQL."""
TO_RELAY: dict[str, Callable[[Wire, Spring], None]] = {
    "MAIL FROM": _before(b"MAIL FROM"),
    "final dot": _with(b"\r\n.\r\n"),
    "its answer": _after(b"\r\n.\r\n", b"250"),
}
"""Points on the wire to the relay."""
OF_KIND: dict[str, tuple[str, ...]] = {
    "worker": (AT_RANDOM, *(name for name in TO_DATABASE if name != "keeps a mail"), *TO_RELAY),
    "web": (AT_RANDOM, "before commit", "after commit"),
    "mail_in": (AT_RANDOM, "keeps a mail", "before commit", "after commit"),
}
"""The points at which a process of this kind can be killed."""


@dataclass
class Trap:
    """Kills `part` when one of its wires sees the point."""

    part: Part
    database: Wire
    relay: Wire

    async def springs(self, point: str, within: float) -> bool:
        """Waits so long for the point; whether it came. The process is dead then, and otherwise not."""
        sprung = asyncio.Event()

        def spring() -> None:
            if not sprung.is_set():
                self.part.kill()
                sprung.set()

        wire = self.database if point in TO_DATABASE else self.relay
        (TO_DATABASE | TO_RELAY)[point](wire, spring)
        try:
            async with asyncio.timeout(within):
                await sprung.wait()
        except TimeoutError:
            return False
        finally:
            wire.sees_said = wire.sees_answered = lambda _: True
        return True
