"""Our unit: calls answered on the spot, somebody away for a time, substitutes, deputies, closed days, a test call."""

import re
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from sip.domain.events import NamedPerson
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, AttendeeState
from sip.usecases import service
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.making import NEW, STEPS, ready, said
from tests.web.scene import Scene, _answers, fields_of

HERE = "/our-unit"
WHEN = {name: NEW[name] for name in STEPS["when"] if name in NEW}
ANNA = NamedPerson("Anna Ek", "anna@al.example")


@pytest.fixture
async def county(fresh: Scene) -> Scene:
    return fresh


async def pressed(client: httpx.AsyncClient, to: str, **values: str) -> httpx.Response:
    page = await client.get(HERE)
    assert page.status_code == 200, page.text[:500]
    data = {name: value for name, value in fields_of(page.text).items() if name in ("_csrf", "nonce")}
    return await client.post(to, data={**data, **values}, follow_redirects=True)


async def rows(scene: Scene, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in (await conn.execute(text(sql), values)).all()]


async def test_a_call_is_answered_on_the_spot(county: Scene) -> None:
    stage = county.stage
    await stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    ordinal = (await stage.party("hemtjanst")).ordinal
    to = f"{HERE}/answers/{stage.id}/{ordinal}"
    async with county.client("staff") as client:
        page = (await client.get(HERE)).text
        assert "Väntar på ert svar" in page and to in page
        wrong = await pressed(client, to, answer="attends", first_name="Anna 850709-9805")
        assert wrong.status_code == 422 and 'role="alert"' in wrong.text
        page = (await pressed(client, to, answer="attends", first_name="Anna Ek")).text
        assert "Ni har svarat på allt." in page
        other = (await stage.party("skolan")).ordinal
        assert (await pressed(client, f"{HERE}/answers/{stage.id}/{other}", answer="attends")).status_code == 404
    await stage.work()
    assert await stage.stands("hemtjanst") is Standing.ATTENDS
    assert await stage.stands("skolan") is Standing.NO_ANSWER


async def named(county: Scene, start: str) -> None:
    """A meeting to which Anna of home care comes."""
    await county.stage.call(start, ("hemtjanst",))
    await _answers(county, "hemtjanst", AnswerKind.ATTENDS, names=(ANNA,))


async def test_somebody_away_opens_substitution_for_all_of_her_meetings(county: Scene) -> None:
    stage, ids = county.stage, []
    for start in ("2026-11-16 10:00", "2026-11-18 13:00", "2026-11-30 10:00"):
        await named(county, start)
        ids.append(stage.id)
    stage.relay.letters.clear()
    async with county.client("staff") as client:
        page = (await client.get(HERE)).text
        assert 'value="anna@al.example"' in page
        empty = await pressed(client, f"{HERE}/leaves")
        assert empty.status_code == 422 and 'href="#leave-person"' in empty.text
        back = {"person": "anna@al.example", "first_day": "2026-11-20", "last_day": "2026-11-16"}
        assert "Sista dagen är före den första." in (await pressed(client, f"{HERE}/leaves", **back)).text
        page = (
            await pressed(
                client, f"{HERE}/leaves", person="anna@al.example", first_day="2026-11-16", last_day="2026-11-20"
            )
        ).text
    assert page.count("Söker ersättare") >= 2, page
    await stage.work()
    for n, meeting_id in enumerate(ids):
        stage.meeting_id = meeting_id
        people = {one.name: one.state for one in (await stage.party("hemtjanst")).attendees}
        if n == 2:
            assert people == {"Anna Ek": AttendeeState.NAMED}, "it begins after she is back"
        else:
            assert people["Anna Ek"] is AttendeeState.WITHDRAWN
            assert AttendeeState.ASKED in people.values(), "the next of the list is asked at once"
            assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
    methods = [letter.method for letter in stage.mailbox("anna@al.example")]
    assert methods == ["CANCEL", "CANCEL"], "her calendar is told, and nobody asks her to stand in for herself"
    kept = await rows(county, "select name, email, first_day, last_day from leave")
    assert kept == [("Anna Ek", "anna@al.example", date(2026, 11, 16), date(2026, 11, 20))]


async def test_whoever_is_away_is_not_asked_and_a_later_meeting_is_shown(county: Scene) -> None:
    stage = county.stage
    async with county.client("staff") as client:
        form = {"person": "anna@al.example", "first_day": "2026-11-16", "last_day": "2026-11-20"}
        assert (await pressed(client, f"{HERE}/leaves", **form)).status_code == 200
        await stage.call("2026-11-17 10:00", ("hemtjanst",))
        await _answers(county, "hemtjanst", AnswerKind.REGRETS)
        people = {one.name: one.state for one in (await stage.party("hemtjanst")).attendees}
        assert people.get("Anna Ek") in (None, AttendeeState.ENGAGED), people
        assert AttendeeState.ASKED in people.values()
        await named(county, "2026-11-18 10:00")
        page = (await client.get(HERE)).text
        leave = re.search(r'name="leave" value="([^"]+)"', page)
        assert leave is not None and "Sök ersättare (1)" in page
        page = (await pressed(client, f"{HERE}/leaves/again", leave=leave[1])).text
        assert "Sök ersättare (1)" not in page
        assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
        await pressed(client, f"{HERE}/leaves/end", leave=leave[1])
        assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE, "what has followed stays"
        assert (await pressed(client, f"{HERE}/leaves/end", leave=leave[1])).status_code == 404
    assert await rows(county, "select 1 from leave") == []
    await stage.work()


async def test_leave_is_removed_when_it_is_over(county: Scene) -> None:
    stage = county.stage
    async with county.client("manager") as client:
        form = {"person": "anna@al.example", "first_day": "2026-11-03", "last_day": "2026-11-04"}
        assert (await pressed(client, f"{HERE}/leaves", **form)).status_code == 200
    for day, left in (("05", 1), ("06", 0)):
        await stage.at(f"2026-11-{day} 09:00")
        await service.drop_leaves(stage.made.worker.db, await stage.now())
        assert len(await rows(county, "select 1 from leave")) == left


async def test_a_unit_keeps_its_own_staffing(county: Scene) -> None:
    async with county.client("staff") as client:
        page = (await client.get(HERE)).text
        order = re.findall(r'name="off" value="([0-9a-f-]{36})"', page)
        assert len(order) == 2
        await pressed(client, f"{HERE}/substitutes", up=order[1])
        page = (await client.get(HERE)).text
        assert re.findall(r'name="off" value="([0-9a-f-]{36})"', page) == order[::-1]
        await pressed(client, f"{HERE}/substitutes", off=order[0])
        page = (await pressed(client, f"{HERE}/substitutes", person=order[0])).text
        assert re.findall(r'name="off" value="([0-9a-f-]{36})"', page) == order[::-1]
        page = (await pressed(client, f"{HERE}/closed-days", first_day="2026-12-23", last_day="2026-12-27")).text
        assert "ons 23 dec. 2026 – sön 27 dec. 2026" in page
        page = (
            await pressed(client, f"{HERE}/closed-days", first_day="2026-12-24", last_day="2026-12-24", open="yes")
        ).text
        assert "fre 25 dec. 2026 – sön 27 dec. 2026" in page
        far = await pressed(client, f"{HERE}/closed-days", first_day="2026-12-24", last_day="2028-12-24")
        assert far.status_code == 422 and "Högst 366 dagar." in far.text
        assert (await pressed(client, f"{HERE}/deputies", person=order[0])).status_code == 403, "her manager's to say"
        assert (await pressed(client, f"{HERE}/mailbox-check")).status_code == 403
    async with county.client("manager") as client:
        page = (
            await pressed(client, f"{HERE}/deputies", person=order[0], first_day="2026-12-01", last_day="2026-12-31")
        ).text
        assert "tis 1 dec. 2026 – tors 31 dec. 2026" in page
        await pressed(client, f"{HERE}/deputies", off="0")
        assert "En provkallelse gick" in (await pressed(client, f"{HERE}/mailbox-check")).text
    held = await rows(county, "select 1 from role where role = 'deputy' and unit_id = :id", id=unit("hemtjanst"))
    assert held == []
    await county.stage.work()


async def test_only_who_is_of_a_unit_has_one(county: Scene) -> None:
    for role, status in (("chair", 200), ("convener", 200), ("administrator", 404), ("coordinator", 404)):
        async with county.client(role) as client:
            assert (await client.get(HERE)).status_code == status
            assert (f'href="{HERE}"' in (await client.get("/")).text) == (status == 200)
    async with county.client("chair") as client:
        assert (await pressed(client, f"{HERE}/closed-days", first_day="2026-12-23")).status_code == 403


async def test_opening_hours_are_kept_shown_and_told_to_who_calls(county: Scene) -> None:
    form = {"opens_0": "08:00", "closes_0": "16:00", "opens_1": "08:00", "closes_1": "16:00", "opens_4": "08:00",
            "closes_4": "12:30"}  # fmt: skip
    async with county.client("staff") as client:
        assert "Ni har inte sagt när ni har öppet" in (await client.get(HERE)).text
        wrong = await pressed(client, f"{HERE}/hours", **{**form, "closes_4": "07:00"})
        assert wrong.status_code == 422 and "Stängningen måste vara efter öppningen" in wrong.text
        half = await pressed(client, f"{HERE}/hours", opens_2="08:00")
        assert half.status_code == 422 and 'href="#hours-closes_2"' in half.text
        page = (await pressed(client, f"{HERE}/hours", **form)).text
        assert "Öppet mån–tis 08.00–16.00, fre 08.00–12.30." in page
        assert 'name="closes_4" value="12:30"' in page
        again = await pressed(client, f"{HERE}/hours", **form)
        assert again.status_code == 200
    [(cells,)] = await rows(county, "select cells::text from directory_change where kind = 'hours'")
    assert "4 08:00-12:30" in cells
    async with county.client("administrator") as client:
        shown = (await client.get(f"/directory/{unit('hemtjanst')}")).text
        assert "Öppettiderna ändrades." in shown and "fre 08.00–12.30" in shown
    async with county.client("convener") as client:
        base = (await ready(client))[0].rpartition("/")[0]
        friday = await said(client, base, "when", **{**WHEN, "day": "2026-12-11", "from": "13:00"})
        assert friday.status_code == 303, friday.text
        assert "Hemtjänsten Al har öppet 08.00–12.30 den dagen." in (await client.get(friday.headers["location"])).text
    async with county.client("chair") as client:
        assert (await pressed(client, f"{HERE}/hours", **form)).status_code == 403


async def test_a_new_mailbox_is_tried_before_it_stands_first(county: Scene) -> None:
    new, old = "brevlada@al.example", "hemtjanst@al.example"
    async with county.client("staff") as client:
        assert (await pressed(client, f"{HERE}/mailboxes", email=new)).status_code == 403
    async with county.client("manager") as client:
        assert 'name="drop"' not in (await client.get(HERE)).text, "the last one stays"
        last = await pressed(client, f"{HERE}/mailboxes", drop=old)
        assert last.status_code == 422 and "Det måste finnas en brevlåda kvar" in last.text
        page = (await pressed(client, f"{HERE}/mailboxes", email=new)).text
        assert f"En provkallelse gick till {new}" in page
        twice = await pressed(client, f"{HERE}/mailboxes", email=new.upper())
        assert twice.status_code == 422 and "Den brevlådan finns redan" in twice.text
        unread = await pressed(client, f"{HERE}/mailboxes", first=new)
        assert unread.status_code == 422 and "kan inte stå först än" in unread.text
        await county.stage.work()
        link = county.link(new)
        async with county.client() as reader:
            opened = await reader.get(link)
            answered = await reader.post(link, data={**fields_of(opened.text), "answer": "reads"})
            assert answered.status_code in (200, 303), answered.text
        page = (await pressed(client, f"{HERE}/mailboxes", first=new)).text
        assert page.index(new) < page.index(old)
        gone = await pressed(client, f"{HERE}/mailboxes", drop=old)
        assert gone.status_code == 200 and old not in gone.text
    held = await rows(county, "select email from unit_address where unit_id = :id", id=unit("hemtjanst"))
    assert held == [(new,)]
