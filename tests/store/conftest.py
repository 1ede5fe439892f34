"""A database of the test's own with the cast in it."""

from collections.abc import AsyncIterator

import pytest

from sip.store.db import Database
from tests.kept import KeptDatabase
from tests.store.town import Town, build


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    found = KeptDatabase(database_url)
    yield found
    await found.close()


@pytest.fixture
async def owner(database_owner_url: str) -> AsyncIterator[Database]:
    """The same database as the role that owns its tables."""
    found = KeptDatabase(database_owner_url)
    yield found
    await found.close()


@pytest.fixture
async def town(db: Database) -> Town:
    await build(db)
    return Town(db)
