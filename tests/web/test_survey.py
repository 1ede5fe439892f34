"""The questions after a meeting: by a mailed link, on the form without a name, and what is told of them."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from sip.domain.terms import Mark
from sip.store import agreements
from tests.stories.county import agreement
from tests.stories.stage import Stage
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

HEMTJANST, CLARA = "hemtjanst@al.example", "clara@region.example"
ALL_YES = dict.fromkeys(("purpose", "people", "agreed", "heard"), "yes")


async def asks(stage: Stage) -> None:
    """The agreement has come to ask."""
    rules = replace(agreement().rules, survey=True)
    async with stage.made.db.transaction(TESTER) as conn:
        await agreements.keep(conn, [replace(agreement(), version=2, rules=rules)])


async def met(stage: Stage) -> None:
    """A meeting was held, and it is the morning after."""
    await asks(stage)
    await stage.call("2026-12-07 10:00")
    await stage.jump("2026-12-07 11:30")
    await stage.close()
    await stage.jump("2026-12-08 08:00")


async def stored(stage: Stage, sql: str) -> list[tuple[Any, ...]]:
    async with stage.made.db.transaction(TESTER) as conn:
        return [tuple(row) for row in (await conn.execute(text(sql))).all()]


async def say(client: httpx.AsyncClient, page: str, **said: str) -> httpx.Response:
    found = await client.get(page)
    assert found.status_code == 200, found.text
    return await client.post(page, data=fields_of(found.text) | said, follow_redirects=True)


@pytest.fixture
async def morning(fresh: Scene) -> Scene:
    await met(fresh.stage)
    return fresh


async def test_staff_answer_once_by_the_link_and_nothing_is_left_but_the_sum(morning: Scene) -> None:
    stage = morning.stage
    (letter,) = [one for one in stage.mailbox(HEMTJANST) if "Fyra frågor" in one.subject]
    assert letter.when == "Tue 08 Dec 08:00" and "vi påminner inte" in letter.body
    assert letter.calendar is None and "personnummer" not in letter.subject
    link = morning.link(HEMTJANST, "Fyra frågor")
    before = await stored(stage, "select count(*) from access_log"), await stored(stage, "select count(*) from journal")
    async with morning.client() as client:
        page = await client.get(link)
        assert "De som behövdes var med." in page.text and " checked" not in page.text
        reference = (await stage.meeting()).reference
        assert reference not in page.text and "Vårdcentralen Eken" not in page.text, "nothing of the meeting"
        none = await say(client, link)
        assert none.status_code == 422 and "minst en fråga" in none.text
        odd = await say(client, link, purpose="kanske")
        assert odd.status_code == 422
        done = await say(client, link, purpose="yes", people="no", agreed="yes")
        assert "Tack!" in done.text
        for again in (await client.get(link), await client.post(link, data=fields_of(page.text) | ALL_YES)):
            assert again.status_code == 404
    after = await stored(stage, "select count(*) from access_log"), await stored(stage, "select count(*) from journal")
    assert after == before, "who looked and who answered is in no log"
    assert await stored(stage, "select * from survey_sum") == [(date(2026, 10, 1), "staff", "", 1, 1, 0, 1, 0)]
    left = await stored(stage, f"select 1 from link_token where purpose = 'survey' and address = '{HEMTJANST}'")
    assert left == []
    assert await stored(stage, "select count(*) from link_token where purpose = 'survey'") == [(1,)], "the chair's"
    assert await stored(stage, "select 1 from link_token where purpose = 'survey' and code_hash is not null") == []


async def test_a_link_ends_and_the_mail_is_not_sent_again(morning: Scene) -> None:
    link = morning.link(HEMTJANST, "Fyra frågor")
    await morning.stage.jump("2026-12-29 08:01")
    async with morning.client() as client:
        assert (await client.get(link)).status_code == 404
    assert len([one for one in morning.stage.mailbox(HEMTJANST) if "Fyra frågor" in one.subject]) == 1
    assert await stored(morning.stage, "select count(*) from survey_sum") == [(0,)]


async def test_a_correction_before_the_morning_takes_the_mail_back(fresh: Scene) -> None:
    await asks(fresh.stage)
    await fresh.stage.call("2026-12-07 10:00")
    await fresh.stage.jump("2026-12-07 11:30")
    await fresh.stage.close()
    await fresh.stage.close(reason="kom inte", hemtjanst=Mark.ABSENT)
    await fresh.stage.jump("2026-12-08 08:00")
    assert [one for one in fresh.stage.mailbox(HEMTJANST) if "Fyra frågor" in one.subject] == []
    assert [one for one in fresh.stage.mailbox(CLARA) if "Fyra frågor" in one.subject] != []


async def _paper(scene: Scene) -> str:
    """The address on the sheet."""
    async with scene.client("staff") as client:
        page = (await client.get("/survey-form")).text
    found = re.search(r"/tyck/[a-z2-7]{16}", page)
    assert found is not None and "<svg" in page and "Skriv inget namn." in page
    return found.group()


async def test_the_person_answers_without_a_name_and_no_request_is_logged(
    fresh: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    form = await _paper(fresh)
    assert form == await _paper(fresh), "the same on every sheet"
    async with fresh.client() as client:
        await client.get("/accessibility")
        before = [await stored(fresh.stage, f"select * from {table}") for table in ("access_log", "tries")]
        assert "Jag vet vem som gör vad nu." in (await client.get(form)).text
        done = await say(client, form, heard="yes", people="no")
        assert done.url.path == f"{form}/tack" and "Tack!" in done.text
        assert (await client.get("/tyck/aaaaaaaaaaaaaaaa")).status_code == 404
    after = [await stored(fresh.stage, f"select * from {table}") for table in ("access_log", "tries")]
    assert after == before, "neither that somebody was there, nor how often a network answers"
    assert await stored(fresh.stage, "select * from survey_sum") == [(date(2026, 10, 1), "person", "", 1, 0, 0, 0, 1)]
    logged = capsys.readouterr().out
    assert "/accessibility" in logged and "tyck" not in logged


async def test_one_network_waits_when_it_has_answered_often(fresh: Scene) -> None:
    form = await _paper(fresh)
    async with fresh.client() as client:
        fields = fields_of((await client.get(form)).text) | {"heard": "yes"}
        statuses = [(await client.post(form, data=fields)).status_code for _ in range(21)]
        assert statuses == [303] * 20 + [429]
        await fresh.stage.jump("2026-11-02 09:11")
        assert (await client.post(form, data=fields)).status_code == 303
    assert await stored(fresh.stage, "select answers from survey_sum") == [(21,)]


async def _count(stage: Stage, *rows: str) -> None:
    async with stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text(f"insert into survey_sum values {', '.join(rows)}"))


async def test_a_quarter_is_told_when_it_is_over_and_small_numbers_never(fresh: Scene) -> None:
    await _count(
        fresh.stage,
        "('2026-07-01', 'staff', 'Norr', 20, 18, 12, 3, 20)", "('2026-07-01', 'staff', '', 10, 5, 5, 5, 10)",
        "('2026-07-01', 'person', 'Norr', 4, 4, 4, 4, 4)", "('2026-10-01', 'person', 'Norr', 77, 66, 66, 66, 66)",
        "('2026-04-01', 'staff', 'Norr', 31, 21, 21, 21, 21)",
    )  # fmt: skip
    for role in ("board", "coordinator", "administrator"):
        async with fresh.client(role) as client:
            page = (await client.get("/statistics/survey")).text
            assert "kvartal 3 2026" in page and "30 av 30" in page and "23 av 30" in page, role
            assert "av 77" not in page, "it goes on"
            assert page.count("Färre än 5 har svarat.") == 1, "of the person's four nothing is told"
            assert "3 av 20" not in page and "18 av 20" not in page, "an area with a small number is hidden"
            earlier = (await client.get("/statistics/survey?quarter=2026-04-01")).text
            assert "21 av 31" in earlier
            assert "av 77" not in (await client.get("/statistics/survey?quarter=2026-10-01")).text
    async with fresh.client("staff") as client:
        assert (await client.get("/statistics/survey")).status_code == 403


async def test_with_no_quarter_that_is_over_it_says_so(fresh: Scene) -> None:
    async with fresh.client("board") as client:
        assert "Inget kvartal med svar är slut än." in (await client.get("/statistics/survey")).text
