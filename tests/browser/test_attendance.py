"""A chair takes attendance in the room with one thumb: three presses, with one effect also if the network is lost."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect
from sqlalchemy import text

from sip.domain.events import NamedPerson
from sip.domain.terms import AnswerKind, Mark, MeetingState
from tests.browser.pages import ARGS, NARROW, WIDE
from tests.browser.test_pages import already_in, fits, opened, violations
from tests.tester import TESTER
from tests.web.scene import Scene, _answers

SAVE = "Spara"


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        found = await play.chromium.launch(executable_path=chromium_path, args=ARGS)
        yield found
        await found.close()


@pytest.fixture
async def begun(fresh_scene: Scene) -> Scene:
    """A meeting that has begun, where all have said who comes."""
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    for unit in ("hemtjanst", "skolan"):
        await _answers(fresh_scene, unit, AnswerKind.ATTENDS, names=(NamedPerson("Anna Ek"),))
    await fresh_scene.stage.at("2026-12-07 10:05")
    return fresh_scene


async def times_recorded(scene: Scene) -> int:
    sql = "select count(*) from journal where aggregate = :id and kind = 'OutcomeRecorded'"
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: int = (await conn.execute(text(sql), {"id": scene.stage.id})).scalar_one()
    return found


async def taken(page: Page, scene: Scene) -> None:
    """The page with three presses made but the last."""
    await page.goto(f"/meetings/{scene.stage.id}/attendance")
    assert await page.locator("input:checked").count() == 0
    await page.get_by_label("Mötet hölls").check()
    await page.get_by_role("button", name="Alla kom som väntat").click()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_all_came_in_three_presses(browser: Browser, begun: Scene, size: dict[str, int], script: bool) -> None:
    page, watch = await opened(browser, begun, viewport=size, java_script_enabled=script)
    await already_in(page, begun, "chair")
    await taken(page, begun)
    await expect(page.get_by_text("Markerat som väntat.")).to_be_visible()
    assert await page.locator("input[name^=mark_]:checked").count() == 3
    await page.get_by_role("button", name=SAVE).click()
    await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible()
    await expect(page.locator("#recorded")).to_be_focused()
    await expect(page.get_by_label("Text att kopiera")).to_be_visible()
    if script:
        assert await violations(page) == []
        assert await fits(page)
        await page.get_by_role("button", name="Kopiera texten").click()
        await expect(page.get_by_text("Kopierad.")).to_be_visible()
        assert await page.evaluate("sessionStorage.length") == 0
    assert (await begun.stage.meeting()).state is MeetingState.CLOSED
    assert await times_recorded(begun) == 1
    assert watch.wrong == []
    await page.context.close()


async def test_each_mark_is_as_large_as_a_thumb_and_can_be_taken_back(browser: Browser, begun: Scene) -> None:
    page, _ = await opened(browser, begun, viewport=NARROW, has_touch=True)
    await already_in(page, begun, "chair")
    await taken(page, begun)
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    presses = page.locator(".thumbs label, .marks .check, .rows summary, main button")
    for n in range(await presses.count()):
        box = await presses.nth(n).bounding_box()
        assert box is not None and box["height"] >= 44, await presses.nth(n).inner_text()
    school = page.get_by_role("group", name="Skolan Al")
    await school.get_by_label("Frånvarande").tap()
    await page.get_by_role("button", name=SAVE).tap()
    await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible()
    assert (await begun.stage.party("skolan")).mark is Mark.ABSENT
    assert (await begun.stage.party("hemtjanst")).mark is Mark.ATTENDED
    await page.context.close()


async def test_a_lost_network_costs_nothing(browser: Browser, begun: Scene) -> None:
    page, _ = await opened(browser, begun, viewport=NARROW)
    await already_in(page, begun, "chair")
    await taken(page, begun)
    await page.context.set_offline(True)
    await page.get_by_role("button", name=SAVE).click()
    await expect(page.get_by_text("Inget nät just nu.")).to_be_visible()
    assert await times_recorded(begun) == 0
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible()
    assert await times_recorded(begun) == 1
    await page.context.close()


async def test_an_answer_lost_on_its_way_back_has_one_effect(browser: Browser, begun: Scene) -> None:
    """The server took it and nobody heard: it is sent again by itself; and again by hand, after the tab was closed."""
    page, _ = await opened(browser, begun, viewport=NARROW)
    await already_in(page, begun, "chair")
    lost = 2

    async def losing(route: Route) -> None:
        nonlocal lost
        if route.request.method != "POST" or not lost:
            await route.continue_()
            return
        lost -= 1
        await route.fetch(max_redirects=0)
        await route.abort()

    await page.route("**/attendance", losing)
    await taken(page, begun)
    await page.get_by_role("button", name=SAVE).click()
    await expect(page.get_by_text("Inget nät just nu.")).to_be_visible()
    assert await times_recorded(begun) == 1
    await page.reload()
    await expect(page.get_by_text("Det du skrev innan finns kvar här.")).to_be_visible()
    await page.get_by_role("button", name=SAVE).click()
    await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible(timeout=15_000)
    assert lost == 0
    assert await times_recorded(begun) == 1
    await page.context.close()
