"""Each page says what is true of whoever reads it: of a person whose unit regrets, of a substitute, of the chair."""

import re

import httpx
import pytest

from sip.domain import events as e
from sip.domain.standing import Standing
from sip.domain.terms import Obligation
from sip.usecases import meetings
from tests.stories.stage import at
from tests.web.scene import Scene, fields_of
from tests.web.test_links import open_link, say

UNIT, ANNA, PETRA = "hemtjanst@al.example", "anna@al.example", "petra@al.example"


def title_of(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.S)
    assert found is not None
    return found.group(1).strip()


async def read(scene: Scene, address: str, subject: str = "") -> httpx.Response:
    async with scene.client() as client:
        return await client.get(scene.link(address, subject))


async def meeting_page(scene: Scene, role: str = "convener") -> str:
    async with scene.client(role) as client:
        return (await client.get(f"/meetings/{scene.stage.id}")).text


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    return fresh


async def test_who_was_named_is_told_that_her_unit_regrets(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Petra Ny", first_email=PETRA)
    page = await read(called, PETRA)
    assert "Hemtjänsten Al har anmält dig" in page.text
    await called.stage.at("2026-11-02 10:00")
    await say(called, UNIT, answer="regrets")
    told = called.stage.mailbox(PETRA)[-1]
    assert told.method == "CANCEL"
    assert "Du är inte längre anmäld" in told.subject
    assert "har meddelat att enheten inte kan komma" in told.body
    assert "ersätta" not in told.body
    page = await read(called, PETRA, "anmäld till")
    assert "har meddelat att enheten inte kan komma" in page.text
    assert "inte längre kallade" not in page.text


async def test_who_was_named_is_told_that_another_comes(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Petra Ny", first_email=PETRA)
    await called.stage.at("2026-11-02 10:00")  # of two answers at one moment neither is the later
    await say(called, UNIT, answer="attends", first_name="Bo Alm", first_email="bo@al.example")
    assert "Svaret från Hemtjänsten Al har ändrats" in called.stage.mailbox(PETRA)[-1].body
    assert "Svaret från Hemtjänsten Al har ändrats" in (await read(called, PETRA, "anmäld till")).text


async def test_a_substitute_reads_for_which_unit_and_until_when(called: Scene) -> None:
    await say(called, UNIT, answer="regrets")
    person = next(p for p in (await called.stage.party("hemtjanst")).attendees if p.email == ANNA)
    assert person.until is not None
    page = await read(called, ANNA)
    assert "Hemtjänsten Al frågar om du kan komma i stället" in page.text
    assert re.search(r"Svara senast \w+ \d+ nov\.? \d\d\.\d\d", page.text)
    await called.stage.at("2026-11-04 09:00")
    assert "Tiden att svara har gått ut" in (await read(called, ANNA)).text


async def test_one_who_is_no_longer_needed_is_thanked_off_for_what_she_was_asked(called: Scene) -> None:
    await say(called, UNIT, answer="regrets")
    await called.stage.at("2026-11-02 10:00")
    await say(called, UNIT, answer="attends", first_name="Petra Ny", first_email=PETRA)
    assert "Du behöver inte ersätta" in called.stage.mailbox(ANNA)[-1].subject
    assert "är löst på annat sätt" in (await read(called, ANNA, "Kan du ersätta")).text


async def test_who_was_asked_to_stand_in_is_told_that_the_meeting_moved(called: Scene) -> None:
    await say(called, UNIT, answer="regrets")
    await called.stage.do(meetings.move, start=at("2026-12-09 10:00"), end=at("2026-12-09 11:00"))
    last = [letter for letter in called.stage.mailbox(ANNA) if letter.method == "CANCEL"][-1]
    assert "ny tid eller plats" in last.body
    page = await read(called, UNIT, "Ändrat")
    assert "Det ni svarade förut gäller inte längre" in page.text


async def test_a_manager_who_is_asked_to_name_somebody_is_not_told_that_the_unit_is_silent(called: Scene) -> None:
    await say(called, UNIT, answer="regrets")
    for address in (ANNA, "bo@al.example"):
        await say(called, address, answer="i_cannot")
    party = await called.stage.party("hemtjanst")
    manager = next((p for p in party.attendees if p.role == "manager"), None)
    assert manager is not None and manager.email is not None
    page = await read(called, manager.email)
    assert "Hemtjänsten Al behöver en ersättare" in page.text
    assert "inte kunnat lämna besked" not in page.text
    assert "Svara senast" in page.text


async def test_each_link_page_has_a_title_of_its_own(called: Scene) -> None:
    await say(called, UNIT, answer="regrets")
    titles = {title_of((await read(called, address)).text) for address in (UNIT, ANNA, "clara@region.example")}
    assert len(titles) == 3


async def test_the_chairs_thanks_says_what_was_recorded(called: Scene) -> None:
    await say(called, UNIT, answer="attends", first_name="Anna Ek")
    await called.stage.at("2026-12-07 11:00")
    parties = [p for p in (await called.stage.meeting()).parties if p.obligation is not Obligation.CONVENING]
    marks = {f"mark_{p.ordinal}": "absent" if p.unit_name == "Skolan Al" else "late" for p in parties}
    async with called.client() as client:
        path, page = await open_link(called, client, "clara@region.example")
        form = {**fields_of(page.text), "outcome": "held", **marks}
        answer = await client.post(f"{path}/narvaro", data=form, follow_redirects=True)
    assert "Närvaron är sparad" in answer.text
    assert "Mötet hölls" in answer.text
    assert "Hemtjänsten Al: kom sent" in answer.text
    assert "Skolan Al: frånvarande" in answer.text
    assert "ända tills mötet börjar" not in answer.text


async def test_a_yes_without_a_name_is_never_called_no_answer(called: Scene) -> None:
    await say(called, UNIT, answer="attends")
    assert await called.stage.stands("hemtjanst") is Standing.NAME_MISSING
    for moment in ("2026-11-02 10:00", "2026-12-02 09:00"):
        await called.stage.at(moment)
        async with called.client("staff") as client:
            page = await client.get("/")
        assert "inte svarat" not in page.text
    assert "Säg vem som kommer" in page.text


async def test_what_comes_next_is_said_before_the_post_has_taken_the_call(fresh: Scene) -> None:
    fresh.stage.relay.away = True
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    assert (await fresh.stage.party("hemtjanst")).round.clock_start is None  # type: ignore[union-attr]  # a called party has a round
    page = await meeting_page(fresh)
    assert re.search(r"Härnäst:\s*påminnelse, fre 6 nov\.? 08\.00", page), re.findall(r"Härnäst[^<]*", page)


async def test_a_declined_proposal_shows_its_decision_to_all_three(called: Scene) -> None:
    await say(
        called, UNIT, answer="proposes", proposed_day="2026-12-08", proposed_from="13.00", proposed_to="14.00"
    )  # fmt: skip
    party = await called.stage.party("hemtjanst")
    await called.stage.do(meetings.decide, party.ordinal, e.Verdict.DECLINE, grounds="Skolan kan bara den dagen.")
    for page in (await meeting_page(called), await meeting_page(called, "staff")):
        assert "Beslut: Tiden ändras inte." in page
        assert "Skäl: Skolan kan bara den dagen." in page
    behind = (await read(called, UNIT)).text
    assert "Beslut: Tiden ändras inte." in behind
    assert "Skolan kan bara" not in behind


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (e.Verdict.ACCEPT, "Beslut: Enheten är befriad från skyldigheten att komma."),
        (e.Verdict.DECLINE, "Beslut: Kallelsen står fast."),
    ],
)
async def test_a_decided_contest_shows_its_decision(called: Scene, verdict: e.Verdict, says: str) -> None:
    await say(called, UNIT, answer="contests", contest_reason="not_concerned")
    party = await called.stage.party("hemtjanst")
    await called.stage.do(meetings.decide, party.ordinal, verdict, grounds="Ni har insatser i dag.")
    assert says in await meeting_page(called)
    assert says in (await read(called, UNIT)).text


async def test_an_answer_by_the_page_is_logged_as_one(called: Scene) -> None:
    await say(called, UNIT, answer="attends", answered_by="Receptionen")
    await say(called, UNIT, answer="tentative")
    page = await meeting_page(called)
    assert "Receptionen, genom svarssidan" in page
    assert "· genom svarssidan" in page
    assert "genom e-post" not in page
