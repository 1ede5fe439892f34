"""What a mailed link leads to beside its answer: the questions by a code, the unit's other calls, a calendar's file."""

import html
import re

import httpx
import pytest
from icalendar import Calendar

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.domain.terms import Channel
from sip.usecases import meetings
from tests.stories.stage import at
from tests.web.scene import Scene, fields_of
from tests.web.test_links import say

UNIT, ANNA, PETRA = "hemtjanst@al.example", "anna@al.example", "petra@al.example"


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    return fresh


async def ask_code(scene: Scene, client: httpx.AsyncClient, address: str) -> httpx.Response:
    path = scene.link(address)
    fields = fields_of((await client.get("/kod")).text)
    answer = await client.post(f"{path}/kod", data=fields, follow_redirects=True)
    await scene.stage.work()
    return answer


def code_of(scene: Scene) -> str:
    letter = scene.stage.mailbox(UNIT)[-1]
    assert "Kod för att läsa frågorna" in letter.subject
    found = re.search(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", letter.body)
    assert found is not None, letter.body
    assert "/svar/" not in letter.body
    return found[0]


async def type_code(client: httpx.AsyncClient, code: str) -> httpx.Response:
    page = await client.get("/kod")
    return await client.post("/kod", data={**fields_of(page.text), "code": code}, follow_redirects=True)


async def test_a_code_to_the_units_mailbox_opens_the_questions_once_and_for_a_while(called: Scene) -> None:
    async with called.client() as client:
        page = await client.get(called.link(UNIT))
        assert "Vem gör vad?" not in page.text
        sent = await ask_code(called, client, UNIT)
        assert "om det finns någon sådan" in sent.text
        assert UNIT not in sent.text
        code = code_of(called)
        opened = await type_code(client, code)
        assert "Vem gör vad?" in opened.text
        assert "Gemensam planering" in opened.text
        again = await type_code(client, code)
        assert again.status_code == 422
        path = opened.url.path
        answered = await client.post(
            path, data={**fields_of(opened.text), "answer": "attends", "first_name": "Anna Ek"}, follow_redirects=True
        )
        assert answered.status_code == 200
        await called.stage.at("2026-11-02 12:00")
        assert (await client.get(path)).status_code == 404
    assert await called.stage.stands("hemtjanst") is Standing.ATTENDS


async def test_a_code_ends_after_an_hour(called: Scene) -> None:
    async with called.client() as client:
        await ask_code(called, client, UNIT)
        await called.stage.at("2026-11-02 10:30")
        assert (await type_code(client, code_of(called))).status_code == 422


async def test_a_code_that_a_person_asks_for_goes_to_the_unit_and_not_to_her(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Petra Ny", first_email=PETRA)
    before = len(called.stage.mailbox(PETRA))
    async with called.client() as client:
        await ask_code(called, client, PETRA)
    assert len(called.stage.mailbox(PETRA)) == before
    code_of(called)


async def test_whoever_asks_is_never_told_whether_there_is_a_mailbox(called: Scene) -> None:
    async with called.client() as client:
        told = [await ask_code(called, client, UNIT) for _ in range(2)]
        await called.stage.do(meetings.cancel, e.CancelReason.OTHER)
        told.append(await ask_code(called, client, UNIT))
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in told}
    assert len(pages) == 1
    assert sum("Kod för" in letter.subject for letter in called.stage.mailbox(UNIT)) == 1


async def test_codes_are_not_asked_for_without_end(called: Scene) -> None:
    async with called.client() as client:
        path = called.link(UNIT)
        fields = fields_of((await client.get(path)).text)
        answers = [(await client.post(f"{path}/kod", data=fields)).status_code for _ in range(22)]
    assert answers[0] == 303
    assert answers[-1] == 429


async def test_the_conveners_link_asks_for_no_code(called: Scene) -> None:
    await called.stage.at("2026-12-03 08:30")
    async with called.client() as client:
        path = called.link("clara@region.example")
        fields = fields_of((await client.get(path)).text)
        assert (await client.post(f"{path}/kod", data=fields)).status_code == 404


async def test_we_know_whom_it_concerns_is_one_tick_beside_the_answer(called: Scene) -> None:
    async with called.client() as client:
        page = await client.get(called.link(UNIT))
    assert 'name="identity_known"' in page.text
    assert "checked" not in page.text
    await say(called, UNIT, answer="attends", first_name="Anna Ek", identity_known="yes")
    party = await called.stage.party("hemtjanst")
    assert party.identity is not None
    assert party.identity.channel is Channel.PAGE
    async with called.client() as client:
        page = await client.get(called.link(UNIT))
    assert "Ni har svarat att ni vet vem mötet gäller" in page.text
    assert 'name="identity_known"' not in page.text
    assert "enligt ert svar på sidan" not in called.stage.mailbox(UNIT)[0].body


async def test_whoever_is_signed_in_for_the_unit_ticks_it_too(called: Scene) -> None:
    party = await called.stage.party("hemtjanst")
    path = f"/meetings/{called.stage.id}"
    async with called.client("staff") as client:
        page = await client.get(path)
        assert 'name="identity_known"' in page.text
        form = {**fields_of(page.text), "answer": "tentative", "identity_known": "yes"}
        assert (await client.post(f"{path}/parties/{party.ordinal}/answer", data=form)).status_code == 303
    assert (await called.stage.party("hemtjanst")).identity is not None
    async with called.client("convener") as client:
        assert 'name="identity_known"' not in (await client.get(path)).text


async def test_without_the_tick_nothing_is_known(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Anna Ek")
    assert (await called.stage.party("hemtjanst")).identity is None


async def test_the_receipt_has_the_meeting_as_the_same_entry_as_the_invitations(called: Scene) -> None:
    receipt = await say(called, UNIT, answer="attends", first_name="Anna Ek")
    path = re.search(r'href="(/svar/[a-z2-7]{26}/mote\.ics)"', receipt.text)
    assert path is not None
    await called.stage.do(meetings.move, start=at("2026-12-08 10:00"), end=at("2026-12-08 11:00"))
    async with called.client() as client:
        before = await called.stage.meeting()
        got = await client.get(path[1])
        assert await called.stage.meeting() == before
    assert got.headers["content-type"].startswith("text/calendar")
    newest = [letter for letter in called.stage.mailbox(UNIT) if letter.method == "REQUEST"][-1]
    calendar = Calendar.from_ical(got.content)
    assert calendar["method"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert str(event["uid"]) == newest.uid
    assert int(str(event["sequence"])) == newest.sequence == 1
    assert event.get("dtstart").dt == at("2026-12-08 10:00")
    assert "attendee" not in event
    assert "Gemensam planering" not in got.text
    assert "Vem gör vad" not in got.text


async def test_who_does_not_come_is_offered_no_entry(called: Scene) -> None:
    receipt = await say(called, UNIT, answer="regrets")
    assert "mote.ics" not in receipt.text


async def test_one_link_shows_all_open_calls_of_its_unit(called: Scene) -> None:
    first = called.stage.id
    await called.stage.call("2026-12-09 13:00", ("hemtjanst",))
    second = called.stage.id
    await called.stage.call("2026-12-10 13:00", ("skolan",))
    async with called.client() as client:
        path = called.link(UNIT)
        page = await client.get(path)
        assert "Enheten har en öppen kallelse till" in page.text
        listed = await client.get(f"{path}/alla")
        assert listed.text.count('name="meeting"') == 2
        assert str(first) in listed.text
        assert str(second) in listed.text
        form = {**fields_of(listed.text), "meeting": str(first)}
        other = await client.post(f"{path}/alla", data=form, follow_redirects=True)
        assert "måndag 7 december" in other.text
        said = {**fields_of(other.text), "answer": "tentative"}
        assert (await client.post(other.url.path, data=said)).status_code == 303
    called.stage.meeting_id = first
    assert await called.stage.stands("hemtjanst") is Standing.TENTATIVE


async def test_a_persons_link_leads_to_no_other_call(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Petra Ny", first_email=PETRA)
    await called.stage.call("2026-12-09 13:00", ("hemtjanst",))
    async with called.client() as client:
        path = called.link(PETRA)
        page = await client.get(path)
        assert "/alla" not in page.text
        assert (await client.get(f"{path}/alla")).status_code == 404
        form = {**fields_of(page.text), "meeting": str(called.stage.id)}
        assert (await client.post(f"{path}/alla", data=form)).status_code == 404


async def test_a_watchers_link_leads_to_no_other_call(called: Scene) -> None:
    await called.stage.call("2026-12-09 13:00", ("hemtjanst",))
    await called.stage.at("2026-11-12 09:00")
    async with called.client() as client:
        path = called.link("vera@al.example")
        assert (await client.get(f"{path}/alla")).status_code == 404


async def test_a_link_leads_to_no_meeting_of_another_unit(called: Scene) -> None:
    await called.stage.call("2026-12-10 13:00", ("skolan",))
    async with called.client() as client:
        path = called.link(UNIT)
        fields = fields_of((await client.get(f"{path}/alla")).text)
        answer = await client.post(f"{path}/alla", data={**fields, "meeting": str(called.stage.id)})
    assert answer.status_code == 404


async def test_another_language_loses_nothing_that_was_typed_and_is_remembered(called: Scene) -> None:
    async with called.client() as client:
        path = called.link(UNIT)
        page = await client.get(path)
        sent = {**fields_of(page.text), "answer": "regrets", "substitute_name": "Bo Alm", "in_language": "en"}
        way = re.search(r'class="link-button" type="submit" formaction="([^"]+)"', page.text)
        assert way is not None
        answer = await client.post(html.unescape(way[1]), data=sent)
        assert answer.status_code == 200
        assert "Can Hemtjänsten Al come?" in answer.text
        assert 'value="Bo Alm"' in answer.text
        assert re.search(r'value="regrets" required checked', answer.text)
        assert "Can Hemtjänsten Al come?" in (await client.get(path)).text
    assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_all_are_told_whom_it_concerns_in_one_act(called: Scene) -> None:
    async with called.client("convener") as client:
        path = f"/meetings/{called.stage.id}"
        page = await client.get(path)
        assert "Gäller dem som det inte är noterat för: Hemtjänsten Al, Skolan Al" in page.text
        answer = await client.post(f"{path}/identity", data={**fields_of(page.text), "channel": "phone"})
        assert answer.status_code == 303
        page = await client.get(path)
    assert "noterat för" not in page.text
    told = [(await called.stage.party(key)).identity for key in ("hemtjanst", "skolan")]
    assert None not in told


async def test_a_move_says_first_what_it_does(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Anna Ek")
    async with called.client("convener") as client:
        path = f"/meetings/{called.stage.id}"
        fields = fields_of((await client.get(path)).text)
        wanted = {
            "day": "2026-11-05", "from": "10:00", "to": "11:00", "form": "physical", "place_kind": "room",
            "place_unit": "Vårdcentralen Eken", "place_room": "Rum 2", "place_video": "https://video.region.example/1",
        }  # fmt: skip
        told = await client.post(f"{path}/move", data={**fields, **wanted})
        assert told.status_code == 200
        assert "2 enheter får en ny kallelse" in told.text
        assert "Svaren från Hemtjänsten Al gäller inte längre" in told.text
        assert "kortare än överenskommelsens 5 arbetsdagar" in told.text
        assert (await called.stage.meeting()).start == at("2026-12-07 10:00")
        done = await client.post(f"{path}/schedule", data={**fields_of(told.text), **wanted})
        assert done.status_code == 303
    meeting = await called.stage.meeting()
    assert meeting.start == at("2026-11-05 10:00")
    assert meeting.place.video_url is None, "what was filled in for another form is left behind"


async def test_a_proposal_says_what_a_yes_does(called: Scene) -> None:
    await say(called, "skolan@al.example", answer="attends", first_name="Rektor")
    await say(
        called, UNIT, answer="proposes", proposed_day="2026-12-08", proposed_from="13.00", proposed_to="14.00"
    )  # fmt: skip
    async with called.client("convener") as client:
        page = (await client.get(f"/meetings/{called.stage.id}")).text
    assert "Svaren från Hemtjänsten Al, Skolan Al gäller inte längre" in page


async def test_a_proposal_whose_time_has_passed_cannot_be_accepted_and_says_why(called: Scene) -> None:
    await say(
        called, UNIT, answer="proposes", proposed_day="2026-11-03", proposed_from="13.00", proposed_to="14.00"
    )  # fmt: skip
    await called.stage.at("2026-11-03 14:00")
    async with called.client("convener") as client:
        page = (await client.get(f"/meetings/{called.stage.id}")).text
    assert "Det går inte att godta: Tiden har redan varit" in page
    assert 'value="accept"' not in page
