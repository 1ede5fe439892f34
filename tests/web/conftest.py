"""A fresh scene for each test that acts; the one for all tests that only look is `scene` of tests/conftest.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.scene import Scene, on_scene

PROVIDERS = """[[provider]]
name = "siths"
label = { sv = "SITHS-kort", en = "SITHS card" }
issuer = "https://idp.example"
client_id = "sip"
claims = ["employeeHsaId"]
commission = "commissionHsaId"
"""


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[Scene]:
    """The county and its users alone, on Monday 2 November 2026 at 09.00."""
    async with on_scene(database_url, whole=False) as made:
        yield made


@pytest.fixture
async def connected(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """The county, with one provider, which does not answer."""
    path = tmp_path / "providers.toml"
    path.write_text(PROVIDERS, encoding="utf-8")
    async with on_scene(database_url, whole=False, settings={"SIP_SIGN_IN_PROVIDERS": str(path)}) as made:
        yield made
