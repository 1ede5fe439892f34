"""Mailboxes on the pages: the administrator's directory, and the page behind a test call's link."""

import re

import httpx
import pytest
from sqlalchemy import text

from sip.usecases import mailbox_checks
from sip.usecases.problems import NotFoundError
from tests.stories.county import unit
from tests.stories.stage import CONVENER, Stage
from tests.tester import TESTER
from tests.web.scene import Scene, csrf_of

UNIT = "hemtjanst@al.example"


async def asked(stage: Stage, key: str = "hemtjanst") -> None:
    await mailbox_checks.ask(stage.made.db, unit(key), actor=CONVENER, now=await stage.now())
    await stage.work()


async def choose(scene: Scene, client: httpx.AsyncClient, answer: str = "") -> httpx.Response:
    path = scene.link(UNIT, "rovkallelse")
    page = await client.get(path)
    assert "checked" not in page.text
    return await client.post(path, data={"_csrf": csrf_of(page.text), "answer": answer}, follow_redirects=True)


async def is_verified(stage: Stage, key: str = "hemtjanst") -> bool:
    async with stage.made.db.transaction(TESTER) as conn:
        sql = text("select exists (select 1 from verified_mailbox where unit_id = :id)")
        return bool((await conn.execute(sql, {"id": unit(key)})).scalar_one())


async def test_opening_the_page_is_no_answer(fresh: Scene) -> None:
    await asked(fresh.stage)
    async with fresh.client() as client:
        page = await client.get(fresh.link(UNIT))
        await client.get(f"{fresh.link(UNIT)}/tack")
    assert page.status_code == 200
    assert "Läser någon brevlådan för Hemtjänsten Al?" in page.text
    assert UNIT in page.text
    assert not await is_verified(fresh.stage)


async def test_a_yes_verifies_the_mailbox_and_ends_the_test_call(fresh: Scene) -> None:
    await asked(fresh.stage)
    async with fresh.client() as client:
        answer = await choose(fresh, client, "reads")
    assert answer.status_code == 200
    assert "Tack, brevlådan är bekräftad" in answer.text
    assert await is_verified(fresh.stage)
    await fresh.stage.work()
    assert [letter.method for letter in fresh.stage.mailbox(UNIT)] == ["REQUEST", "CANCEL"]


async def test_a_button_pressed_without_a_choice_says_nothing(fresh: Scene) -> None:
    """A scanner of mail presses buttons, too."""
    await asked(fresh.stage)
    async with fresh.client() as client:
        answer = await choose(fresh, client)
    assert answer.status_code == 422
    assert not await is_verified(fresh.stage)


async def test_a_no_shows_the_administrator_that_the_address_is_wrong(fresh: Scene) -> None:
    await asked(fresh.stage)
    async with fresh.client() as client:
        answer = await choose(fresh, client, "not_ours")
    assert "inte är den för Hemtjänsten Al" in answer.text
    async with fresh.client("administrator") as client:
        row = row_of((await client.get("/directory")).text, "hemtjanst")
    assert "Svar mån 2 nov. 2026: brevlådan är inte enhetens" in row
    assert "tag bad" in row


async def test_a_press_without_the_forms_token_changes_nothing(fresh: Scene) -> None:
    await asked(fresh.stage)
    async with fresh.client() as client:
        answer = await client.post(fresh.link(UNIT), data={"_csrf": "0" * 64})
    assert answer.status_code == 403
    assert not await is_verified(fresh.stage)


async def test_a_link_to_an_address_the_unit_has_left_says_so(fresh: Scene) -> None:
    await asked(fresh.stage)
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update unit_address set email = 'ny@al.example' where email = :old"), {"old": UNIT})
    async with fresh.client() as client:
        page = await client.get(fresh.link(UNIT))
    assert "inte längre enhetens" in page.text
    assert "<button" not in page.text


def row_of(html: str, key: str) -> str:
    found = re.search(rf'<tr id="u-{unit(key)}"[^>]*>.*?</tr>', html, re.DOTALL)
    return re.sub(r"\s+", " ", found.group()) if found else ""


async def test_the_directory_shows_which_mailboxes_are_read(fresh: Scene) -> None:
    await asked(fresh.stage)
    await asked(fresh.stage, "skolan")
    async with fresh.client() as visitor:
        await choose(fresh, visitor, "reads")
    async with fresh.client("administrator") as client:
        whole = (await client.get("/directory")).text
        lacking = (await client.get("/directory?unverified=1")).text
    assert "Bekräftad mån 2 nov. 2026" in row_of(whole, "hemtjanst")
    assert "tag good" in row_of(whole, "hemtjanst")
    assert "Inte bekräftad" in row_of(whole, "skolan")
    assert "Provkallelse skickad mån 2 nov. 2026, inte besvarad" in row_of(whole, "skolan")
    assert "Visa bara obekräftade brevlådor" in whole
    assert row_of(lacking, "hemtjanst") == ""
    assert row_of(lacking, "skolan")


async def test_the_administrator_sends_a_test_call(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        page = await client.get("/directory?unverified=1")
        path = f"/directory/{unit('skolan')}/mailbox-check"
        answer = await client.post(path, data={"_csrf": csrf_of(page.text), "unverified": "1"})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/directory?unverified=1#u-{unit('skolan')}"
        waiting = (await client.get("/directory?unverified=1")).text
        assert "Provkallelse väntar på att skickas" in row_of(waiting, "skolan")
        await fresh.stage.work()
        assert [letter.method for letter in fresh.stage.mailbox("skolan@al.example")] == ["REQUEST"]


async def test_a_unit_without_a_mailbox_cannot_be_asked(fresh: Scene) -> None:
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("delete from unit_address where unit_id = :id"), {"id": unit("skolan")})
    async with fresh.client("administrator") as client:
        page = await client.get("/directory")
        assert "mailbox-check" not in row_of(page.text, "skolan")
        path = f"/directory/{unit('skolan')}/mailbox-check"
        answer = await client.post(path, data={"_csrf": csrf_of(page.text)})
    assert answer.status_code == 422
    assert "ingen e-postadress" in answer.text


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator", "outsider"])
async def test_nobody_else_sends_them(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        token = csrf_of((await client.get("/deviations")).text)
        answer = await client.post(f"/directory/{unit('skolan')}/mailbox-check", data={"_csrf": token})
    assert answer.status_code == 404
    await fresh.stage.work()
    assert fresh.stage.relay.letters == []


async def test_a_check_that_is_not_there_is_not_confirmed(fresh: Scene) -> None:
    with pytest.raises(NotFoundError):
        now = await fresh.stage.now()
        await mailbox_checks.answer(fresh.stage.made.db, unit("skolan"), ours=True, actor=CONVENER, now=now)
