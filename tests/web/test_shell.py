"""What stands around every page: compression, the forms' token, how it is coloured."""

import re
from pathlib import Path

import pytest

from sip.edges.web import app
from tests.plain import plain
from tests.stories.county import unit
from tests.web.scene import Scene, csrf_of, fields_of


async def test_pages_are_compressed_and_the_token_is_never_the_same_bytes(scene: Scene) -> None:
    async with scene.client("convener") as client:
        first, second = await client.get("/"), await client.get("/")
        assert first.headers["content-encoding"] == "gzip"
        assert csrf_of(first.text) != csrf_of(second.text)
        for page in (first, second):
            answer = await client.post("/theme", data=fields_of(page.text) | {"theme": "dark", "back": "/meetings"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/meetings")


async def test_a_token_is_held_to_all_of_its_bytes(scene: Scene) -> None:
    async with scene.client("convener") as client:
        token = csrf_of((await client.get("/")).text)
        flipped = token[:-1] + ("0" if token[-1] != "0" else "1")
        half = len(token) // 2
        for wrong in ("", flipped, token[half:], token[:half], "00" * (len(token) // 2), "å" * len(token)):
            answer = await client.post("/theme", data={"_csrf": wrong, "theme": "dark"})
            assert answer.status_code == 403, wrong


async def test_what_is_open_follows_along_uncompressed(scene: Scene) -> None:
    async with scene.client("convener") as client, client.stream("GET", "/events") as answer:
        assert "content-encoding" not in answer.headers
        assert (await anext(answer.aiter_text())).startswith("retry:")


async def test_a_theme_is_one_of_three_and_leads_nowhere_else(scene: Scene) -> None:
    async with plain(scene.origin) as client:
        page = await client.get("/sign-in")
        assert 'data-color-scheme="auto"' in page.text
        client.cookies.set("sip_theme", '"><script>')
        assert 'data-color-scheme="auto"' in (await client.get("/sign-in")).text
    async with scene.client("convener") as client:
        fields = fields_of((await client.get("/")).text)
        answer = await client.post("/theme", data=fields | {"theme": "light", "back": "//elsewhere.example"})
        assert answer.headers["location"] == "/"
        page = await client.get("/")
        assert 'data-color-scheme="light"' in page.text
        assert not re.search(r"dark\.css", page.text)


ROOMS = {
    ("convener", "/hands/{silent}/snooze"): "/",
    ("coordinator", "/meeting-patterns"): "/meetings",
    ("manager", "/units/{unit}"): "/meetings",
    ("administrator", "/counties/file"): "/agreements",
    ("staff", "/accessibility"): "/accessibility",
    ("administrator", "/accessibility/told"): "/accessibility",
    ("convener", "/confirm?next=/meetings/new"): "/meetings",
    ("staff", "/confirm"): "/",
    ("staff", "/our-unit"): "/our-unit",
}


@pytest.mark.parametrize(("role", "path"), ROOMS)
async def test_one_place_is_marked_also_where_the_menu_has_no_such_page(scene: Scene, role: str, path: str) -> None:
    async with scene.client(role) as client:
        page = (await client.get(path.format(**scene.meetings, unit=unit("hemtjanst")))).text
    assert re.findall(
        r'<a href="([^"]+)" aria-current="page"', page.partition("<main")[0] + page.partition("</main>")[2]
    ) == [ROOMS[role, path]]


async def test_pages_of_one_thing_have_titles_of_their_own(scene: Scene) -> None:
    one = unit("hemtjanst")
    seen = {
        "manager": ("/our-unit", f"/units/{one}", "/", "/meetings", "/meetings?q=hemtj"),
        "coordinator": ("/?whose=mine", "/meetings?layout=week", "/meetings?layout=month", "/meetings?layout=unit",
                        "/statistics", "/statistics?what=held"),
        "administrator": (f"/directory/{one}", "/directory", "/directory?q=al", "/inbound/1", "/inbound/2"),
        "convener": tuple(f"/hands/{scene.meetings[name]}/{act}" for name in ("silent", "questions")
                          for act in ("snooze", "note")),
    }  # fmt: skip
    titles = []
    for role, paths in seen.items():
        async with scene.client(role) as client:
            pages = [await client.get(path) for path in paths]
        titles += [found[1] for page in pages if (found := re.search("<title>(.*?)</title>", page.text, re.DOTALL))]
    assert len(set(titles)) == sum(len(paths) for paths in seen.values()), sorted(titles)


ELSEWHERE = {"facts", "changed", "calls", "parties"}
"""Names of parts that another page leads to, and has of its own too."""


def test_what_a_form_leads_to_can_have_focus() -> None:
    """A path that ends in #name, after a POST: wherever that name stands, a browser puts its focus there."""
    pages = Path(app.__file__).parent
    written = "".join(one.read_text(encoding="utf-8") for one in pages.rglob("*.py"))
    named = set(re.findall(r'page\.to\(f?"[^"#]*#([\w-]+)"', written))
    assert {"roles", "addresses", "keys", "sessions"} <= named
    shown = "".join(one.read_text(encoding="utf-8") for one in sorted((pages / "templates").rglob("*.html")))
    tags = re.findall(r'<[a-z0-9]+\b(?:[^<>]|\{[^{}]*\})*? id="([\w-]+)"([^>]*)', shown)
    assert sorted({name for name, rest in tags if name in named and "tabindex" not in rest} - ELSEWHERE) == []
