"""The start page and the list as a coordinator uses them: five needs, a change while she writes, and the search."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, opened, violations
from tests.web.scene import Scene

TOP = "one => one.getBoundingClientRect().top"


async def call_five(scene: Scene) -> None:
    for hour in range(9, 14):
        await scene.stage.call(f"2026-11-05 {hour:02}:00", ("hemtjanst",))


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_five_needs(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    """Four meetings stand though nobody comes, and of the fifth the answer is got by phone and noted."""
    await call_five(fresh_scene)
    async with journey("A coordinator sees to five needs", look, browser, fresh_scene, "coordinator") as walk:
        page = walk.page
        await page.goto("/")
        rows = page.locator("li.hand")
        await expect(rows).to_have_count(5)
        await walk.look_around()
        for left in (4, 3, 2, 1):
            following = await rows.nth(1).get_attribute("id")
            await walk.press(rows.first.get_by_role("button", name="Mötet står fast"))
            await expect(rows).to_have_count(left)
            await expect(page.locator(f"#{following}")).to_be_focused()
        await walk.press(rows.first.get_by_role("link", name="Ring och notera svaret"))
        await walk.tick(page.get_by_label("Vi kommer"))
        await walk.fill(page.get_by_label("Namn eller funktion").first, "Anna Ek")
        await walk.look_around()
        await walk.press(page.get_by_role("button", name="Spara"))
        await expect(page.get_by_role("heading", name="Allt är lugnt")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_need_is_put_off(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-11-05 10:00", ("hemtjanst",))
    async with journey("A coordinator puts a need off", look, browser, fresh_scene, "coordinator") as walk:
        page = walk.page
        await page.goto("/")
        await walk.press(page.get_by_role("link", name="Skjut upp"))
        await walk.fill(page.get_by_label("Varför"), "Enheten ringer tillbaka")
        await walk.press(page.get_by_role("button", name="Spara"))
        await expect(page.get_by_text("Mötet är uppskjutet.")).to_be_visible()
        await expect(page.locator("section[data-group] li.hand")).to_have_count(0)
        await walk.press(page.get_by_text("Uppskjutna"))
        await expect(page.get_by_text("Enheten ringer tillbaka")).to_be_visible()
        await walk.look_around()


async def test_a_change_brings_its_own_row_and_loses_nothing(browser: Browser, fresh_scene: Scene) -> None:
    """Two look: what one does comes to the other, whose open form, focus and place on the page stay."""
    await call_five(fresh_scene)
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "coordinator")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    await page.goto("/")
    await expect(page.get_by_text("Sidan uppdaterar sig själv.")).to_be_visible()
    rows = page.locator("section[data-group] li.hand")
    third = rows.nth(2)
    await third.get_by_role("link", name="Anteckna").click()
    await third.get_by_label("Anteckning").fill("Ringt, åter")
    field = page.get_by_label("Anteckning")
    before, seen_at = len(fetched), await field.evaluate(TOP)
    other, _ = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(other, fresh_scene, "convener")
    await other.goto("/")
    await other.locator("li.hand").first.get_by_role("button", name="Mötet står fast").click()
    await expect(rows).to_have_count(4, timeout=15_000)
    await other.locator("li.hand").nth(1).get_by_role("button", name="Ta över").click()
    await expect(page.get_by_text("Clara Kallar har det")).to_be_visible(timeout=15_000)
    await expect(field).to_be_focused()
    assert await field.input_value() == "Ringt, åter"
    asked = [url for url in fetched[before:] if "/hands/" in url]
    assert asked and all("ids=" in url for url in asked), "only what changed"
    assert abs(await field.evaluate(TOP) - seen_at) < 150, "what one looks at stays where it is"
    await expect(page.get_by_role("heading", level=1)).to_have_text("4 saker behöver en hand")
    assert await violations(page) == []
    assert await fits(page)
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("Anteckningen är sparad.")).to_be_visible()
    assert watch.wrong == []
    await page.context.close()
    await other.context.close()


async def test_a_new_need_comes_to_an_open_page(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/")
    await expect(page.get_by_text("Ingenting behöver en hand just nu.")).to_be_visible()
    await expect(page.get_by_text("Sidan uppdaterar sig själv.")).to_be_visible()
    await fresh_scene.stage.call("2026-11-05 10:00", ("hemtjanst",))
    await expect(page.locator("li.hand")).to_have_count(1, timeout=15_000)
    await expect(page.get_by_role("link", name="Ring och notera svaret")).to_be_visible()
    await expect(page.get_by_text("Ingenting behöver en hand just nu.")).to_be_hidden()
    assert watch.wrong == []
    await page.context.close()


async def test_a_stroke_goes_to_the_search(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await fresh_scene.stage.call("2026-12-08 10:00", ("skolan",))
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "coordinator")
    await page.goto("/meetings")
    await page.keyboard.press("/")
    await page.keyboard.type("hemtj")
    await page.keyboard.press("Enter")
    await expect(page.locator(".things > li")).to_have_count(1)
    assert "q=hemtj" in page.url
    assert await violations(page) == []
    assert watch.wrong == []
    await page.context.close()
