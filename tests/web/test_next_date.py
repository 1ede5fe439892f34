"""A next date that has passed, on the start page, behind its mail, after attendance and by the API."""

import httpx
import pytest

from sip.domain.attendance import follow_up_id
from sip.domain.terms import MeetingState, NextDate
from sip.edges.web.hand_view import key_of
from tests.stories.test_next_date import drafted, met
from tests.web.scene import Scene, fields_of
from tests.web.test_hands import press, rows


@pytest.fixture
async def passed(fresh: Scene) -> Scene:
    """A meeting was held in December with a follow-up on 9 June, and it is the morning after."""
    await met(fresh.stage)
    await fresh.stage.jump("2027-06-10 09:00")
    fresh.signed_in.clear()
    return fresh


async def _form(client: httpx.AsyncClient, page: str, **values: str) -> httpx.Response:
    found = await client.get(page)
    assert found.status_code == 200, found.text
    return await client.post(page, data=fields_of(found.text) | values, follow_redirects=True)


async def test_the_row_says_the_day_and_leads_to_a_draft(passed: Scene) -> None:
    here = f"/hands/{passed.stage.id}/follow"
    async with passed.client("convener") as client:
        page = (await client.get("/")).text
        assert rows(page) == [key_of(passed.stage.id)]
        assert "Uppföljningsdagen har passerat" in page
        assert "Uppföljning var bestämd till onsdag 9 juni 2027." in page
        assert f'href="{here}' in page
        none = await _form(client, here)
        assert none.status_code == 422 and "follow_day" in none.text
        past = await _form(client, here, follow_day="2027-06-01")
        assert past.status_code == 409, "a draft is not made for a day that has been"
        done = await _form(client, here, follow_day="2027-06-21")
        assert "Utkastet är klart." in done.text
        assert rows(done.text) == [key_of(follow_up_id(passed.stage.id))], "the draft is the need now"
    assert (await drafted(passed.stage)).start.isoformat() == "2027-06-21T08:00:00+00:00"


async def test_one_press_says_that_the_plan_has_ended(passed: Scene) -> None:
    async with passed.client("convener") as client:
        page = (await client.get("/")).text
        done = await press(client, page, "plan-ended")
        assert "Noterat att planen är avslutad." in done.text and rows(done.text) == []
        timeline = (await client.get(f"/meetings/{passed.stage.id}")).text
        assert "Noterat att planen är avslutad." in timeline
        assert "Uppföljningsdagen hade passerat utan möte." in timeline
        recorded = (await client.get(f"/meetings/{passed.stage.id}/attendance/recorded")).text
        assert "Planen är avslutad. Ingen väntar på en uppföljning." in recorded
        gone = await client.get(f"/hands/{passed.stage.id}/follow")
        assert gone.status_code == 409


async def test_it_can_be_put_off_and_taken_over(passed: Scene) -> None:
    async with passed.client("coordinator") as client:
        page = (await press(client, (await client.get("/")).text, "take")).text
        assert "Du har det" in page
        at = {"until_day": "2027-06-15", "until_time": "13:00"}
        off = await _form(client, f"/hands/{passed.stage.id}/snooze", reason="väntar på avdelningen", **at)
        assert rows(off.text) == [] or "Uppskjutna" in off.text
        assert "väntar på avdelningen" in off.text
    assert (await passed.stage.meeting()).snooze is not None


async def test_the_link_in_the_mail_leads_there_after_sign_in_and_takes_nothing(passed: Scene) -> None:
    link = passed.link("clara@region.example", "blev inte av")
    async with passed.client() as client:
        led = await client.get(link)
        assert (led.status_code, led.headers["location"]) == (303, f"/hands/{passed.stage.id}/follow")
        assert (await client.get(led.headers["location"])).headers["location"].startswith("/sign-in")
        for page in (link, f"{link}/tack"):
            assert (await client.post(page, data={"answer": "attends"})).status_code in (403, 404, 405)


async def test_who_is_called_has_no_part_in_it(passed: Scene) -> None:
    async with passed.client("staff") as client:
        assert rows((await client.get("/")).text) == []
        assert (await client.get(f"/hands/{passed.stage.id}/follow")).status_code in (403, 404, 409)
        token = fields_of((await client.get("/")).text)
        sent = await client.post(f"/hands/{passed.stage.id}/plan-ended", data=token)
        assert sent.status_code in (403, 404)
    assert (await passed.stage.meeting()).next_date is NextDate.TOLD


async def test_after_attendance_one_can_say_that_there_will_be_none(fresh: Scene) -> None:
    await met(fresh.stage)
    here = f"/meetings/{fresh.stage.id}/attendance/recorded"
    fresh.signed_in.clear()
    async with fresh.client("convener") as client:
        page = (await client.get(here)).text
        assert "Blir det ingen uppföljning?" in page
        await client.post(f"/hands/{fresh.stage.id}/plan-ended", data=fields_of(page))
    the = await fresh.stage.meeting()
    assert (the.next_date, the.state) == (NextDate.PLAN_ENDED, MeetingState.CLOSED)
