"""A unit's own page: a call answered on the spot, and somebody away for a week."""

import pytest
from playwright.async_api import Browser, expect

from sip.domain.events import NamedPerson
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind
from tests.browser.journey import LOOKS, Look, journey
from tests.web.scene import Scene, _answers


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_call_is_answered_on_the_spot(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    await fresh_scene.stage.call("2026-12-07 10:00", ("hemtjanst",))
    async with journey("A unit answers a call on its own page", look, browser, fresh_scene, "staff") as walk:
        await walk.page.goto("/our-unit")
        await walk.fill(walk.page.get_by_label("Vem kommer?").first, "Anna Ek")
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Vi kommer"))
        await expect(walk.page.get_by_text("Ni har svarat på allt.")).to_be_visible()
        await walk.look_around()
    await fresh_scene.stage.work()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.ATTENDS


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_somebody_is_away(browser: Browser, fresh_scene: Scene, look: Look) -> None:
    for start in ("2026-11-16 10:00", "2026-11-18 13:00"):
        await fresh_scene.stage.call(start, ("hemtjanst",))
        person = NamedPerson("Anna Ek", "anna@al.example")
        await _answers(fresh_scene, "hemtjanst", AnswerKind.ATTENDS, names=(person,))
    async with journey(
        "Somebody is away: substitutes for all her meetings", look, browser, fresh_scene, "staff"
    ) as walk:
        await walk.page.goto("/our-unit")
        leaves = walk.page.get_by_role("region", name="Borta en tid")
        await walk.press(leaves.get_by_text("Någon är borta", exact=True))
        await walk.choose(leaves.get_by_label("Vem?"), "anna@al.example")
        await walk.fill(leaves.get_by_label("Från och med"), "2026-11-16")
        await walk.fill(leaves.get_by_label("Till och med"), "2026-11-20")
        await walk.look_around()
        await walk.press(walk.page.get_by_role("button", name="Spara och sök ersättare"))
        await expect(leaves.get_by_role("listitem")).to_have_count(2)
        await expect(leaves.get_by_role("listitem").first).to_contain_text("Söker ersättare")
        await walk.look_around()
    await fresh_scene.stage.work()
    assert await fresh_scene.stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
