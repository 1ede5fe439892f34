"""A request whose actor was not set: the service as it is, over a database layer that forgets to say who acts."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.api.conftest import RowClock
from tests.domain.cast import ident
from tests.stories.stage import Stage, on_stage
from tests.tester import TESTER

from sip.domain.people import Role
from sip.edges.api.router import api
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store import api_keys
from sip.store.api_keys import KeyRecord
from sip.store.db import Acting, Database, View
from sip.store.vault import Vault
from sip.usecases.actor import ServicePart


class _Nobody:
    setting = ""
    view = View(sees="", kind="", place="", who="")


class _Forgetful(Database):
    """The parts of the service are still known, so that a caller is let in; she herself no longer is."""

    forgets = False

    def transaction(self, actor: Acting) -> AbstractAsyncContextManager[AsyncConnection]:
        known = isinstance(actor, ServicePart) or not self.forgets
        return super().transaction(actor if known else _Nobody())


async def _asked(client: httpx.AsyncClient, stage: Stage) -> list[tuple[int, Any]]:
    meeting = f"/api/v1/meetings/{stage.id}"
    paths = (meeting, f"{meeting}/journal", "/api/v1/meetings", "/api/v1/units", "/api/v1/persons", "/api/v1/cases")
    answers = [await client.get(path) for path in paths]
    return [(one.status_code, one.json().get("items") if one.status_code == 200 else None) for one in answers]


async def test_a_request_whose_actor_was_not_set_reads_nothing(database_url: str) -> None:
    async with on_stage(database_url, "2026-11-02 09:00") as stage:
        await stage.call("2026-12-07 10:00", ["hemtjanst"])
        db = _Forgetful(database_url)
        try:
            async with db.transaction(TESTER) as conn:
                token = await api_keys.make(conn, KeyRecord(ident("key"), "key", Role.ADMINISTRATOR, None, None, None))
            settings = load_settings({"SIP_ENVIRONMENT": "test"})
            vault = Vault(settings.secret_key.get_secret_value())
            services = Services(db, settings, RowClock(db), vault, asyncio.Event())
            app: Any = create(services, api(production=False))
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
                db.forgets = False
                assert all(status == 200 for status, _ in await _asked(client, stage))
                db.forgets = True
                forgotten = await _asked(client, stage)
            assert not [one for one in forgotten if one[1]], "no row of anything"
            assert all(status in (200, 404, 500) for status, _ in forgotten), forgotten
            db.forgets = False
        finally:
            await db.close()
