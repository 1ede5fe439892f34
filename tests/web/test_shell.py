"""What stands around every page: compression, the forms' token, how it is coloured."""

import re

import httpx

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
    async with httpx.AsyncClient(base_url=scene.origin) as client:
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
