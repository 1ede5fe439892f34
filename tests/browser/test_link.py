"""What a mailed link leads to, and a meeting's page that follows along, as people use them."""

import pytest
from playwright.async_api import Browser, expect

from sip.domain.standing import Standing
from sip.domain.terms import Channel
from sip.usecases import meetings
from tests.browser.journey import LOOKS, Look, journey
from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, opened, violations
from tests.stories.stage import at
from tests.web.scene import Scene
from tests.web.test_links import say
from tests.web.test_more import code_of

UNIT = "hemtjanst@al.example"


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_reads_the_questions(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    async with journey("A called unit reads the questions", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(fresh_scene.link(UNIT))
        await walk.press(walk.page.get_by_text("Läs frågeställningen"))
        await walk.press(walk.page.get_by_role("button", name="Skicka en kod"))
        await expect(walk.page.get_by_text("Koden är skickad")).to_be_visible()
        await walk.look_around()
        await fresh_scene.stage.work()
        await walk.fill(walk.page.locator("#code"), code_of(fresh_scene))
        await walk.press(walk.page.get_by_role("button", name="Öppna"))
        await expect(walk.page.get_by_text("Vem gör vad?")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_unit_answers_its_next_call(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await fresh_scene.stage.call("2026-12-09 13:00", ("hemtjanst",))
    async with journey("A called unit answers another of its calls", look, browser, fresh_scene, None) as walk:
        await walk.page.goto(fresh_scene.link(UNIT))
        await walk.press(walk.page.get_by_role("link", name="Enheten har en öppen kallelse till"))
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Öppna kallelsen").first)
        await walk.tick(walk.page.get_by_label("Troligen kommer vi"))
        await walk.press(walk.page.get_by_role("button", name="Skicka svaret"))
        await expect(walk.page.get_by_role("heading", name="Tack för svaret")).to_be_visible()
        await walk.look_around()


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_convener_moves_a_meeting(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with journey("A convener moves a meeting", look, browser, fresh_scene, "convener") as walk:
        await walk.page.goto(f"/meetings/{fresh_scene.stage.id}")
        await walk.press(walk.page.get_by_text("Flytta mötet", exact=True))
        await walk.fill(walk.page.locator("#move-day"), "2026-12-08")
        await walk.press(walk.page.get_by_role("button", name="Se vad flytten innebär"))
        await expect(walk.page.get_by_text("2 enheter får en ny kallelse")).to_be_visible()
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Flytta mötet"))
        await expect(walk.page.get_by_text("Flyttat en gång")).to_be_visible()
    assert (await fresh_scene.stage.meeting()).start == at("2026-12-08 10:00")


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_all_know_whom_it_concerns(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan", "bok"), told=False)
    async with journey(
        "A convener notes that all know whom it concerns", look, browser, fresh_scene, "convener"
    ) as walk:
        await walk.page.goto(f"/meetings/{fresh_scene.stage.id}")
        await walk.press(walk.page.get_by_text("Enheterna vet vem det gäller"))
        await walk.choose(walk.page.locator("#identity_all-channel"), "phone")
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Notera för alla"))
        await expect(walk.page.get_by_text("Vet vem mötet gäller (telefon").first).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_an_open_meeting_follows_along_and_leaves_what_is_typed(
    browser: Browser, fresh_scene: Scene, size: dict[str, int]
) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    page, watch = await opened(browser, fresh_scene, viewport=size)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.wait_for_timeout(500)
    two, three = page.locator("#p2"), page.locator("#p3")
    await three.get_by_text("Anteckna ett svar").click()
    await three.get_by_label("Vi kommer").check()
    await three.locator("#answer-3-first_name").fill("Rektor Ros")
    await say(fresh_scene, UNIT, answer="attends", first_name="Anna Ek")
    await expect(two.get_by_text("Anna Ek")).to_be_visible(timeout=10_000)
    await expect(page.locator("#story")).to_contain_text("Hemtjänsten Al svarade")
    await expect(three.locator("#answer-3-first_name")).to_have_value("Rektor Ros")
    await expect(page.locator("#follow-note")).to_be_hidden()
    await say(fresh_scene, "skolan@al.example", answer="tentative")
    await expect(page.locator("#follow-note")).to_be_visible(timeout=10_000)
    await expect(three.locator("#answer-3-first_name")).to_have_value("Rektor Ros")
    assert await violations(page) == []
    await page.locator("#follow-note a").click()
    await expect(three.get_by_text("Preliminärt ja").first).to_be_visible()
    await expect(three.locator("#answer-3-first_name")).to_have_value("Rektor Ros")
    assert watch.wrong == []
    await page.context.close()


async def test_two_browsers_see_one_meeting(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    pages = []
    for role in ("convener", "coordinator"):
        page, _ = await opened(browser, fresh_scene, viewport=WIDE)
        await already_in(page, fresh_scene, role)
        await page.goto(f"/meetings/{fresh_scene.stage.id}")
        pages.append(page)
    await pages[0].wait_for_timeout(500)
    two = pages[0].locator("#p2")
    await two.get_by_text("Fler åtgärder").click()
    await two.get_by_text("Enheten vet vem det gäller").click()
    await two.locator("#identity-2-channel").select_option("phone")
    await two.get_by_role("button", name="Notera").click()
    await expect(pages[1].locator("#p2")).to_contain_text("Vet vem mötet gäller (telefon", timeout=10_000)
    party = await fresh_scene.stage.party("hemtjanst")
    assert party.identity is not None
    assert party.identity.channel is Channel.PHONE
    await fresh_scene.stage.do(meetings.move, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))
    await expect(pages[1].locator("[data-part=facts]")).to_contain_text("tisdag 8 december", timeout=10_000)
    for page in pages:
        await page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_form_sent_after_the_session_ended_comes_back_filled(
    browser: Browser, fresh_scene: Scene, script: bool
) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, _ = await opened(browser, fresh_scene, viewport=NARROW, java_script_enabled=script)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.get_by_text("Ändra texten").click()
    await page.locator("#text-purpose_text").fill("En ny mening om syftet.")
    await page.context.clear_cookies(name="sip_session")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.get_by_text("Det du skrev finns kvar")).to_be_visible()
    await page.get_by_label("E-post").fill("convener@sip.example")
    await page.get_by_label("Lösenord").fill("en lång påhittad mening")
    await page.get_by_role("button", name="Logga in").click()
    await expect(page.locator("#text-purpose_text")).to_have_value("En ny mening om syftet.")
    await page.get_by_role("button", name="Spara").click()
    await expect(page.locator("[data-part=facts]")).to_contain_text("En ny mening om syftet.")
    assert (await fresh_scene.stage.meeting()).purpose_text == "En ny mening om syftet."
    await page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_an_answer_written_before_the_session_ended_is_sent_after_it(
    browser: Browser, fresh_scene: Scene, script: bool
) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    page, _ = await opened(browser, fresh_scene, viewport=NARROW, java_script_enabled=script)
    await already_in(page, fresh_scene, "staff")
    await page.goto(fresh_scene.link(UNIT))
    await page.get_by_label("Vi kommer").check()
    await page.locator("#first_name").fill("Anna Ek")
    await page.context.clear_cookies(name="sip_session")
    await page.get_by_role("button", name="Skicka svaret").click()
    await expect(page.get_by_text("Det du skrev innan finns kvar här.")).to_be_visible()
    await expect(page.get_by_label("Vi kommer")).to_be_checked()
    await expect(page.locator("#first_name")).to_have_value("Anna Ek")
    assert await fits(page)
    if script:
        assert await violations(page) == []
    await page.get_by_role("button", name="Skicka svaret").click()
    await expect(page.get_by_role("heading", name="Tack för svaret")).to_be_visible()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.ATTENDS
    await page.context.close()
