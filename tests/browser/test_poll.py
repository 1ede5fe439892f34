"""A poll of times as it is asked, answered behind the mailed link and picked from (rules, section 9)."""

from datetime import date, timedelta

import pytest
from playwright.async_api import Browser, expect

from sip.domain.poll import PollState
from sip.usecases import polls
from tests.browser.journey import LOOKS, Look, journey
from tests.stories.stage import at
from tests.web.scene import Scene, _call

TIMES = [
    (at(day), at(day) + timedelta(hours=1)) for day in ("2026-12-16 09:00", "2026-12-17 13:00", "2026-12-18 09:00")
]


async def draft(scene: Scene, *, asked: bool) -> None:
    await _call(scene, "draft", "2026-12-18 09:00", ("hemtjanst", "skolan"), call=False)
    if asked:
        stage = scene.stage
        done = await polls.ask(stage.made.db, stage.id, TIMES, date(2026, 11, 13), stage.by(await stage.now()))
        assert done.refused is None, done.refused
        await stage.work()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_convener_asks(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await draft(fresh_scene, asked=False)
    async with journey("A convener asks which of three times suit", look, browser, fresh_scene, "convener") as walk:
        await walk.page.goto(f"{fresh_scene.origin}/meetings/{fresh_scene.stage.id}")
        await walk.press(walk.page.get_by_role("link", name="Fråga om tider först").first)
        await walk.look_around()
        for n, (start, _) in enumerate(TIMES, 1):
            await walk.fill(walk.page.locator(f"#ask-day_{n}"), start.date().isoformat())
            await walk.fill(walk.page.locator(f"#ask-from_{n}"), "09:00")
            await walk.fill(walk.page.locator(f"#ask-to_{n}"), "10:00")
        await walk.press(walk.page.get_by_role("button", name="Skicka frågan"))
        await expect(walk.page.get_by_text("0 av 2 har svarat på tiderna")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_answers(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await draft(fresh_scene, asked=True)
    async with journey("A unit says which of three times suit", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(fresh_scene.link("skolan@al.example"))
        await walk.look_around()
        for n, word in enumerate(("Kan", "Kan vid behov", "Kan inte"), 1):
            await walk.tick(walk.page.locator(f"#time_{n}").get_by_label(word, exact=True))
        await walk.press(walk.page.get_by_role("button", name="Skicka svaret"))
        await expect(walk.page.get_by_role("heading", name="Tack, svaret är sparat")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_convener_picks(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await draft(fresh_scene, asked=True)
    async with journey("A convener picks a time from a poll", look, browser, fresh_scene, "convener") as walk:
        await walk.page.goto(f"{fresh_scene.origin}/meetings/{fresh_scene.stage.id}")
        await walk.press(walk.page.get_by_role("link", name="Se svaren"))
        await walk.press(walk.page.get_by_role("button", name="Välj").nth(1))
        await expect(walk.page.locator("#about")).to_contain_text("17 december")
        await walk.look_around()
    found = (await fresh_scene.stage.meeting()).poll
    assert found is not None
    assert found.state is PollState.PICKED
