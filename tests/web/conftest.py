"""A fresh scene for each test that acts; the one for all tests that only look is `scene` of tests/conftest.py."""

from collections.abc import AsyncIterator

import pytest

from tests.web.scene import Scene, on_scene


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[Scene]:
    """The county and its users alone, on Monday 2 November 2026 at 09.00."""
    async with on_scene(database_url, whole=False) as made:
        yield made
