"""After a meeting its staff are asked four questions, and the person by a sheet without a name; of few nothing is told
(rules, section 8 A7 and A8).
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from sip.domain.people import Role
from sip.store import agreements
from sip.usecases import surveys
from sip.usecases.actor import Actor, ActorKind
from tests.plain import plain
from tests.stories.county import agreement
from tests.stories.stage import Stage, on_stage
from tests.tester import TESTER
from tests.web.scene import fields_of

BOARD = Actor(ActorKind.USER, "lars", "Lars Ledamot", role=Role.BOARD_MEMBER)
DAYS = (("2026-11-30", "2026-12-01"), ("2026-12-07", "2026-12-08"), ("2026-12-14", "2026-12-15"))
"""Meetings, and the mornings after."""


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with on_stage(database_url, "2026-11-02 09:00", pages=True) as made:
        rules = replace(agreement().rules, survey=True)
        async with made.made.db.transaction(TESTER) as conn:
            await agreements.keep(conn, [replace(agreement(), version=2, rules=rules)])
        yield made


async def _says(client: httpx.AsyncClient, path: str, **said: str) -> None:
    fields = fields_of((await client.get(path)).text)
    done = await client.post(path, data=fields | said, follow_redirects=True)
    assert done.status_code == 200 and "Tack!" in done.text


async def test_a_quarter_is_told_when_it_is_over_and_the_few_are_not(stage: Stage) -> None:
    """Two units answer by mailed link after each of three meetings, and three persons on paper's QR code."""
    where = stage.place.listening["http"]
    async with plain(f"http://{where.host}:{where.port}") as client:
        for day, morning in DAYS:
            await stage.call(f"{day} 10:00", ["hemtjanst", "skolan"])
            await stage.jump(f"{day} 11:30")
            await stage.close()
            await stage.jump(f"{morning} 08:00")
            for address in ("hemtjanst@al.example", "skolan@al.example"):
                asked = [one for one in stage.mailbox(address) if "Fyra frågor" in one.subject][-1]
                assert asked.when.endswith("08:00") and asked.calendar is None
                link = re.search(r"/svar/[a-z2-7]{26}", asked.body)
                assert link is not None
                await _says(client, link.group(), purpose="yes", people="yes", agreed="yes", heard="no")
                assert (await client.get(link.group())).status_code == 404, "it is answered once"
        sheet = f"/tyck/{stage.made.vault.form('')}"
        for _ in range(3):
            await _says(client, sheet, heard="yes")
    now = await surveys.results(stage.made.db, None, 5, actor=BOARD, now=await stage.now())
    assert now.quarter is None, "the quarter goes on"
    await stage.jump("2027-01-04 09:00")
    told = await surveys.results(stage.made.db, None, 5, actor=BOARD, now=await stage.now())
    found = {voice.value: its.whole for voice, its in told.voices.items()}
    assert found["staff"] == (6, None, None, None, None), "of six all and none would tell of each"
    assert set(found["person"]) == {None}, "three are few"
