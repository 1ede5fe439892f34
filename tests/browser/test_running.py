"""What an administrator does now and then, and what everybody does with her own account, as the pages are used."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import NARROW
from tests.browser.visits import already_in, fits, opened, violations
from tests.stories.county import agreement, unit
from tests.web.scene import Scene


async def looks_right(page: Page) -> None:
    assert await violations(page) == []
    assert await fits(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_moves_to_another_organisation(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("A unit moves to another organisation", look, browser, fresh_scene, "administrator") as walk:
        page = walk.page
        await page.goto(f"/directory/{unit('skolan')}")
        await walk.press(page.locator("a[href$=facts]"))
        await page.get_by_label("Organisation", exact=True).select_option(label="Bok kommun – Socialnämnden Bok")
        walk.fields += 1
        await walk.press(page.get_by_role("button", name="Spara"))
        await expect(page.get_by_text("Socialnämnden Bok, Bok kommun")).to_be_visible()
        await expect(page.locator(".timeline li").first).to_contain_text("Socialnämnden Bok")
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_an_agreement_is_tried_on_a_meeting(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    """The ladder as the meeting was called beside the one that this version would give it."""
    await fresh_scene.stage.call("2026-12-15 10:00", ("hemtjanst",))
    reference = (await fresh_scene.stage.meeting()).reference
    async with journey("An agreement is tried on a meeting", look, browser, fresh_scene, "administrator") as walk:
        page = walk.page
        await page.goto(f"/agreements/{agreement().id}/1")
        await walk.fill(page.get_by_label("Ärendets referens"), reference.lower())
        await walk.press(page.get_by_role("button", name="Visa", exact=True))
        table = page.get_by_role("table", name="Hemtjänsten Al")
        await expect(table.get_by_role("row", name="Lyft till enhetschef")).to_be_visible()
        await expect(page.get_by_role("link", name=reference)).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_key_is_made(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    """It is shown once."""
    async with journey("A key for another system is made", look, browser, fresh_scene, "administrator") as walk:
        page = walk.page
        await page.goto("/users/keys")
        await walk.fill(page.get_by_label("Vad den är till för"), "Journalen")
        await walk.choose(page.get_by_label("Roll", exact=True), "coordinator")
        await walk.fill(page.get_by_label("Sök enhet, organisation eller huvudman"), "hemtj")
        await walk.press(page.get_by_role("button", name="Sök"))
        await walk.tick(page.get_by_label("Hemtjänsten Al"))
        await walk.press(page.get_by_role("button", name="Gör en nyckel"))
        await expect(page.locator("textarea#key")).to_have_value(re.compile(r"\S{20,}"))
        await walk.look_around()
        await page.goto("/users/keys")
        await expect(page.get_by_text("Journalen", exact=True)).to_be_visible()
        await expect(page.locator("textarea#key")).to_have_count(0)
        await expect(page.get_by_text("Det du skrev innan finns kvar")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_forgotten_password_is_chosen_anew(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("A forgotten password is chosen anew", look, browser, fresh_scene, None) as walk:
        page = walk.page
        await page.goto("/sign-in")
        await walk.press(page.get_by_role("link", name="Glömt lösenordet?"))
        await walk.fill(page.get_by_label("E-post"), "convener@sip.example")
        await walk.press(page.get_by_role("button", name="Skicka länken"))
        await expect(page.get_by_text("Finns adressen hos oss är ett brev på väg.")).to_be_visible()
        await fresh_scene.stage.work()
        await page.goto(fresh_scene.link("convener@sip.example"))
        await walk.look_around()
        await walk.fill(page.get_by_label("Lösenord"), "ett helt annat lösenord")
        await walk.press(page.get_by_role("button", name="Spara lösenordet"))
        await walk.look_around()
    fresh_scene.stage.relay.letters.clear()


async def test_ones_own_looks_and_notices(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/profile")
    await page.get_by_label("Språk", exact=True).select_option("en")
    await page.locator("#theme").get_by_label("Mörkt").check()
    await page.locator("form[action='/profile']").get_by_role("button").click()
    await expect(page.get_by_role("heading", name="My profile")).to_be_visible()
    assert await page.evaluate("document.documentElement.dataset.colorScheme") == "dark"
    await looks_right(page)
    first = page.locator("form[action='/profile/notices'] input[type=checkbox]").first
    before = await first.is_checked()
    await first.set_checked(not before)
    await page.locator("form[action='/profile/notices']").get_by_role("button").click()
    await page.goto("/profile")
    assert await first.is_checked() is not before, "which notices is kept"
    await page.goto("/help")
    await expect(page.get_by_role("heading", name="Help")).to_be_visible()
    assert watch.wrong == []
    await page.context.close()


async def test_who_could_not_use_something_tells_it(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await page.goto("/accessibility")
    await page.locator("#said").fill("Knappen nås inte från tangentbordet.")
    await page.locator("main form").get_by_role("button").click()
    await expect(page.locator("#told")).to_be_focused()
    await looks_right(page)
    await already_in(page, fresh_scene, "administrator")
    await page.goto("/accessibility")
    await page.locator("main a[href='/accessibility/told']").click()
    await expect(page.get_by_text("Knappen nås inte från tangentbordet.")).to_be_visible()
    await page.get_by_role("button", name="Omhändertagen").click()
    await expect(page.get_by_role("button", name="Omhändertagen")).to_have_count(0)
    assert watch.wrong == []
    await page.context.close()
