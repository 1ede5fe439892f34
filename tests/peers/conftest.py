"""A stage at the machine's time for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.peers.today import on_stage_today
from tests.store.conftest import db, owner
from tests.stories.stage import Stage

__all__ = ["db", "owner", "stage"]


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage_today(database_url) as made:
        yield made
