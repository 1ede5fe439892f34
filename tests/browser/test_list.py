"""The list of meetings as a coordinator uses it: found, narrowed, kept, several at once, and what leads to a unit."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import WIDE
from tests.browser.visits import already_in, opened, violations
from tests.stories.county import unit
from tests.web.scene import Scene

LINES = ".things > li"


async def call_three(scene: Scene) -> None:
    for day, called in (("07", ("hemtjanst",)), ("08", ("skolan",)), ("09", ("hemtjanst", "bok"))):
        await scene.stage.call(f"2026-12-{day} 10:00", called)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_several_are_taken_over_at_once(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await call_three(fresh_scene)
    async with journey(
        "A coordinator takes two meetings over at once", look, browser, fresh_scene, "coordinator"
    ) as walk:
        page = walk.page
        await page.goto("/meetings")
        boxes = page.locator("input[form=bulk][type=checkbox]")
        await walk.tick(boxes.nth(0))
        await walk.tick(boxes.nth(2))
        await walk.tick(page.locator("#bulk").get_by_label("Ta över"))
        await walk.press(page.get_by_role("button", name="Gör det"))
        await expect(page.get_by_text("Gjort för 2 möten.")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_search_is_kept(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    """Narrowed to a unit by its name, kept under one, and come back to with one press from the top of the page."""
    await call_three(fresh_scene)
    async with journey(
        "A coordinator keeps a search, and comes back to it", look, browser, fresh_scene, "convener"
    ) as walk:
        page = walk.page
        await page.goto("/meetings")
        await walk.press(page.get_by_text("Filter", exact=True))
        await walk.fill(page.get_by_label("Enhet", exact=True), "hemtj")
        await walk.press(page.get_by_role("button", name="Visa", exact=True))
        await expect(page.locator(LINES)).to_have_count(2)
        assert f"unit={unit('hemtjanst')}" in page.url, "the address says which unit, whatever it is called later"
        await walk.fill(page.get_by_label("Spara sökningen som"), "Hemtjänsten")
        await walk.press(page.get_by_role("button", name="Spara", exact=True))
        await page.goto("/meetings")
        await expect(page.locator(LINES)).to_have_count(3)
        await walk.press(page.get_by_role("navigation", name="Dina sökningar").get_by_role("link", name="Hemtjänsten"))
        await expect(page.locator(LINES)).to_have_count(2)
        await walk.look_around()


async def test_all_that_are_shown_are_chosen(browser: Browser, fresh_scene: Scene) -> None:
    await call_three(fresh_scene)
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings")
    await page.get_by_label("Välj alla som visas").check()
    await expect(page.locator("[data-ticked]")).to_have_text("3")
    await page.locator("#bulk").get_by_label("Fråga igen").check()
    await page.get_by_role("button", name="Gör det").click()
    await expect(page.get_by_text("Gjort för 3 möten.")).to_be_visible()
    assert await violations(page) == []
    assert watch.wrong == []
    await page.context.close()


async def test_a_stroke_goes_to_the_search_of_the_start_page(browser: Browser, fresh_scene: Scene) -> None:
    """Each word is found wherever it stands; the address holds what was asked for, and nothing that was not."""
    await call_three(fresh_scene)
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "coordinator")
    await page.goto("/")
    await page.keyboard.press("/")
    await page.keyboard.type("skolan eken")
    await page.keyboard.press("Enter")
    await expect(page.locator(LINES)).to_have_count(1)
    assert page.url.endswith("/meetings?q=skolan+eken")
    assert watch.wrong == []
    await page.context.close()


async def test_a_units_page_is_a_press_away(browser: Browser, fresh_scene: Scene) -> None:
    """For its manager from her unit, from a meeting, and from the list by unit; not for who watches none."""
    await call_three(fresh_scene)
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "manager")
    for start, name in (
        ("/our-unit", "Vårt år"), ("/meetings?layout=unit", "Hemtjänsten"),
        (f"/meetings/{fresh_scene.stage.id}", "Hemtjänsten"),
    ):  # fmt: skip
        await page.goto(start)
        await page.locator("main").get_by_role("link", name=name).first.click()
        await expect(page.get_by_role("heading", name="Det senaste året")).to_be_visible()
        assert page.url.endswith(f"/units/{unit('hemtjanst')}")
    assert watch.wrong == []
    await already_in(page, fresh_scene, "staff")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await expect(page.locator("main a[href^='/units/']")).to_have_count(0)
    await page.context.close()
