"""A failure of cooperation is written of by hand on its pages, kept as a draft, sent, and answered behind its link."""

import re

import httpx
from sqlalchemy import text

from sip.domain.deviation import DeviationState
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

NEW = "/deviations/new"
SAID = {
    "receiving_unit": "Vårdcentralen Eken", "categories_communication": "yes", "categories_routines": "yes",
    "description": "Listan kom två dagar efter hemgången, till fel enhet.", "happened_on": "2026-10-30",
}  # fmt: skip


async def write(client: httpx.AsyncClient, path: str, act: str, **said: str) -> httpx.Response:
    """The form of this page, filled in; `act` is the button."""
    page = await client.get(path)
    return await client.post(path.partition("?")[0], data={**fields_of(page.text), **said, "act": act})


async def drafted(client: httpx.AsyncClient, **said: str) -> str:
    saved = await write(client, NEW, "save", **said)
    assert saved.status_code == 303, saved.text
    return saved.headers["location"].partition("?")[0]


async def test_a_draft_is_kept_and_sent(fresh: Scene) -> None:
    async with fresh.client("manager") as manager, fresh.client("staff") as colleague:
        draft = await drafted(manager, description="Listan kom sent.", severity="3")
        there = (await manager.get(draft)).text
        assert "Listan kom sent." in there and "lex Sarah" in there and "ingen sådan anmälan görs härifrån" in there
        assert "Ingen enhet vald ännu" in (await manager.get("/deviations")).text
        assert (await colleague.get(draft)).status_code == 404, "a draft is its writer's alone"
        wanting = await write(manager, draft, "send", **SAID | {"receiving_unit": ""})
        assert wanting.status_code == 422 and "till fel enhet" in wanting.text
        own = await write(manager, draft, "send", **SAID | {"receiving_unit": "Hemtjänsten Al"})
        assert own.status_code == 422 and "Välj en annan enhet än er egen." in own.text
        sent = await write(manager, draft, "send", **SAID, severity="3", likelihood="2")
        assert sent.status_code == 303, sent.text
        report = sent.headers["location"].partition("#")[0]
        page = (await manager.get(report)).text
        for words in ("Inget möte", "Rutiner och förståelse", "lex Maria", "Allvarlig: någon kunde", "till fel enhet"):
            assert words in page, words
        assert "Gånger flyttat" not in page and 'action="/meetings' not in page
        assert (await manager.get(draft)).status_code == 404
        listed = (await manager.get("/deviations")).text
        assert "Era utkast" not in listed and "inget möte" in listed
    async with fresh.client("convener") as other, fresh.client("outsider") as outsider:
        assert "lex Maria" not in (await other.get(report)).text, "what is the writing side's is said to it alone"
        assert (await outsider.get(report)).status_code == 404


async def test_a_number_of_a_person_is_kept_nowhere(fresh: Scene) -> None:
    async with fresh.client("manager") as manager:
        refused = await write(manager, NEW, "save", **SAID | {"description": "Gäller 19121212-1212."})
        assert refused.status_code == 422 and "personnummer" in refused.text
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        assert (await conn.execute(text("select count(*) from report_draft"))).scalar_one() == 0


async def test_a_draft_is_erased(fresh: Scene) -> None:
    async with fresh.client("manager") as manager:
        draft = await drafted(manager, **SAID)
        page = await manager.get(draft)
        gone = await manager.post(f"{draft}/erasing", data=fields_of(page.text))
        assert gone.status_code == 303 and "Era utkast" not in (await manager.get("/deviations")).text


async def test_who_has_no_unit_says_which_she_writes_for(fresh: Scene) -> None:
    async with fresh.client("neighbour") as coordinator:
        foreign = {"reporting_unit": "Vårdcentralen Eken", "receiving_unit": "Skolan Al"}
        assert (await write(coordinator, NEW, "send", **SAID | foreign)).status_code == 403
        sent = await write(coordinator, NEW, "send", **SAID | {"reporting_unit": "Skolan Al"})
        assert sent.status_code == 303
    async with fresh.client("board") as board:
        assert (await board.get(NEW)).status_code == 403


async def test_of_a_meeting_it_is_a_report_of_that(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ["hemtjanst"])
    async with fresh.client("convener") as convener:
        path = f"{NEW}?meeting={fresh.stage.id}&party=2"
        assert "Om Hemtjänsten Al vid SIP-mötet" in (await convener.get(path)).text
        sent = await write(convener, path, "send", **SAID, severity="1")
        assert sent.status_code == 303, sent.text
        report = sent.headers["location"].partition("#")[0]
        assert "Gånger flyttat" in (await convener.get(report)).text
        again = await write(convener, path, "send", **SAID)
        assert again.status_code == 409 and "Det finns redan" in again.text


async def test_it_is_answered_behind_the_mailed_link(fresh: Scene) -> None:
    async with fresh.client("manager") as manager:
        sent = await write(manager, NEW, "send", **SAID)
        report = sent.headers["location"].partition("#")[0]
    await fresh.stage.work()
    link = fresh.link("eken@region.example")
    async with fresh.client(None) as anybody:
        page = (await anybody.get(link)).text
        assert "Hemtjänsten Al" in page and "till fel enhet" not in page, "what somebody wrote is read after sign-in"
        unsaid = await anybody.post(link, data=fields_of(page))
        assert unsaid.status_code == 422
        heard = await anybody.post(link, data={**fields_of(page), "answer": "right"})
        assert heard.status_code == 303, heard.text
        page = (await anybody.get(link)).text
        assert "Kallelsen kom inte fram" not in page, "nobody was called"
        cause = {"cause": "wrong_unit", "account": "Fel adress."}
        assert (await anybody.post(link, data={**fields_of(page), **cause})).status_code == 303
        page = (await anybody.get(link)).text
        measure = {"text": "Adresserna gås igenom.", "owner": "enhetschef", "due_on": "2026-11-16"}
        assert (await anybody.post(f"{link}/atgarder", data={**fields_of(page), **measure})).status_code == 303
        assert (await anybody.post(f"{link}/ord", data={**fields_of(page), "text": "Tack."})).status_code == 303
        assert "Åtgärd 1" in (await anybody.get(link)).text
        way = f"/language?page={link}&form={link}/ord"
        said = {**fields_of(page), "text": "Och en sak till.", "in_language": "en"}
        english = (await anybody.post(way, data=said)).text
        assert re.search(r'lang="en"', english) and "Och en sak till." in english
    async with fresh.client("manager") as manager:
        page = (await manager.get(report)).text
        assert ("Fel adress." in page and "Tack." in page and DeviationState.ANSWERED in page) or "Besvarad" in page
