"""In production every cookie is Secure and named `__Host-`, so that no other host of the domain can set it."""

import asyncio
from datetime import datetime
from typing import Any

import httpx

from sip.edges.services import Services
from sip.edges.web.app import create
from sip.settings import load_settings
from sip.store.db import Database
from sip.store.vault import Vault
from tests.domain.cast import at
from tests.store.conftest import db
from tests.web.scene import fields_of

__all__ = ["db"]
KEY = "a key of this test alone, of many letters"  # made up


class _Clock:
    def __call__(self) -> datetime:
        return at("2026-11-02 09:00")

    async def now(self) -> datetime:
        return self()


def _application(db: Database) -> Any:
    said = {
        "SIP_ENVIRONMENT": "production", "SIP_SECRET_KEY": KEY, "SIP_MAIL_DOMAIN": "sip.region.example",
        "SIP_BASE_URL": "https://sip.region.example", "SIP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }  # fmt: skip
    return create(Services(db, load_settings(said), _Clock(), Vault(KEY), asyncio.Event()))


async def test_cookies_are_secure_and_of_this_host_alone(db: Database) -> None:
    transport = httpx.ASGITransport(app=_application(db))
    async with httpx.AsyncClient(transport=transport, base_url="https://sip.region.example") as client:
        page = await client.get("/accessibility?lang=en")
        assert "Accessibility" in page.text
        told = await client.post("/accessibility", data={**fields_of(page.text), "said": "The text is small."})
        assert told.status_code == 303, told.text
        given = [one for answer in (page, told) for one in answer.headers.get_list("set-cookie")]
        named = {one.partition("=")[0] for one in given}
        assert named == {"__Host-sip_visit", "__Host-sip_language", "__Host-sip_taken"}
        for one in given:
            words = {word.strip().lower() for word in one.split(";")[1:]}
            assert {"secure", "path=/"} <= words and not any(word.startswith("domain") for word in words)
            assert any(word.startswith("samesite") for word in words)
            assert ("httponly" in words) is not one.startswith("__Host-sip_taken")  # that one a script reads
        assert 'lang="en"' in (await client.get("/kod")).text
