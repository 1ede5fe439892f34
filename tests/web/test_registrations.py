"""A report in the register of each authority, on its page, and as a document."""

import io

from pypdf import PdfReader

from tests.web.scene import Scene, fields_of
from tests.web.test_failures import NEW, SAID, write
from tests.web.test_report_life import press


async def reported(scene: Scene) -> str:
    async with scene.client("manager") as manager:
        sent = await write(manager, NEW, "send", **SAID)
        assert sent.status_code == 303, sent.text
        return sent.headers["location"].partition("#")[0]


def _text(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


async def test_each_authority_has_its_own_number(fresh: Scene) -> None:
    path = await reported(fresh)
    async with fresh.client("manager") as manager, fresh.client("convener") as convener:
        ours = await press(manager, path, "registration", number="ON 2026:123", received_on="2026-11-02")
        assert ours.status_code == 303, ours.text
        theirs = await press(convener, path, "registration", number="HN-26/7")
        assert theirs.status_code == 303
        here, there = (await manager.get(path)).text, (await convener.get(path)).text
        assert "ON 2026:123" in here and "HN-26/7" not in here
        assert "HN-26/7" in there and "ON 2026:123" not in there
        person = await press(manager, path, "registration", number="19121212-1212")
        assert person.status_code == 422 and "ON 2026:123" in (await manager.get(path)).text
        ahead = await press(manager, path, "registration", number="ON 2026:123", received_on="2026-11-03")
        assert ahead.status_code == 422
        page = await manager.get(path)
        other = await manager.post(f"{path}/registration", data={**fields_of(page.text), "side": "receiving"})
        assert other.status_code == 403, "not of the other's register"
        emptied = await press(manager, path, "registration", number="", received_on="")
        assert emptied.status_code == 303 and "ON 2026:123" not in (await manager.get(path)).text
        assert "HN-26/7" in (await convener.get(path)).text


async def test_the_report_is_a_document(fresh: Scene) -> None:
    path = await reported(fresh)
    async with fresh.client("manager") as manager, fresh.client("convener") as convener:
        await press(convener, path, "words", text="Vi har bytt rutin.")
        await press(convener, path, "registration", number="HN-26/7", received_on="2026-11-02")
        made = await convener.get(f"{path}/file")
        assert made.headers["content-type"] == "application/pdf"
        text = _text(made.content)
        for words in ("HN-26/7", "Inget möte", "till fel enhet", "Vi har bytt rutin.", "Rapporten skrevs"):
            assert words in text, text
        ours = "".join(
            p.extract_text() for p in PdfReader(io.BytesIO((await manager.get(f"{path}/file")).content)).pages
        )
        assert "HN-26/7" not in ours, "the other authority's number is its own"
    async with fresh.client("outsider") as outsider:
        assert (await outsider.get(f"{path}/file")).status_code == 404
