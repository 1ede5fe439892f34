"""The directory's file in a browser: looked at before anything is done, carried out with one press, fetched again."""

import ast
import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from sip.edges.words import words
from sip.usecases.directory import csv_text, upload
from sip.usecases.directory.rows import SENTENCES
from tests.stories.county import directory_csv, unit
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

NEW = b"kind;key;parent;name;email;order\nunit;hemtjanst;al-n;Hemtj\xc3\xa4nsten Al Norra;;\n"


async def send(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    hidden = fields_of((await client.get("/directory/file")).text)
    files = {"file": ("katalog.csv", data, "text/csv")}
    return await client.post("/directory/file", data=hidden, files=files, follow_redirects=True)


async def press(client: httpx.AsyncClient, shown: httpx.Response, then: str = "do") -> httpx.Response:
    data = {**fields_of(shown.text), "then": then}
    return await client.post(shown.url.path, data=data, follow_redirects=True)


async def kept(scene: Scene) -> int:
    """Files whose bytes are still held."""
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: int = (
            await conn.execute(text("select count(*) from directory_upload where data is not null"))
        ).scalar_one()
    return found


async def name_of(scene: Scene) -> str:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        found: str = (
            await conn.execute(text("select name from unit where id = :id"), {"id": unit("hemtjanst")})
        ).scalar_one()
    return found


async def test_a_file_is_what_its_name_says(scene: Scene) -> None:
    async with scene.client("administrator") as client:
        hidden = fields_of((await client.get("/directory/file")).text)
        for name in ("katalog.xlsx", "katalog.csv.exe", "katalog"):
            refused = await client.post("/directory/file", data=hidden, files={"file": (name, NEW, "text/csv")})
            assert (refused.status_code, "slutar på .csv eller .txt" in refused.text) == (422, True), name
        assert await kept(scene) == 0


async def test_a_file_is_shown_line_by_line_and_then_carried_out_with_one_press(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        shown = await send(client, NEW)
        assert shown.status_code == 200
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.text))
        assert "Namn Hemtjänsten Al → blir Hemtjänsten Al Norra" in said
        assert "Ändrad " in said and "Tas bort " in said
        assert "Adressen hemtjanst@al.example togs bort" in said
        assert await name_of(fresh) == "Hemtjänsten Al", "nothing is done yet"
        done = await press(client, shown)
        assert "Filen är inläst" in done.text
        assert await name_of(fresh) == "Hemtjänsten Al Norra"
        assert await kept(fresh) == 0, "the file is held no longer than needed"
        history = (await client.get(f"/directory/{unit('hemtjanst')}")).text
        assert "Ada Admin" in history and "Adressen hemtjanst@al.example togs bort." in history


async def test_the_directory_that_changed_meanwhile_is_looked_at_again(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        shown = await send(client, NEW)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update unit set phone = '010-1' where id = :id"), {"id": unit("hemtjanst")})
        refused = await press(client, shown)
        assert refused.status_code == 409 and "Katalogen har ändrats sedan du tittade" in refused.text
        assert await name_of(fresh) == "Hemtjänsten Al"
        later = await client.get(f"{shown.url.path}?pressed=1")
        assert "Katalogen har ändrats sedan du tittade" in later.text, "where the press was long in the doing"
        assert "Katalogen har ändrats" not in (await client.get(shown.url.path)).text
        unmarked = {**fields_of(refused.text), "then": "do", "mark": ""}
        assert (await client.post(shown.url.path, data=unmarked)).status_code == 409, "nothing was seen"
        assert "Filen är inläst" in (await press(client, refused)).text


async def test_a_file_with_errors_is_told_with_lines_in_the_readers_language(fresh: Scene) -> None:
    wrong = b"kind;key;parent;name;hsa_id\nunit;x;nowhere;X;E1\nunit;y;al-n;;\n"
    async with fresh.client("administrator") as client:
        answer = await send(client, wrong)
        nothing = await send(client, b"")
    assert answer.status_code == nothing.status_code == 422
    assert '<td class="number">2</td><td>”hsa_id” är inget HSA-id' in answer.text
    assert '<td class="number">3</td><td>”name” är tom' in answer.text
    assert 'href="#file"' in nothing.text
    assert await kept(fresh) == 0


async def test_a_file_is_left_and_another_takes_its_place(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        first = await send(client, NEW)
        second = await send(client, directory_csv())
        assert (await client.get(first.url.path)).status_code == 404
        assert "Filen säger detsamma som katalogen" in second.text
        await press(client, second, "leave")
        assert await kept(fresh) == 0
        assert (await client.get(second.url.path)).status_code == 404


async def test_another_administrators_file_is_not_there(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        shown = await send(client, NEW)
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update directory_upload set owner = 'user/somebody'"))
    async with fresh.client("administrator") as client:
        assert (await client.get(shown.url.path)).status_code == 404


async def test_one_that_takes_long_shows_how_far_it_has_come(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        shown = await send(client, NEW)
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update directory_upload set state = 'running', rows = 1, total = 4"))
        page = (await client.get(shown.url.path)).text
        assert '<meta http-equiv="refresh" content="2">' in page
        assert re.search(r'<progress[^>]* value="1" max="4"', page) and "1 av 4 rader" in page
        async with fresh.stage.made.db.transaction(TESTER) as conn:
            await conn.execute(text("update directory_upload set touched_at = touched_at - interval '5 minutes'"))
        page = (await client.get(shown.url.path)).text
        assert "Inläsningen avbröts" in page, "the process that worked on it died"


async def test_what_nobody_carries_out_is_removed(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        await send(client, NEW)
    assert await upload.drop_old(fresh.stage.made.worker.db) == 0
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await conn.execute(text("update directory_upload set touched_at = touched_at - interval '3 hours'"))
    assert await upload.drop_old(fresh.stage.made.worker.db) == 1


async def test_the_export_is_the_file_that_is_sent_back(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        got = await client.get("/directory/file/export")
        assert got.headers["content-disposition"] == 'attachment; filename="katalog-2026-11-02.csv"'
        assert got.content.startswith(b"\xef\xbb\xbfkind;")
        assert csv_text.parse(got.content)
        assert "Filen säger detsamma" in (await send(client, got.content)).text


async def test_a_file_may_be_larger_than_any_other_form(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        answer = await send(client, b"kind\n" + b"x" * 2_000_000)
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator"])
async def test_nobody_else_sends_or_fetches_it(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        token = fields_of((await client.get("/deviations")).text)
        assert (await client.get("/directory/file")).status_code == 404
        assert (await client.get("/directory/file/export")).status_code == 404
        files = {"file": ("katalog.csv", NEW, "text/csv")}
        assert (await client.post("/directory/file", data=token, files=files)).status_code == 404


def test_every_error_of_a_file_has_words_for_people() -> None:
    for language in ("sv", "en"):
        known = {key for key in words(language) if key.startswith("directory.file_error.")}
        assert known == {f"directory.file_error.{code}" for code in SENTENCES}


def test_what_stands_in_the_source_is_what_is_told() -> None:
    """A code that no sentence has would be a fault when somebody's file is wrong."""
    told = set()
    for path in Path(csv_text.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            at = 1 if called == "wrong_line" else 0 if called.endswith(".wrong") else None
            code = node.args[at] if isinstance(node, ast.Call) and at is not None else None
            if isinstance(code, ast.Constant):
                told.add(code.value)
    assert told <= SENTENCES.keys() and len(told) > 25, told - SENTENCES.keys()
