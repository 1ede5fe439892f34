"""An open meeting page gets the parts that have changed, and no more."""

import re
from gzip import compress as compressed

from sip.domain.terms import Channel
from sip.usecases import meetings
from tests.web.scene import Scene
from tests.web.test_convening import do
from tests.web.test_links import say
from tests.web.test_units import many

_PART = re.compile(r'data-part="(\w+)" data-stamp="(\w+)"')


async def test_only_the_changed_parts_are_sent(fresh: Scene) -> None:
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"), told=False)
    path = f"/meetings/{fresh.stage.id}"
    async with fresh.client("convener") as client:
        page = await client.get(path)
        has = ",".join(".".join(pair) for pair in _PART.findall(page.text))
        assert {name for name, _ in _PART.findall(page.text)} >= {"state", "asks", "story", "facts", "acts", "p1", "p2"}
        same = await client.get(f"{path}/changes?has={has}")
        assert same.json() == {"anew": False, "parts": {}}
        await fresh.stage.do(meetings.convey_identity, (await fresh.stage.party("hemtjanst")).ordinal, Channel.PHONE)
        told = (await client.get(f"{path}/changes?has={has}")).json()
        assert set(told["parts"]) == {"p2", "story", "acts"}
        assert "Vet vem mötet gäller (telefon" in told["parts"]["p2"]["html"]
        await say(fresh, "skolan@al.example", answer="attends", first_name="Rektor")
        told = (await client.get(f"{path}/changes?has={has}")).json()
        assert {"p2", "p3", "story"} <= set(told["parts"])
        assert (await client.get(f"{path}/changes?has=")).json() == {"anew": True, "parts": {}}
        assert (await client.get(f"{path}/changes?has=p9.x,<b>.y")).json()["anew"]


async def test_a_part_is_not_for_whoever_does_not_see_the_meeting(scene: Scene) -> None:
    async with scene.client("stranger") as client:
        assert (await client.get(f"/meetings/{scene.meetings['called']}/changes?has=")).status_code == 404


async def test_a_changed_row_is_small_however_many_units_there_are(fresh: Scene) -> None:
    """No part carries the units of the county: they are searched for (decision 0054)."""
    await many(fresh, 300)
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    path = f"/meetings/{fresh.stage.id}"
    async with fresh.client("convener") as client:
        page = await client.get(path)
        assert "Gruppboendet" not in page.text
        has = ",".join(".".join(pair) for pair in _PART.findall(page.text))
        await say(fresh, "skolan@al.example", answer="attends", first_name="Rektor")
        answer = await client.get(f"{path}/changes?has={has}")
        parts = answer.json()["parts"]
        assert "p3" in parts and "Rektor" in parts["p3"]["html"]
        assert len(compressed(answer.content)) < 5_000, {name: len(one["html"]) for name, one in parts.items()}


async def test_the_right_unit_is_searched_for_without_script(fresh: Scene) -> None:
    await many(fresh, 300)
    await fresh.stage.call("2026-12-07 10:00", ("hemtjanst", "skolan"))
    path = f"/meetings/{fresh.stage.id}"
    ordinal = (await fresh.stage.party("hemtjanst")).ordinal
    form = {"answer": "redirects", "channel": "phone"}
    async with fresh.client("convener") as client:
        several = await do(client, f"{path}/parties/{ordinal}/answer", **form, target_unit="gruppboendet")
        assert several.status_code == 422 and several.text.count('name="target_unit_chosen"') >= 2
        none = await do(client, f"{path}/parties/{ordinal}/answer", **form, target_unit="finns inte")
        assert none.status_code == 422
        done = await do(client, f"{path}/parties/{ordinal}/answer", **form, target_unit="boendet al, al kommun")
        assert done.status_code == 200, done.text
        added = await do(client, f"{path}/parties", unit="gruppboendet 8, al kommun", obligation="summoned")
        assert added.status_code == 200 and "Gruppboendet 8" in added.text
    this = (await fresh.stage.party("hemtjanst")).round
    assert this is not None and this.answer is not None and this.answer.target_unit_name == "Boendet Al"
