"""A session ends when nothing is done in it: an open page is nothing, what was typed comes along, and it is told."""

import html
import re
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import text

from sip.settings import Settings
from sip.usecases import identities, service
from tests.tester import TESTER
from tests.web.scene import PASSWORD, Scene, address_of, fields_of

IDLE = timedelta(minutes=Settings.model_fields["session_idle_minutes"].default)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SAID = "Du loggades ut för att inget hade gjorts på 60 minuter."


async def _left(scene: Scene) -> float:
    """How many seconds the newest session goes on for without use."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        sql = (
            "select extract(epoch from idle_at - clock_timestamp()) from web_session order by recorded_at desc limit 1"
        )
        return float((await conn.execute(text(sql))).scalar_one())


async def _unused(scene: Scene, since: timedelta) -> str:
    """Nothing was done for so long in the newest session; its name."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        sql = """update web_session set idle_at = clock_timestamp() + :left where hash = (select hash from web_session
         order by recorded_at desc limit 1) returning encode(substr(hash, 1, 8), 'hex')"""
        return str((await conn.execute(text(sql), {"left": IDLE - since})).scalar_one())


async def _sign_in(client: httpx.AsyncClient, fields: dict[str, str]) -> httpx.Response:
    return await client.post("/sign-in", data={**fields, "email": address_of("convener"), "password": PASSWORD})


async def test_who_does_nothing_is_signed_out_and_told_why(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        assert (await client.get("/profile")).status_code == 200
        name = await _unused(fresh, timedelta(minutes=61))
        back = await client.get("/profile", follow_redirects=True)
        assert back.url.path == "/sign-in" and SAID in back.text
        assert await identities.ended_among(fresh.stage.made.db, [name]) == {name}  # its open pages end too
        again = await _sign_in(client, fields_of(back.text))
        assert (again.status_code, again.headers["location"]) == (303, "/profile")
        assert SAID not in (await client.get("/sign-in", follow_redirects=True)).text
    async with fresh.client() as nobody:
        assert SAID not in (await nobody.get("/profile", follow_redirects=True)).text


async def test_what_was_typed_comes_along(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        page = await client.get("/users/new")
        await _unused(fresh, timedelta(hours=2))
        sent = {**fields_of(page.text), "name": "Nora Påhittad", "email": "nora@al.example"}
        stopped = await client.post("/users/new", data=sent)
        assert stopped.status_code == 401 and SAID in stopped.text and "Nora Påhittad" in stopped.text
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(stopped.text)}
        fields = {**hidden, "email": address_of("administrator"), "password": PASSWORD}
        again = await client.post("/sign-in", data=fields)
        assert again.status_code == 200 and 'value="Nora Påhittad"' in again.text


async def test_use_is_noted_and_what_open_pages_ask_is_none(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await client.get("/profile")
        await _unused(fresh, timedelta(minutes=30))
        assert (await client.get("/hands/rows", params={"ids": ""})).status_code in (200, 204)
        await client.get(f"/meetings/{UUID(int=1)}/changes", headers={"hx-request": "true"})
        assert await _left(fresh) < 31 * 60
        await client.get("/profile")
        assert await _left(fresh) > 59 * 60
        await _unused(fresh, timedelta(seconds=30))
        await client.get("/profile")
        assert await _left(fresh) < 60 * 60 - 25  # once a minute, no more


async def test_a_part_that_is_asked_for_too_late_leads_back_to_its_page(fresh: Scene) -> None:
    async with fresh.client("convener") as client:
        await client.get("/profile")
        await _unused(fresh, timedelta(hours=2))
        headers = {"hx-request": "true", "hx-current-url": f"{fresh.origin}/meetings?state=called"}
        part = await client.get("/meetings", headers=headers)
        assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?next=/meetings")


async def test_a_sign_in_lasts_so_many_hours_however_much_it_is_used_and_is_then_removed(fresh: Scene) -> None:
    hours = Settings.model_fields["session_hours"].default
    sql = "select extract(epoch from expires_at - clock_timestamp()) from web_session"
    async with fresh.client("convener") as client, fresh.client("coordinator") as other:
        await other.get("/profile")
        await client.get("/profile")
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            assert all(hours * 3600 - 600 < left <= hours * 3600 for left in (await conn.execute(text(sql))).scalars())
            ends = "update web_session set expires_at = clock_timestamp() where hash = (select hash from web_session"
            await conn.execute(text(f"{ends} order by recorded_at desc limit 1)"))
        assert (await other.get("/profile")).status_code == 303
        assert (await client.get("/profile")).status_code == 200
        await service.drop_sessions(fresh.stage.made.worker.db)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            assert (await conn.execute(text("select count(*) from web_session"))).scalar_one() == 1
        assert (await client.get("/profile")).status_code == 200
