"""The start page as people use it: acts in the row, whose meetings, putting off, and what an open page asks for."""

import re

import httpx
import pytest

from sip.domain.terms import AnswerKind, ContestReason, MeetingState
from sip.edges.web.hand_view import key_of
from tests.stories.stage import at
from tests.web.scene import Scene, _answers, fields_of, write

UNIT = "hemtjanst@al.example"
NOTED = "Ringt två gånger, enheten återkommer efter lunch och Boendet i morgon bitti."


@pytest.fixture
async def near(fresh: Scene) -> Scene:
    """Two meetings to which nobody comes, so near that they need a hand."""
    for name, start in (("first", "2026-11-05 10:00"), ("second", "2026-11-06 10:00")):
        await fresh.stage.call(start, ("hemtjanst", "skolan"))
        fresh.meetings[name] = fresh.stage.id
    return fresh


async def press(client: httpx.AsyncClient, page: str, act: str, **more: str) -> httpx.Response:
    """The first button of the page whose address ends so."""
    found = re.search(rf'formaction="([^"]*/{act}\b[^"]*)"', page)
    assert found is not None, act
    form = fields_of(page) | more
    return await client.post(found.group(1).replace("&amp;", "&"), data=form, follow_redirects=True)


def rows(page: str) -> list[str]:
    return re.findall(r'<li class="hand" id="h-([0-9a-f]{8})"', page)


async def test_one_row_for_each_meeting_and_the_next_one_after_an_act(near: Scene) -> None:
    first, second = (key_of(near.meetings[name]) for name in ("first", "second"))
    async with near.client("convener") as client:
        page = (await client.get("/")).text
        assert rows(page) == [first, second]
        assert "2 saker behöver en hand" in page
        done = await press(client, page, "go-ahead")
        assert done.url.fragment == f"h-{second}"
        assert "Mötet står fast." in done.text and rows(done.text) == [second]
        page = (await client.get(f"/meetings/{near.meetings['first']}")).text
        assert "Sammankallande lät mötet stå fast." in page
        last = await press(client, (await client.get("/")).text, "go-ahead")
        assert last.url.fragment == "hands" and "Allt är lugnt" in last.text


async def test_taken_over_noted_and_put_off(near: Scene) -> None:
    here = near.meetings["first"]
    async with near.client("coordinator") as client:
        page = (await client.get("/")).text
        assert page.count("Ingen har tagit det") == 2
        page = (await press(client, page, "take")).text
        assert "Du har det" in page
        mine = (await client.get("/?whose=mine")).text
        assert rows(mine) == [key_of(here)]
        form = await client.get(f"/hands/{here}/note")
        sent = fields_of(form.text) | {"text": "Ringt 040-123 45 67"}
        refused = await client.post(f"/hands/{here}/note", data=sent)
        assert refused.status_code == 422 and 'id="errors"' in refused.text, "no numbers in what is free text"
        sent |= {"text": "Ringt, återkommer.", "nonce": "another"}
        page = (await client.post(f"/hands/{here}/note", data=sent, follow_redirects=True)).text
        assert "Ringt, återkommer. (Siv Holm" in page
        sent |= {"reason": "Väntar på chefen", "until_day": "2026-11-03", "until_time": "13:00", "nonce": "third"}
        page = (await client.post(f"/hands/{here}/snooze", data=sent, follow_redirects=True)).text
        shown, put_off = page.split("Uppskjutna", 1)
        assert key_of(here) not in rows(shown) and key_of(here) in rows(put_off)
        assert "Uppskjutet till tis 3 nov. 13.00 av Siv Holm: Väntar på chefen" in put_off
    async with near.client("convener") as client:
        assert rows((await client.get("/?whose=mine")).text) == []
        page = (await press(client, (await client.get("/")).text, "take")).text
        assert rows((await client.get("/?whose=mine")).text) == [key_of(near.meetings["second"])]
        story = (await client.get(f"/meetings/{here}")).text
        for words in ("Siv Holm tog över mötet.", "Anteckning: Ringt, återkommer.", "Sköts upp till"):
            assert words in story
    async with near.client("staff") as client:
        story = (await client.get(f"/meetings/{here}")).text
        for words in ("tog över", "Anteckning", "Sköts upp", "återkommer", "chefen"):
            assert words not in story, "what one's own side tells itself"


async def test_what_is_put_off_comes_back_at_its_hour_and_at_once_with_news(near: Scene) -> None:
    stage, here = near.stage, near.meetings["first"]
    async with near.client("convener") as client:
        sent = fields_of((await client.get("/")).text) | {
            "reason": "x",
            "until_day": "2026-11-03",
            "until_time": "13:00",
        }
        await client.post(f"/hands/{here}/snooze", data=sent)
        assert key_of(here) not in rows((await client.get("/hands/rows")).text)
        await stage.at("2026-11-03 12:59")
        assert key_of(here) not in rows((await client.get("/hands/rows")).text)
        await stage.at("2026-11-03 13:00")
        assert key_of(here) in rows((await client.get("/hands/rows")).text)
        sent |= {"until_day": "2026-11-04", "nonce": "again"}
        await client.post(f"/hands/{here}/snooze", data=sent)
        assert key_of(here) not in rows((await client.get("/hands/rows")).text)
        stage.meeting_id = here
        school = (await stage.party("skolan")).ordinal
        form = fields_of((await client.get(f"/hands/{here}/answer?party={school}")).text)
        said = form | {"channel": "phone", "answer": "regrets"}
        assert (await client.post(f"/hands/{here}/answer", data=said)).status_code == 303
        assert key_of(here) in rows((await client.get("/hands/rows")).text)


async def test_a_snooze_hides_nothing_from_the_ladder(near: Scene) -> None:
    stage, here = near.stage, near.meetings["second"]
    async with near.client("convener") as client:
        sent = fields_of((await client.get("/")).text) | {
            "reason": "x",
            "until_day": "2026-11-05",
            "until_time": "16:00",
        }
        assert (await client.post(f"/hands/{here}/snooze", data=sent)).status_code == 303
    before = len(stage.mailbox(UNIT))
    await stage.at("2026-11-05 15:00")
    assert len(stage.mailbox(UNIT)) > before, "reminders went on"


async def test_an_answer_got_by_phone_and_a_substitute_in_the_row(near: Scene) -> None:
    stage, here = near.stage, near.meetings["first"]
    stage.meeting_id = here
    ordinal = (await stage.party("hemtjanst")).ordinal
    async with near.client("convener") as client:
        page = (await client.get("/")).text
        assert re.search(rf'<a[^>]*href="/hands/{here}/answer\?party={ordinal}[^"]*">Ring och notera svaret', page)
        part = await client.get(f"/hands/{here}/answer?party={ordinal}&whose=mine", headers={"x-part": "1"})
        assert "<html" not in part.text and "Vi kommer" in part.text
        whole = await client.get(f"/hands/{here}/answer?party={ordinal}&whose=mine")
        assert "<html" in whole.text
        sent = fields_of(part.text) | {"channel": "phone"}
        wrong = await client.post(f"/hands/{here}/answer", data=sent)
        assert wrong.status_code == 422 and 'href="#answer-' in wrong.text
        sent |= {"answer": "attends", "first_name": "Anna Ek"}
        done = await client.post(f"/hands/{here}/answer", data=sent, follow_redirects=True)
        assert "whose=mine" in str(done.url) and "Svaret är noterat." in done.text
        meeting = await stage.meeting()
        answer = meeting.party(ordinal).round.answer  # type: ignore[union-attr]  # it is called
        assert answer is not None and answer.kind is AnswerKind.ATTENDS and answer.channel == "phone"
        school = (await stage.party("skolan")).ordinal
        form = await client.get(f"/hands/{here}/substitute?party={school}")
        sent = fields_of(form.text) | {"substitute_name": "Bo Berg", "substitute_email": "bo@al.example"}
        done = await client.post(f"/hands/{here}/substitute", data=sent, follow_redirects=True)
        assert "Ersättaren är noterad." in done.text
        gone = await client.get(f"/hands/{here}/decision?party={school}")
        assert gone.status_code == 409 and "Det är redan gjort" in gone.text


async def test_asked_again_once_a_day(near: Scene) -> None:
    async with near.client("convener") as client:
        page = (await client.get("/")).text
        before = len(near.stage.mailbox(UNIT))
        page = (await press(client, page, "again")).text
        assert "Enheten frågas igen nu." in page
        await near.stage.work()
        assert len(near.stage.mailbox(UNIT)) == before + 1
        assert near.stage.mailbox(UNIT)[-1].method == "REQUEST"


async def test_a_doubtful_answer_is_decided_with_one_press(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    await write(fresh, UNIT, sender="gunilla@brev.example", partstat="ACCEPTED")
    async with fresh.client("convener") as client:
        page = (await client.get("/")).text
        assert "Gäller svaret?" in page and "gunilla@brev.example" in page
        done = await press(client, page, "claim")
        assert "Svaret är avgjort." in done.text and rows(done.text) == []
        assert "namn saknas" in done.text, "a yes without a name counts as coming, and says so"
        assert "Alla" in done.text or "Parten är klar" in done.text


async def test_an_open_page_asks_for_what_changed_alone(near: Scene) -> None:
    here = near.meetings["second"]
    async with near.client("convener") as client:
        part = await client.get(f"/hands/rows?ids={here}")
        assert rows(part.text) == [key_of(here)]
        assert len(part.content) < 5000
        assert rows((await client.get("/hands/rows")).text) == [key_of(near.meetings[n]) for n in ("first", "second")]
        assert (await client.get("/hands/rows?ids=x,y")).status_code == 200
    async with near.client("outsider") as client:
        assert rows((await client.get(f"/hands/rows?ids={here}")).text) == []
        assert (await client.get(f"/hands/{here}/note")).status_code == 404


@pytest.mark.parametrize("role", ["convener", "coordinator", "staff"])
async def test_what_an_open_page_gets_of_a_busy_meeting_is_small(fresh: Scene, role: str) -> None:
    """Each called unit needs something of its own, somebody has it and has noted so; unpacked, as it is counted."""
    for hour in range(9, 15):
        await fresh.stage.call(f"2026-11-05 {hour:02}:00", ("hemtjanst", "skolan", "bok"))
    await fresh.stage.call("2026-11-05 08:00", ("hemtjanst", "skolan", "bok", "chefslos"))
    await write(fresh, UNIT, sender="nagon.annan@brev.example", partstat="ACCEPTED")
    slot = {"proposed_start": at("2026-11-06 13:00"), "proposed_end": at("2026-11-06 14:00")}
    await _answers(fresh, "skolan", AnswerKind.PROPOSES, **slot)
    await _answers(fresh, "bok", AnswerKind.CONTESTS, contest_reason=ContestReason.PURPOSE_UNCLEAR)
    await _answers(fresh, "chefslos", AnswerKind.REGRETS)
    here = fresh.stage.id
    async with fresh.client("coordinator") as client:
        page = (await client.get("/")).text
        assert len(rows(page)) == 7
        take = re.search(rf'formaction="(/hands/{here}/take[^"]*)"', page)
        assert take is not None
        await client.post(take.group(1).replace("&amp;", "&"), data=fields_of(page))
        sent = fields_of((await client.get(f"/hands/{here}/note")).text)
        noted = await client.post(f"/hands/{here}/note", data=sent | {"text": NOTED})
        assert noted.status_code == 303
    async with fresh.client(role) as client:
        part = await client.get(f"/hands/rows?ids={here}", headers={"accept-encoding": "identity"})
    assert rows(part.text) == [key_of(here)] and "content-encoding" not in part.headers
    needs = part.text.count('class="hand-need"')
    if role != "staff":
        assert NOTED in part.text and needs >= 4, part.text
    print(f"{role}: {needs} needs, {len(part.content)} bytes")
    assert len(part.content) < 5000


async def test_pages_go_on_where_the_last_one_ended(near: Scene) -> None:
    first, second = near.meetings["first"], near.meetings["second"]
    async with near.client("convener") as client:
        page = (await client.get("/")).text
        late = dict(re.findall(r'id="h-([0-9a-f]{8})"[^>]*data-late="([^"]+)"', page))
        after = f"{late[key_of(first)]}_{first}"
        assert rows((await client.get("/", params={"after": after})).text) == [key_of(second)]
        for nonsense in ("x", "_", "2026-11-05T10:00:00_x", "9999-12-31T23:59:59+00:00_" + str(first)):
            assert rows((await client.get("/", params={"after": nonsense})).text) == [key_of(first), key_of(second)]


async def test_the_managers_start_page_lists_the_hearing_with_its_last_day(scene: Scene) -> None:
    async with scene.client("manager") as client:
        page = (await client.get("/")).text
    assert "Hemtjänsten Al ska höras om ett möte" in page
    assert re.search(r"Senast \w+ \d+ dec", page[page.index("ska höras") :][:600])
    async with scene.client("convener") as client:
        assert "ska höras om ett möte" not in (await client.get("/")).text


async def test_a_meeting_that_is_over_waits_for_its_attendance(near: Scene) -> None:
    await near.stage.at("2026-11-05 11:30")
    near.stage.meeting_id = near.meetings["first"]
    assert (await near.stage.meeting()).state is MeetingState.ENDED
    async with near.client("chair") as client:
        page = (await client.get("/")).text
        assert rows(page) == [key_of(near.meetings["first"])], "a chair sees what a chair can do"
        assert f'href="/meetings/{near.meetings["first"]}/attendance"' in page
