"""The service killed with -9 while it works: nothing said 250 is lost, nothing leaves twice in two shapes."""

import asyncio
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from sqlalchemy import text
from tests.machine import free_port, wait_for
from tests.stories.stage import Stage, on_stage, reply_to
from tests.tester import TESTER

from sip.store.db import Database

MEETINGS = 12


@contextmanager
def service(database_url: str, relay_port: int, lmtp_port: int, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`sip worker` and `sip mail-in` in one process, as an installation runs them; `settings` besides."""
    code = (
        "import os; from sip import app; from sip.settings import load_settings;"
        "app.serve(load_settings(os.environ), web=False)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIP_")} | {
        "SIP_ENVIRONMENT": "test",
        "SIP_DATABASE_URL": database_url.replace("postgresql+asyncpg", "postgresql"),
        "SIP_SMTP_URL": f"smtp://127.0.0.1:{relay_port}",
        "SIP_LMTP_LISTEN": f"127.0.0.1:{lmtp_port}",
        "SIP_TICK_SECONDS": "0.05",
        **settings,
    }
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


@asynccontextmanager
async def called_meetings(database_url: str) -> AsyncIterator[Stage]:
    """Meetings whose invitations wait in the outbox: the relay was away when they were called."""
    async with on_stage(database_url, "2026-11-02 09:00") as stage:
        stage.relay.away = True
        for _ in range(MEETINGS):
            await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
        async with stage.made.worker.db.transaction(TESTER) as conn:
            await conn.execute(text("update mail set retry_at = clock_timestamp() where retry_at is not null"))
        stage.relay.away = False
        yield stage


async def test_killed_while_it_sends(database_url: str) -> None:
    """Killed again and again in the middle of its mails: each arrives, and a repeat has the same bytes."""
    async with called_meetings(database_url) as stage:
        expected = await _wanted_mails(stage.made.db)
        port = int(stage.made.settings.smtp_url.port)
        for round_ in range(1, 4):
            with service(database_url, port, free_port()):
                goal = min(len(expected), round_ * len(expected) // 4)
                await wait_for(partial(_arrived, stage, goal))
            async with stage.made.worker.db.transaction(TESTER) as conn:
                await conn.execute(text("update mail set retry_at = clock_timestamp() where retry_at is not null"))
        with service(database_url, port, free_port()):
            await wait_for(partial(_arrived, stage, len(expected)))
        copies: dict[str, set[bytes]] = defaultdict(set)
        for letter in stage.relay.letters:
            copies[str(letter.message["Message-ID"])].add(letter.raw)
        assert {len(shapes) for shapes in copies.values()} == {1}
        assert expected <= copies.keys()


async def test_killed_while_it_receives(database_url: str) -> None:
    """Every reply that was answered 250 is there after the kill, and is judged by the next process."""
    async with called_meetings(database_url) as stage:
        await stage.machine_time_passes()
        asked = stage.mailbox("hemtjanst@al.example")
        now = await stage.now()
        port, acknowledged = free_port(), 0
        with service(database_url, int(stage.made.settings.smtp_url.port), port) as process:
            await wait_for(lambda: asyncio.to_thread(_listens, port))
            for n, letter in enumerate(asked):
                raw = reply_to(letter, "ACCEPTED", "hemtjanst@al.example", now, {})
                to = letter.reply_to
                if n == len(asked) // 2:
                    process.send_signal(signal.SIGKILL)
                try:
                    await asyncio.to_thread(_hand_over, port, to, raw)
                    acknowledged += 1
                except (smtplib.SMTPException, OSError):
                    break
        assert acknowledged > 0
        await stage.work()
        outcomes = [outcome for outcome, _ in await stage.outcomes()]
        assert outcomes.count("applied") >= acknowledged


async def _wanted_mails(db: Database) -> set[str]:
    async with db.transaction(TESTER) as conn:
        return {row[0] for row in await conn.execute(text("select message_id from mail"))}


async def _arrived(stage: Stage, number: int) -> bool:
    return len({str(letter.message["Message-ID"]) for letter in stage.relay.letters}) >= number


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _hand_over(port: int, to: str, raw: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("hemtjanst@al.example", [to], raw)
