"""A poll of times through the pages: asked, answered behind the mailed link, picked (rules, section 9)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sip.domain.meeting import Meeting
from sip.domain.poll import PollState
from sip.domain.terms import MeetingState
from sip.embedded.server import ServerHandle
from sip.store.aggregates import meetings as stored
from tests.tester import TESTER
from tests.web.scene import Scene, _call, csrf_of, fields_of, on_scene

SCHOOL, HOME = "skolan@al.example", "hemtjanst@al.example"
TIMES = {
    "day_1": "2026-11-16", "from_1": "09:00", "to_1": "10:00",
    "day_2": "2026-12-17", "from_2": "13.00", "to_2": "14:00",
    "day_3": "2026-12-18", "from_3": "09:00", "to_3": "10:00",
}  # fmt: skip


@pytest.fixture
async def scene(cluster: ServerHandle, database_url: str) -> AsyncIterator[Scene]:
    async with on_scene(database_url, whole=False) as made:
        await _call(made, "draft", "2026-12-18 09:00", ("hemtjanst", "skolan"), call=False)
        yield made


async def meeting(scene: Scene) -> Meeting:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return (await stored.load_many(conn, [scene.stage.id]))[scene.stage.id].state


def poll_path(scene: Scene) -> str:
    return f"/meetings/{scene.stage.id}/poll"


async def send(client: httpx.AsyncClient, path: str, to_: str | None = None, /, **fields: Any) -> httpx.Response:
    """The hidden fields of the page's forms, with these filled in."""
    page = await client.get(path)
    assert page.status_code == 200, page.text
    form = {**fields_of(page.text), "_csrf": csrf_of(page.text), **fields}
    return await client.post(to_ or path, data=form)


async def asked(scene: Scene, client: httpx.AsyncClient, **more: str) -> httpx.Response:
    made = await send(client, poll_path(scene), **{**TIMES, "closes_on": "2026-11-13", **more})
    await scene.stage.work()
    return made


async def test_a_unit_answers_without_signing_in_and_the_convener_picks(scene: Scene) -> None:
    async with scene.client("convener") as convener, scene.client() as unit:
        made = await asked(scene, convener)
        assert (made.status_code, made.headers["location"]) == (303, f"{poll_path(scene)}#answers")
        letter = scene.stage.mailbox(SCHOOL)[-1]
        assert letter.method is None
        assert "onsdag 16" not in letter.body
        assert "måndag 16 november 2026 kl. 09.00–10.00" in letter.body
        assert "Svara senast: fredag 13 november" in letter.body
        link = scene.link(SCHOOL)
        page = await unit.get(link)
        assert page.text.count('type="radio"') == 9
        assert " checked" not in page.text
        done = await send(unit, link, time_1="no", time_2="yes", answered_by="Eva Berg")
        assert (done.status_code, done.headers["location"]) == (303, f"{link}/tack")
        thanks = await unit.get(f"{link}/tack")
        assert "Ert svar: Kan inte" in thanks.text
        assert "Inget svar än" in thanks.text
        again = await unit.get(link)
        assert "Ert svar: Kan" in again.text
        assert " checked" not in again.text
        await send(unit, link, time_2="if_need_be")
        answers = await convener.get(poll_path(scene))
        assert "Kan vid behov" in answers.text
        assert "1 av 2 har svarat" in answers.text
        assert "Eva Berg" in answers.text
        assert "1 av 2 har svarat" in (await convener.get(f"/meetings/{scene.stage.id}")).text
        picked = await send(convener, poll_path(scene), f"{poll_path(scene)}/pick", time="2", number="1")
        assert picked.status_code == 303
    found = await meeting(scene)
    assert found.start == datetime(2026, 12, 17, 12, tzinfo=UTC)
    assert (found.state, found.poll and found.poll.state) == (MeetingState.DRAFT, PollState.PICKED)
    async with scene.client() as unit:
        over = await unit.get(link)
        assert "Tiden är vald: torsdag 17 december" in re.sub(r"\s+", " ", over.text)
        assert 'type="radio"' not in over.text
        late = await unit.post(link, data={**fields_of(over.text), "_csrf": csrf_or_none(over.text), "time_1": "yes"})
        assert late.status_code in (403, 409)


def csrf_or_none(html: str) -> str:
    found = re.search(r'name="_csrf" value="([0-9a-f]+)"', html)
    return found.group(1) if found else ""


async def test_what_is_missing_is_said_and_nothing_is_lost(scene: Scene) -> None:
    async with scene.client("convener") as convener:
        wrong = await asked(scene, convener, to_2="12:00", day_1="")
        assert wrong.status_code == 422
        assert "#ask-day_1" in wrong.text
        assert "#ask-to_2" in wrong.text
        assert 'value="2026-12-18"' in wrong.text
        past = await asked(scene, convener, closes_on="2026-10-30")
        assert past.status_code == 409
        assert "Sista dagen att svara har redan varit" in past.text
        assert (await meeting(scene)).poll is None
        await asked(scene, convener)
    async with scene.client() as unit:
        empty = await send(unit, scene.link(HOME))
        assert empty.status_code == 422
        assert "#time_1" in empty.text
        assert "Välj för minst en tid" in empty.text


async def test_the_conveners_page_says_short_notice_in_words(scene: Scene) -> None:
    async with scene.client("convener") as convener:
        await asked(scene, convener, day_1="2026-11-04", closes_on="2026-11-03")
        page = await convener.get(poll_path(scene))
    assert page.text.count("Kortare varsel än överenskommelsens 5 arbetsdagar för Hemtjänsten Al, Skolan Al") == 1


async def test_an_answer_by_telephone_and_the_end_without_a_pick(scene: Scene) -> None:
    async with scene.client("convener") as convener:
        await asked(scene, convener)
        path = poll_path(scene)
        nothing = await send(convener, path, f"{path}/answers", party="2", number="1")
        assert (nothing.status_code, "#phone-time_1" in nothing.text) == (422, True)
        noted = await send(convener, path, f"{path}/answers", party="2", number="1", time_3="yes")
        assert noted.status_code == 303
        ended = await send(convener, path, f"{path}/withdrawal", number="1")
        assert ended.status_code == 303
        await scene.stage.work()
        page = await convener.get(path)
        assert "Den som kallar tog tillbaka frågan." in page.text
        story = (await convener.get(f"/meetings/{scene.stage.id}")).text
        assert "svarade på tiderna, Clara Kallar: kan 1" in story
        assert "Tidsförfrågan avslutades: den som kallar tog tillbaka frågan." in story
    assert scene.stage.mailbox(HOME)[-1].subject.startswith("Tiderna behövs inte längre")
    assert not scene.stage.mailbox(SCHOOL)[-1].subject.startswith("Tiderna behövs inte längre")


async def test_a_second_move_is_offered_a_poll_first_and_not_forced(scene: Scene) -> None:
    await scene.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    path = f"/meetings/{scene.stage.id}"
    said = "Mötet har redan flyttats"
    async with scene.client("convener") as convener:
        assert said not in (await convener.get(path)).text
        move = {"form": "physical", "place_kind": "home", "from": "10:00", "to": "11:00"}
        await send(convener, path, f"{path}/schedule", day="2026-12-08", **move)
        page = await convener.get(path)
        assert said in page.text
        assert f'href="{path}/poll"' in page.text
        again = await send(convener, path, f"{path}/schedule", day="2026-12-09", **move)
        assert again.status_code == 303
    assert (await meeting(scene)).moves == 2


async def test_two_conveners_press_at_once_and_an_answer_is_seen_before_the_pick(scene: Scene) -> None:
    async with scene.client("convener") as convener, scene.client() as unit:
        await asked(scene, convener)
        path = poll_path(scene)
        shown = await convener.get(path)
        form = {**fields_of(shown.text), "number": "1", "time": "1"}
        await send(unit, scene.link(SCHOOL), time_1="no")
        stale = await convener.post(f"{path}/pick", data=form)
        assert stale.status_code == 409
        first = await send(convener, path, f"{path}/pick", number="1", time="2")
        second = await convener.post(f"{path}/pick", data={**form, "version": fields_of(shown.text)["version"]})
        assert (first.status_code, second.status_code) == (303, 409)


async def test_when_all_have_answered_the_conveners_mail_leads_to_the_answers(scene: Scene) -> None:
    async with scene.client("convener") as convener, scene.client() as unit:
        await asked(scene, convener)
        for address in (SCHOOL, HOME):
            await send(unit, scene.link(address), time_1="yes")
        await scene.stage.work()
        link = scene.link("clara@region.example", "Alla har svarat")
        opened = await convener.get(link)
        assert (opened.status_code, opened.headers["location"]) == (303, poll_path(scene))
        assert (await convener.get(f"{link}/tack")).status_code == 404


async def test_nobody_else_sees_the_poll(scene: Scene) -> None:
    async with scene.client("convener") as convener:
        await asked(scene, convener)
    for role in ("staff", "outsider", "coordinator", "board"):
        async with scene.client(role) as client:
            page = await client.get(poll_path(scene))
            expected = (200, 403, 404) if role == "coordinator" else (403, 404)
            assert page.status_code in expected, role


async def test_a_poll_that_waits_for_a_pick_is_a_row_of_the_start_page(scene: Scene) -> None:
    """From the end of its answers, with the pick in the row; it goes when a time is picked, and not before."""
    stage, path = scene.stage, poll_path(scene)
    async with scene.client("convener") as convener, scene.client("coordinator") as coordinator:
        await asked(scene, convener)
        said = {"party": "2", "number": "1", "time_2": "no", "time_3": "yes"}
        assert (await send(convener, path, f"{path}/answers", **said)).status_code == 303
        for client in (convener, coordinator):
            assert "Ingen tid är vald" not in (await client.get("/")).text
        await stage.at("2026-11-14 00:05")
        for client in (convener, coordinator):
            page = (await client.get("/")).text
            assert "Ingen tid är vald ur tidsförfrågan" in page and "Utkast, inte kallat än" not in page
            assert "1 av 2 har svarat på tiderna." in page
            assert "Passar flest: fredag 18 december" in page and "(1 kan, 0 vid behov, 0 kan inte)" in page
        form = await convener.get(f"/hands/{stage.id}/pick")
        assert form.status_code == 200 and form.text.count('name="time"') == 3
        wrong = await convener.post(f"/hands/{stage.id}/pick", data=fields_of(form.text) | {"time": "x"})
        assert wrong.status_code == 422 and 'id="errors"' in wrong.text
        chosen = fields_of(form.text) | {"time": "3", "nonce": "another"}
        page = (await convener.post(f"/hands/{stage.id}/pick", data=chosen, follow_redirects=True)).text
        assert "Tiden är vald." in page and "Ingen tid är vald" not in page
        assert "Utkast, inte kallat än" in page, "now it is to be called"
        gone = await convener.get(f"/hands/{stage.id}/pick")
        assert (gone.status_code, "Det är redan gjort" in gone.text) == (409, True)
    assert (await meeting(scene)).start == datetime(2026, 12, 18, 8, tzinfo=UTC)


async def test_a_draft_whose_day_has_been_is_shown_while_a_time_of_its_poll_is_ahead(scene: Scene) -> None:
    stage = scene.stage
    async with scene.client("convener") as convener, scene.client("staff") as staff:
        late = {"day_2": "2026-12-22", "day_3": "2026-12-23", "closes_on": "2026-12-20"}
        await asked(scene, convener, **late)
        await stage.at("2026-12-21 10:00")
        assert "Ingen tid är vald ur tidsförfrågan" in (await convener.get("/")).text
        form = await convener.get(f"/hands/{stage.id}/pick")
        assert form.text.count('name="time"') == 2, "the first has been"
        assert (await staff.get(f"/hands/{stage.id}/pick")).status_code == 404
        withdrawn = await send(convener, poll_path(scene), f"{poll_path(scene)}/withdrawal", number="1")
        assert withdrawn.status_code == 303
        assert "Ingen tid är vald" not in (await convener.get("/")).text
        await asked(scene, convener, **{**late, "day_1": "2026-12-24", "closes_on": "2026-12-21"})
        await stage.at("2026-12-24 09:30")
        assert "Ingen tid är vald" not in (await convener.get("/")).text, "no time is ahead"


async def test_a_unit_that_was_taken_out_of_the_draft_is_told_so_by_its_link(scene: Scene) -> None:
    async with scene.client("convener") as convener, scene.client() as unit:
        await asked(scene, convener)
        link = scene.link(SCHOOL)
        form = {**fields_of((await unit.get(link)).text), "time_1": "yes"}
        school = next(p.ordinal for p in (await meeting(scene)).parties if p.unit_name == "Skolan Al")
        gone = await send(
            convener, f"/meetings/{scene.stage.id}", f"/meetings/{scene.stage.id}/parties/{school}/removal"
        )
        assert gone.status_code == 303
        for page in (await unit.get(link), await unit.post(link, data=form), await unit.get(f"{link}/tack")):
            assert page.status_code in (200, 409)
            assert "Er enhet är inte längre med i mötet" in page.text and 'type="radio"' not in page.text
        assert (await unit.get(scene.link(HOME))).text.count('type="radio"') == 9, "the others are asked as before"
