"""Embedded PostgreSQL: a server of the installation's own, started when needed and stopped when nobody is left.

For trying out, demonstrations and tests, never for production data: there is no backup and no upgrade here, and the
programs come from a package with one maintainer. In production set SIP_DATABASE_URL.

The law of this file: a process that uses the server holds a shared lock as long as it does; the keeper (`keeper.py`)
does the rest. Its roles: `sip_admin`, the superuser, used here only; `sip_owner`, who owns databases and runs
migrations; `sip_app`, `sip_engine` and `sip_receiver`, who own nothing, for pages, worker and ways in; `sip_service`,
who may what the first two of these may, for a process that is all of it.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import asyncpg

from sip.embedded.cluster import ROLES, SUPERUSER
from sip.embedded.folder import Folder, Lock, Running, ServerUser
from sip.embedded.programs import EmbeddedError

__all__ = ["EmbeddedError", "ServerHandle", "start_or_join"]

_START_SECONDS = 180.0  # the first start and a recovery after a crash are the longest
_CONNECT_SECONDS = 15.0  # how long a server that is being started again is waited for
_MAKING = 0x51B_0003  # the advisory lock of whoever makes roles and databases
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

T = TypeVar("T")


class ServerHandle:
    """A running server, kept running until `close`. Its methods are synchronous and may be called anywhere, an event
    loop's thread included (they block it for some milliseconds)."""

    def __init__(self, folder: Folder, running: Running, clients: Lock) -> None:
        self._folder = folder
        self._clients = clients
        self.socket_dir = Path(running.socket_dir)
        self.port = running.port
        self.pg_bin = Path(running.bin)
        self.major = running.major

    def url(self, database: str = "sip", role: str = "sip_service") -> str:
        """The address for SQLAlchemy with asyncpg. It holds no password: the server knows the user by the socket."""
        return f"postgresql+asyncpg://{role}@/{database}?host={quote(str(self.socket_dir))}&port={self.port}"

    def owner_url(self, database: str = "sip") -> str:
        """The same database as the role that owns its tables, for migrations."""
        return self.url(database, "sip_owner")

    def ensure_database(self, name: str = "sip") -> None:
        """Makes the database where it is missing, owned by sip_owner, whose tables sip_app may read and write."""
        _check_name(name)

        async def work(connection: asyncpg.Connection) -> None:
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
                with suppress(asyncpg.DuplicateDatabaseError):
                    await connection.execute(f"CREATE DATABASE {name} OWNER sip_owner TEMPLATE template0")
            await _let_app_connect(connection, name)

        async def inside(connection: asyncpg.Connection) -> None:
            for what, on in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE", "SEQUENCES")):
                await connection.execute(
                    f"ALTER DEFAULT PRIVILEGES FOR ROLE sip_owner IN SCHEMA public GRANT {what} ON {on} TO sip_app"
                )

        self._as_admin(work)
        self._as_admin(inside, name)

    def create_database_from_template(self, name: str, template: str) -> None:
        """A copy of `template` (0.02 s for an empty one), to which nobody may be connected then."""
        _check_name(name)
        _check_name(template)

        async def work(connection: asyncpg.Connection) -> None:
            end = time.monotonic() + _CONNECT_SECONDS
            while True:
                try:
                    await connection.execute(f"CREATE DATABASE {name} OWNER sip_owner TEMPLATE {template}")
                except asyncpg.ObjectInUseError:  # a connection that was closed a moment ago
                    if time.monotonic() > end:
                        raise EmbeddedError(f"The database {template} is in use and cannot be copied.") from None
                    await asyncio.sleep(0.05)
                else:
                    break
            await _let_app_connect(connection, name)

        self._as_admin(work)

    def drop_database(self, name: str) -> None:
        """Removes the database if it is there; whoever is connected to it is cut off."""
        _check_name(name)
        self._as_admin(lambda connection: connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    def close(self) -> None:
        """This process no longer needs the server; when it was the last one, the keeper stops it a moment later."""
        self._clients.release()

    def destroy(self) -> None:
        """Stops the server, which nobody else may be using, and removes its data. For temporary servers.

        Raises EmbeddedError when somebody does use it.
        """
        self.close()
        keeper = self._folder.lock("keeper")
        try:
            if not keeper.take(seconds=_START_SECONDS):
                raise EmbeddedError(f"The server in {self._folder.path} is still used by another process.")
            self._folder.remove()
        finally:
            keeper.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def ensure_roles(self) -> None:
        """The roles beside the superuser, which owns nothing of ours."""

        async def work(connection: asyncpg.Connection) -> None:
            for role in ROLES[1:]:
                if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
                    with suppress(asyncpg.DuplicateObjectError):
                        await connection.execute(
                            f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                        )
            await connection.execute("GRANT sip_app, sip_engine TO sip_service")

        self._as_admin(work)

    def _as_admin(self, work: Callable[[asyncpg.Connection], Awaitable[Any]], database: str = "postgres") -> None:
        async def connected() -> None:
            connection = await self._connect(database)
            try:
                # One at a time: processes that start together would make the same roles and databases at once.
                await connection.execute(f"SELECT pg_advisory_lock({_MAKING})")
                await work(connection)
            finally:
                await connection.close()

        # A thread of its own, so that a caller inside a running event loop can use it too.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(connected())).result()

    async def _connect(self, database: str) -> asyncpg.Connection:
        """A connection as superuser, waiting while the keeper starts a killed server again."""
        end = time.monotonic() + _CONNECT_SECONDS
        while True:
            try:
                return await asyncpg.connect(
                    host=str(self.socket_dir), port=self.port, user=SUPERUSER, database=database, ssl=False
                )
            except (OSError, asyncpg.CannotConnectNowError) as error:
                if time.monotonic() > end:
                    raise EmbeddedError(
                        f"The database server does not answer; its log is {self._folder.log}"
                    ) from error
                await asyncio.sleep(0.05)


def start_or_join(
    data_dir: Path,
    *,
    pg_bin: Path | None = None,
    throw_away: bool = False,
    log: Callable[[str], None] = lambda _: None,
) -> ServerHandle:
    """The server of `data_dir`, started if it does not run, with both roles. Held until `.close()`.

    `pg_bin` names the programs (SIP_PG_BIN); `throw_away` trades safety in a power cut for speed, for tests; `log` is
    told of what takes a second. Raises EmbeddedError with a sentence.
    """
    folder = Folder.prepare(data_dir, ServerUser.of_this_process())
    with folder.starting(_START_SECONDS):
        clients = folder.lock("clients")
        try:
            # Waits for a keeper that has begun to stop. From here on no keeper begins to.
            if not clients.take(shared=True, seconds=_START_SECONDS):
                raise EmbeddedError(f"The database in {folder.path} has been stopping for {_START_SECONDS:.0f} s.")
            handle = ServerHandle(folder, _running(folder, pg_bin, throw_away, log), clients)
            handle.ensure_roles()
        except BaseException:
            clients.release()
            raise
    return handle


def _running(folder: Folder, pg_bin: Path | None, throw_away: bool, log: Callable[[str], None]) -> Running:
    """What runs, after starting a keeper where none lives. The caller holds the start lock and the shared lock."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if folder.forget_if_unkept():
            log("Starting the embedded PostgreSQL")
            _start_keeper(folder, pg_bin, throw_away)
        elif running := folder.running():
            return running
        else:
            time.sleep(0.02)
    raise EmbeddedError(f"PostgreSQL was not ready after {_START_SECONDS:.0f} s; its log is {folder.log}")


def _start_keeper(folder: Folder, pg_bin: Path | None, throw_away: bool) -> None:
    # -P: a module lying in the working folder is not taken for one of ours.
    command = [sys.executable, "-P", "-m", "sip.embedded.keeper", str(folder.path.parent)]
    command += ["--pg-bin", str(pg_bin)] if pg_bin else []
    command += ["--throw-away"] if throw_away else []
    done = subprocess.run(  # noqa: S603 - this very interpreter, no shell
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", start_new_session=True
    )
    if done.returncode != 0:
        raise EmbeddedError(done.stdout.strip() or f"The database could not be started: {done.stderr.strip()[-500:]}")


async def _let_app_connect(connection: asyncpg.Connection, database: str) -> None:
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO sip_app, sip_engine, sip_receiver")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise EmbeddedError(f"{name!r} cannot be the name of a database; use a-z, 0-9 and _.")
