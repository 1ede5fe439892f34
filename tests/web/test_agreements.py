"""Agreements in a browser: read, tried on a meeting, and a new version made that never changes the one before."""

import re
from datetime import date

import httpx
import pytest

from sip.store import agreements as rows
from sip.usecases import agreement_file
from tests.stories.county import agreement
from tests.tester import TESTER
from tests.web.scene import Scene, fields_of

HERE = f"/agreements/{agreement().id}"


def filled(html: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = re.findall(r"<form[^>]*method=\"post\"[^>]*/new\".*?</form>", html, re.DOTALL)[-1]
    found = dict(
        re.findall(r'<input class="ds-input [^"]*" type="[^"]*" id="[^"]*" name="([^"]+)" value="([^"]*)"', form)
    )
    ticked = re.findall(r'type="checkbox" id="[^"]*" name="([^"]+)" value="yes" checked', form)
    return {**fields_of(form), **found, **dict.fromkeys(ticked, "yes")}


async def send(client: httpx.AsyncClient, then: str, **changed: str) -> httpx.Response:
    data = {**filled((await client.get(f"{HERE}/new")).text), **changed, "then": then}
    return await client.post(f"{HERE}/new", data=data, follow_redirects=True)


async def versions(scene: Scene) -> list[tuple[int, int]]:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        return [(one.version, one.rules.minimum_notice) for one in await rows.all_agreements(conn, agreement().id)]


async def test_an_agreement_is_read_in_words(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        listed = (await client.get("/agreements")).text
        shown = (await client.get(f"{HERE}/1")).text
        text = (await client.get(f"{HERE}/1/file")).text
    assert "Länsavtalet" in listed and "Al kommun, Region Exempel" in listed and "Gäller</span>" in listed
    assert "Minsta framförhållning, dagar" in shown and "Al kommun" in shown and "Region Exempel" in shown
    assert agreement_file.parse(text, "it").agreement.rules == agreement().rules


async def test_a_new_version_is_looked_at_and_then_kept_and_the_old_one_stays(fresh: Scene) -> None:
    async with fresh.client("administrator") as client:
        looked = await send(client, "check", valid_from="2026-12-01", minimum_notice="7", gaps_1="2")
        assert looked.status_code == 200
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", looked.text))
        assert "Minsta framförhållning, dagar 5 7" in said and "Påminnelse, dagar efter kallelsen 3 2" in said
        assert await versions(fresh) == [(1, 5)], "nothing is kept yet"
        kept = await send(client, "keep", valid_from="2026-12-01", minimum_notice="7", gaps_1="2")
        assert kept.url.path == f"{HERE}/2"
        assert "Börjar gälla senare" in kept.text and "Ändrat sedan version 1" in kept.text
    assert await versions(fresh) == [(1, 5), (2, 7)]
    async with fresh.stage.made.db.transaction(TESTER) as conn:
        first, second = await rows.all_agreements(conn, agreement().id)
    assert first == agreement()
    assert second.valid_from == date(2026, 12, 1) and second.principals == first.principals


async def test_figures_keep_their_bounds_and_their_sense(fresh: Scene) -> None:
    wrong = {
        "minimum_notice": ("minimum_notice", "99"), "valid_from": ("valid_from", "2026-11-02"),
        "question_bound": ("question_bound", "9"), "answer_reminders_1": ("answer_reminders_2", "40"),
        "gaps_4": ("gaps_4", ""), "deviation_name_sv": ("deviation_name_sv", ""),
    }  # fmt: skip
    async with fresh.client("administrator") as client:
        for beside, (field, value) in wrong.items():
            answer = await send(client, "keep", **{"valid_from": "2026-12-01", field: value})
            assert answer.status_code == 422, field
            assert f'href="#{beside}"' in answer.text, field
    assert await versions(fresh) == [(1, 5)]


async def test_a_version_is_tried_on_a_meeting_beside_todays(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-15 10:00", ("hemtjanst", "bok"))
    meeting = await fresh.stage.meeting()
    async with fresh.client("administrator") as client:
        await send(client, "keep", valid_from="2026-12-01", gaps_1="1")
        page = (await client.get(f"{HERE}/2", params={"meeting": meeting.reference.lower()})).text
        assert meeting.reference in page
        table = re.findall(r"<caption>Hemtjänsten Al</caption>.*?</table>", page, re.DOTALL)[0]
        first = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table))
        assert "Påminnelse fre 6 nov. 08.00 ons 4 nov. 08.00" in first, first
        nothing = (await client.get(f"{HERE}/2", params={"meeting": "0000-000"})).text
    assert "Inget kallat möte med den beteckningen" in nothing


@pytest.mark.parametrize("role", ["convener", "manager", "coordinator"])
async def test_nobody_else_keeps_them(fresh: Scene, role: str) -> None:
    async with fresh.client(role) as client:
        for path in ("/agreements", f"{HERE}/1", f"{HERE}/new"):
            assert (await client.get(path)).status_code == 404
        token = fields_of((await client.get("/profile")).text)
        assert (await client.post(f"{HERE}/new", data=token)).status_code == 404
    assert await versions(fresh) == [(1, 5)]
