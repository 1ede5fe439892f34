"""A convener makes a meeting: how much it takes, with and without script, and what stays in the browser."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from tests.browser.journey import LOOKS, Journey, Look, journey
from tests.browser.pages import NARROW, WIDE
from tests.browser.visits import already_in, fits, opened, violations
from tests.stories.county import unit
from tests.tester import TESTER
from tests.usecases.test_bookings import mail
from tests.web.making import new_meeting
from tests.web.scene import Scene, on_scene

FOUR = {"hemtjanst": "summoned", "skolan": "summoned", "chefslos": "summoned", "bok": "summoned"}
MOST_PRESSES, MOST_FIELDS = 12, 10


async def called_before(scene: Scene) -> None:
    """The unit has called these four together once."""
    async with scene.client("convener") as client:
        assert (await new_meeting(client, parties=FOUR)).status_code == 200


async def all_steps(walk: Journey, page: Page) -> None:
    await page.goto("/")
    await walk.press(page.get_by_role("link", name="Nytt möte").first)
    await walk.press(page.get_by_role("button", name=re.compile("Ny plan.*Vuxna")))
    await walk.press(page.locator("button[name=together]").first)
    await expect(page.locator("button[name=remove]")).to_have_count(4)
    await walk.look_around()
    await walk.press(page.get_by_role("button", name="Nästa"))
    await walk.look_around()
    await walk.press(page.get_by_role("button", name="Nästa"))
    await walk.tick(page.get_by_label("Video", exact=True))
    await walk.fill(page.locator("#place_video"), "https://video.region.example/sip")
    await walk.look_around()
    await walk.press(page.locator("button[name=pick]").first)
    await walk.tick(page.get_by_label("Den enskilde samtycker"))
    await walk.fill(page.locator("#consent_given"), "Muntligt vid besök")
    await walk.tick(page.get_by_label("Ja, de har fått veta per telefon"))
    await walk.look_around()
    await walk.press(page.get_by_role("button", name="Nästa"))
    await expect(page.get_by_role("heading", name="Kontrollera och kalla")).to_be_visible()
    await walk.look_around()
    await page.wait_for_load_state("networkidle")  # the mails are shown; with the call they are no more
    await walk.press(page.get_by_role("button", name="Kalla", exact=True))
    await expect(page.locator("#state")).to_contain_text("Kallat")


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_meeting_of_four_parties_is_called(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await called_before(fresh_scene)
    async with journey("A convener calls four parties, from a pattern", look, browser, fresh_scene, "convener") as walk:
        await all_steps(walk, walk.page)
        assert walk.presses <= MOST_PRESSES and walk.fields <= MOST_FIELDS, walk.cost


async def test_a_unit_is_found_while_one_types(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    await page.wait_for_load_state("networkidle")  # what is typed before the script is there is a plain search
    field = page.locator("#unit")
    await field.press_sequentially("skol")
    await expect(page.get_by_role("option")).to_have_count(1)
    assert await violations(page) == []
    assert await fits(page)
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(field).to_have_value("Skolan Al, Al kommun")
    await field.press("Enter")
    await expect(page.locator(f"button[name=remove][value='{unit('skolan')}']")).to_be_visible()
    assert watch.wrong == []
    await page.context.close()


async def test_it_is_kept_as_one_goes(browser: Browser, fresh_scene: Scene) -> None:
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    await page.goto(re.sub("/who.*", "/what", page.url))
    await page.locator("#kind").select_option("lss")
    async with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        await page.locator("#purpose_text").fill("Halvfärdigt")
        await page.locator("#purpose_text").blur()
    assert (await kept.value).status == 204
    await expect(page.get_by_role("status")).to_contain_text("Sparat.")
    await page.evaluate("sessionStorage.clear()")
    await page.reload()
    assert await page.locator("#purpose_text").input_value() == "Halvfärdigt"
    assert watch.wrong == []
    await page.context.close()


async def test_only_what_the_form_needs_is_asked(browser: Browser, fresh_scene: Scene) -> None:
    page, _ = await opened(browser, fresh_scene, viewport=WIDE, java_script_enabled=False)
    await already_in(page, fresh_scene, "convener")
    await page.goto("/meetings/new")
    await page.get_by_role("button", name="Tomt möte").click()
    await page.goto(re.sub("/who.*", "/when", page.url))
    shown = {
        "På plats": ["place_kind"], "Telefon": ["place_phone"], "Video": ["place_video"],
        "På plats och video": ["place_kind", "place_video"],
    }  # fmt: skip
    for form, names in shown.items():
        await page.get_by_label(form, exact=True).check()
        for name in ("place_kind", "place_phone", "place_video"):
            visible = await page.locator(f"[name={name}]").first.is_visible()
            assert visible == (name in names), (form, name)
    await expect(page.locator("#place_unit")).to_be_hidden()
    await page.get_by_label("Lokal", exact=True).check()
    await expect(page.locator("#place_unit")).to_be_visible()
    await page.context.close()


async def test_nothing_of_the_letter_leaves_the_browser(browser: Browser, fresh_scene: Scene) -> None:
    """Written in, printed and left: no request, nothing in the tab's store, and gone when one comes back."""
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    page, watch = await opened(browser, fresh_scene, viewport=WIDE)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}/letter")
    await page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.evaluate("window.print = () => { document.title = 'printed' }")
    await page.get_by_label("Namn").fill("Påhittad Person")
    await page.get_by_label("Adress").fill("Gatan 1\nEkby")
    await page.get_by_label("Mer att veta").fill("Vi bjuder på fika.")
    await page.get_by_role("button", name="Skriv ut").click()
    assert await page.title() == "printed"
    more = page.get_by_label("Mer att veta")
    await more.fill("\n".join(f"rad {n}" for n in range(12)))
    for media in ("screen", "print"):
        await page.emulate_media(media=media)
        assert await more.evaluate("one => one.scrollHeight - one.clientHeight") <= 1, "a line that has scrolled away"
    await page.emulate_media(media="screen")
    await page.wait_for_timeout(1500)
    assert asked == []
    assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert await page.locator(".letter :is(input, textarea)[name]").count() == 0
    assert await page.locator("form .letter, .letter form").count() == 0
    await page.goto(f"/meetings/{fresh_scene.stage.id}/checklist")
    await page.go_back()
    assert await page.get_by_label("Namn").input_value() == ""
    assert watch.wrong == []
    await page.context.close()


async def test_the_list_is_ticked_with_one_press(browser: Browser, fresh_scene: Scene) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    page, watch = await opened(browser, fresh_scene, viewport=NARROW)
    await already_in(page, fresh_scene, "convener")
    await page.goto(f"/meetings/{fresh_scene.stage.id}")
    await page.get_by_role("link", name="Att ordna, brev och uppföljning").click()
    await page.get_by_role("button", name="Lokalen är bokad").click()
    await expect(page.locator("#room")).to_contain_text("Clara Kallar")
    await expect(page.locator("#room")).to_be_focused()
    assert await violations(page) == []
    await page.get_by_role("button", name="Lokalen är bokad").click()
    await expect(page.locator("#room")).not_to_contain_text("Clara Kallar")
    await page.get_by_role("button", name="Gör en uppföljning").click()
    await expect(page.get_by_role("heading", name="När och var?")).to_be_visible()
    assert watch.wrong == []
    await page.context.close()


@pytest.fixture
async def booked(database_url: str) -> AsyncIterator[Scene]:
    """Clara has booked a Teams meeting in Outlook and invited two units, somebody else and us."""
    async with on_scene(database_url, whole=False, settings={"SIP_MAIL_AUTHSERV_ID": "mx.sip.example"}) as made:
        async with made.client("convener"):
            pass  # she is signed in
        async with made.stage.made.db.transaction(TESTER) as conn:
            hers = {"now": "clara@region.example", "before": "convener@sip.example"}
            await conn.execute(text("update app_user set email = :now where email = :before"), hers)
        await made.stage.receive(mail(), "sip@sip.example", "clara@region.example")
        await made.stage.work()
        yield made


async def meetings_of(scene: Scene) -> int:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: int = (await conn.execute(text("select count(*) from meeting"))).scalar_one()
    return found


async def test_what_was_booked_in_outlook_is_completed_and_called(browser: Browser, booked: Scene) -> None:
    (told,) = booked.stage.mailbox("clara@region.example")
    link = re.search(r"/bookings/[0-9a-f-]+", told.body)
    assert link is not None
    assert await meetings_of(booked) == 0, "it never calls by itself"
    page, watch = await opened(browser, booked, viewport=NARROW)
    await already_in(page, booked, "convener")
    await page.goto(link.group())
    await page.get_by_role("button", name="Fortsätt").click()
    await expect(page.locator("button[name=remove]")).to_have_count(2)
    await page.get_by_role("button", name="Nästa").click()
    await page.locator("#kind").select_option("adult")
    await page.locator("#purpose").select_option("new_plan")
    await page.get_by_role("button", name="Fyll i förslag").click()
    await expect(page.locator("#purpose_text")).not_to_have_value("")
    await page.get_by_role("button", name="Nästa").click()
    await expect(page.locator("#day")).to_have_value("2026-12-07")
    await expect(page.locator("#place_video")).to_have_value(re.compile("https://teams"))
    await page.get_by_role("button", name="Nästa").click()
    await page.get_by_label("Den enskilde samtycker").check()
    await page.locator("#consent_given").fill("Muntligt vid besök")
    await page.get_by_label("Inte än, jag berättar efter kallelsen").check()
    await page.get_by_role("button", name="Nästa").click()
    await page.get_by_role("button", name="Kalla", exact=True).click()
    await expect(page.locator("#state")).to_contain_text("Kallat")
    await page.goto(link.group())
    await expect(page.get_by_role("link", name="Öppna mötet")).to_be_visible()
    assert await meetings_of(booked) == 1
    assert watch.wrong == []
    await page.context.close()
