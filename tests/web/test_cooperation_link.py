"""One press behind a called unit's link: the purpose was unclear, or a good example (rules, section 8 D6)."""

from sip.domain.deviation import Category, DeviationState
from sip.domain.terms import Mark
from sip.store.aggregates import deviations
from sip.store.db import raw
from tests.tester import TESTER
from tests.web.scene import Scene
from tests.web.test_report_life import press

UNIT = "hemtjanst@al.example"
GOOD, UNCLEAR = 'value="good"', 'value="unclear"'


async def reports(scene: Scene) -> list[tuple[bool, str, str]]:
    """Of each report: whether it is a good example, who wrote it, whom it is about."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        ids = [row[0] for row in await (await raw(conn)).fetch("select id from deviation order by good_example desc")]
        found = await deviations.load_many(conn, ids)
    return [(found[i].state.good_example, found[i].state.reporting.unit_name, found[i].state.receiving.unit_name)
            for i in ids]  # fmt: skip


async def test_a_called_unit_says_with_one_press_that_it_was_a_good_example_or_unclear(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    async with fresh.client() as client:
        link = fresh.link(UNIT)
        page = (await client.get(link)).text
        assert GOOD in page and UNCLEAR in page and await reports(fresh) == [], "opening says nothing"
        assert (await press(client, link, "samverkan", said="good")).headers["location"] == f"{link}#cooperation"
        (first,) = await reports(fresh)
        assert first[:2] == (True, "Hemtjänsten Al")
        page = (await client.get(link)).text
        assert GOOD not in page and UNCLEAR in page and "har fått veta att det var ett gott exempel" in page
        assert (await press(client, link, "samverkan", said="good")).status_code == 303
        assert len(await reports(fresh)) == 1, "one of each, however often it is pressed"
        assert (await press(client, link, "samverkan", said="unclear")).status_code == 303
        assert UNCLEAR not in (await client.get(link)).text
        good, unclear = await reports(fresh)
        assert good[1:] == unclear[1:] and not unclear[0]
        other = fresh.link("skolan@bok.example") if fresh.stage.mailbox("skolan@bok.example") else ""
        assert not other or GOOD in (await client.get(other)).text, "what one unit said is not the other's"
    await fresh.stage.work()
    report = await fresh.stage.report("eken")
    assert report is not None and Category.COMMUNICATION in report.categories
    assert report.state is DeviationState.HEARING and report.description == "Syftet med mötet var oklart."


async def test_it_can_be_said_when_the_meeting_is_over_and_by_nobody_but_a_called_unit(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await fresh.stage.replies(UNIT, "ACCEPTED")
    link = fresh.link(UNIT)
    await fresh.stage.at("2026-12-07 11:30")
    chair = fresh.link("clara@region.example")
    await fresh.stage.close(hemtjanst=Mark.ATTENDED)
    async with fresh.client() as client:
        page = (await client.get(link)).text
        assert GOOD in page and 'name="answer"' not in page, "there is nothing more to answer"
        assert (await press(client, link, "samverkan", said="perhaps")).status_code == 422
        assert (await press(client, link, "samverkan")).status_code == 422
        assert (await client.post(f"{link}/samverkan", data={"said": "good"})).status_code == 403, "no token"
        assert GOOD not in (await client.get(chair)).text
        assert (await press(client, chair, "samverkan", said="good")).status_code == 404, "not of the convener's side"
        assert await reports(fresh) == []
        assert (await press(client, link, "samverkan", said="good")).status_code == 303
    assert len(await reports(fresh)) == 1
