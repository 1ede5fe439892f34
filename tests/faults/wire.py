"""A wire between the service and what it talks to, PostgreSQL or a relay, on which a test does what networks do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, urlsplit

Seen = Callable[[bytes], bool]
"""Hears what goes by; False: it goes no further, and the line is cut."""


@dataclass
class Wire:
    """Listens at `port` of 127.0.0.1 and carries to `target`: a port of this machine, or the path of a socket."""

    target: int | str
    port: int = 0
    delay: float = 0.0
    """Seconds that whatever is said, in either direction, is late."""
    slow: bool = False
    """What the service says is read a few bytes at a time."""
    sees_said: Seen = lambda _: True
    """Hears what the service says, before it is carried on."""
    sees_answered: Seen = lambda _: True
    """Hears what is answered, before it is carried back."""
    calls: int = 0
    _carries: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)

    async def back(self) -> None:
        """Everything arrives again, what was swallowed by the black hole too."""
        self._carries.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def away(self) -> None:
        """Nobody listens, and every connection is cut: what a program that has ended looks like."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def cut(self) -> None:
        """Every connection is reset in the middle of what it carries."""
        for writer in self._open:
            writer.transport.abort()

    def swallow(self) -> None:
        """A black hole: connections are taken and nothing arrives, and nobody says so."""
        self._carries.clear()

    def half_close(self) -> None:
        """The other end has said its last on every connection; what it is told it still hears."""
        for writer in self._open:
            with contextlib.suppress(OSError):
                writer.write_eof()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        try:
            there_reader, there = await (
                asyncio.open_unix_connection(self.target)
                if isinstance(self.target, str)
                else asyncio.open_connection("127.0.0.1", self.target)
            )
        except OSError:  # nobody is there: as if nobody were here
            writer.transport.abort()
            return
        self._open |= {writer, there}
        ways = ((reader, there, self._said), (there_reader, writer, self._answered))
        pumps = {asyncio.create_task(self._pump(*way)) for way in ways}
        self._pumps |= pumps
        try:
            await asyncio.wait(pumps)
        finally:
            self._pumps -= pumps
            for end in (writer, there):
                self._open.discard(end)
                end.close()

    def _said(self, data: bytes) -> bool:
        return self.sees_said(data)

    def _answered(self, data: bytes) -> bool:
        return self.sees_answered(data)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sees: Seen) -> None:
        slow = partial(reader.read, 64)
        with contextlib.suppress(OSError):
            while data := await (slow() if self.slow else reader.read(65_536)):
                await self._carries.wait()
                if self.delay or self.slow:
                    await asyncio.sleep(self.delay or 0.001)
                if not sees(data):
                    writer.transport.abort()
                    return
                writer.write(data)
                await writer.drain()
            writer.write_eof()


@asynccontextmanager
async def wire(target: int | str) -> AsyncIterator[Wire]:
    """A wire that carries; gone when left."""
    made = Wire(target)
    await made.back()
    try:
        yield made
    finally:
        made._carries.set()
        await made.away()


def through(url: str, made: Wire) -> str:
    """The database's address over this wire, for one at a socket."""
    scheme, _, rest = url.partition("://")
    role, _, where = rest.partition("@/")
    return f"{scheme}://{role}@127.0.0.1:{made.port}/{where.partition('?')[0]}"


def socket_of(url: str) -> str:
    """The path of the socket that this address of a database names."""
    asked = parse_qs(urlsplit(url).query)
    return f"{asked['host'][0]}/.s.PGSQL.{asked['port'][0]}"
