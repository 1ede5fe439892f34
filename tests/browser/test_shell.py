"""What stands around every page: the bar, the menu under one's name, how it is coloured."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, in_menu, opened, violations
from tests.web.scene import ROLES, Scene


async def lines_of_the_bar(page: Page) -> int:
    """How many lines the header takes, its notice aside."""
    tops = await page.locator(".top-in > *, .nav a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => box.top + box.height / 2)"
    )
    return len({round(top / 12) for top in tops})


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("role", ROLES)
async def test_the_header_is_one_line_for_every_role(browser: Browser, shown: Scene, role: str, language: str) -> None:
    page, _ = await opened(browser, shown, viewport=WIDE)
    await already_in(page, shown, role)
    await page.goto(f"/feeds?lang={language}")
    assert await lines_of_the_bar(page) == 1
    await page.context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_the_menu_opens_and_closes_by_key_and_press(browser: Browser, shown: Scene, size: dict[str, int]) -> None:
    page, watch = await opened(browser, shown, viewport=size)
    await already_in(page, shown, "administrator")
    await page.goto("/help")  # where the menu lies half over nothing that is pressed
    summary, inside = page.locator("#me > summary"), page.locator("#me .menu-in")
    await expect(inside).to_be_hidden()
    await summary.press("Enter")
    await expect(inside).to_be_visible()
    assert await violations(page) == []
    assert await fits(page)
    await page.keyboard.press("Escape")
    await expect(inside).to_be_hidden()
    await expect(summary).to_be_focused()
    await summary.click()
    await page.locator("footer").click(position={"x": 2, "y": 2})
    await expect(inside).to_be_hidden()
    assert watch.wrong == []
    await page.context.close()


async def test_a_theme_is_chosen_without_losing_where_one_is(browser: Browser, shown: Scene) -> None:
    page, _ = await opened(browser, shown, viewport=WIDE, color_scheme="light", java_script_enabled=False)
    await already_in(page, shown, "convener")
    await page.goto("/meetings?reference=7F3K-2MQ")
    paper = await page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    await in_menu(page, "button", "Mörkt")
    assert page.url.endswith("/meetings?reference=7F3K-2MQ")
    dark = await page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert dark != paper
    await expect(page.locator("#me button[aria-pressed=true]")).to_have_text("Mörkt")
    await in_menu(page, "button", "Som datorn")
    assert await page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor") == paper
    await page.context.close()


async def test_another_language_keeps_what_was_asked_for(browser: Browser, shown: Scene) -> None:
    page, _ = await opened(browser, shown, viewport=WIDE)
    await already_in(page, shown, "convener")
    await page.goto("/meetings?reference=7F3K-2MQ")
    await in_menu(page, "link", "English")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "reference=7F3K-2MQ" in page.url
    await page.context.close()
