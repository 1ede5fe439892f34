"""What tests of real processes share: a port of this machine, and patience."""

import asyncio
import socket
from collections.abc import Awaitable, Callable


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def wait_for(condition: Callable[[], Awaitable[object]], seconds: float = 30.0) -> None:
    """Until the condition holds; the limit only ends a test that has failed."""
    for _ in range(int(seconds / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to be")
