"""An administrator runs the county, invites a user, and gives an agreement a new version."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, opened
from tests.stories.county import agreement, unit
from tests.web.scene import Scene

FILE = "kind;key;parent;name\nunit;hemtjanst;al-n;Hemtjänsten Al Norra\n"


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_mailbox_is_changed(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("An administrator finds a unit and changes its mailbox", look, browser, fresh_scene,
                       "administrator") as walk:  # fmt: skip
        page = walk.page
        await page.goto("/directory")
        await walk.fill(page.get_by_label("Sök", exact=True), "hemtj")
        if not look.script:
            await walk.press(page.get_by_role("button", name="Sök"))
        await expect(page.get_by_text("En enhet", exact=True)).to_be_visible()
        await walk.look_around()
        await walk.press(page.get_by_role("link", name="Hemtjänsten Al"))
        await walk.look_around()
        await walk.press(page.locator("a[href$=addresses]"))
        await walk.fill(page.locator("#email_1"), "norra@al.example")
        await walk.press(page.get_by_role("button", name="Spara"))
        await expect(page.get_by_text("Adressen norra@al.example lades till.")).to_be_visible()
        await walk.look_around()
    fresh_scene.stage.relay.letters.clear()


async def test_the_way_back_leads_to_what_was_found(browser: Browser, fresh_scene: Scene) -> None:
    """What is found while one types stands in the address: to be sent, and to come back to from a unit."""
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "administrator")
    await page.goto("/directory")
    await page.get_by_label("Sök", exact=True).press_sequentially("hemtj")
    await expect(page.get_by_text("En enhet", exact=True)).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/directory\?q=hemtj"))
    await page.get_by_role("link", name="Hemtjänsten Al").click()
    await expect(page.get_by_role("heading", name="Hemtjänsten Al", level=1)).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("En enhet", exact=True)).to_be_visible()
    await expect(page.get_by_label("Sök", exact=True)).to_have_value("hemtj")
    await page.locator("main").get_by_role("link", name="Hemtjänsten Al").click()
    await page.get_by_role("link", name="Enhetens år").click()
    await expect(page.get_by_role("heading", name="Det senaste året")).to_be_visible()
    assert watch.wrong == []
    await page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_file_is_looked_at_and_carried_out(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("A directory file is looked at and carried out", look, browser, fresh_scene,
                       "administrator") as walk:  # fmt: skip
        page = walk.page
        await page.goto("/directory/file")
        await walk.look_around()
        walk.fields += 1
        file = FilePayload(name="katalog.csv", mimeType="text/csv", buffer=FILE.encode())
        await page.get_by_label("Katalogfil").set_input_files([file])
        await walk.press(page.get_by_role("button", name="Se vad den ändrar"))
        await expect(page.get_by_role("heading", name="Det här skulle ändras")).to_be_visible()
        await expect(page.get_by_text("Adressen hemtjanst@al.example togs bort.")).to_be_visible()
        await walk.look_around()
        await walk.press(page.get_by_role("button", name="Läs in filen"))
        await expect(page.get_by_role("heading", name="Filen är inläst")).to_be_visible()
        await walk.look_around()


async def test_a_file_is_dragged_to_the_page(browser: Browser, shown: Scene, tmp_path: Path) -> None:
    """Dropped at the edge of its place as in the middle."""
    path = tmp_path / "katalog.csv"
    path.write_text(FILE, encoding="utf-8")
    page, watch = await opened(browser, shown, viewport=WIDE)
    await already_in(page, shown, "administrator")
    await page.goto("/directory/file")
    box = await page.locator(".drop").bounding_box()
    assert box is not None
    hand = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        where = {"x": box["x"] + 6, "y": box["y"] + 6}
        await hand.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})
    await expect(page.get_by_label("Katalogfil")).to_have_value(re.compile(r"katalog\.csv$"))
    assert watch.wrong == []
    await page.context.close()


async def test_while_a_file_is_looked_at_the_page_says_so(browser: Browser, shown: Scene) -> None:
    page, _ = await opened(browser, shown, viewport=NARROW)
    await already_in(page, shown, "administrator")
    await page.goto("/directory/file")
    waits = page.get_by_text("Filen granskas, rad för rad.")
    await expect(waits).to_be_hidden()
    await page.route("**/directory/file", lambda route: route.fulfill(status=204))  # the browser stays where it is
    await page.get_by_label("Katalogfil").set_input_files(
        [FilePayload(name="katalog.csv", mimeType="text/csv", buffer=FILE.encode())]
    )
    await page.get_by_role("button", name="Se vad den ändrar").click()
    await expect(waits).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_is_merged_with_its_successor(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-15 10:00", ("hemtjanst",))
    async with journey("A unit is closed and merged with another", look, browser, fresh_scene,
                       "administrator") as walk:  # fmt: skip
        page = walk.page
        await page.goto(f"/directory/{unit('hemtjanst')}")
        await walk.press(page.get_by_role("link", name="Stäng enheten"))
        await expect(page.get_by_role("heading", name="Enheten har en kommande kallelse")).to_be_visible()
        await walk.fill(page.get_by_label("Sista dag"), "2026-11-30")
        await walk.fill(page.locator("#words"), "skolan")
        await walk.press(page.get_by_role("button", name="Sök"))
        await walk.tick(page.get_by_label("Skolan Al"))
        await walk.look_around()
        await walk.press(page.get_by_role("button", name="Spara sista dag"))
        await expect(page.get_by_text("Enhetens sista dag är mån 30 nov. 2026.")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_user_is_invited(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("A user is invited", look, browser, fresh_scene, "administrator") as walk:
        page = walk.page
        await page.goto("/users/new")
        await walk.fill(page.get_by_label("Namn eller funktion"), "Nora Ny")
        await walk.fill(page.get_by_label("E-post", exact=True), "nora@al.example")
        await walk.choose(page.get_by_label("Roll"), "unit_staff")
        await walk.fill(page.get_by_label("Sök enhet, organisation eller huvudman"), "hemtj")
        await walk.press(page.get_by_role("button", name="Sök"))
        await walk.tick(page.get_by_label("Hemtjänsten Al"))
        await walk.look_around()
        await walk.press(page.get_by_role("button", name="Skicka inbjudan"))
        await expect(page.get_by_text("Inbjudan skickas till nora@al.example.")).to_be_visible()
        await walk.look_around()
    await fresh_scene.stage.work()
    assert fresh_scene.link("nora@al.example")
    fresh_scene.stage.relay.letters.clear()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_an_agreement_gets_a_new_version(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    async with journey("An agreement gets a new version", look, browser, fresh_scene, "administrator") as walk:
        page = walk.page
        await page.goto(f"/agreements/{agreement().id}/1")
        await walk.press(page.get_by_role("link", name="Ny version"))
        await walk.fill(page.get_by_label("Från och med"), "2026-12-01")
        await walk.fill(page.locator("#minimum_notice"), "7")
        await walk.press(page.get_by_role("button", name="Se vad som ändras"))
        await expect(page.get_by_role("heading", name="Det här ändras")).to_be_visible()
        await walk.look_around()
        await walk.press(page.get_by_role("button", name="Spara versionen"))
        await expect(page.get_by_text("Börjar gälla senare")).to_be_visible()
        await walk.look_around()
