"""The embedded server when something of it is killed with SIGKILL: the next start works, and no row is lost."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from sip.embedded.folder import Folder, ServerUser
from sip.embedded.server import ServerHandle, start_or_join

CLIENT = """
import pathlib, sys, time
from sip.embedded.server import start_or_join
server = start_or_join(pathlib.Path(sys.argv[1]))
print(server.socket_dir, flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sip-tests-"))
    folder.chmod(0o711)
    yield folder / "data"
    # Whatever a test left running ends with its last client; only then can the folder go.
    keeper = folder_of(folder / "data").lock("keeper")
    assert keeper.take(seconds=30), "a keeper outlived its clients"
    keeper.release()
    shutil.rmtree(folder)


def folder_of(data_dir: Path) -> Folder:
    return Folder.prepare(data_dir, ServerUser.of_this_process())


def until(what: Callable[[], bool]) -> None:
    """Waits for what must come; fails when it does not."""
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def keeper_pid(data_dir: Path) -> int:
    running = folder_of(data_dir).running()
    assert running is not None
    return running.keeper


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def unkept(data_dir: Path) -> bool:
    lock = folder_of(data_dir).lock("keeper")
    try:
        return lock.take()
    finally:
        lock.release()


def start_client(data_dir: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until it is killed."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(data_dir)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def first_line(client: subprocess.Popen[str]) -> str:
    assert client.stdout is not None
    return client.stdout.readline().strip()


def end(client: subprocess.Popen[str]) -> int:
    """Waits for a client that was killed, or whose keeper was."""
    client.communicate()
    return client.returncode


async def connect(server: ServerHandle) -> asyncpg.Connection:
    """A connection, as a pool would get one: trying again while the server comes back."""
    end = time.monotonic() + 30
    while True:
        try:
            return await asyncpg.connect(
                host=str(server.socket_dir), port=server.port, user="sip_owner", database="sip", ssl=False
            )
        except (OSError, asyncpg.CannotConnectNowError):
            assert time.monotonic() < end, "the server did not come back"
            await asyncio.sleep(0.05)


async def write_row(server: ServerHandle) -> None:
    server.ensure_database()
    connection = await connect(server)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (id int GENERATED ALWAYS AS IDENTITY)")
    await connection.execute("INSERT INTO kept DEFAULT VALUES")
    await connection.close()


async def rows(server: ServerHandle) -> int:
    connection = await connect(server)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM kept"))
    finally:
        await connection.close()


def test_a_killed_client_lets_the_server_stop(data_dir: Path) -> None:
    client = start_client(data_dir)
    assert first_line(client)
    assert not unkept(data_dir)
    client.kill()
    end(client)
    until(lambda: unkept(data_dir))
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists(), "it was not stopped cleanly"


async def test_a_killed_keeper_takes_the_server_with_it_and_the_next_start_works(data_dir: Path) -> None:
    with start_or_join(data_dir) as server:
        await write_row(server)
        os.kill(keeper_pid(data_dir), signal.SIGKILL)
        until(lambda: unkept(data_dir))
        with start_or_join(data_dir) as again:
            assert await rows(again) == 1
    assert "database system is shut down" in (data_dir / "postgres" / "server.log").read_text()


async def test_a_killed_server_is_started_again_by_its_keeper(data_dir: Path) -> None:
    with start_or_join(data_dir) as server:
        await write_row(server)
        keeper, killed = keeper_pid(data_dir), postmaster_pid(data_dir)
        os.kill(killed, signal.SIGKILL)
        until(lambda: (data_dir / "postgres/cluster/postmaster.pid").exists() and postmaster_pid(data_dir) != killed)
        assert await rows(server) == 1
        assert keeper_pid(data_dir) == keeper


async def test_keeper_and_server_killed_together_while_a_query_runs(data_dir: Path) -> None:
    with start_or_join(data_dir) as server:
        await write_row(server)
        busy = await connect(server)
        pid = await busy.fetchval("SELECT pg_backend_pid()")
        os.kill(pid, signal.SIGSTOP)  # a backend that does not notice that its server is gone
        for killed in (keeper_pid(data_dir), postmaster_pid(data_dir)):
            os.kill(killed, signal.SIGKILL)
        until(lambda: unkept(data_dir))
        busy.terminate()
        with start_or_join(data_dir) as again:
            assert await rows(again) == 1


async def test_a_number_used_again_by_another_process_is_not_taken_for_the_server(data_dir: Path) -> None:
    with start_or_join(data_dir) as server:
        await write_row(server)
        for killed in (keeper_pid(data_dir), postmaster_pid(data_dir)):
            os.kill(killed, signal.SIGKILL)
        until(lambda: unkept(data_dir))
    note = data_dir / "postgres" / "cluster" / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    (data_dir / "postgres" / "server.json").write_text('{"keeper": 1, "socket_dir": "/nowhere"')
    with start_or_join(data_dir) as again:
        assert await rows(again) == 1


async def test_a_keeper_killed_while_it_makes_the_database_leaves_nothing_half_made(data_dir: Path) -> None:
    starter = start_client(data_dir)
    folder = data_dir / "postgres"
    until(lambda: folder.exists() and any(folder.glob("cluster.new*/base")))
    (half_made,) = folder.glob("cluster.new*")
    os.kill(int(half_made.name.removeprefix("cluster.new")), signal.SIGKILL)
    assert end(starter) != 0
    with start_or_join(data_dir) as server:
        await write_row(server)
        assert await rows(server) == 1
    assert not any(folder.glob("cluster.new*"))


def test_many_starting_at_once_share_one_server(data_dir: Path) -> None:
    clients = [start_client(data_dir) for _ in range(4)]
    told = [first_line(client) for client in clients]
    assert len(set(told)) == 1
    assert told[0].startswith("/")
    assert (data_dir / "postgres" / "server.log").read_text().count("ready to accept connections") == 1
    for client in clients:
        client.kill()
        end(client)


async def test_starting_while_the_last_server_stops_waits_for_it(data_dir: Path) -> None:
    for number in range(1, 6):
        with start_or_join(data_dir) as server:
            await write_row(server)
            assert await rows(server) == number
