"""A relay that takes every mail and keeps none, in a process of its own: `smtp-sink` where it is installed, else this.

`python -m benchmarks.sink` listens on a free port of this machine, prints it, and ends when its standard input does. It
counts what it has taken and says so at VRFY, so that a run can be checked.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

_END = b"\r\n.\r\n"
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
_START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sink:
    """Where the relay listens. `counts` is False for smtp-sink, which does not tell what it has taken."""

    name: str
    port: int
    counts: bool


class _Session(asyncio.Protocol):
    """One connection: replies to each command as RFC 5321 has it, swallows DATA up to its lone dot."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._rest = b""
        self._in_data = False
        transport.write(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while self._step():
            pass

    def _step(self) -> bool:
        """Takes one command or the end of one mail; False when more bytes are needed."""
        if self._in_data:
            _, end, rest = self._rest.partition(_END)
            if not end:
                return False
            self._rest, self._in_data = rest, False
            _Session.taken += 1
            self._transport.write(b"250 taken\r\n")
            return True
        line, end, rest = self._rest.partition(b"\r\n")
        if not end:
            return False
        self._rest = rest
        self._transport.write(self._answer(line[:4].upper()))
        if line[:4].upper() == b"QUIT":
            self._transport.close()
        return True

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        if verb == b"EHLO":
            return b"250-sink.example\r\n250-SIZE 50000000\r\n250 8BITMIME\r\n"
        if verb == b"VRFY":
            return b"252 %d\r\n" % _Session.taken
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


@contextlib.contextmanager
def sink() -> Iterator[Sink]:
    """The relay, listening; ended with the block."""
    found = shutil.which("smtp-sink", path=_PATH)
    with _smtp_sink(found) if found else _own_sink() as running:
        yield running


@contextlib.contextmanager
def _own_sink() -> Iterator[Sink]:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "benchmarks.sink"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as child:  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield Sink("own sink", int(child.stdout.readline()), counts=True)
        finally:
            child.stdin.close()


@contextlib.contextmanager
def _smtp_sink(program: str) -> Iterator[Sink]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, *user, f"127.0.0.1:{port}", "100"], stderr=subprocess.DEVNULL) as child:
        try:
            _wait_for(port)
            yield Sink("smtp-sink", port, counts=False)
        finally:
            child.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


async def taken(where: Sink) -> int:
    """How many mails our own sink has taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", where.port)
    await reader.readline()
    writer.write(b"VRFY\r\n")
    told = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(told.split()[1])


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
