"""The composition root: what the process binds."""

import asyncio
import socket
import subprocess
import sys

import pytest
from argon2 import extract_parameters

from sip.ground import StartError
from sip.pages import _bind
from sip.settings import Listen
from sip.store import users


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


def test_nobodys_password_is_hashed_as_anybodys_is() -> None:
    """What is checked for who is not there takes as long: it is written down, so the library's figures may leave it."""
    made = extract_parameters(users._hasher.hash("x"))
    assert extract_parameters(users._NOBODY) == made
    assert not users.check_password(None, "x")


def test_a_worker_loads_no_pages_and_no_module_hashes() -> None:
    """What a process begins with: a worker and a receiver of their own hold the pages' memory else."""
    loaded = "import sys, sip.app; print({'litestar', 'uvicorn', 'typst', 'xlsxwriter', 'zxcvbn'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
