"""The ways in when something breaks: the database goes and comes back, a process is killed or ended in the middle."""

import asyncio
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import pytest
from sqlalchemy import text
from tests.mail.imap_server import ImapServer, imap_server
from tests.mail.test_imap_account import mail
from tests.stories.stage import on_stage
from tests.tester import TESTER

from sip.store.db import Database, DatabaseAway

ROLES = ("sip_app", "sip_engine", "sip_service")
TO = "sip+abcdefghijklmnopqrstuvwxyz@sip.example"


@asynccontextmanager
async def database_away(url: str, owner_url: str, name: str) -> AsyncIterator[None]:
    """Nobody can connect and every connection is cut, as when the server is moved or starts anew."""
    plain = url.replace("postgresql+asyncpg", "postgresql")
    ours = [await asyncpg.connect(plain.replace("sip_service@", f"{role}@")) for role in ROLES]
    owner = await asyncpg.connect(owner_url.replace("postgresql+asyncpg", "postgresql"))
    await owner.execute(f"alter database {name} connection limit 0")
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user"
    try:
        for one in ours:
            await one.fetch(f"{cut} and pid <> pg_backend_pid()", name)
        yield
    finally:
        await owner.execute(f"alter database {name} connection limit -1")
        for one in (owner, *ours):
            await one.close()


async def test_while_the_database_is_away_mail_waits_with_its_sender(
    database: str, database_url: str, database_owner_url: str
) -> None:
    async with on_stage(database_url, "2026-11-02 09:00") as stage:
        async with database_away(database_url, database_owner_url, database):
            with pytest.raises(smtplib.SMTPDataError) as told:
                await stage.receive(mail(1), TO, "anna@al.example")
            assert told.value.smtp_code == 451
            with pytest.raises(DatabaseAway):
                await stage.made.worker.run_once(stage.made.clock())
        await _again(lambda: stage.receive(mail(1), TO, "anna@al.example"))
        await stage.receive(mail(1), TO, "anna@al.example")  # its sender had not heard our 250: the same mail once more
        await stage.work()
        assert [reason for _, reason in await stage.outcomes()] == ["unknown_token"]


async def _again(act: Callable[[], Awaitable[object]]) -> None:
    """As a mail server does: once more, until it is taken."""
    for _ in range(100):
        try:
            await act()
        except smtplib.SMTPDataError:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("never taken")


@contextmanager
def reading(database_url: str, server: ImapServer) -> Iterator[subprocess.Popen[bytes]]:
    """`sip mail-in` with the mailbox as its only way in."""
    code = (
        "import os; from sip import app; from sip.settings import load_settings;"
        "app.serve(load_settings(os.environ), web=False, worker=False)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIP_")} | {
        "SIP_ENVIRONMENT": "test",
        "SIP_DATABASE_URL": database_url.replace("postgresql+asyncpg", "postgresql"),
        "SIP_LMTP_LISTEN": "off",
        "SIP_IMAP_URL": f"imap://box%40region.example:hemligt%20l%C3%B6sen@127.0.0.1:{server.port}",
        "SIP_IMAP_POLL_SECONDS": "1",
    }
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


async def _until(condition: Callable[[], bool]) -> None:
    """The limit only ends a test that has failed."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)


async def test_killed_while_it_reads_the_mailbox(database_url: str) -> None:
    """Killed between the commit and the move, again and again: each mail is there once, and none is left behind."""
    db = Database(database_url)
    async with imap_server() as server:
        for number in range(8):
            server.inbox.add(mail(number))
        for uid in (2, 5):
            victim: list[subprocess.Popen[bytes]] = []

            def kills(said: str, uid: int = uid, victim: list[subprocess.Popen[bytes]] = victim) -> bool:
                if said.startswith(f"UID MOVE {uid} ") and victim:
                    victim.pop().send_signal(signal.SIGKILL)
                    return True
                return False

            server.cuts = kills
            with reading(database_url, server) as process:
                victim.append(process)
                await _until(lambda victim=victim: not victim)  # type: ignore[misc]  # a default that binds it now
                process.wait()
            async with db.transaction(TESTER) as conn:  # its hold runs out in five minutes; here at once
                await conn.execute(text("update mailbox set held_until = clock_timestamp(), retry_at = null"))
        server.cuts = lambda _: False
        with reading(database_url, server), reading(database_url, server):
            await _until(lambda: not server.bodies("INBOX"))
        assert sorted(server.bodies("Behandlade")) == [mail(number) for number in range(8)]
    async with db.transaction(TESTER) as conn:
        assert await conn.scalar(text("select count(*) from inbound")) == 8
    await db.close()


async def test_ended_while_the_mail_server_is_silent(database_url: str) -> None:
    """SIGTERM does not wait for a server that does not answer: the line is cut."""
    silent = asyncio.Event()
    async with imap_server() as server:

        async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            silent.set()
            await reader.read()
            writer.close()

        quiet = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
        server.port = quiet.sockets[0].getsockname()[1]
        with reading(database_url, server) as process:
            await asyncio.wait_for(silent.wait(), 60)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0
        quiet.close()
        await quiet.wait_closed()
