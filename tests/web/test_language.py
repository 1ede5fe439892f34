"""Another language without script: every form of every page comes back with what was typed, and nothing is done."""

import html
import re
from pathlib import Path

import pytest

from sip.edges.web.shell.filling import FormFound, forms_of, sent
from sip.edges.web.shell.switches import MOST
from tests.browser.pages import PAGES
from tests.web.scene import PASSWORD, Scene, address_of, fields_of

WORDS = 'Vem gör "vad" <nu> & sedan?'
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
STYLES = Path("src/sip/edges/web/static/switches.css")
_BUTTON = re.compile(r'<button type="submit" class="switch-of"[^>]*? form="([^"]+)" formaction="([^"]+)"[^>]*>')


def main_of(page: str) -> str:
    return page.partition("<main")[2]


def values_of(page: str, form_id: str) -> dict[str, str]:
    """What this form says as it stands, but for what the page hides."""
    own = re.split(rf'<form [^>]*\bid="{re.escape(form_id)}"', main_of(page), maxsplit=1)[1].split("</form>")[0]
    said = {}
    for tag in re.findall(r"<input\b[^>]*>", own):
        about = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = about.get("type", "text")
        if not about.get("name") or kind in ("hidden", "file", "password", "submit"):
            continue
        if kind not in ("radio", "checkbox") or re.search(r"\schecked\b", tag):
            said[about["name"]] = about.get("value", "on" if kind in ("radio", "checkbox") else "")
    for name, text in re.findall(r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', own, re.DOTALL):
        said[name] = html.unescape(text.removeprefix("\n"))
    for name, options in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', own, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        said[name] = html.unescape(chosen[1]) if chosen else ""
    return said


def filled(page: str, form_id: str) -> dict[str, str]:
    """The same form with something else in all of it."""
    own = re.split(rf'<form [^>]*\bid="{re.escape(form_id)}"', main_of(page), maxsplit=1)[1].split("</form>")[0]
    said = {}
    for tag in re.findall(r"<input\b[^>]*>", own):
        about = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind, name = about.get("type", "text"), about.get("name", "")
        if kind == "hidden" or kind in ("radio", "checkbox"):
            said[name] = about.get("value", "on")
        elif name and kind not in ("file", "password", "submit"):
            said[name] = WORDS if kind in ("text", "search", "email", "tel", "url") else "2026-12-24"
    said |= dict.fromkeys(re.findall(r'<textarea\b[^>]*\bname="([^"]+)"', own), f"{WORDS}\nOch då?")
    for name, options in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', own, re.DOTALL):
        said[name] = html.unescape(re.findall(r'value="([^"]*)"', options)[-1])
    return said


@pytest.mark.parametrize("name", PAGES)
async def test_every_form_comes_back_filled(scene: Scene, name: str) -> None:
    role, path = PAGES[name]
    path = scene.link(*path.split(":")[1:]) if path.startswith("link:") else path
    async with scene.client(role) as client:
        page = await client.get(path.format(**scene.meetings, **scene.readings))
        found = [form for form in forms_of(main_of(page.text)) if form.is_written_in]
        buttons = dict(_BUTTON.findall(page.text.partition("<main")[0]))
        assert len(buttons) == min(len(found), MOST)
        for form in found:
            if form.method != "post":
                assert html.unescape(buttons[form.id]).startswith("/"), form
                continue
            wanted = filled(page.text, form.id)
            answer = await client.post(html.unescape(buttons[form.id]), data={**wanted, "in_language": "en"})
            if answer.status_code == 303:  # nothing was typed: its page, under its own address
                assert values_of(page.text, form.id).items() <= wanted.items(), form.action
                continue
            assert (answer.status_code, 'lang="en"' in answer.text[:100]) == (200, True), (name, form.action)
            assert answer.text.count("data-filled") == 1, form.action
            again = _same(answer.text, form, wanted)
            assert values_of(answer.text, again.id).items() <= {**wanted, **_lines(wanted)}.items(), form.action
            client.cookies.delete("sip_language")


async def test_enter_does_what_it_did_without_the_switches(scene: Scene) -> None:
    """Before each switch stands a hidden copy of its form's own first button."""
    path = f"/meetings/{scene.meetings['called']}"
    async with scene.client("convener") as client:
        page = (await client.get(path)).text
    head = page.partition("<main")[0]
    copies = re.findall(r'<input type="submit" class="as-before" form="([^"]+)" hidden([^>]*)><button', head)
    assert dict(copies) == {one.id: one.press or "" for one in forms_of(main_of(page)) if one.is_written_in}
    assert head.count('class="switch-of"') == len(copies)


FINDS = {"unit_closing.html", "unit_role.html"}
"""Whose first field is one to search in: there Enter finds, and nothing is kept by it."""


def test_enter_does_what_a_form_is_for() -> None:
    """Who presses Enter in a field presses the first button that the form has: never one that marks all as come, adds
    a row, or keeps a version whose last change nobody was shown.
    """
    templates = Path("src/sip/edges/web/templates")
    helps = re.compile(r'<button\b[^>]*name="(?:press|more|verdict|then" value="(?:keep|look|propose|try))[^>]*>')
    first = re.compile(
        r'\{\{ forms\.enter\([^)]*\) \}\}|<button\b[^>]*type="submit"[^>]*>|<button\b[^>]*name="verdict"[^>]*>'
    )
    wrong = []
    for one in sorted(templates.rglob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", one.read_text(encoding="utf-8"), re.DOTALL):
            pressed = first.search(form)
            if pressed and "forms.text(" in form and helps.match(pressed[0]) and one.name not in FINDS:
                wrong.append((one.name, pressed[0]))
    assert wrong == []


def test_each_form_of_a_page_has_its_line_in_the_stylesheet() -> None:
    found = re.findall(r'data-f="(\d+)"\]:is.*data-f="(\d+)"\] :is.*data-of="(\d+)"', STYLES.read_text("utf-8"))
    assert found == [(str(number),) * 3 for number in range(1, MOST + 1)]


async def test_a_language_switched_after_the_session_ended_loses_nothing(scene: Scene) -> None:
    path = f"/meetings/{scene.meetings['called']}"
    async with scene.client("convener") as client:
        page = await client.get(path)
        form = next(one for one in forms_of(main_of(page.text)) if one.action == f"{path}/text")
        way = html.unescape(dict(_BUTTON.findall(page.text))[form.id])
        sent_with = {**fields_of(page.text), "purpose": "discharge", "purpose_text": WORDS, "in_language": "en"}
        client.cookies.delete("sip_session")
        asked = await client.post(way, data=sent_with)
        assert asked.status_code == 401
        switch = html.unescape(_BUTTON.findall(asked.text)[0][1])
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(asked.text)}
        again = await client.post(switch, data={**hidden, "email": address_of("convener"), "in_language": "sv"})
        assert again.status_code == 200, "the sign-in page too is had in the other language"
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(again.text)}
        back = await client.post("/sign-in", data={**hidden, "email": address_of("convener"), "password": PASSWORD})
    assert back.status_code == 200
    assert values_of(back.text, _same(back.text, form, sent_with).id)["purpose_text"] == WORDS


async def test_nobody_else_fills_a_form_of_ours(scene: Scene) -> None:
    path = f"/meetings/{scene.meetings['called']}"
    way = f"/language?page={path}&form={path}/text"
    async with scene.client("convener") as client:
        said = {"purpose_text": WORDS, "in_language": "en"}
        assert (await client.post(way, data=said)).status_code == 403
        own = fields_of((await client.get(path)).text)
        afar = await client.post(way, data={**own, **said}, headers={"sec-fetch-site": "cross-site"})
        assert afar.status_code == 403
        out = await client.post("/language?page=//annat.example/&form=/x", data={**own, **said})
        assert (out.status_code, out.headers["location"]) == (303, "/")
        assert (await client.get(f"/language?page={path}")).headers["location"] == path


def _same(page: str, form: FormFound, said: dict[str, str]) -> FormFound:
    forms = forms_of(main_of(page))
    at = sent(forms, form.action, said)
    assert at is not None
    return forms[at]


def _lines(said: dict[str, str]) -> dict[str, str]:
    return {name: value.replace("\r\n", "\n") for name, value in said.items()}
