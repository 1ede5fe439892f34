"""A scene of its own for each test that acts in the browser."""

from collections.abc import AsyncIterator

import pytest

from tests.web.scene import Scene, on_scene


@pytest.fixture
async def fresh_scene(database_url: str, chromium_path: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        yield made
