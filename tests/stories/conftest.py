"""A fresh stage for every story: it begins on Monday 2 November 2026 at 09:00."""

from collections.abc import AsyncIterator

import pytest

from tests.stories.stage import Stage, on_stage


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00") as made:
        yield made
