"""Whom a meeting concerns goes by SDK from the convener's own system: a text to copy, and one press (decision 0161)."""

import html
import re

from tests.web.protecting import SECRETS, confirmed, protected_meeting
from tests.web.scene import Scene, fields_of

TEXT = re.compile(r'<textarea [^>]*id="text-(\d+)"[^>]*>(.*?)</textarea>', re.DOTALL)


async def test_each_unit_that_was_not_told_has_its_text_and_leaves_with_a_press(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    here = f"/meetings/{fresh.stage.id}"
    async with fresh.client("convener") as client:
        assert f"{here}/conveying" in (await client.get(here)).text
        assert f"{here}/conveying" in (await client.get(f"{here}/checklist")).text
        page = (await client.get(f"{here}/conveying")).text
        texts = {number: html.unescape(said) for number, said in TEXT.findall(page)}
        (first, told), (other, _) = texts.items()
        assert "Hemtjänsten Al är kallad av Vårdcentralen Eken till mötet" in told
        assert "måndag 7 december" in told and "Mötet gäller: [skriv här" in told
        assert not re.search(r"<textarea(?![^>]* readonly)|<textarea[^>]* name=", page.partition("<main")[2])
        done = await client.post(f"{here}/conveying/{first}", data=fields_of(page), follow_redirects=True)
        assert done.url.path == f"{here}/conveying" and [number for number, _ in TEXT.findall(done.text)] == [other]
        assert "säker digital kommunikation (SDK)" in (await client.get(here)).text
        last = await client.post(f"{here}/conveying/{other}", data=fields_of(done.text), follow_redirects=True)
        assert "Det är noterat för alla enheter" in last.text and TEXT.findall(last.text) == []
        assert f"{here}/conveying" not in (await client.get(f"{here}/checklist")).text
    async with fresh.client("staff") as client:
        assert (await client.get(f"{here}/conveying")).status_code == 403, "a called unit tells nobody whom it concerns"


async def test_of_a_protected_matter_it_says_neither_time_nor_who_calls(fresh: Scene) -> None:
    meeting = await protected_meeting(fresh)
    async with confirmed(fresh, "convener") as client:
        page = (await client.get(f"/meetings/{meeting}/conveying")).text
    texts = [html.unescape(said) for _, said in TEXT.findall(page)]
    assert texts and all("har ett ärende" in said for said in texts)
    names = re.findall(r'<h2 id="unit-\d+">([^<]+)', page)
    for said, own in zip(texts, names, strict=True):
        assert [one for one in SECRETS if one in said.replace(own, "")] == []
    assert "7F3K" not in "".join(texts) and re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{3}\b", "".join(texts)) == []
