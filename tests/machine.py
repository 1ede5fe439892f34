"""What tests of real processes share: a port of this machine, and patience."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Awaitable, Callable

# Below those that the kernel deals out, so that nobody is given the port before it is used.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody listens at."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def wait_for(condition: Callable[[], Awaitable[object]], seconds: float = 30.0) -> None:
    """Until the condition holds; the limit only ends a test that has failed."""
    for _ in range(int(seconds / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to be")
