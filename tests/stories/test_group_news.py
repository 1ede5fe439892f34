"""A network is open to everybody, and somebody follows it by mail (rules, section 21 O4)."""

from collections.abc import AsyncIterator

import pytest

from tests.web.scene import Scene, on_scene
from tests.web.test_open_groups import DECIDED, decided
from tests.web.test_report_life import press
from tests.web.test_subscriptions import FOLLOWER, following, kept, mails


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        yield made


async def test_a_follower_confirms_and_is_told_once_a_week_of_what_is_new(fresh: Scene) -> None:
    path, page = await following(fresh)
    (ask,) = mails(fresh)
    assert "Vill ni ha nyheter från Chefsnätverk barn och unga?" in ask.subject
    assert await kept(fresh) == [(FOLLOWER, True)]
    await fresh.stage.at("2026-11-05 10:00")
    await decided(fresh, path, DECIDED["title"])
    await fresh.stage.at("2026-11-06 17:00")
    assert len(mails(fresh)) == 1, "not before the week is over"
    await fresh.stage.at("2026-11-09 07:30")
    assert len(mails(fresh)) == 1, "nor before office time"
    await fresh.stage.at("2026-11-09 08:00")
    news = mails(fresh)[-1]
    assert (len(mails(fresh)), news.when) == (2, "Mon 09 Nov 08:00")
    assert "Nytt från Chefsnätverk barn och unga" in news.subject
    assert DECIDED["title"] in news.body and DECIDED["text"] in news.body and page in news.body
    for secret in ("Underlag", "Anna Ek", "Sal 2", "Nytt möte"):
        assert secret not in news.body, secret
    await fresh.stage.at("2026-11-16 12:00")
    assert len(mails(fresh)) == 2, "without news there is no mail"
    async with fresh.client("administrator") as client:
        dates = {"day_1": "2027-09-14", "begins": "13:00", "ends": "16:00", "place": "Sal 2"}
        assert (await press(client, path, "sittings", **dates)).status_code == 303
    await fresh.stage.at("2026-11-23 12:00")
    later = mails(fresh)[-1]
    assert len(mails(fresh)) == 3 and "14 september 2027" in later.body and "Sal 2" not in later.body
    assert DECIDED["text"] not in later.body, "what was told is not told again"
