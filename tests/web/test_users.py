"""Users in a browser: invited, given roles, disabled; passwords behind a link; keys; and nobody locks all out."""

import asyncio
import re
from datetime import date, timedelta
from hashlib import sha1
from pathlib import Path
from uuid import UUID, uuid5

import httpx
import pytest
from sqlalchemy import text

from sip.domain.people import Role
from sip.edges.web.shell import typed
from sip.store import accounts as rows
from sip.usecases import accounts, sessions
from sip.usecases.directory.keys import key_id
from tests.stories.county import unit
from tests.stories.stage import Letter
from tests.tester import TESTER
from tests.web.scene import PASSWORD, Scene, address_of, csrf_of, fields_of, on_scene, shape_of

ADMIN, MANAGER = (uuid5(UUID(int=9), name) for name in ("administrator", "manager"))
CHOSEN = "en annan påhittad mening"  # made up, for tests


async def post(client: httpx.AsyncClient, page: str, path: str, **values: str) -> httpx.Response:
    hidden = fields_of((await client.get(page)).text)
    return await client.post(path, data={**hidden, **values}, follow_redirects=True)


async def sign_in(scene: Scene, email: str, password: str) -> httpx.Response:
    async with scene.client() as client:
        page = await client.get("/sign-in")
        form = {"email": email, "password": password, "_csrf": csrf_of(page.text), "next": "/profile"}
        return await client.post("/sign-in", data=form, follow_redirects=True)


async def letters(scene: Scene, email: str, most: int = 1) -> list[Letter]:
    """What lies in a mailbox, when what is done after an answer has had its time."""
    for _ in range(20):
        await scene.stage.work()
        if len(scene.stage.mailbox(email)) >= most:
            break
        await asyncio.sleep(0.05)
    return list(scene.stage.mailbox(email))


async def test_somebody_is_invited_and_chooses_a_password_once(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        looked = await post(client, "/users/new", "/users/new", name="Nora Ny", email="nora@al.example", language="sv",
                            role="unit_staff", words="hemtj", then="look")  # fmt: skip
        assert f'value="unit:{unit("hemtjanst")}"' in looked.text and 'value="Nora Ny"' in looked.text
        nowhere = await post(client, "/users/new", "/users/new", name="Nora Ny", email="nora@al.example",
                             language="sv", role="unit_staff", place="everywhere", then="save")  # fmt: skip
        assert nowhere.status_code == 422 and 'href="#place"' in nowhere.text
        made = await post(client, "/users/new", "/users/new", name="Nora Ny", email="Nora@al.example", language="sv",
                          role="unit_staff", place=f"unit:{unit('hemtjanst')}", then="save")  # fmt: skip
        assert "Inbjudan skickas till nora@al.example" in made.text
        assert "Inbjuden" in made.text
        again = await post(client, "/users/new", "/users/new", name="Nora Ny", email="nora@al.example", language="sv",
                           role="unit_staff", place=f"unit:{unit('hemtjanst')}", then="save")  # fmt: skip
        assert again.status_code == 422 and "Det finns redan en användare" in again.text
    [letter] = await letters(fresh, "nora@al.example")
    assert letter.subject == "Du är inbjuden till SIP-möten"
    assert "Ada Admin har bjudit in dig" in letter.body and "/kod" not in letter.body
    link = fresh.link("nora@al.example")
    async with fresh.client() as visitor:
        short = await post(visitor, link, link, password="kort")
        known = await post(visitor, link, link, password="passwordpassword")
        assert short.status_code == known.status_code == 422
        assert 'href="#password"' in short.text
        assert "kort" not in re.findall(r'id="password"[^>]*value="([^"]*)"', short.text)
        done = await post(visitor, link, link, password=CHOSEN)
        assert "Lösenordet är valt" in done.text
        assert (await visitor.get(link)).status_code == 404, "once only"
    assert "Nora Ny" in (await sign_in(fresh, "nora@al.example", CHOSEN)).text


async def test_an_invitation_that_is_a_week_old_opens_nothing(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        await post(client, f"/users/{MANAGER}", f"/users/{MANAGER}/acts", then="invite")
    await letters(fresh, address_of("manager"))
    link = fresh.link(address_of("manager"))
    async with fresh.client() as visitor:
        assert (await visitor.get(link)).status_code == 200
        await fresh.stage.at("2026-11-09 09:01")
        assert (await visitor.get(link)).status_code == 404


async def forget(scene: Scene, email: str) -> httpx.Response:
    async with scene.client() as visitor:
        return await post(visitor, "/password", "/password", email=email)


async def test_a_forgotten_password_never_tells_who_exists(fresh: Scene) -> None:
    known, unknown = await forget(fresh, address_of("manager")), await forget(fresh, "ingen@sip.example")
    assert known.url == unknown.url
    shape = [shape_of(one.text) for one in (known, unknown)]
    assert shape[0] == shape[1]
    assert await letters(fresh, "ingen@sip.example") == []
    [letter] = await letters(fresh, address_of("manager"))
    assert letter.subject == "Välj ett nytt lösenord till SIP-möten" and "i en timme" in letter.body


async def test_the_link_holds_an_hour_once_and_ends_every_session(fresh: Scene) -> None:
    async with fresh.client("manager") as client:
        assert (await client.get("/profile")).status_code == 200
        await forget(fresh, address_of("manager"))
        await letters(fresh, address_of("manager"))
        link = fresh.link(address_of("manager"))
        async with fresh.client() as visitor:
            await post(visitor, link, link, password=CHOSEN)
        assert (await client.get("/profile")).status_code == 303, "every session ended"
    assert "stämmer inte ihop" in (await sign_in(fresh, address_of("manager"), PASSWORD)).text
    assert "Mona Berg" in (await sign_in(fresh, address_of("manager"), CHOSEN)).text
    again = await fresh.stage.now() + timedelta(minutes=1)
    await accounts.forgotten(fresh.stage.made.db, address_of("manager"), again)
    await letters(fresh, address_of("manager"), 2)
    later = fresh.link(address_of("manager"))
    assert later != link
    await fresh.stage.at("2026-11-02 10:05")
    async with fresh.client() as visitor:
        assert (await visitor.get(later)).status_code == 404


async def test_one_user_is_mailed_three_links_an_hour_whoever_asks(fresh: Scene) -> None:
    db = fresh.stage.made.db
    for minutes in range(5):
        await accounts.forgotten(db, address_of("manager"), await fresh.stage.now() + timedelta(minutes=minutes))
    assert len(await letters(fresh, address_of("manager"), 4)) == 3


async def test_who_asks_too_often_waits(fresh: Scene) -> None:
    statuses = [(await forget(fresh, f"u{n}@sip.example")).status_code for n in range(7)]
    assert statuses[:5] == [200] * 5 and 429 in statuses


async def test_a_link_mail_leaves_alone(fresh: Scene) -> None:
    """Nobody forwards the key to an account with a meeting's question."""
    await fresh.stage.call("2026-12-15 10:00", ("hemtjanst",))
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update app_user set email = 'hemtjanst@al.example' where id = :id"), {"id": MANAGER})
    await accounts.forgotten(fresh.stage.made.db, "hemtjanst@al.example", await fresh.stage.now())
    subjects = [letter.subject for letter in await letters(fresh, "hemtjanst@al.example")]
    assert "Välj ett nytt lösenord till SIP-möten" in subjects


async def test_roles_have_dates_and_end(fresh: Scene) -> None:
    here = f"/users/{MANAGER}"
    async with fresh.client("administrator") as client:
        done = await post(client, here, f"{here}/roles", role="coordinator",
                          place=f"principal:{key_id('principal', 'al')}",
                          **{"from": "2026-11-01", "to": "2026-11-30", "then": "save"})  # fmt: skip
        assert "till mån 30 nov. 2026" in done.text and "Al kommun" in done.text
        grant = re.search(rf"{here}/roles/([0-9a-f-]+)", done.text)
        assert grant is not None
        ended = await post(client, here, f"{here}/roles/{grant[1]}", last="2026-11-01")
        assert "Har upphört" in ended.text
        missing = await post(client, here, f"{here}/roles/{grant[1]}", last="")
        assert missing.status_code == 422


async def test_a_role_that_has_ended_ends_the_sessions_in_it(fresh: Scene) -> None:
    here = f"/users/{MANAGER}"
    async with fresh.client("administrator") as client, fresh.client("manager") as theirs:
        assert (await theirs.get("/profile")).status_code == 200
        page = await client.get(here)
        grant = re.search(rf"{here}/roles/([0-9a-f-]+)", page.text)
        assert grant is not None
        for last, left in (("2026-11-02", 1), ("2026-11-01", 0)):
            await post(client, here, f"{here}/roles/{grant[1]}", last=last)
            async with fresh.stage.made.db.transaction(TESTER) as conn:
                kept = text("select count(*) from web_session where user_id = :id")
                assert (await conn.execute(kept, {"id": MANAGER})).scalar_one() == left, last


async def test_nobody_locks_the_last_administrator_out(fresh: Scene) -> None:
    here = f"/users/{ADMIN}"
    async with fresh.client("administrator") as client:
        disabled = await post(client, here, f"{here}/acts", then="disable")
        assert disabled.status_code == 422 and "då finns ingen kvar" in disabled.text
        grant = re.search(rf"{here}/roles/([0-9a-f-]+)", disabled.text)
        assert grant is not None
        ended = await post(client, here, f"{here}/roles/{grant[1]}", last="2026-12-31")
        assert ended.status_code == 422, "a last day to come would do it then"
        await post(client, f"/users/{MANAGER}", f"/users/{MANAGER}/roles", role="administrator", place="everywhere",
                   then="save")  # fmt: skip
        assert (await post(client, here, f"{here}/acts", then="disable")).status_code in (200, 303)
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        assert await rows.administrators(conn, date(2026, 11, 2)) == [MANAGER]


async def test_somebody_is_disabled_and_let_in_again(fresh: Scene) -> None:
    async with fresh.client("manager") as theirs, fresh.client("administrator") as client:
        assert (await theirs.get("/profile")).status_code == 200
        done = await post(client, f"/users/{MANAGER}", f"/users/{MANAGER}/acts", then="disable")
        assert "Avstängd" in done.text
        assert (await theirs.get("/profile")).status_code == 303
        assert "stämmer inte ihop" in (await sign_in(fresh, address_of("manager"), PASSWORD)).text
        await post(client, f"/users/{MANAGER}", f"/users/{MANAGER}/acts", then="enable")
    assert "Mona Berg" in (await sign_in(fresh, address_of("manager"), PASSWORD)).text


async def test_sessions_are_seen_and_ended_ones_own_and_by_the_administrator(fresh: Scene) -> None:
    await sign_in(fresh, address_of("manager"), PASSWORD)
    async with fresh.client("manager") as theirs, fresh.client("administrator") as client:
        own = (await theirs.get("/profile")).text
        assert own.count('name="session"') == 1 and "Här</span>" in own
        other = re.findall(r'name="session" value="(\w+)"', own)[0]
        kept = await post(theirs, "/profile", "/profile/sessions", session=other, current="fel")
        assert kept.status_code == 422 and "Ingen har loggats ut" in kept.text and 'name="session"' in kept.text
        await post(theirs, "/profile", "/profile/sessions", session=other, current=PASSWORD)
        assert 'name="session"' not in (await theirs.get("/profile")).text
        everybody = (await client.get("/users/sessions")).text
        assert "Mona Berg" in everybody
        hers = re.findall(r'name="session" value="(\w+)"', everybody)
        stranger = await post(theirs, "/profile", "/profile/sessions", session=hers[0] if len(hers) > 1 else "0" * 16,
                              current=PASSWORD)  # fmt: skip
        assert stranger.status_code == 404 or "Mona" in stranger.text
        for one in hers:
            await post(client, "/users/sessions", "/users/sessions", session=one)
        assert (await theirs.get("/profile")).status_code == 303


async def test_a_key_is_shown_once_runs_out_and_is_revoked(fresh: Scene) -> None:
    db = fresh.stage.made.db
    async with fresh.client("administrator") as client:
        past = await post(client, "/users/keys", "/users/keys", name="Journalen", role="convener", until="2026-11-01",
                          place=f"unit:{unit('eken')}", then="save")  # fmt: skip
        assert past.status_code == 422 and 'href="#until"' in past.text
        made = await post(client, "/users/keys", "/users/keys", name="Journalen", role="convener", until="2026-11-10",
                          place=f"unit:{unit('eken')}", then="save")  # fmt: skip
        [secret] = re.findall(r"sip_[\w-]{20,}", made.text)
        listed = (await client.get("/users/keys")).text
        assert secret not in listed and "Journalen" in listed and "Går ut" in listed
        taken = await post(client, "/users/keys", "/users/keys", name="Journalen", role="convener",
                           place=f"unit:{unit('eken')}", then="save")  # fmt: skip
        assert taken.status_code == 422 and 'href="#name"' in taken.text
        now = await fresh.stage.now()
        found = await sessions.program(db, secret, now)
        assert found is not None and found.actor.role is Role.CONVENER and found.actor.unit_id == unit("eken")
        assert await sessions.program(db, secret, now + timedelta(days=9)) is None
        key_id_ = re.search(r"/users/keys/([0-9a-f-]+)/revocation", listed)
        assert key_id_ is not None
        await post(client, "/users/keys", f"/users/keys/{key_id_[1]}/revocation")
        assert await sessions.program(db, secret, now) is None


async def test_a_key_is_narrowed_and_renewed_on_its_page(fresh: Scene) -> None:
    db, now = fresh.stage.made.db, await fresh.stage.now()
    async with fresh.client("administrator") as client:
        nothing = await post(client, "/users/keys", "/users/keys", name="Journalen", role="convener", narrow="only",
                             place=f"unit:{unit('eken')}", then="save")  # fmt: skip
        assert nothing.status_code == 422 and 'href="#narrow"' in nothing.text
        made = await post(client, "/users/keys", "/users/keys", name="Journalen", role="convener", scope_cases="read",
                          scope_meetings="write", place=f"unit:{unit('eken')}", then="save")  # fmt: skip
        [first] = re.findall(r"sip_[\w-]{20,}", made.text)
        assert "Får bara: Möten och kalendrar (läsa och skriva), Ärenden (läsa)" in made.text
        found = re.search(r"/users/keys/([0-9a-f-]+)/rotation", made.text)
        assert found is not None
        key = f"/users/keys/{found[1]}"
        renewed = await post(client, "/users/keys", f"{key}/rotation", days="7")
        [second] = re.findall(r"sip_[\w-]{20,}", renewed.text)
        assert "Den gamla hemligheten gäller till" in renewed.text and second != first
        for secret in (first, second):
            program = await sessions.program(db, secret, now)
            assert program is not None and program.key.scopes == ("meetings:write", "cases:read")
        assert await sessions.program(db, first, now + timedelta(days=8)) is None
        assert (await post(client, "/users/keys", f"{key}/rotation", days="365")).status_code == 422
        ended = await post(client, "/users/keys", f"{key}/old")
        assert "Den gamla hemligheten" not in ended.text
        assert await sessions.program(db, first, now) is None
        assert (await post(client, "/users/keys", f"{key}/old")).status_code == 404
        nowhere = await post(client, "/users/keys", f"/users/keys/{UUID(int=1)}/rotation", days="7")
        assert nowhere.status_code == 404


async def test_a_password_is_taken_as_typed_and_holds_more_than_words_of_the_place(fresh: Scene) -> None:
    spaced = "  gröna dörrar i mars  "
    async with fresh.client("manager") as client:
        for wrong in ("Mona Berg 2026!", "manager@sip.example", "SIP-samordning-1"):
            refused = await post(client, "/profile", "/profile/password", current=PASSWORD, password=wrong)
            assert refused.status_code == 422 and "ord från ditt namn" in refused.text
        await post(client, "/profile", "/profile/password", current=PASSWORD, password=spaced)
    assert "stämmer inte ihop" in (await sign_in(fresh, address_of("manager"), spaced.strip())).text
    assert "Mona Berg" in (await sign_in(fresh, address_of("manager"), spaced)).text


async def test_a_password_that_has_leaked_is_refused(database_url: str, tmp_path: Path) -> None:
    leaked, file = "en mening som har läckt", tmp_path / "leaked.txt"
    file.write_text(sha1(leaked.encode(), usedforsecurity=False).hexdigest().upper() + ":3\n")
    asks = {"SIP_BREACHED_PASSWORDS": str(file)}
    async with on_scene(database_url, whole=False, settings=asks) as scene, scene.client("manager") as client:
        refused = await post(client, "/profile", "/profile/password", current=PASSWORD, password=leaked)
        assert refused.status_code == 422 and "har läckt" in refused.text
        taken = await post(client, "/profile", "/profile/password", current=PASSWORD, password=CHOSEN)
        assert "/sign-in" in str(taken.url)


async def test_ones_own_language_colours_and_password(fresh: Scene) -> None:
    async with fresh.client("manager") as client:
        english = await post(client, "/profile", "/profile", language="en", theme="dark")
        assert "My profile" in english.text and 'data-color-scheme="dark"' in english.text
        wrong = await post(client, "/profile", "/profile/password", current="fel", password=CHOSEN)
        assert wrong.status_code == 422 and CHOSEN not in wrong.text
        done = await post(client, "/profile", "/profile/password", current=PASSWORD, password=CHOSEN)
        assert "/sign-in" in str(done.url)
        assert (await client.get("/profile")).status_code == 303
    assert "Mona Berg" in (await sign_in(fresh, address_of("manager"), CHOSEN)).text


def test_a_form_sent_after_the_session_ended_carries_no_password() -> None:
    sent = {"current": PASSWORD, "password": CHOSEN, "nonce": "n"}
    assert not typed.has_words(sent)
    assert PASSWORD not in typed.carried("/profile/password", "/profile", sent).values()
    assert CHOSEN not in typed.carried("/profile/password", "/profile", sent).values()


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator"])
async def test_nobody_else_keeps_users(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        token = fields_of((await client.get("/profile")).text)
        for path in ("/users", "/users/new", f"/users/{MANAGER}", "/users/keys", "/users/sessions"):
            assert (await client.get(path)).status_code == 404
        for path in ("/users/new", f"/users/{ADMIN}/acts", f"/users/{MANAGER}/roles", "/users/keys"):
            values = {**token, "then": "disable", "role": "administrator", "place": "everywhere"}
            assert (await client.post(path, data=values)).status_code == 404
