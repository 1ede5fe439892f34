"""The page that takes short codes: it opens what the link opens, looking at it changes nothing, and guessing ends."""

import re

import httpx
import pytest

from sip.domain.standing import Standing
from tests.web.scene import Scene, fields_of

CODE = re.compile(r"skriv koden ([0-9A-Z]{5}-[0-9A-Z]{5})")


def mailed(scene: Scene, address: str) -> str:
    """The code in the newest mail to this address, out of its text."""
    found = CODE.search(scene.stage.mailbox(address)[-1].body)
    assert found is not None, scene.stage.mailbox(address)[-1].body
    return found[1]


async def typed(client: httpx.AsyncClient, code: str) -> httpx.Response:
    page = await client.get("/kod")
    assert page.status_code == 200
    return await client.post("/kod", data={**fields_of(page.text), "code": code})


@pytest.fixture
async def called(fresh: Scene) -> Scene:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    return fresh


async def test_a_unit_answers_by_its_code(called: Scene) -> None:
    async with called.client() as client:
        answer = await typed(client, mailed(called, "hemtjanst@al.example").lower().replace("-", ""))
        assert answer.status_code == 303
        page = await client.get(answer.headers["location"])
        assert "måndag 7 december 2026" in page.text
        assert await called.stage.stands("hemtjanst") is Standing.NO_ANSWER
        form = {**fields_of(page.text), "answer": "attends", "first_name": "Anna Ek"}
        said = await client.post(answer.headers["location"], data=form)
        assert said.status_code == 303
    assert await called.stage.stands("hemtjanst") is Standing.ATTENDS


async def test_each_code_opens_its_own_page(called: Scene) -> None:
    async with called.client() as client:
        paths = [
            (await typed(client, mailed(called, to))).headers["location"]
            for to in ("hemtjanst@al.example", "skolan@al.example")
        ]
        pages = [(await client.get(path)).text for path in paths]
    about = [re.search(r"<h1>(.*?)</h1>", page) for page in pages]
    assert [found and ("Hemtjänsten" in found[1], "Skolan" in found[1]) for found in about] == [
        (True, False), (False, True),
    ]  # fmt: skip


async def test_a_wrong_code_says_what_to_do(scene: Scene) -> None:
    async with scene.client() as client:
        for wrong in ("", "hej", "00000-00000"):
            answer = await typed(client, wrong)
            assert answer.status_code == 422
            assert "location" not in answer.headers
    assert "Koden finns inte" in answer.text
    assert 'value="00000-00000"' in answer.text


async def test_the_code_is_never_taken_from_an_address(called: Scene) -> None:
    """GET changes nothing, and codes do not end up in the logs of proxies."""
    code = mailed(called, "hemtjanst@al.example")
    async with called.client() as client:
        for path in (f"/kod?code={code}", f"/svar/{code}", f"/kod/{code}"):
            answer = await client.get(path)
            assert answer.status_code in (200, 404)
            assert "måndag 7 december" not in answer.text


async def test_who_guesses_has_to_wait_and_a_right_code_does_not_help(called: Scene) -> None:
    async with called.client() as client:
        for _ in range(20):
            assert (await typed(client, "00000-00000")).status_code == 422
        waiting = await typed(client, mailed(called, "hemtjanst@al.example"))
    assert waiting.status_code == 429
    assert "Vänta fem minuter" in waiting.text
