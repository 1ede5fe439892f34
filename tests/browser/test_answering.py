"""A unit that was called answers behind its mailed link."""

import pytest
from playwright.async_api import Browser, expect

from sip.domain.standing import Standing
from tests.browser.journey import LOOKS, Look, journey
from tests.web.scene import Scene


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_comes(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    async with journey("A called unit says who comes", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(fresh_scene.link("hemtjanst@al.example"))
        await walk.tick(walk.page.get_by_label("Vi kommer"))
        await walk.fill(walk.page.get_by_label("Namn eller funktion").first, "Anna Ek")
        await walk.fill(walk.page.locator("#first_email"), "anna@al.example")
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Skicka svaret"))
        await expect(walk.page.get_by_role("heading", name="Tack för svaret")).to_be_visible()
        await walk.look_around()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.ATTENDS
