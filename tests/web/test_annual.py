"""The pages of the yearly report: who reads it, what the board writes, publishing, and the page for everybody."""

import re

import pytest

from sip.store import db as database
from tests.stories.county import unit
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene, csrf_of, fields_of
from tests.web.test_statistics import _MADE


@pytest.mark.parametrize("role", [*ROLES, "stranger"])
async def test_who_may_read_it(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        answer = await client.get("/annual-reports/2026")
        nav = (await client.get("/profile")).text
    may = role in ("board", "coordinator", "administrator", "stranger")
    assert answer.status_code == (200 if may else 403), answer.status_code
    assert ('href="/annual-reports"' in nav) is may


async def test_the_page_tells_what_a_file_would(scene: Scene) -> None:
    async with scene.client("board") as client:
        page = (await client.get("/annual-reports/2026")).text
        listed = (await client.get("/annual-reports")).text
        answers = {
            to: await client.get(f"/annual-reports/2026/file?format={to}")
            for to in ("pdf", "html", "xlsx", "csv", "json", "exe", "")
        }
    assert 'href="/annual-reports/2026"' in listed
    assert "<h1>Samverkan kring SIP 2026</h1>" in page and "Året är inte slut" in page
    assert "style=" not in page and "<script>" not in page
    assert page.count("<caption>") == page.count("annual-table")
    assert "publication" not in page, "a year that goes on is not published"
    assert {to: answer.status_code for to, answer in answers.items()} == {
        "pdf": 200, "html": 200, "xlsx": 200, "csv": 200, "json": 200, "exe": 404, "": 404,
    }  # fmt: skip
    assert answers["pdf"].content.startswith(b"%PDF")
    assert answers["pdf"].headers["content-disposition"] == 'attachment; filename="sip-2026-board-utkast.pdf"'


@pytest.mark.parametrize("path", ["2019", "2027", "2026?area=X", "2026?version=1", "99999999999"])
async def test_what_there_is_none_of_is_not_there(scene: Scene, path: str) -> None:
    async with scene.client("board") as client:
        assert (await client.get(f"/annual-reports/{path}")).status_code == 404


async def test_the_board_writes_publishes_and_everybody_reads(fresh: Scene) -> None:
    """A year later: text, both presses, the public page without signing in, and the board's own for nobody else."""
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        await (await database.raw(conn)).execute(_MADE, unit("eken"))
    await fresh.stage.at("2027-02-01 09:00")
    fresh.signed_in.clear()
    async with fresh.client("board") as client:
        page = (await client.get("/annual-reports/2026?edition=public")).text
        form = {**fields_of(page), "_csrf": csrf_of(page), "version": "0", "part": "summary"}
        refused = await client.post("/annual-reports/2026/texts", data={**form, "text": "Ring 070-123 45 67."})
        assert refused.status_code == 422 and "telefon" in refused.text
        kept = await client.post("/annual-reports/2026/texts", data={**form, "nonce": "a", "text": "Ett gott år."})
        assert (kept.status_code, kept.headers["location"]) == (303, "/annual-reports/2026?edition=board#part-summary")
        stale = await client.post("/annual-reports/2026/texts", data={**form, "nonce": "b", "text": "Annat."})
        assert stale.status_code == 422 and "Någon annan har skrivit" in stale.text
        unsure = await client.post("/annual-reports/2026/publication?edition=public", data={"_csrf": form["_csrf"]})
        assert unsure.status_code == 422 and "Kryssa för" in unsure.text
        sure = {"_csrf": form["_csrf"], "nonce": "c", "sure": "yes"}
        for edition in ("public", "board"):
            made = await client.post(
                f"/annual-reports/2026/publication?edition={edition}", data=sure | {"nonce": edition}
            )
            assert made.headers["location"] == f"/annual-reports/2026?edition={edition}&version=1"
    async with fresh.client() as client:
        listed = (await client.get("/published-reports")).text
        (there,) = re.findall(r'href="(/published-reports/[0-9a-f-]+)"', listed)
        page = (await client.get(there)).text
        assert "Ett gott år." in page and "Offentlig utgåva" in page and "Version 1" in page
        pdf = await client.get(f"{there}/file?format=pdf")
        assert pdf.headers["content-disposition"] == 'attachment; filename="sip-2026-public-v1.pdf"'
        again = await client.get(f"{there}/file?format=pdf")
        assert (again.content, again.headers["cache-control"]) == (pdf.content, "public, max-age=86400")
        assert (await client.get(f"{there}/file?format=exe")).status_code == 404
        inside = await client.get("/annual-reports/2026?edition=board&version=1")
        assert inside.status_code == 303 and "/sign-in" in inside.headers["location"]
