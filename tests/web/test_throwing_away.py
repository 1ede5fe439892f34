"""A draft that nobody was told of is thrown away, and gone; any other is cancelled and stays (rules, section 11)."""

from uuid import UUID

import pytest
from asyncpg.exceptions import InsufficientPrivilegeError

from sip.store.db import raw
from sip.usecases import meetings
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.making import new_meeting
from tests.web.scene import Scene, fields_of
from tests.web.test_convening import do
from tests.web.test_poll import TIMES

PRESS = "Ta bort utkastet"


async def draft(scene: Scene) -> str:
    async with scene.client("convener") as client:
        page = await new_meeting(client, then="keep")
    scene.stage.meeting_id = UUID(page.url.path.rpartition("/")[2])
    return f"/meetings/{scene.stage.id}"


async def rows(scene: Scene, sql: str) -> int:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: int = await (await raw(conn)).fetchval(sql, scene.stage.id)
        return found


async def test_it_is_gone_with_its_case_and_the_journal_stays(fresh: Scene) -> None:
    here = await draft(fresh)
    cases = "select count(*) from case_ where $1::uuid is not null"
    before = await rows(fresh, cases)
    async with fresh.client("convener") as client:
        page = await client.get(here)
        assert PRESS in page.text and f'{here}/cancellation"' not in page.text
        form = fields_of(page.text)
        gone = await client.post(f"{here}/removal", data=form, follow_redirects=True)
        assert "Utkastet är borta." in gone.text and here not in gone.text
        again = await client.post(f"{here}/removal", data=form, follow_redirects=True)
        assert again.status_code == 200, "the same press again is the same press"
        other = fields_of((await client.get("/meetings/new")).text)
        assert (await client.post(f"{here}/removal", data=other)).status_code == 404
        assert (await client.get(here)).status_code == 404
    for table in ("meeting where id", "party where meeting_id", "checklist_tick where meeting_id"):
        assert await rows(fresh, f"select count(*) from {table} = $1") == 0
    assert await rows(fresh, cases) == before - 1
    assert await rows(fresh, "select count(*) from journal where aggregate = $1 and kind = 'Cancelled'") == 1
    log = "select count(*) from access_log where action = 'erase' and subject_id = ($1::uuid)::text"
    assert await rows(fresh, log) == 1


async def test_a_case_that_was_there_before_stays(fresh: Scene) -> None:
    here = await draft(fresh)
    await rows(fresh, "update case_ set created_at = created_at - interval '1 day' where id ="
                      " (select case_id from meeting where id = $1) returning 1")  # fmt: skip
    cases = "select count(*) from case_ where $1::uuid is not null"
    before = await rows(fresh, cases)
    async with fresh.client("convener") as client:
        form = fields_of((await client.get(here)).text)
        assert (await client.post(f"{here}/removal", data=form)).status_code == 303
    assert await rows(fresh, cases) == before


async def test_one_whose_parties_were_asked_about_times_is_cancelled_and_stays(fresh: Scene) -> None:
    here = await draft(fresh)
    async with fresh.client("convener") as client:
        form = fields_of((await client.get(here)).text)
        asked = await do(client, f"{here}/poll", **TIMES, closes_on="2026-12-01")
        assert asked.status_code == 200, asked.text
        page = await client.get(here)
        assert PRESS not in page.text and f'{here}/cancellation"' in page.text
        refused = await client.post(f"{here}/removal", data=form)
        assert refused.status_code == 409 and "Ställ in det i stället" in refused.text
        assert (await client.get(here)).status_code == 200


async def test_one_that_another_follows_elsewhere_is_cancelled_and_stays(fresh: Scene) -> None:
    here, first = await draft(fresh), fresh.stage.id
    await draft(fresh)
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await (await raw(conn)).execute("update meeting set follows = $2 where id = $1", fresh.stage.id, first)
    await fresh.stage.do(meetings.hand_over, unit("bok"), "Ulla Utomstående", "bok@bok.example", "010-319 204")
    async with fresh.client("convener") as client:
        assert (await client.get(f"/meetings/{fresh.stage.id}")).status_code == 404, "out of her view"
        form = fields_of((await client.get(here)).text)
        refused = await client.post(f"{here}/removal", data=form)
        assert refused.status_code == 409 and "Ställ in det i stället" in refused.text


async def test_a_called_meeting_is_never_thrown_away_and_nobody_else_throws_away_anything(fresh: Scene) -> None:
    here = await draft(fresh)
    for role in ("staff", "outsider", "chair"):
        async with fresh.client(role) as client:
            form = fields_of((await client.get("/")).text)
            assert (await client.post(f"{here}/removal", data=form)).status_code in (403, 404)
    async with fresh.client("convener") as client:
        form = fields_of((await client.get(here)).text)
        await do(client, f"{here}/call")
        assert (await client.post(f"{here}/removal", data=form)).status_code == 409


async def test_the_database_itself_erases_nothing_but_such_a_draft(fresh: Scene) -> None:
    here = await draft(fresh)
    await rows(fresh, "select 1 from (select erase_draft($1)) x")
    assert await rows(fresh, "select count(*) from meeting where id = $1") == 1, "it is not cancelled"
    with pytest.raises(InsufficientPrivilegeError):
        await rows(fresh, "delete from meeting where id = $1 returning 1")
    async with fresh.client("convener") as client:
        await do(client, f"{here}/call")
        await do(client, f"{here}/cancellation", reason="other")
    await rows(fresh, "select 1 from (select erase_draft($1)) x")
    assert await rows(fresh, "select count(*) from meeting where id = $1") == 1, "it was called"
