"""A chair takes attendance in the room with one thumb: three presses, with one effect also if the network is lost."""

import codecs

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import text

from sip.domain.events import NamedPerson
from sip.domain.terms import AnswerKind, Form, Mark, MeetingState
from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import NARROW
from tests.browser.visits import already_in, opened
from tests.tester import TESTER
from tests.usecases.test_attendance_list import LATER, OLDER, OLDER_SWEDISH
from tests.web.scene import Scene, _answers, _call

SAVE = "Spara"


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


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_all_came_in_three_presses(browser: Browser, begun: Scene, look: Look) -> None:
    async with journey("A chair takes attendance, all came", look, browser, begun, "chair") as walk:
        page = walk.page
        await page.goto(f"/meetings/{begun.stage.id}/attendance")
        assert await page.locator("input:checked").count() == 0
        await walk.tick(page.get_by_label("Mötet hölls"))
        await walk.press(page.get_by_role("button", name="Alla kom som väntat"))
        await expect(page.get_by_text("Markerat som väntat.")).to_be_visible()
        assert await page.locator("input[name^=mark_]:checked").count() == 3
        await walk.look_around()
        await walk.press(page.get_by_role("button", name=SAVE))
        await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible()
        await expect(page.locator("#recorded")).to_be_focused()
        await expect(page.get_by_label("Text att kopiera")).to_be_visible()
        await walk.look_around()
        if look.script:
            await page.get_by_role("button", name="Kopiera texten").click()
            await expect(page.get_by_text("Kopierad.")).to_be_visible()
            assert await page.evaluate("sessionStorage.length") == 0
    assert (await begun.stage.meeting()).state is MeetingState.CLOSED
    assert await times_recorded(begun) == 1


async def test_enter_in_a_field_marks_nobody(browser: Browser, begun: Scene) -> None:
    """It is a press on "save": the first button of the page, which marks all as come, is for who presses it."""
    page, _ = await opened(browser, begun, viewport=NARROW, java_script_enabled=False)
    await already_in(page, begun, "chair")
    await page.goto(f"/meetings/{begun.stage.id}/attendance")
    await page.get_by_label("Mötet hölls").check()
    await page.locator("[name=next_meeting]").press("Enter")
    await expect(page.locator("#errors")).to_be_visible()
    assert await page.locator("input[name^=mark_]:checked").count() == 0
    assert await times_recorded(begun) == 0
    await page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_she_who_is_there_says_so(browser: Browser, begun: Scene, look: Look) -> None:
    async with journey("Somebody at the meeting checks in", look, browser, begun, None) as walk:
        await walk.page.goto(f"/narvaro/{begun.stage.id}/{begun.stage.made.vault.room(begun.stage.id)}")
        await walk.tick(walk.page.get_by_label("Anna Ek, Skolan Al"))
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Jag är här"))
        await expect(walk.page.get_by_role("heading", name="Noterat: du är här")).to_be_visible()
        await walk.look_around()
    assert [one.name for one in (await begun.stage.meeting()).check_ins] == ["Anna Ek"]


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
    """The server took it and nobody heard: it is sent again by itself, also when the page is opened anew."""
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
        await page.context.clear_cookies(name="sip_taken")  # an answer that is lost brings no cookie either
        await route.abort()

    await page.route("**/attendance", losing)
    await taken(page, begun)
    await page.get_by_role("button", name=SAVE).click()
    await expect(page.get_by_text("Inget nät just nu.")).to_be_visible()
    assert await times_recorded(begun) == 1
    await page.reload()
    await expect(page.get_by_role("heading", name="Närvaron är sparad")).to_be_visible(timeout=15_000)
    assert lost == 0
    assert await times_recorded(begun) == 1
    await page.context.close()


@pytest.fixture
async def online(fresh_scene: Scene) -> Scene:
    """A video meeting that is over: home care had named Anna Ek, and the school Bo Lind."""
    await _call(fresh_scene, "online", "2026-12-07 10:00", ("hemtjanst", "skolan"), form=Form.VIDEO)
    for unit, name in (("hemtjanst", "Anna Ek"), ("skolan", "Bo Lind")):
        await _answers(fresh_scene, unit, AnswerKind.ATTENDS, names=(NamedPerson(name),))
    await fresh_scene.stage.at("2026-12-07 12:00")
    return fresh_scene


async def read_list(page: Page, text: str) -> None:
    """The file as Teams writes it."""
    raw = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    await page.locator("details.list summary").click()
    file = {"name": "SIP-möte - Attendance report 12-07-26.csv", "mimeType": "text/csv", "buffer": raw}
    await page.get_by_label("Deltagarlistan som fil").set_input_files(file)  # type: ignore[arg-type]  # a payload of playwright
    await page.get_by_role("button", name="Läs listan").click()
    await expect(page.get_by_text("Listan föreslår 2 av parterna.")).to_be_visible()


@pytest.mark.parametrize("text", [OLDER, LATER, OLDER_SWEDISH], ids=["older", "later", "older Swedish"])
async def test_a_list_from_teams_is_read_and_only_a_press_on_save_saves_it(
    browser: Browser, online: Scene, text: str
) -> None:
    page, _ = await opened(browser, online, viewport=NARROW)
    await already_in(page, online, "convener")
    here = f"/meetings/{online.stage.id}"
    await page.goto(f"{here}/attendance")
    await page.get_by_label("Mötet hölls").check()
    await page.get_by_role("button", name="Alla kom som väntat").click()
    await read_list(page, text)
    for unit, name in (("Hemtjänsten Al", "Anna Ek"), ("Skolan Al", "Bo Lind")):
        row = page.get_by_role("group", name=unit)
        await expect(row).to_contain_text(f"I listan: {name}")
        await expect(row.get_by_label("Närvarade", exact=True)).to_be_checked()
    await page.goto(here)
    await page.goto(f"{here}/attendance")
    await expect(page.get_by_label("Mötet hölls")).to_be_checked()
    await page.wait_for_load_state("networkidle")
    assert await times_recorded(online) == 0, "whoever comes back has not pressed"
    await page.context.close()
