"""The composition root: what the process binds."""

import asyncio
import socket

import pytest

from sip.app import _bind
from sip.ground import StartError
from sip.settings import Listen


async def test_a_response_waits_for_nobody() -> None:
    """asyncio turns Nagle's algorithm off only where the listening socket is named as TCP."""
    taken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        taken.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    bound = _bind(Listen("127.0.0.1", 0))
    async with await asyncio.start_server(connected, sock=bound):
        _, writer = await asyncio.open_connection(*bound.getsockname())
        assert await taken
        writer.close()


def test_an_address_in_use_is_said_in_a_sentence() -> None:
    with _bind(Listen("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(StartError, match="SIP_HTTP_LISTEN"):
            _bind(Listen("127.0.0.1", port))
