"""Pages that stay open are told that something changed: one listener connection per process, ids only, and no history.

The law of this file: the listener connects again by itself, and then says "changed" once, for what happened meanwhile
is not known; a page that hears nothing polls. Streams end when the process does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from sip.usecases.engine.handle import CHANNEL

log = structlog.get_logger("sip.web.live")

QUIET_SECONDS = 15.0
PACE_SECONDS = 1.0
AGAIN_SECONDS = 2.0
CHECK_SECONDS = 30.0


class Live:
    """Tells every open page of this process. `listen()` runs until it is cancelled."""

    def __init__(self, url: str, stop: asyncio.Event) -> None:
        self._url = url
        self._stop = stop
        self._open: set[asyncio.Event] = set()

    async def listen(self) -> None:
        """Listens, connecting again for ever."""
        while True:
            try:
                await self._listen_once()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("listener lost", why=type(error).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=10, server_settings={"application_name": "sip pages"})
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self.changed()
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                await connection.fetchval("select 1", timeout=10)
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), 2)

    def _heard(self, *_: Any) -> None:
        self.changed()

    def changed(self) -> None:
        """Wakes every open page."""
        for event in self._open:
            event.set()

    async def events(self) -> AsyncIterator[bytes]:
        """A server-sent event for each change, a comment when it is quiet; ends with the process."""
        woken = asyncio.Event()
        self._open.add(woken)
        stopping = asyncio.create_task(self._stop.wait())
        try:
            yield b"retry: 3000\n\n"
            while not self._stop.is_set():
                waiting = asyncio.create_task(woken.wait())
                try:
                    await asyncio.wait({waiting, stopping}, timeout=QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
                if woken.is_set():
                    woken.clear()
                    yield b"event: changed\ndata: 1\n\n"
                    # What changes meanwhile is told at the end of the pace, once: nothing is lost, nothing floods.
                    await asyncio.wait({stopping}, timeout=PACE_SECONDS)
                elif not self._stop.is_set():
                    yield b": quiet\n\n"
        finally:
            stopping.cancel()
            self._open.discard(woken)
