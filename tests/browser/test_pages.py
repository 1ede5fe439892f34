"""Pages as a person uses them, in Chromium: nothing is loaded from outside, nothing breaks, axe-core finds nothing."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from sip.domain.standing import Standing
from tests.browser.pages import NARROW, PAGES, WIDE
from tests.browser.visits import already_in, fits, in_menu, opened, usable, violations
from tests.browser.walks import NO_PAGES, ON_THE_WAY, WALKS
from tests.web.scene import PASSWORD, UNIT, UNKNOWN, Scene, address_of, write
from tests.web.test_routes import GETS


@pytest.mark.parametrize("name", PAGES)
async def test_everybody_can_use_it(browser: Browser, shown: Scene, name: str) -> None:
    role, path = PAGES[name]
    page, watch = await opened(browser, shown, reduced_motion="reduce")  # colours are there at once
    if role is not None:
        await already_in(page, shown, role)
    if path.startswith("link:"):
        path = shown.link(*path.split(":")[1:])
    await usable(page, path.format(**shown.meetings, **shown.readings), watch)
    await page.context.close()


@pytest.mark.parametrize("name", WALKS)
async def test_everybody_can_use_what_comes_of_it(browser: Browser, fresh_scene: Scene, name: str) -> None:
    """Pages that are there when something has been done."""
    seen: list[str] = []

    async def look(_: str, role: str | None, path: str) -> None:
        page, watch = await opened(browser, fresh_scene, reduced_motion="reduce")
        if role is not None:
            await already_in(page, fresh_scene, role)
        await usable(page, path, watch)
        assert page.url.split("?")[0].endswith(path.split("?")[0]), "it is this page that was looked at, and no other"
        seen.append(path)
        await page.context.close()

    await WALKS[name](fresh_scene, look)
    for route in (route for route, walk in ON_THE_WAY.items() if walk == name):
        assert any(_declared(route).fullmatch(path.split("?")[0]) for path in seen), route


def _declared(route: str) -> re.Pattern[str]:
    """Its paths; an id may still be the name of one of the scene's."""
    found = re.sub(r"\{\w+:uuid\}", r"(?:[0-9a-f-]{36}|\\{\\w+\\})", route)
    return re.compile(re.sub(r"\{\w+:\w+\}", "[^/?]+", found))


def test_every_page_is_looked_at() -> None:
    paths = [path.split("?")[0] for _, path in PAGES.values()]
    own = set(paths) & set(GETS)  # a page that is declared in full is no page of another's pattern
    shown = own | {route for route in GETS if any(_declared(route).fullmatch(path) for path in set(paths) - own)}
    assert sorted(set(GETS) - shown) == sorted(ON_THE_WAY | NO_PAGES)


async def test_a_unit_answers_on_a_phone_with_the_keyboard(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, watch = await opened(browser, fresh_scene, viewport=NARROW, has_touch=True)
    await page.goto(fresh_scene.link("hemtjanst@al.example"))
    await expect(page.get_by_role("heading", name="Kan Hemtjänsten Al komma?")).to_be_visible()
    assert await page.locator("input[type=radio]:checked").count() == 0
    await expect(page.get_by_label("Namn eller funktion").first).to_be_hidden()
    await page.get_by_role("button", name="Skicka svaret").click()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.NO_ANSWER
    await page.get_by_label("Vi kommer").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Namn eller funktion").first.fill("Anna Ek")
    await page.locator("#first_email").fill("anna@al.example")
    assert await violations(page) == []
    await page.get_by_role("button", name="Skicka svaret").press("Enter")
    await expect(page.get_by_role("heading", name="Tack för svaret")).to_be_visible()
    assert await violations(page) == []
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.ATTENDS
    assert watch.wrong == []
    await page.context.close()


async def test_an_uncertain_answer_is_accepted_with_one_press(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await write(fresh_scene, UNIT, sender=UNKNOWN, partstat="ACCEPTED")
    page, watch = await opened(browser, fresh_scene, viewport=NARROW, has_touch=True)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/")
    await expect(page.get_by_text("Gäller svaret?")).to_be_visible()
    await page.get_by_role("link", name="Inkommande").click()
    await page.get_by_role("button", name=f"Godta Hemtjänsten Al, {UNKNOWN}").tap()
    await expect(page.get_by_role("status")).to_contain_text("Svaret är godtaget.")
    assert await violations(page) == []
    assert await fits(page)
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.NAME_MISSING
    assert watch.wrong == []
    await page.context.close()


async def test_without_script_the_answer_page_works(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, _ = await opened(browser, fresh_scene, viewport=NARROW, java_script_enabled=False)
    await page.goto(fresh_scene.link("hemtjanst@al.example"))
    await page.get_by_label("Troligen kommer vi").check()
    await page.get_by_role("button", name="Skicka svaret").click()
    await expect(page.get_by_role("heading", name="Tack för svaret")).to_be_visible()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.TENTATIVE
    await page.context.close()


async def test_what_is_wrong_can_be_found(browser: Browser, fresh_scene: Scene) -> None:
    page, _ = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    await page.get_by_role("button", name="Nästa").click()
    await expect(page.get_by_role("alert")).to_contain_text("Välj minst en enhet.")
    await expect(page.get_by_role("alert")).to_be_focused()
    assert await violations(page) == []
    await page.get_by_role("alert").get_by_role("link").first.click()
    assert await page.evaluate("document.activeElement.tagName") in ("INPUT", "SELECT", "TEXTAREA")
    await page.context.close()


async def test_an_address_is_made_and_shown_once(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "staff")
    await page.goto("/feeds")
    await page.get_by_role("button", name=re.compile("Skapa adress.*Hemtjänsten Al")).press("Enter")
    address = await page.get_by_label("Adress", exact=True).input_value()
    assert address.startswith("http://sip.example/feeds/") and address.endswith(".ics")
    link = page.get_by_role("link", name="Öppna i datorns eller telefonens kalender")
    assert await link.get_attribute("href") == address.replace("http:", "webcal:", 1)
    assert await violations(page) == []
    assert await fits(page)
    await page.get_by_role("link", name="Till prenumerationerna").click()
    await expect(page.get_by_text("Inte hämtad än")).to_be_visible()
    assert address not in await page.content()
    assert watch.wrong == []
    await page.context.close()


async def test_focus_stands_on_what_changed_or_on_what_is_wrong(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",), told=False)
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    await page.evaluate("document.querySelectorAll('form').forEach(one => { one.noValidate = true })")
    await page.get_by_role("button", name="Ställ in mötet").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    assert (await page.title()).startswith("Fel: ")
    assert await page.get_by_role("alert").evaluate("one => one.getBoundingClientRect().top") < 400
    assert await page.locator("nav a[aria-current=page]").inner_text() == "Möten"
    ordinal = (await fresh_scene.stage.party("hemtjanst")).ordinal
    party = page.locator(f"#p{ordinal}")
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    await party.locator("form[action$=identity] select").select_option("phone")
    await party.locator("form[action$=identity] button").click()
    await expect(page.locator(f"#p{ordinal}")).to_be_focused()
    assert not (await page.title()).startswith("Fel: ")
    assert [line for line in watch.wrong if "422" not in line] == []
    await page.context.close()


async def typed(page: Page) -> tuple[str, str]:
    return await page.locator("#purpose_text").input_value(), await page.locator("#questions").input_value()


async def test_nothing_typed_is_lost(browser: Browser, fresh_scene: Scene) -> None:
    """Another language, a session that has ended, a network that is lost: what was written is still there."""
    page, _ = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    what = re.sub("/who.*", "/what", page.url)
    await page.goto(what)
    await page.locator("#purpose_text").fill("En plan")
    await page.locator("#questions").fill("Vem gör vad?")
    await in_menu(page, "link", "English")
    assert await typed(page) == ("En plan", "Vem gör vad?")
    await in_menu(page, "link", "Svenska")

    await page.context.set_offline(True)
    await page.locator("#questions").fill("Vem gör vad, och när?")
    async with page.expect_event("requestfailed"):
        await page.get_by_role("button", name="Nästa").click(no_wait_after=True)
    await page.context.set_offline(False)
    await page.goto(what)
    await expect(page.get_by_text("Det du skrev innan finns kvar här.")).to_be_visible()
    assert await typed(page) == ("En plan", "Vem gör vad, och när?")

    await page.context.clear_cookies(name="sip_session")
    await page.get_by_role("button", name="Nästa").click()
    await page.get_by_label("E-post").fill(address_of("convener"))
    await page.get_by_label("Lösenord").fill(PASSWORD)
    await page.get_by_role("button", name="Logga in").click()
    await expect(page.get_by_role("heading", name="Vad handlar mötet om?")).to_be_visible()
    assert await typed(page) == ("En plan", "Vem gör vad, och när?")

    await in_menu(page, "button", "Logga ut")
    assert await page.evaluate("sessionStorage.length") == 0
    await page.context.close()


async def test_what_was_taken_is_kept_no_longer(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, _ = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.locator("summary", has_text="Ändra text").click()
    await page.locator("form[action$=text] textarea[name=questions]").fill("Vem ringer vem?")
    await page.locator("form[action$=text] button").click()
    await expect(page.locator("#about")).to_contain_text("Vem ringer vem?")
    assert await page.evaluate("sessionStorage.length") == 0
    await page.context.close()
