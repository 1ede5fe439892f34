"""A worker killed with -9 when another system has got a message and nobody has noted it: it comes again, the same."""

import asyncio
import signal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.faults.test_service_faults import service
from tests.stories.hooked import HANGS, HERE, receiver
from tests.stories.stage import CONVENER, on_stage
from tests.tester import TESTER

from sip.usecases import webhooks
from sip.usecases.webhooks import EndpointWanted


async def test_killed_between_sending_and_noting_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(database_url, "2026-11-02 09:00") as stage, receiver(tmp_path) as there:
        made = stage.made
        wanted = EndpointWanted("Journalen", there.url, ("meeting.called",))
        await webhooks.make(
            made.db, UUID(int=3), wanted, vault=made.vault, allowed=HERE, actor=CONVENER,
            now=await stage.now(),
        )  # fmt: skip
        await stage.call("2026-12-07 10:00")
        there.answers = [HANGS]
        monkeypatch.setenv("SSL_CERT_FILE", str(there.ca))
        relay = made.settings.smtp_url.port
        around = {"SIP_WEBHOOK_NETWORKS": "127.0.0.0/8", "SIP_SECRET_KEY": made.settings.secret_key.get_secret_value()}
        with service(database_url, relay, 0, **around) as first:
            await asyncio.wait_for(there.arrived.wait(), 60)
            first.send_signal(signal.SIGKILL)
            first.wait()
        async with made.db.transaction(TESTER) as conn:
            state = await conn.scalar(text("select state from webhook_message"))
            await conn.execute(text("update webhook_message set retry_at = clock_timestamp()"))
        assert state == "sending"
        with service(database_url, relay, 0, **around):
            for _ in range(600):
                if len(there.heard) == 2:
                    break
                await asyncio.sleep(0.1)
        one, again = there.heard
        assert (one.body, one.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
