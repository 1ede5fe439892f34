"""The browser, a scene that is only looked at, and a scene of its own for each test that acts."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.pages import ARGS
from tests.web.scene import Scene, on_scene


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        found = await play.chromium.launch(executable_path=chromium_path, args=ARGS)
        yield found
        await found.close()


@pytest.fixture(scope="session")
def shown(chromium_path: str, scene: Scene) -> Scene:
    """The whole scene; tests here only look at it."""
    return scene


@pytest.fixture
async def fresh_scene(database_url: str, chromium_path: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        yield made
