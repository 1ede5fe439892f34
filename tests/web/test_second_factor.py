"""One-time and recovery codes at sign-in, confirming who one is, and sessions that get another name or end."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid5

import httpx
import pyotp
import pytest
from sqlalchemy import text

from sip.domain.people import Role
from sip.store import identities, users
from sip.usecases import accounts
from sip.usecases.actor import OPERATOR
from tests.plain import plain
from tests.tester import TESTER
from tests.web.scene import PASSWORD, Scene, csrf_of, on_scene, sign_in

PAGE = "/profile/second-factor"
ADMINISTRATOR = uuid5(UUID(int=9), "administrator")


@asynccontextmanager
async def browser(scene: Scene, role: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of its own, signed in anew."""
    async with plain(scene.origin, headers={"accept-language": "sv"}) as client:
        if role is not None:
            assert (await sign_in(client, role)).status_code == 303
        yield client


async def code(scene: Scene, secret: str, later: int = 0) -> str:
    """The code of the present step, or of one a little later, which a fast telephone shows."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        now = await identities.machine_time(conn)
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // 30 + later)


async def send(client: httpx.AsyncClient, at: str, to: str, **form: str) -> httpx.Response:
    page = await client.get(at)
    return await client.post(to, data={"_csrf": csrf_of(page.text), **form})


async def set_up(scene: Scene, client: httpx.AsyncClient) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    page = await send(client, PAGE, PAGE, then="begin", current=PASSWORD)
    secret = re.search(r'<code class="breaks">([A-Z2-7]+)</code>', page.text)
    sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page.text)
    assert secret is not None, page.text
    assert sealed is not None
    assert "<svg" in page.text
    wrong = await client.post(
        PAGE, data={"_csrf": csrf_of(page.text), "then": "finish", "sealed": sealed[1], "code": "000000"}
    )
    assert wrong.status_code == 422
    assert secret[1] in wrong.text, "the same picture once more"
    right = await code(scene, secret[1])
    done = await client.post(
        PAGE, data={"_csrf": csrf_of(page.text), "then": "finish", "sealed": sealed[1], "code": right}
    )
    codes = re.findall(r"<code>((?:[a-z0-9]{6}-){3}[a-z0-9]{6})</code>", done.text)
    assert len(codes) == 10, done.text
    return secret[1], codes


async def password_of(client: httpx.AsyncClient, role: str) -> httpx.Response:
    """The page that asks for the code."""
    page = await sign_in(client, role)
    assert page.status_code == 200
    assert "Skriv koden" in page.text
    return page


async def give(client: httpx.AsyncClient, page: httpx.Response, said: str) -> httpx.Response:
    ticket = re.search(r'name="ticket" value="([0-9a-f]+)"', page.text)
    assert ticket is not None
    form = {"_csrf": csrf_of(page.text), "ticket": ticket[1], "code": said, "next": "/profile"}
    return await client.post("/sign-in/code", data=form)


async def test_a_code_is_asked_for_after_the_password_and_counts_once(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        secret, recovery = await set_up(fresh, client)
    async with browser(fresh) as client:
        page = await password_of(client, "convener")
        assert (await client.get("/profile")).status_code == 303, "the password alone opens nothing"
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            step = (await conn.execute(text("select last_step from second_factor"))).scalar_one()
        assert (await give(client, page, pyotp.TOTP(secret).generate_otp(step))).status_code == 422, "used at set-up"
        right = await code(fresh, secret, later=1)
        done = await give(client, page, f"{right[:3]} {right[3:]}")
        assert (done.status_code, done.headers["location"]) == (303, "/profile")
    async with browser(fresh) as client:
        page = await password_of(client, "convener")
        assert (await give(client, page, right)).status_code == 422, "replayed in its window"
        assert (await give(client, page, recovery[0].upper())).status_code == 303
    async with browser(fresh) as client:
        page = await password_of(client, "convener")
        assert (await give(client, page, recovery[0])).status_code == 422, "a recovery code works once"
        assert (await give(client, page, recovery[1])).status_code == 303
        assert "8 återställningskoder" in (await client.get(PAGE)).text


async def test_tries_are_counted_together_and_a_right_password_forgets_none(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        _, recovery = await set_up(fresh, client)
    async with browser(fresh) as client:
        for _ in range(users.FAILURES_BEFORE_LOCK // 2):
            page = await password_of(client, "convener")
            assert (await give(client, page, "123456")).status_code == 422
        assert (await give(client, page, recovery[0])).status_code == 422, "locked, whatever comes"
        assert (await sign_in(client, "convener")).status_code in (422, 429)


async def test_right_sign_ins_fill_nothing(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        _, recovery = await set_up(fresh, client)
    for given in recovery[: users.FAILURES_BEFORE_LOCK + 1]:
        async with browser(fresh) as client:
            assert (await give(client, await password_of(client, "convener"), given)).status_code == 303


async def test_a_ticket_is_of_its_browser(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        _, recovery = await set_up(fresh, client)
    async with browser(fresh) as client, browser(fresh) as other:
        stolen = await password_of(client, "convener")
        own = await other.get("/sign-in")
        ticket = re.search(r'name="ticket" value="([0-9a-f]+)"', stolen.text)
        assert ticket is not None
        form = {"_csrf": csrf_of(own.text), "ticket": ticket[1], "code": recovery[0]}
        assert (await other.post("/sign-in/code", data=form)).status_code == 422
        assert (await give(client, stolen, recovery[0])).status_code == 303


async def test_what_is_kept_is_sealed_and_who_loses_it_is_helped(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        secret, recovery = await set_up(fresh, client)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            kept = (await conn.execute(text("select secret from second_factor"))).scalar_one()
            hashes = (await conn.execute(text("select hash from recovery_code"))).scalars().all()
        assert secret.encode() not in kept
        assert not any(one.encode() in found for one in recovery for found in hashes)
        convener = uuid5(UUID(int=9), "convener")
        async with browser(fresh, "administrator") as administrator:
            here = f"/users/{convener}"
            assert (await send(administrator, here, f"{here}/acts", then="reset_factor")).status_code == 303
        assert (await client.get("/profile")).status_code == 303, "signed out everywhere"
        assert (await sign_in(client, "convener")).status_code == 303


async def test_doing_without_takes_a_code(fresh: Scene) -> None:
    async with browser(fresh, "convener") as client:
        assert (await send(client, PAGE, PAGE, then="begin", current="fel")).status_code == 422
        _, recovery = await set_up(fresh, client)
        assert (await send(client, PAGE, PAGE, then="remove", code="000000")).status_code == 422
        with_a_password = await send(client, PAGE, PAGE, then="begin", current=PASSWORD)
        assert with_a_password.status_code == 404, "a password alone puts no other in its place"
        other = await send(client, PAGE, PAGE, then="codes", code=recovery[0])
        assert recovery[1] not in other.text
        assert (await send(client, PAGE, PAGE, then="remove", code=recovery[1])).status_code == 422
        new = re.findall(r"<code>([a-z0-9-]{27})</code>", other.text)
        assert (await send(client, PAGE, PAGE, then="remove", code=new[0])).status_code == 303


# -- confirming


async def test_administration_and_free_text_ask_who_it_is(database_url: str) -> None:
    asks = {"SIP_CONFIRM_MINUTES": "10"}
    async with (
        on_scene(database_url, whole=False, settings=asks) as scene,
        browser(scene, "administrator") as client,
    ):
        users_page = await client.get("/users")
        assert users_page.headers["location"] == "/confirm?next=/users"
        assert "Ställ in tvåstegsinloggning" in (await client.get("/confirm?next=/users")).text
        for path in ("/", "/profile", "/meetings"):
            assert (await client.get(path)).status_code == 200, path
        for path in ("/directory", "/agreements", f"/meetings/{ADMINISTRATOR}", f"/deviations/{ADMINISTRATOR}"):
            assert (await client.get(path)).headers["location"] == f"/confirm?next={path}"
        elsewhere = str(ADMINISTRATOR).upper()
        for path in (f"/meetings/{elsewhere}", f"/meetings/{elsewhere.replace('-', '')}", "/meetings//" + elsewhere,
                     "/users/", "/accessibility/told", f"/hands/{ADMINISTRATOR}/note"):  # fmt: skip
            answer = await client.get(path)
            assert answer.headers["location"].startswith("/confirm?next="), path
        secret, _ = await set_up(scene, client)
        before = client.cookies["sip_session"]
        asked = await send(client, "/confirm", "/users/new", name="Nya Namn", email="ny@al.example")
        assert (asked.status_code, "Nya Namn" in asked.text) == (401, True), "what was typed comes with her"
        refused = await send(client, "/confirm?next=/users", "/confirm", code="000000", next="/users")
        assert refused.status_code == 422
        said = await code(scene, secret, later=1)
        done = await send(client, "/confirm?next=/users", "/confirm", code=said, next="/users")
        assert (done.status_code, done.headers["location"]) == (303, "/users")
        assert client.cookies["sip_session"] != before
        assert (await client.get("/users")).status_code == 200
        async with scene.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update web_session set confirmed_at = confirmed_at - interval '11 minutes'"))
        assert (await client.get("/users")).status_code == 303


# -- sessions


async def test_another_role_gets_the_session_another_name(fresh: Scene) -> None:
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await users.save_grants(
            conn, [users.GrantRecord(UUID(int=77), ADMINISTRATOR, Role.COORDINATOR, None, None, None)]
        )
    async with browser(fresh, "administrator") as client:
        before = client.cookies["sip_session"]
        assert (await send(client, "/roles", "/roles", role=str(UUID(int=77)))).status_code == 303
        assert client.cookies["sip_session"] != before
        assert (await client.get("/profile")).status_code == 200
        client.cookies.set("sip_session", before)
        old = httpx.Cookies({"sip_session": before})
    async with plain(fresh.origin, cookies=old) as thief:
        assert (await thief.get("/profile")).status_code == 303


@pytest.mark.parametrize("how", ["disabled", "signed out", "role changed"])
async def test_an_open_page_hears_nothing_more_when_its_session_ends(fresh: Scene, how: str) -> None:
    manager = uuid5(UUID(int=9), "manager")
    db, now = fresh.stage.made.db, await fresh.stage.now()
    async with browser(fresh, "manager") as client, client.stream("GET", "/events") as stream:
        parts = stream.aiter_bytes()
        assert await anext(parts) == b"retry: 3000\n\n"
        if how == "disabled":
            await accounts.set_active(db, manager, False, actor=OPERATOR, now=now)
        elif how == "signed out":
            async with db.transaction(TESTER) as conn:
                await users.end_sessions(conn, manager)
        else:
            async with db.transaction(TESTER) as conn:
                grant = (await users.grants_of(conn, manager, now.date()))[0]
                await users.choose_role(conn, client.cookies["sip_session"], grant.id)
        left = b"".join([part async for part in parts])
        assert left in (b"", b"event: changed\ndata: *\n\n")
