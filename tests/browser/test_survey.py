"""The questions after a meeting, by a mailed link and by the sheet's code (rules, section 8 A7 and A8)."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.journey import LOOKS, Look, journey
from tests.web.scene import Scene
from tests.web.test_survey import HEMTJANST, _count, met, stored


def choice(page: Page, question: str, word: str) -> Locator:
    return page.locator(f"#{question}").get_by_label(word, exact=True)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_staff_say_how_it_was(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await met(fresh_scene.stage)
    async with journey("Staff say how a meeting was", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(fresh_scene.link(HEMTJANST, "Fyra frågor"))
        await walk.look_around()
        for question, word in (("purpose", "Ja"), ("people", "Inte riktigt"), ("agreed", "Ja"), ("heard", "Ja")):
            await walk.tick(choice(walk.page, question, word))
        await walk.press(walk.page.get_by_role("button", name="Skicka"))
        await expect(walk.page.get_by_role("heading", name="Tack!")).to_be_visible()
        await walk.look_around()
    assert await stored(fresh_scene.stage, "select answers, purpose, people from survey_sum") == [(1, 1, 0)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_the_person_says_how_it_was(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with fresh_scene.client("staff") as client:
        found = re.search(r"/tyck/[a-z2-7]{16}", (await client.get("/survey-form")).text)
    assert found is not None
    async with journey("The person says how a meeting was", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(f"{fresh_scene.origin}{found.group()}")
        await walk.look_around()
        await walk.tick(choice(walk.page, "heard", "Ja"))
        await walk.press(walk.page.get_by_role("button", name="Skicka"))
        await expect(walk.page.get_by_role("heading", name="Tack!")).to_be_visible()
        await walk.look_around()
    assert await stored(fresh_scene.stage, "select answers, heard from survey_sum") == [(1, 1)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_the_sheet_and_the_sums_can_be_read(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await _count(
        fresh_scene.stage,
        "('2026-07-01', 'staff', 'Norr', 40, 32, 25, 21, 31)", "('2026-07-01', 'staff', 'Söder', 22, 11, 10, 9, 12)",
        "('2026-07-01', 'person', 'Norr', 3, 3, 3, 3, 3)",
    )  # fmt: skip
    async with journey("A board reads how meetings were", look, browser, fresh_scene, "board") as walk:
        await walk.page.goto(f"{fresh_scene.origin}/statistics")
        await walk.press(walk.page.get_by_role("link", name="Vad de som var med säger om mötena"))
        await expect(walk.page.get_by_role("cell", name="43 av 62").first).to_be_visible()
        await walk.look_around()
        await walk.press(walk.page.get_by_role("link", name="Bladet till den enskilde"))
        await walk.look_around()
