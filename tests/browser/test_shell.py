"""What stands around every page: the bar, the menu under one's name, how it is coloured."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, in_menu, opened, violations
from tests.stories.county import unit
from tests.web.conftest import PROVIDERS
from tests.web.scene import PASSWORD, ROLES, Scene, address_of, on_scene


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


async def other_language(page: Page, name: str) -> None:
    """By the menu where somebody is signed in, else at the head; without script a button where a form is written in."""
    if await page.locator("#me").count():
        await page.locator("#me > summary").click()
    await page.locator(".switch").get_by_text(name, exact=True).locator("visible=true").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_another_language_loses_nothing_typed(browser: Browser, fresh_scene: Scene, script: bool) -> None:
    """On a page with many forms, after something was wrong, and back again."""
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, watch = await opened(browser, fresh_scene, viewport=WIDE, java_script_enabled=script)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.get_by_text("Ändra texten").click()
    words, questions = page.locator("#text-purpose_text"), page.locator("#text-questions")
    await words.fill("En ny mening om syftet.")
    await other_language(page, "English")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(words).to_be_visible()
    await expect(words).to_have_value("En ny mening om syftet.")
    await other_language(page, "Svenska")
    await expect(words).to_have_value("En ny mening om syftet.")
    await questions.fill("Ring 19121212-1212")  # a number of nobody: Tolvan's
    await page.locator("form[action$=text] .ds-button").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await other_language(page, "English")
    await expect(questions).to_have_value("Ring 19121212-1212")
    await expect(words).to_have_value("En ny mening om syftet.")
    await questions.fill("Vem gör vad?")
    await page.locator("form[action$=text] .ds-button").click()
    await expect(page.locator("#about")).to_contain_text("Vem gör vad?")
    assert (await fresh_scene.stage.meeting()).purpose_text == "En ny mening om syftet."
    assert [one for one in watch.wrong if "422" not in one] == []
    await page.context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_without_script_every_kind_of_form_keeps_what_is_typed(
    browser: Browser, fresh_scene: Scene, size: dict[str, int]
) -> None:
    page, _ = await opened(browser, fresh_scene, viewport=size, java_script_enabled=False)
    await page.goto("/accessibility")  # nobody is signed in
    await page.locator("main textarea").first.fill("Knappen syns inte.")
    await other_language(page, "English")
    await expect(page.locator("main textarea").first).to_have_value("Knappen syns inte.")
    await page.get_by_text("Svenska", exact=True).locator("visible=true").click()
    await already_in(page, fresh_scene, "coordinator")
    await page.goto("/meetings?layout=week&from=2026-11-23")
    await page.locator("#q").fill("hemtj")  # a search, not sent yet
    await other_language(page, "English")
    await expect(page.locator("#q")).to_have_value("hemtj")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await other_language(page, "Svenska")
    await page.goto("/meetings")
    await page.locator("#name").fill("Veckan som kommer")
    assert await page.locator(".themes").is_hidden()
    await page.locator("#me > summary").click()
    await expect(page.locator(".theme-later")).to_be_visible()
    await page.locator("#me > summary").click()
    await other_language(page, "English")
    await expect(page.locator("#name")).to_have_value("Veckan som kommer")
    await page.locator("#me > summary").click()
    assert await fits(page)
    await page.context.close()


async def test_enter_sends_a_form_and_switches_no_language(browser: Browser, shown: Scene) -> None:
    """A browser presses a form's first button on Enter, and the switches of the language stand before its own."""
    page, _ = await opened(browser, shown, viewport=WIDE, java_script_enabled=False)
    await page.goto("/sign-in")
    await page.locator("#email").fill(address_of("convener"))
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password").press("Enter")
    await expect(page.locator("html")).to_have_attribute("lang", "sv")
    await expect(page.get_by_role("link", name="Nytt möte").first).to_be_visible()
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    await page.locator("#unit").fill("skolan")
    await page.locator("#unit").press("Enter")
    await expect(page.locator("html")).to_have_attribute("lang", "sv")
    await expect(page.locator(f"button[name=remove][value='{unit('skolan')}']")).to_be_visible()
    await page.context.close()


async def test_without_script_the_way_that_would_lose_what_is_typed_is_not_there(
    browser: Browser, database_url: str, chromium_path: str, tmp_path: Path
) -> None:
    """The provider opens another tab, and the button that stays in this one is for those with script alone."""
    path = tmp_path / "providers.toml"
    path.write_text(PROVIDERS, encoding="utf-8")
    async with on_scene(database_url, whole=False, settings={"SIP_SIGN_IN_PROVIDERS": str(path)}) as scene:
        for script in (False, True):
            page, _ = await opened(browser, scene, viewport=NARROW, java_script_enabled=script)
            await already_in(page, scene, "convener")
            await page.goto("/deviations/new")
            await page.context.clear_cookies(name="sip_session")
            await page.locator("main textarea").first.fill("Vi fick inget svar på tre veckor.")
            await page.locator("main form button[type=submit]").last.click()
            provider = page.get_by_role("link", name="SITHS-kort")
            await expect(provider).to_have_count(1)
            assert (await provider.get_attribute("target") == "_blank") is not script
            assert await fits(page)
            assert not script or await violations(page) == []
            await page.context.close()
