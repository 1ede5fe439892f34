"""A form sent after the session ended loses nothing of what was typed, without script."""

import html
import re

import httpx

from sip.domain.standing import Standing
from tests.web.scene import PASSWORD, Scene, address_of, fields_of

TEXT = 'Vem gör "vad" <nu> & sedan?'


async def _sign_in_again(client: httpx.AsyncClient, page: str, password: str = PASSWORD) -> httpx.Response:
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    form = {name: html.unescape(value) for name, value in hidden.items()}
    return await client.post("/sign-in", data={**form, "email": address_of("convener"), "password": password})


async def test_what_was_typed_comes_back_after_signing_in(scene: Scene) -> None:
    path = f"/meetings/{scene.meetings['called']}"
    async with scene.client("convener") as client:
        old = fields_of((await client.get(path)).text)
        client.cookies.delete("sip_session")
        sent = {**old, "purpose": "discharge", "purpose_text": TEXT, "questions": "Ett?\r\nTvå?", "chair_name": "Olle"}
        answer = await client.post(f"{path}/text", data=sent)
        assert answer.status_code == 401
        assert "Det du skrev finns kvar" in answer.text
        assert not [value for value in client.cookies.values() if "Olle" in value]
        wrong = await _sign_in_again(client, answer.text, "fel")
        assert wrong.status_code == 422
        page = await _sign_in_again(client, wrong.text)
    assert page.status_code == 200
    form = page.text.split(f'action="{path}/text"', 1)[1].split("</form>", 1)[0]
    assert "Vem gör &quot;vad&quot; &lt;nu&gt; &amp; sedan?" in form or 'Vem gör "vad" &lt;nu&gt; &amp; sedan?' in form
    assert re.search(r'value="discharge" selected', form)
    assert 'value="Olle"' in form
    assert "Ett?\r\nTvå?" in form or "Ett?\nTvå?" in form
    fresh = re.search(r'name="_csrf" value="([0-9a-f]+)"', form)
    assert fresh is not None
    assert fresh[1] != old["_csrf"]


async def test_a_form_with_nothing_in_it_leads_to_the_sign_in_page(scene: Scene) -> None:
    path = f"/meetings/{scene.meetings['called']}"
    async with scene.client() as client:
        answer = await client.post(f"{path}/go-ahead", data={"nonce": "a", "version": "1"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_no_other_page_is_fetched_for_whoever_names_it(scene: Scene) -> None:
    async with scene.client() as client:
        page = await client.get("/sign-in")
        form = {**fields_of(page.text), "email": address_of("convener"), "password": PASSWORD}
        answer = await client.post("/sign-in", data={**form, "typed_path": "https://annat.example/", "typed.x": "y"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


async def test_who_signs_in_by_a_provider_without_script_has_it_back_in_the_tab_she_left(connected: Scene) -> None:
    """The provider has a tab of its own; the first one keeps what was typed, and nothing of it is kept by us."""
    ours = {"origin": connected.origin}
    async with connected.client("convener") as client:
        start = await client.get("/profile")
        client.cookies.delete("sip_session")
        old = fields_of(start.text)
        asked = await client.post("/meetings/views", data={**old, "query": "", "name": TEXT}, headers=ours)
        assert asked.status_code == 401
        links = re.findall(r'<a [^>]*href="(/sign-in/with/siths[^"]*)"', asked.text)
        assert links == ["/sign-in/with/siths?next=/sign-in/again", "/sign-in/with/siths?next=/meetings"]
        assert re.search(r'<noscript>.*target="_blank".*action="/sign-in/again".*</noscript>', asked.text, re.DOTALL)
        form = asked.text.split('action="/sign-in/again"')[1].split("</form>")[0]
        kept = {name: html.unescape(held) for name, held in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
        early = await client.post("/sign-in/again", data=kept, headers=ours)
        assert early.status_code == 401 and "Du är inte inloggad än" in early.text and TEXT in html.unescape(early.text)
        assert (await client.get("/sign-in/again")).headers["location"] == "/sign-in"
        client.cookies.set("sip_session", connected.signed_in["convener"]["sip_session"])  # as the other tab has it
        assert "Gå tillbaka till den förra fliken" in (await client.get("/sign-in/again")).text
        strange = await client.post("/sign-in/again", data=kept, headers={"origin": "https://annat.example"})
        assert strange.status_code == 403 and TEXT not in html.unescape(strange.text)
        again = await client.post("/sign-in/again", data=kept, headers=ours)
        assert again.status_code == 200 and "Det du skrev innan finns kvar" in again.text
        filled = again.text.split('action="/meetings/views"')[1].split("</form>")[0]
        assert TEXT in html.unescape(filled)
        sent = await client.post("/meetings/views", data={**fields_of(filled), "name": TEXT}, headers=ours)
        assert sent.status_code == 303


async def test_a_form_behind_a_link_outlives_the_session_it_was_opened_in(fresh: Scene) -> None:
    """Signed in when it was opened and not when it is sent, or the other way round: it comes back, and is pressed."""
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst",))
    path, ours = fresh.link("hemtjanst@al.example"), {"origin": fresh.origin}
    said = {"answer": "attends", "first_name": TEXT, "first_email": "anna@al.example", "answered_by": "Receptionen"}
    for leaves in (True, False):
        async with fresh.client("staff" if leaves else None) as client:
            form = {**fields_of((await client.get(path)).text), **said}
            if leaves:
                client.cookies.delete("sip_session")
            else:
                client.cookies.set("sip_session", fresh.signed_in["staff"]["sip_session"])
            elsewhere = await client.post(path, data=form, headers={"origin": "https://annat.example"})
            assert elsewhere.status_code == 403 and "Receptionen" not in elsewhere.text
            back = await client.post(path, data=form, headers=ours)
            assert back.status_code == 403 and "Det du skrev innan finns kvar" in back.text
            assert re.search(r'value="attends"[^>]* checked', back.text) and 'value="Receptionen"' in back.text
            assert await fresh.stage.stands("hemtjanst") is (Standing.NO_ANSWER if leaves else Standing.ATTENDS)
            thanks = await client.post(path, data={**form, **fields_of(back.text)}, headers=ours)
            assert (thanks.status_code, thanks.headers["location"]) == (303, f"{path}/tack")
        await fresh.stage.work()
        assert await fresh.stage.stands("hemtjanst") is Standing.ATTENDS
