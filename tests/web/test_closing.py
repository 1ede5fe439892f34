"""A called unit closes before the meeting: what its convener is offered (rules, section 5 R6)."""

from datetime import date
from uuid import UUID

import pytest

from sip.usecases.directory import edit
from tests.stories.county import unit
from tests.stories.stage import CONVENER
from tests.web.making import new_meeting
from tests.web.scene import Scene
from tests.web.test_convening import do


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    async with fresh.client("convener") as client:
        page = await new_meeting(client, then="call")
        assert page.status_code == 200, page.text
    fresh.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    await fresh.stage.work()
    return fresh


def here(scene: Scene) -> str:
    return f"/meetings/{scene.stage.id}"


async def closes(scene: Scene, successor: str | None, day: date = date(2026, 11, 3)) -> None:
    stage = scene.stage
    to = None if successor is None else unit(successor)
    await edit.archive_unit(stage.made.db, unit("hemtjanst"), day, to, actor=CONVENER, now=await stage.now())


async def test_the_start_page_and_the_meetings_page_offer_who_takes_over(called: Scene) -> None:
    await closes(called, "chefslos")
    path = f"{here(called)}/parties/{(await called.stage.party('hemtjanst')).ordinal}/successor"
    async with called.client("convener") as client:
        start = await client.get("/")
        assert "Enheten stänger före mötet" in start.text
        page = await client.get(here(called))
        assert "Enhetens sista dag är tis 3 nov. 2026, före mötet." in page.text
        assert "Kalla Boendet Al i stället" in page.text
        page = await do(client, path, unit=str(unit("skolan")))
        assert page.status_code == 409
        assert "tar över före mötet. Läs in sidan igen." in page.text
        page = await do(client, path, unit=str(unit("chefslos")))
        assert page.status_code == 200, page.text
        assert "Boendet Al kallades i stället för Hemtjänsten Al, som stänger." in page.text
        assert "Enhetens sista dag" not in page.text
        assert "Enheten stänger före mötet" not in (await client.get("/")).text
    await called.stage.work()
    assert called.stage.arrivals("boendet@al.example")[0][1] == "REQUEST"
    assert called.stage.arrivals("hemtjanst@al.example")[-1][1] == "CANCEL"


async def test_nobody_takes_over(called: Scene) -> None:
    await closes(called, None)
    async with called.client("convener") as client:
        page = await client.get(here(called))
    assert "Katalogen säger inte vem som tar över." in page.text
    assert "/successor" not in page.text


async def test_one_that_is_called_already_just_stays(called: Scene) -> None:
    async with called.client("convener") as client:
        await do(client, f"{here(called)}/parties", unit=str(unit("skolan")), obligation="summoned")
        await closes(called, "skolan")
        page = await client.get(here(called))
        assert "Skolan Al tar över och är redan kallad till mötet." in page.text
        assert "Ta bort Hemtjänsten Al från mötet" in page.text


async def test_only_the_conveners_side_is_offered_it(called: Scene) -> None:
    await closes(called, "chefslos")
    async with called.client("unit_staff") as client:
        page = await client.get(here(called))
    assert "Kalla Boendet Al i stället" not in page.text


async def test_until_its_last_day_a_unit_can_be_chosen_and_the_sentence_names_the_day(called: Scene) -> None:
    """The list holds it; for a meeting after that day it is refused, and who takes over is named."""
    async with called.client("convener") as client:
        await closes(called, "chefslos", date(2026, 11, 30))
        page = await client.get("/units/search", params={"q": "hemtjänsten"})
        assert "Hemtjänsten Al" in page.text
        page = await new_meeting(client, then="call", day="2026-12-10")
    assert "Sista dagen för Hemtjänsten Al är mån 30 nov. 2026, före mötet." in page.text
    assert "Boendet Al tar över: kalla den enheten i stället." in page.text
