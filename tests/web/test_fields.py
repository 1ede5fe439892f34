"""Every form of every page, sent as empty as it can be.

What is mandatory never says that it is optional, an error names its field and links to it, and the title says that
something is wrong.
"""

import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from itertools import product

import httpx
import pytest

from sip.embedded.server import ServerHandle
from tests.browser.pages import PAGES
from tests.web.scene import Scene, on_scene

OPTIONAL = "(frivilligt)"
_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=svar/)\w+|(?<=/)\d+")


class Forms(HTMLParser):
    """The POST forms of a page: hidden fields, and the values that radios and selects can have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", "") if given.get("method") == "post" else "", {}, {}))
        if not self.found:
            return
        _, hidden, choices = self.found[-1]
        if tag == "input" and given.get("type") == "hidden":
            hidden[given["name"]] = given.get("value", "")
        elif given.get("type") == "radio" or (tag == "button" and given.get("name")):
            choices.setdefault(given["name"], [""]).append(given.get("value", ""))
        elif tag == "select":
            self._select = given["name"]
            choices.setdefault(self._select, [])
        elif tag == "option":
            choices[self._select].append(given.get("value", ""))
        elif tag in ("input", "textarea") and "name" in given:
            choices.setdefault(given["name"], [""])


def sendings(choices: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    """With each value of each choice alone, of the two that bring fields with them together, and with none."""
    yield {}
    for name, values in choices.items():
        brings_fields = name in ("answer", "verdict", "outcome", "ground", "place_kind")
        yield from ({name: value} for value in (values if brings_fields else values[:2]) if value)
    both = [choices.get(name, [""]) for name in ("form", "place_kind")]
    yield from ({"form": a, "place_kind": b} for a, b in product(*both) if a and b)


def spoilt(hidden: dict[str, str]) -> Iterator[dict[str, str]]:
    """With each of the form's own words, but those that guard every form, as no page would send it."""
    yield from ({name: "?"} for name in hidden if name not in ("_csrf", "nonce"))


def wrong_with(html: str) -> list[str]:
    """What is untrue of the page's errors."""
    found = []
    for rest in html.split('class="ds-field field"')[1:]:
        part = re.split("<fieldset|</form>", rest)[0]
        label = re.search(r"<label.*?</label>", part, re.DOTALL)
        if label and OPTIONAL in label.group() and 'aria-invalid="true"' in part.split("ds-validation-message")[0]:
            found.append(re.sub(r"<[^>]+>|\s+", " ", label.group()))
    summary = re.search(r'role="alert" id="errors".*?</div>', html, re.DOTALL)
    if summary is None:
        return [*found, "no summary"]
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    found += [f"links to nothing: {to}" for to in re.findall(r'href="#([^"]+)"', summary.group()) if to not in ids]
    found += ["an error without its field"] * summary.group().count("<li>") if "<li><a" not in summary.group() else []
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    return found if title and title.group(1).startswith("Fel: ") else [*found, "the title does not say so"]


@pytest.fixture(scope="module")
async def acting(cluster: ServerHandle, template_database: str) -> AsyncIterator[Scene]:
    """A whole scene of this file's own: some of what is sent is carried out."""
    cluster.create_database_from_template("sip_fields", template_database)
    async with on_scene(cluster.url("sip_fields")) as made:
        yield made
    cluster.drop_database("sip_fields")


async def opened(scene: Scene, client: httpx.AsyncClient, path: str) -> httpx.Response:
    address = (
        scene.link(*path.split(":")[1:])
        if path.startswith("link:")
        else path.format(**scene.meetings, **scene.readings)
    )
    return await client.get(address)


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_no_page_shows_a_value_by_its_name(acting: Scene, language: str) -> None:
    found: dict[str, list[str]] = {}
    for name, (role, path) in PAGES.items():
        async with acting.client(role) as client:
            client.cookies.set("sip_language", language)
            page = (await opened(acting, client, path)).text
        assert f'<html lang="{language}"' in page, name
        said = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
        if named := re.findall(r"\{[a-z_]*\}", said):
            found[name] = named
    assert found == {}


async def test_what_is_wrong_is_said_truly(acting: Scene) -> None:
    seen: set[str] = set()
    wrong: dict[str, list[str]] = {}
    for name, (role, path) in PAGES.items():
        async with acting.client(role) as client:
            for action, hidden, choices in Forms((await opened(acting, client, path)).text).found:
                shape = f"{name if 'svar' in action else ''} {_NUMBERS.sub('N', action)}"
                if not action or "sign-out" in action or shape in seen:
                    continue
                seen.add(shape)
                for n, more in enumerate((*(sendings(choices) if choices else ()), *spoilt(hidden))):
                    answer = await client.post(action, data={**hidden, **more, "nonce": f"{shape[-40:]}{n}"})
                    still_there = f'action="{action}"' in answer.text
                    if answer.status_code == 422 and still_there and (found := wrong_with(answer.text)):
                        wrong[f"{shape} {more}"] = found
    assert len(seen) > 15
    assert wrong == {}
