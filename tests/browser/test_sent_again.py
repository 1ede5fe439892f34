"""Without script: the network is lost on a form that was sent, and what comes of loading or typing it anew."""

import re

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import text

from tests.browser.pages import NARROW
from tests.browser.visits import already_in, opened
from tests.tester import TESTER
from tests.web.scene import Scene

WORDS = "Ringt, återkommer i morgon."


async def noted(scene: Scene) -> int:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return int((await conn.execute(text("select count(*) from journal where kind = 'Remarked'"))).scalar_one())


async def lost(page: Page) -> None:
    """The form is sent, the server takes it, and nothing of that is heard."""

    async def losing(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        await route.fetch(max_redirects=0)
        await page.context.clear_cookies(name="sip_taken")  # an answer that is lost brings no cookie either
        await route.abort()

    await page.route("**/note", losing)
    await page.locator("main form[action$='/note'] button:not([formaction])").last.click()
    await page.wait_for_url("chrome-error://**")
    await page.unroute("**/note")


@pytest.mark.parametrize("way", ["typed anew", "reload"])
async def test_an_answer_lost_without_script_has_one_effect(browser: Browser, fresh_scene: Scene, way: str) -> None:
    await fresh_scene.stage.call("2026-11-05 10:00", ("hemtjanst", "skolan"))
    here = f"/hands/{fresh_scene.stage.id}/note"
    page, _ = await opened(browser, fresh_scene, viewport=NARROW, java_script_enabled=False)
    await already_in(page, fresh_scene, "coordinator")
    await page.goto("/")
    await page.goto(here)
    await page.locator("main form [name=text]").fill(WORDS)
    await lost(page)
    assert await noted(fresh_scene) == 1
    if way == "reload":
        await page.reload()  # Chromium sends the same once more
    else:
        await page.goto(here)
        await page.locator("main form [name=text]").fill(WORDS)
        await page.locator("main form[action$='/note'] button:not([formaction])").last.click()
    await expect(page).not_to_have_url(re.compile("/note"))
    assert await noted(fresh_scene) == 1
    await page.context.close()
