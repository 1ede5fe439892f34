"""One scene for all tests that only look, and a fresh one for each that acts."""

from collections.abc import AsyncIterator

import pytest

from sip.embedded.server import ServerHandle
from tests.web.scene import Scene, on_scene


@pytest.fixture(scope="session")
async def scene(cluster: ServerHandle, template_database: str) -> AsyncIterator[Scene]:
    """Shared: a test that uses it changes nothing."""
    cluster.create_database_from_template("sip_scene", template_database)
    async with on_scene(cluster.url("sip_scene")) as made:
        yield made
    cluster.drop_database("sip_scene")


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[Scene]:
    """The county and its users alone, on Monday 2 November 2026 at 09.00."""
    async with on_scene(database_url, whole=False) as made:
        yield made
